import { buildSubgraphSchema, printSubgraphSchema } from '@apollo/subgraph';
import { printSchemaWithDirectives } from '@graphql-tools/utils';
import { lexicographicSortSchema, parse, type GraphQLSchema } from 'graphql';
import { buildSchemaSync, createResolversMap, type NonEmptyArray, type PubSub } from 'type-graphql';

/** Answers an entity that another subgraph refers to by its key; null if there is none. */
export type ResolveReference<Context> = (reference: never, context: Context) => unknown;

const FEDERATION =
  'extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key", "@shareable", "@external", "@requires", "@provides", "@tag", "@inaccessible", "@override"])';

/** Turns type-graphql classes into a Federation 2 subgraph: its executable schema and the SDL that is governed under schema/. */
export function buildFederatedSchema(
  resolvers: NonEmptyArray<new () => object>,
  references: Readonly<Record<string, ResolveReference<never>>>,
  entities: readonly (new () => object)[] = [],
): { schema: GraphQLSchema; sdl: string } {
  const classes = buildSchemaSync({
    resolvers,
    orphanedTypes: [...entities],
    skipCheck: true,
    validate: false,
    pubSub: noPubSub,
  });
  const resolverMap = createResolversMap(classes) as Record<string, Record<string, unknown>>;
  for (const [typeName, resolveReference] of Object.entries(references)) {
    resolverMap[typeName] = { ...resolverMap[typeName], __resolveReference: resolveReference };
  }
  const schema = buildSubgraphSchema({
    typeDefs: parse(`${FEDERATION}\n${printSchemaWithDirectives(lexicographicSortSchema(classes))}`),
    resolvers: resolverMap as never,
  });
  return { schema, sdl: printSubgraphSchema(schema) };
}

/** type-graphql insists on one; our subscriptions follow the event log instead. */
const noPubSub: PubSub = {
  publish: () => undefined,
  subscribe: () => {
    throw new Error('Subscriptions follow the event log: give @Subscription a `subscribe` function.');
  },
};
