import type { ExtractService, KeptAsker } from '@takt/extraction';
import { buildFederatedSchema } from '@takt/subgraph-server';
import type { GraphQLSchema } from 'graphql';
import { ExtractResolver, type ExtractsContext } from './resolvers.ts';

/** Its name in the graph. */
export const EXTRACTS = 'extracts';

/** The schema alone: for composition and for printing. */
export function extractsSchema(): { schema: GraphQLSchema; sdl: string } {
  return buildFederatedSchema([ExtractResolver], {}, [], LIVES);
}

const LIVES = Object.fromEntries(
  ['Query.extract', 'Query.extracts', 'Mutation.bulkExtract', 'Mutation.cancelExtract', 'Mutation.extractChanges'].map(
    (coordinate) => [coordinate, '@lifecycle(since: "2026-11")'],
  ),
);

/** The subgraph of extracts, for the process that has the graph; `asker` says whom a request is of. */
export function extractsSubgraph<Asker>(extracts: ExtractService, asker: (of: Asker | undefined) => KeptAsker) {
  return {
    name: EXTRACTS,
    ...extractsSchema(),
    createContext: (of?: Asker): ExtractsContext => ({ extracts, asker: asker(of) }),
  };
}
