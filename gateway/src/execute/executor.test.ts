import { GraphQLError } from 'graphql';
import { describe, expect, test } from 'vitest';
import { buildSubgraph } from '../../test-subgraphs/build-subgraph.ts';
import { composeGateway, transportOf } from '../../test-subgraphs/compose-gateway.ts';
import { SubgraphFault } from '../errors.ts';
import type { SubgraphRequest } from '../transports/transport.ts';

interface Reference {
  readonly sku: string;
}

const catalog = buildSubgraph(
  'catalog',
  `type Query { products: [Product!]! product(sku: ID!): Product single: Product!  comments(limit: Int = 3): [String!]! }
   type Product @key(fields: "sku") {
     sku: ID!
     name: String
     secretWeight: Int @inaccessible
     comments(limit: Int = 2): [String!]!
   }`,
  {
    Query: {
      products: () => [{ sku: 'a' }, { sku: 'b' }, { sku: 'a' }],
      product: (_source: unknown, { sku }: Reference) => ({ sku }),
      single: () => ({ sku: 'a' }),
    },
    Product: {
      __resolveReference: (reference: Reference) => reference,
      name: ({ sku }: Reference) => {
        if (sku === 'broken') throw new Error('password=hunter2');
        return `name ${sku}`;
      },
      secretWeight: ({ sku }: Reference) => {
        if (sku === 'weightless') throw new GraphQLError('No weight.');
        return 7;
      },
      comments: (_source: unknown, { limit }: { limit: number }) =>
        Array.from({ length: limit }, (_, index) => `c${index}`),
    },
  },
);

const stock = buildSubgraph(
  'stock',
  `type Product @key(fields: "sku") {
     sku: ID!
     secretWeight: Int @external
     comments(limit: Int = 2): [String!]! @external
     onHand: Int
     load: Int @requires(fields: "secretWeight")
     digest: String @requires(fields: "comments(limit: 3)")
   }`,
  {
    Product: {
      __resolveReference: (reference: Reference) => reference,
      onHand: () => 5,
      load: ({ secretWeight }: { secretWeight: number | null }) => secretWeight && secretWeight * 2,
      digest: ({ comments }: { comments: string[] }) => comments.join('+'),
    },
  },
);

describe('fetching', () => {
  test('sends each distinct entity once, whatever the number of rows', async () => {
    const sent: unknown[] = [];
    const gateway = await composeGateway([catalog, stock], {
      stock: transportOf(({ variables }) => {
        sent.push(variables['representations']);
        return Promise.resolve({ data: { _entities: [{ onHand: 1 }, { onHand: 2 }] } });
      }),
    });
    const { data } = await gateway.execute({ query: '{ products { onHand } }' });
    expect(sent).toEqual([
      [
        { __typename: 'Product', sku: 'a' },
        { __typename: 'Product', sku: 'b' },
      ],
    ]);
    expect(data).toEqual({ products: [{ onHand: 1 }, { onHand: 2 }, { onHand: 1 }] });
  });

  test("keeps the client's arguments apart from those of a required input", async () => {
    const gateway = await composeGateway([catalog, stock]);
    const { data, errors } = await gateway.execute({ query: '{ product(sku: "a") { comments(limit: 1) digest } }' });
    expect(errors).toBeUndefined();
    expect(data).toEqual({ product: { comments: ['c0'], digest: 'c0+c1+c2' } });
  });

  test('gives a subgraph values that clients may not see, and clients none of them', async () => {
    const gateway = await composeGateway([catalog, stock]);
    const { data } = await gateway.execute({ query: '{ product(sku: "a") { load } }' });
    expect(JSON.stringify(data)).toBe('{"product":{"load":14}}');
    const { errors } = await gateway.execute({ query: '{ product(sku: "a") { secretWeight } }' });
    expect(errors?.[0]?.message).toContain('Cannot query field "secretWeight"');
  });
});

