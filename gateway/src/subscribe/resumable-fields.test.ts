import { expect, test } from 'vitest';
import { buildSubgraph } from '../../test-subgraphs/build-subgraph.ts';
import { composeSupergraph, inProcessTransport, loadSupergraph } from '../index.ts';
import { resumableFields } from './resumable-fields.ts';

test('a subscription is resumable where the subgraph that gives its events gives their cursors too', async () => {
  const change = buildSubgraph(
    'change',
    `type Query { nothing: Int }
     type Subscription {
       both(after: String): Both!
       nullable(after: String): Both
       elsewhere(after: String): Elsewhere!
       always(after: String!): Both!
       given(after: String = "0"): Both!
       numbered(after: Int): Both!
       without: Both!
       several(after: String): [Both!]!
       maybe(after: String): Maybe!
     }
     type Both { cursor: String! }
     type Maybe { cursor: String }
     type Elsewhere @key(fields: "id") { id: ID! }`,
  );
  const other = buildSubgraph('other', 'type Elsewhere @key(fields: "id") { id: ID! cursor: String! }');
  const sources = [change, other].map((subgraph) => ({ name: subgraph.name, transport: inProcessTransport(subgraph) }));
  const supergraph = loadSupergraph(await composeSupergraph(sources, new AbortController().signal));
  const fields = resumableFields(supergraph, { argument: 'after', field: 'cursor' });
  expect(Object.fromEntries([...fields].map(([name, subgraphs]) => [name, [...subgraphs]]))).toEqual({
    both: ['change'],
    nullable: ['change'],
    elsewhere: ['other'],
  });
  expect(resumableFields(supergraph, { argument: 'since', field: 'cursor' }).size).toBe(0);
});
