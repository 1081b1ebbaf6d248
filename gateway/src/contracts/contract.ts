import type { GraphQLSchema } from 'graphql';
import type { Release } from './contract-list.ts';

/** What a client asks for: a version, of the whole graph or of what an audience may see of it. */
export interface ContractName {
  /** `YYYY-MM`, or `next`. */
  readonly version: string;
  readonly audience?: string | undefined;
}

/** What one version shows of a supergraph. */
export interface Contract {
  readonly name: ContractName;
  /** As in `Takt-Contract`: `2026-11`, `next`, `suppliers/2026-11`. */
  readonly label: string;
  /**
   * What clients see. An element with a life has it in `extensions.lifecycle`; an enum that shows values of the graph
   * as others has those in `extensions.shownAs`, by the value of the graph.
   */
  readonly schema: GraphQLSchema;
  /** Undefined of `next`. */
  readonly release: Release | undefined;
}
