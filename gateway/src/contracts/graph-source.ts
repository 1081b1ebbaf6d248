import { parse, printSchema } from 'graphql';
import type { DocumentNode, GraphQLSchema } from 'graphql';
import { elementNotes } from './graph-elements.ts';
import type { ElementNotes } from './graph-elements.ts';

/** What contracts are derived from. */
export interface GraphSource extends ElementNotes {
  /** The API schema of everything there is. */
  readonly api: DocumentNode;
  /** Names of the types of queries, mutations and subscriptions, as far as there are any; that of queries first. */
  readonly roots: readonly string[];
  /** Every version that some life names, the earliest first. */
  readonly dates: readonly string[];
}

export function graphSource(apiSchema: GraphQLSchema, supergraph: DocumentNode): GraphSource {
  const notes = elementNotes(supergraph);
  const dates = new Set<string>();
  for (const { since, deprecated, removed } of notes.lives.values()) {
    for (const date of [since, deprecated, removed]) if (date !== undefined) dates.add(date);
  }
  const roots = [apiSchema.getQueryType(), apiSchema.getMutationType(), apiSchema.getSubscriptionType()];
  return {
    ...notes,
    api: parse(printSchema(apiSchema), { noLocation: true }),
    roots: roots.flatMap((type) => type?.name ?? []),
    dates: [...dates].sort(),
  };
}

/** How many dates a version has behind it: two versions with as many show the same. */
export function epochOf({ dates }: GraphSource, version: string): number {
  return dates.filter((date) => date <= version).length;
}
