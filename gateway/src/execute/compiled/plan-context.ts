import type { DirectiveNode, GraphQLSchema } from 'graphql';
import type { PlannedFetch } from './fetch-graph.ts';

/** What building the plans of an operation starts from. */
export interface PlanContext {
  readonly apiSchema: GraphQLSchema;
  readonly fullSchema: GraphQLSchema;
  readonly subgraphSchema: (name: string) => GraphQLSchema | undefined;
  /** Names of interfaces that some subgraph knows only as an object type. */
  readonly interfaceObjects: ReadonlySet<string>;
  readonly fetches: readonly PlannedFetch[];
  /** Ids of the fetches that have ended when one starts. */
  readonly before: (fetch: number) => ReadonlySet<number>;
  /** How deep the values of custom scalars may nest to be recognised. */
  readonly scalarDepth: number;
  /** No name of the operation begins so. */
  readonly prefix: string;
  readonly isIncluded: (directives: readonly DirectiveNode[]) => boolean;
}
