import { buildSubgraphSchema } from '@apollo/subgraph';
import { parse } from 'graphql';
import { expect, test } from 'vitest';
import type { buildSubgraph } from '../../test-subgraphs/build-subgraph.ts';
import { composeGateway } from '../../test-subgraphs/compose-gateway.ts';
import type { InProcessSubgraph } from '../transports/in-process.ts';

function subgraphs(link: (imports: string) => string, extend: string): InProcessSubgraph[] {
  const partsSdl = `${link('"@key"')} type Query { part: Part } type Part @key(fields: "id") { id: ID! weight: Int! }`;
  const freightSdl = `${link('"@key", "@external", "@requires"')}
    ${extend} type Part @key(fields: "id") {
      id: ID! ${extend && '@external'}
      weight: Int! @external
      cost: Int @requires(fields: "weight")
    }`;
  const reference = { __resolveReference: (part: object) => part };
  return [
    subgraph('parts', partsSdl, {
      Query: { part: () => ({ id: '1', weight: 4 }) },
      Part: { ...reference, weight: () => 4 },
    }),
    subgraph('freight', freightSdl, {
      Part: { ...reference, cost: ({ weight }: { weight: number }) => weight * 3 },
    }),
  ];
}

function subgraph(name: string, sdl: string, resolvers: Record<string, Record<string, unknown>>): InProcessSubgraph {
  const schema = buildSubgraphSchema([{ typeDefs: parse(sdl), resolvers: resolvers as Resolvers }]);
  return { name, schema, sdl, createContext: () => ({}) };
}

type Resolvers = NonNullable<Parameters<typeof buildSubgraph>[2]>;

const versions = Array.from({ length: 10 }, (_, minor) => `2.${minor}`);

test.each(versions)('subgraphs of Federation %s are composed and served', async (version) => {
  const link = (imports: string) =>
    `extend schema @link(url: "https://specs.apollo.dev/federation/v${version}", import: [${imports}])`;
  const gateway = await composeGateway(subgraphs(link, ''));
  expect(await gateway.execute({ query: '{ part { id cost } }' })).toEqual({ data: { part: { id: '1', cost: 12 } } });
  await gateway.close();
});

test('subgraphs of Federation 1 are composed and served', async () => {
  const gateway = await composeGateway(subgraphs(() => '', 'extend'));
  expect(await gateway.execute({ query: '{ part { id cost } }' })).toEqual({ data: { part: { id: '1', cost: 12 } } });
  await gateway.close();
});
