import type { QueryPlanSelectionNode } from '@apollo/query-planner';
import type { SelectionNode } from 'graphql';
import type { PlanContext } from './plan-context.ts';
import { NotCompilable } from './fetch-graph.ts';
import type { PlannedFetch } from './fetch-graph.ts';
import type { FieldPlan } from './object-plan.ts';
import { neededFields, sourceFields } from './source-fields.ts';
import type { NeededFields, SourceFields } from './source-fields.ts';

/** What gives the fields of an object: the fetch that gives the object itself, or one that adds to it. */
export interface Source {
  /** Index among those that add to the object; -1 for the one that gives it. */
  readonly slot: number;
  readonly from: Origin;
  readonly fields: SourceFields;
  readonly hidden: FieldPlan[];
  captures: number;
  nests: number;
}

/** One text in which an object lies. */
export interface Origin {
  readonly fetch: PlannedFetch;
  readonly selections: readonly SelectionNode[];
  /** The name of the next field that only the gateway needs. */
  readonly nextName: () => string;
}

/** Where the fields of an object come from. */
export interface ObjectSources {
  /** The one that gives the object first, then `joined`. */
  readonly sources: readonly Source[];
  readonly joined: readonly Origin[];
  /** What each of the joined needs of the object. */
  readonly needsOf: ReadonlyMap<Origin, NeededFields>;
  /** All that is needed of the object for representations, by name. */
  readonly wanted: NeededFields;
  /** The first source that has a field. Throws {@link NotCompilable}. */
  readonly sourceOf: (name: string) => Source;
}

/**
 * Chooses the sources that are needed at all: those of what the client sees and of what is needed of the object, and of
 * what those need in turn.
 */
export function chooseSources(
  { fullSchema, isIncluded }: PlanContext,
  typeName: string,
  asked: {
    readonly own: Origin | undefined;
    /** Those that may give fields, in an order in which each comes after those that it needs. */
    readonly origins: readonly Origin[];
    readonly visible: readonly string[];
    readonly needs: NeededFields;
  },
): ObjectSources {
  const { own, origins, visible, needs } = asked;
  const all = origins.map((from) => ({
    from,
    fields: sourceFields(fullSchema, from.selections, typeName, isIncluded),
  }));
  const used = new Set<Origin>(own ? [own] : []);
  const needsOf = new Map<Origin, NeededFields>();
  const use = (name: string): void => {
    if (name === '__typename') return;
    const origin = all.find(({ fields }) => fields.has(name))?.from;
    if (!origin || used.has(origin)) return;
    used.add(origin);
    if (!origin.fetch.requires) return;
    const inputs = neededFields(fullSchema, origin.fetch.requires, typeName);
    needsOf.set(origin, inputs);
    for (const each of inputs.keys()) use(each);
  };
  for (const name of [...visible, ...needs.keys()]) use(name);

  const joined: Origin[] = [];
  const sources = all
    .filter(({ from }) => used.has(from))
    .map(({ from, fields }): Source => {
      const slot = from === own ? -1 : joined.push(from) - 1;
      return { slot, from, fields, hidden: [], captures: 0, nests: 0 };
    });
  const wanted = new Map<string, QueryPlanSelectionNode[] | undefined>();
  for (const each of [needs, ...needsOf.values()]) {
    for (const [name, selections] of each) {
      wanted.set(name, selections && [...(wanted.get(name) ?? []), ...selections]);
    }
  }
  return {
    sources,
    joined,
    needsOf,
    wanted,
    sourceOf(name) {
      const source = sources.find(({ fields }) => fields.has(name));
      if (!source) throw new NotCompilable(`no source of ${typeName}.${name}`);
      return source;
    },
  };
}
