import { GraphQLError } from 'graphql';
import { expect, test } from 'vitest';
import { buildSubgraph } from '../../test-subgraphs/build-subgraph.ts';
import { composeGateway } from '../../test-subgraphs/compose-gateway.ts';

interface Reference {
  readonly id: string;
}

test('an object whose type nobody tells is null where the client asks by type', async () => {
  const home = buildSubgraph(
    'home',
    `type Query { home: String }
     interface Item @key(fields: "id") { id: ID! }
     type Part implements Item @key(fields: "id") { id: ID! name: String }`,
    {
      Item: {
        __resolveType: () => 'Part',
        __resolveReference: ({ id }: Reference) => (id === 'gone' ? null : { id }),
      },
      Part: { __resolveReference: (reference: Reference) => reference, name: ({ id }: Reference) => `part ${id}` },
    },
  );
  const other = buildSubgraph(
    'other',
    `type Query { items: [Item]! } type Item @key(fields: "id") @interfaceObject { id: ID! }`,
    { Query: { items: () => [{ id: '1' }, { id: 'gone' }] } },
  );
  const gateway = await composeGateway([home, other]);
  expect(await gateway.execute({ query: '{ items { id ... on Part { name } } }' })).toMatchObject({
    data: { items: [{ id: '1', name: 'part 1' }, null] },
    errors: [{ path: ['items', 1], extensions: { code: 'INVALID_VALUE' } }],
  });
  expect(await gateway.execute({ query: '{ items { id } }' })).toEqual({
    data: { items: [{ id: '1' }, { id: 'gone' }] },
  });
  await gateway.close();
});

test('an error of an input above does not explain a value that clients may not see', async () => {
  const titles = buildSubgraph(
    'titles',
    'type Query { part: Part } type Part @key(fields: "id") { id: ID! title: String }',
    {
      Query: { part: () => ({ id: '1' }) },
      Part: {
        title: () => {
          throw new GraphQLError('no title');
        },
      },
    },
  );
  const colours = buildSubgraph(
    'colours',
    `type Part @key(fields: "id") {
       id: ID! title: String @external shown: String @requires(fields: "title") colour: Colour
     }
     enum Colour { RED BLUE @inaccessible }`,
    { Part: { __resolveReference: (reference: Reference) => reference, shown: () => 'shown', colour: () => 'BLUE' } },
  );
  const gateway = await composeGateway([titles, colours]);
  const { data, errors } = await gateway.execute({ query: '{ part { shown colour } }' });
  expect(data).toEqual({ part: { shown: 'shown', colour: null } });
  expect(errors?.map(({ path }) => path)).toEqual([['part'], ['part', 'colour']]);
  await gateway.close();
});
