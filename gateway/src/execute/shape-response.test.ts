import { GraphQLError } from 'graphql';
import { expect, test } from 'vitest';
import { buildSubgraph } from '../../test-subgraphs/build-subgraph.ts';
import { composeGateway } from '../../test-subgraphs/compose-gateway.ts';

interface Reference {
  readonly id: string;
}

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
