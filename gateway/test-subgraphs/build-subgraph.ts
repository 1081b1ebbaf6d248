import { buildSubgraphSchema, printSubgraphSchema } from '@apollo/subgraph';
import { parse } from 'graphql';
import type { DocumentNode } from 'graphql';
import type { InProcessSubgraph } from '../src/index.ts';

/** A real subgraph of Federation 2 for tests, made of SDL and resolvers; SDL with a `@link` of its own gets no other. */
export function buildSubgraph(name: string, sdl: string, resolvers: Resolvers = {}): InProcessSubgraph {
  const typeDefs = parse(sdl.includes('@link(') ? sdl : `${federationLink}\n${sdl}`);
  const schema = buildSubgraphSchema([{ typeDefs, resolvers }]);
  return { name, schema, sdl: printSubgraphSchema(schema), createContext: () => ({}) };
}

type Resolvers = NonNullable<Exclude<Parameters<typeof buildSubgraphSchema>[0], DocumentNode | unknown[]>['resolvers']>;

const federationLink = `
  extend schema @link(
    url: "https://specs.apollo.dev/federation/v2.9"
    import: ["@key", "@requires", "@provides", "@external", "@shareable", "@override", "@inaccessible", "@interfaceObject", "@context", "@fromContext", "@authenticated", "@requiresScopes", "@policy", "@cost", "@listSize"]
  )
`;