describe('errors', () => {
  test('of a hidden input are reported where the client stopped selecting', async () => {
    const gateway = await composeGateway([catalog, stock]);
    const { data, errors } = await gateway.execute({ query: '{ p: product(sku: "weightless") { load } }' });
    expect(data).toEqual({ p: { load: null } });
    expect(errors?.map(({ message, path, extensions }) => ({ message, path, extensions }))).toEqual([
      { message: 'No weight.', path: ['p'], extensions: { code: 'SUBGRAPH_ERROR', service: 'catalog' } },
    ]);
  });

  test('that a resolver did not mean for clients tell them nothing', async () => {
    const gateway = await composeGateway([catalog, stock]);
    const { errors } = await gateway.execute({ query: '{ product(sku: "broken") { name } }' });
    expect(JSON.stringify(errors)).not.toContain('hunter2');
    expect(errors?.[0]?.path).toEqual(['product', 'name']);
  });

  test('of an unreachable subgraph leave the rest of the answer', async () => {
    const gateway = await composeGateway([catalog, stock], {
      stock: transportOf(() => Promise.reject(new SubgraphFault('SUBGRAPH_UNAVAILABLE', 'Subgraph "stock" is away.'))),
    });
    const { data, errors } = await gateway.execute({ query: '{ products { name onHand } }' });
    expect(data).toMatchObject({
      products: [{ name: 'name a', onHand: null }, { name: 'name b' }, { name: 'name a' }],
    });
    expect(errors?.map(({ message, path, extensions }) => ({ message, path, extensions }))).toEqual([
      {
        message: 'Subgraph "stock" is away.',
        path: ['products'],
        extensions: { code: 'SUBGRAPH_UNAVAILABLE', service: 'stock' },
      },
    ]);
  });

  describe.each(['never', 'checked', 'always'] as const)('when operations are compiled %s', (compilation) => {
    const query = `query($no: Boolean! = false, $yes: Boolean = true) {
      a: product(sku: "a") { name onHand }
      ... on Query { b: product(sku: "b") { sku } }
      skipped: product(sku: "c") @skip(if: $yes) { sku }
      ... @include(if: $no) { excluded: product(sku: "d") { sku } }
    }`;

    test.each([
      ['does not answer', () => Promise.reject(new SubgraphFault('SUBGRAPH_UNAVAILABLE', 'away'))],
      ['answers with an error alone', () => Promise.resolve({ errors: [{ message: 'away' }] })],
    ])('a subgraph that %s is told of at each field that is null for it', async (_name, answer) => {
      const gateway = await composeGateway([catalog, stock], { catalog: transportOf(answer) }, { compilation });
      const { data, errors } = await gateway.execute({ query });
      expect(data).toEqual({ a: null, b: null });
      expect(errors?.map(({ message, path, extensions }) => [message, path, extensions['service']])).toEqual([
        ['away', ['a'], 'catalog'],
        ['away', ['b'], 'catalog'],
      ]);
    });
  });

  test.each([
    ['null for the root', { data: null, errors: [{ message: 'broken' }] }, { single: null }],
    ['nothing', { data: {} }, { single: null }],
    ['a string for an object', { data: { single: 'x' } }, { single: null }],
    ['a list for an object', { data: { single: [{ sku: 'a' }] } }, { single: null }],
    ['an object for a string', { data: { single: { sku: 'a', name: { toString: 'x' } } } }, { single: { name: null } }],
    [
      'a prototype',
      JSON.parse('{"data":{"single":{"__proto__":{"name":"x"},"sku":"a"}}}') as object,
      { single: { name: null } },
    ],
  ])('follow when a subgraph gives %s', async (_name, answer, expected) => {
    const gateway = await composeGateway([catalog, stock], { catalog: transportOf(() => Promise.resolve(answer)) });
    const { data, errors } = await gateway.execute({ query: '{ single { name } }' });
    expect(data).toEqual(expected.single === null ? null : expected);
    expect(errors?.length ?? 0).toBe(_name === 'a prototype' ? 0 : 1);
    expect(({} as Record<string, unknown>)['name']).toBeUndefined();
  });

  test.each([
    ['too few entities', { data: { _entities: [] } }],
    ['entities that are no list', { data: { _entities: { a: 1 } } }],
    ['no entities', { data: {} }],
  ])('follow when a subgraph gives %s', async (_name, answer) => {
    const gateway = await composeGateway([catalog, stock], { stock: transportOf(() => Promise.resolve(answer)) });
    const { data, errors } = await gateway.execute({ query: '{ product(sku: "a") { name onHand } }' });
    expect(data).toEqual({ product: { name: 'name a', onHand: null } });
    expect(errors?.[0]?.message).toBe('Subgraph "stock" did not answer with the entities that it was asked for.');
    expect(errors?.[0]?.extensions).toEqual({ code: 'SUBGRAPH_BAD_RESPONSE', service: 'stock' });
  });
});

describe('aborting', () => {
  test('rejects at once and starts no further fetch', async () => {
    const client = new AbortController();
    const asked: SubgraphRequest[] = [];
    const gateway = await composeGateway([catalog, stock], {
      catalog: transportOf((request) => {
        asked.push(request);
        client.abort();
        return Promise.resolve({ data: { products: [{ __typename: 'Product', sku: 'a' }] } });
      }),
      stock: transportOf((request) => {
        asked.push(request);
        return Promise.resolve({ data: null });
      }),
    });
    await expect(gateway.execute({ query: '{ products { onHand } }', signal: client.signal })).rejects.toThrow(
      /abort/i,
    );
    expect(asked).toHaveLength(1);
    expect(asked[0]?.signal.aborted).toBe(true);
  });
});

test('values of contexts reach the fields that take them, for each parent its own', async () => {
  const users = buildSubgraph(
    'users',
    `type Query { users: [User!]! }
     type User @key(fields: "id") @context(name: "user") { id: ID! locale: String! orders: [Order!]! }
     type Order @key(fields: "id") { id: ID! price(locale: String @fromContext(field: "$user { locale }")): String! }`,
    {
      Query: {
        users: () => [
          { id: '1', locale: 'de', orders: [{ id: '11' }, { id: '12' }] },
          { id: '2', locale: 'fr', orders: [{ id: '21' }] },
        ],
      },
      Order: {
        __resolveReference: (reference: { id: string }) => reference,
        price: ({ id }: { id: string }, { locale }: { locale: string }) => `${id} in ${locale}`,
      },
    },
  );
  const gateway = await composeGateway([users]);
  const { data } = await gateway.execute({ query: '{ users { orders { price } } }' });
  expect(data).toEqual({
    users: [{ orders: [{ price: '11 in de' }, { price: '12 in de' }] }, { orders: [{ price: '21 in fr' }] }],
  });
});
