import { buildSubgraphSchema } from '@apollo/subgraph';
import type { GraphQLResolverMap } from '@apollo/subgraph/dist/schema-helper/resolverMap.js';
import { parse, type GraphQLSchema } from 'graphql';

/** Subgraphs that one supergraph is composed of. */
export interface World {
  readonly subgraphs: readonly WorldSubgraph[];
}

export interface WorldSubgraph {
  readonly name: string;
  /** Federation 1, which composition brings to 2, so that gateways of both serve the same graph. */
  readonly sdl: string;
  /** Root fields by name, of all operation types: plain data, or functions of the arguments. */
  readonly root: Readonly<Record<string, unknown>>;
  /** By type name: the data of an entity, given its representation. */
  readonly entities: Readonly<Record<string, (representation: never) => unknown>>;
}

export function schemaOf({ sdl, entities }: WorldSubgraph): GraphQLSchema {
  const resolvers: GraphQLResolverMap<unknown> = {};
  for (const [type, entity] of Object.entries(entities)) {
    resolvers[type] = { __resolveReference: (representation: unknown) => entity(representation as never) };
  }
  return buildSubgraphSchema({ typeDefs: parse(sdl), resolvers });
}

/** Same text, same number: a 32-bit hash (FNV-1a) below `below`. Data made of it is the same in every run. */
export function numberOf(text: string, below: number): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index++) hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  return ((hash ^ (hash >>> 15)) >>> 0) % below;
}

/** One of the choices, the same for the same text. */
export function choiceOf<Of>(text: string, choices: readonly [Of, ...Of[]]): Of {
  return choices[numberOf(text, choices.length)] ?? choices[0];
}

export function upTo<Of>(count: number, of: (index: number) => Of): Of[] {
  return Array.from({ length: count }, (_, index) => of(index));
}
