import { describe, expect, test } from 'vitest';
import { buildSubgraph } from '../../test-subgraphs/build-subgraph.ts';
import { composeGateway } from '../../test-subgraphs/compose-gateway.ts';

interface Reference {
  readonly id: string;
  readonly code?: number;
}

const numbered = (_source: unknown, { first }: { first: number }): string[] =>
  Array.from({ length: first }, (_, index) => `n${index}`);

describe('two @requires of one field with different arguments', () => {
  const notes = buildSubgraph(
    'notes',
    `type Query { part: Part parts: [Part!]! }
     type Mutation { makePart: Part! }
     type Subscription { partMade: Part! }
     type Part @key(fields: "id") { id: ID! notes(first: Int = 2): [String!]! box: Box @shareable }
     type Box @shareable { notes(first: Int = 2): [String!]! }`,
    {
      Query: { part: () => ({ id: '1' }), parts: () => [{ id: '1' }, { id: '2' }] },
      Mutation: { makePart: () => ({ id: '3' }) },
      Subscription: {
        partMade: {
          async *subscribe() {
            yield await Promise.resolve({ partMade: { id: '4' } });
          },
        },
      },
      Part: { __resolveReference: (reference: Reference) => reference, notes: numbered, box: () => ({}) },
      Box: { notes: numbered },
    },
  );
  const digest = ({ notes: given }: { notes: string[] }): string => given.join('+');
  const digests = buildSubgraph(
    'digests',
    `type Part @key(fields: "id") {
       id: ID!
       notes(first: Int = 2): [String!]! @external
       box: Box @external
       short: String @requires(fields: "notes(first: 1)")
       long(prefix: String): String @requires(fields: "notes(first: 3)")
       usual: String @requires(fields: "notes")
       boxed: String @requires(fields: "box { notes(first: 4) }")
       plain: String
     }
     type Box @shareable { notes(first: Int = 2): [String!]! }`,
    {
      Part: {
        __resolveReference: (reference: Reference) => reference,
        short: digest,
        long: (source: { notes: string[] }, { prefix }: { prefix?: string }) => `${prefix ?? ''}${digest(source)}`,
        usual: digest,
        boxed: ({ box }: { box: { notes: string[] } }) => digest(box),
        plain: () => 'plain',
      },
    },
  );
  const elsewhere = buildSubgraph(
    'elsewhere',
    `type Part @key(fields: "id") {
       id: ID!
       notes(first: Int = 2): [String!]! @external
       other: String @requires(fields: "notes(first: 5)")
     }`,
    { Part: { __resolveReference: (reference: Reference) => reference, other: digest } },
  );

  const fields = 'short long(prefix: $prefix) usual boxed other plain notes(first: 0)';
  const variables = { prefix: '> ' };
  const expected = {
    short: 'n0',
    long: '> n0+n1+n2',
    usual: 'n0+n1',
    boxed: 'n0+n1+n2+n3',
    other: 'n0+n1+n2+n3+n4',
    plain: 'plain',
    notes: [],
  };

  test.each([
    ['a query', `query ($prefix: String) { part { ${fields} } }`, { part: expected }],
    ['a list', `query ($prefix: String) { parts { ${fields} } }`, { parts: [expected, expected] }],
    ['a mutation', `mutation ($prefix: String) { makePart { ${fields} } }`, { makePart: expected }],
  ])('get each its own value: %s', async (_name, query, data) => {
    const gateway = await composeGateway([notes, digests, elsewhere]);
    expect(await gateway.execute({ query, variables })).toEqual({ data });
    await gateway.close();
  });

  test('get each its own value: a subscription', async () => {
    const gateway = await composeGateway([notes, digests, elsewhere]);
    const events = gateway.subscribe({ query: `subscription ($prefix: String) { partMade { ${fields} } }`, variables });
    expect((await events.next()).value).toEqual({ data: { partMade: expected } });
    await events.return();
    await gateway.close();
  });

  test('are planned as before where there is only one', async () => {
    const gateway = await composeGateway([notes, digests, elsewhere]);
    const { planned } = await gateway.prepare({ query: '{ part { short plain } }' });
    expect(JSON.stringify(planned.plan).match(/"kind":"Fetch"/g)).toHaveLength(2);
    await gateway.close();
  });
});

describe('a key that a subgraph does not resolve', () => {
  const catalog = buildSubgraph(
    'catalog',
    `type Query { part: Part }
     type Part @key(fields: "id") @key(fields: "code") { id: ID! code: Int! weight: Int! }`,
    { Query: { part: () => ({ id: '1', code: 7, weight: 3 }) }, Part: { __resolveReference: () => ({ weight: 3 }) } },
  );
  const freight = buildSubgraph(
    'freight',
    `type Query { shipped: Part }
       type Part @key(fields: "id", resolvable: false) @key(fields: "code") {
         id: ID!
         code: Int!
         weight: Int! @external
         cost: Int @requires(fields: "weight")
       }`,
    {
      Query: { shipped: () => ({ id: '1', code: 7 }) },
      Part: {
        __resolveReference: (reference: Reference) => (reference.code === undefined ? null : reference),
        cost: ({ weight }: { weight: number }) => weight * 2,
      },
    },
  );

  test('is not used to come back after a @requires', async () => {
    const gateway = await composeGateway([catalog, freight]);
    expect(await gateway.execute({ query: '{ shipped { cost } part { cost } }' })).toEqual({
      data: { shipped: { cost: 6 }, part: { cost: 6 } },
    });
    await gateway.close();
  });
});

test('a plan that does not get its inputs to a @requires of a @requires is refused', async () => {
  const names = buildSubgraph(
    'names',
    `type Query { names: Int } type Subscription { partMade: Part! }
     type Part @key(fields: "id") {
       id: ID! code: Int @external name: String @requires(fields: "code")
     }`,
    {
      Subscription: {
        partMade: {
          async *subscribe() {
            yield await Promise.resolve({ partMade: { id: '1' } });
          },
        },
      },
      Part: {
        __resolveReference: (reference: Reference) => reference,
        name: ({ code }: Reference) => `part with ${code}`,
      },
    },
  );
  const owners = buildSubgraph(
    'owners',
    `type Part @key(fields: "id") {
       id: ID! code: Int name: String @external owner: String @requires(fields: "name")
     }`,
    {
      Part: {
        __resolveReference: (reference: Reference) => ({ code: 7, ...reference }),
        owner: ({ name }: { name: string }) => `owner of ${name}`,
      },
    },
  );
  const gateway = await composeGateway([names, owners]);
  const { value } = await gateway.subscribe({ query: 'subscription { partMade { owner } }' }).next();
  expect(value).toMatchObject({ errors: [{ extensions: { code: 'OPERATION_NOT_PLANNED' } }] });
  await gateway.close();
});

describe('conditions', () => {
  const made: string[] = [];
  const plant = buildSubgraph(
    'plant',
    `type Query { part: Part nothing: Part }
     type Mutation { makePart: Part! }
     type Part @key(fields: "id") { id: ID! name: String }`,
    {
      Query: { part: () => ({ id: '1' }), nothing: () => null },
      Mutation: {
        makePart: () => {
          made.push('part');
          return { id: '2' };
        },
      },
      Part: { __resolveReference: (reference: Reference) => reference, name: () => 'bolt' },
    },
  );

  test.each([
    ['a literal', '{ part { name @skip(if: true) } nothing { name @skip(if: true) } }', {}],
    [
      'a variable',
      'query ($no: Boolean!) { part { name @include(if: $no) } nothing { id @include(if: $no) } }',
      { no: false },
    ],
    [
      'a fragment',
      '{ part { ... on Part @skip(if: true) { name } } nothing { ...F @skip(if: true) } } fragment F on Part { id }',
      {},
    ],
  ])('that leave nothing of an object leave the object: %s', async (_name, query, variables) => {
    const gateway = await composeGateway([plant]);
    expect(await gateway.execute({ query, variables })).toEqual({ data: { part: {}, nothing: null } });
    await gateway.close();
  });

  test('do not keep a mutation from happening of which nothing is selected', async () => {
    const gateway = await composeGateway([plant]);
    made.length = 0;
    const query = 'mutation ($no: Boolean = false) { makePart { name @include(if: $no) } }';
    expect(await gateway.execute({ query })).toEqual({ data: { makePart: {} } });
    expect(made).toEqual(['part']);
    await gateway.close();
  });

  test('keep a mutation from happening that is itself excluded', async () => {
    const gateway = await composeGateway([plant]);
    made.length = 0;
    const query = 'mutation ($no: Boolean!) { makePart @include(if: $no) { name } }';
    expect(await gateway.execute({ query, variables: { no: false } })).toEqual({ data: {} });
    expect(made).toEqual([]);
    expect(await gateway.execute({ query, variables: { no: true } })).toEqual({ data: { makePart: { name: 'bolt' } } });
    expect(made).toEqual(['part']);
    await gateway.close();
  });

  test('of a root field of a subscription are refused as invalid, whatever graphql-js throws', async () => {
    const live = buildSubgraph('live', 'type Query { a: Int } type Subscription { partMade: Int! }', {
      Subscription: {
        partMade: {
          async *subscribe() {
            yield await Promise.resolve({ partMade: 1 });
          },
        },
      },
    });
    const gateway = await composeGateway([live]);
    const query = 'subscription ($on: Boolean!) { partMade @include(if: $on) }';
    const { value } = await gateway.subscribe({ query, variables: { on: true } }).next();
    expect(value).toMatchObject({ errors: [{ extensions: { code: 'GRAPHQL_VALIDATION_FAILED' } }] });
    await gateway.close();
  });
});

test('fragments on interfaces meet @interfaceObject', async () => {
  const home = buildSubgraph(
    'home',
    `type Query { home: String }
     interface Item @key(fields: "id") { id: ID! }
     interface Named { name: String }
     type Part implements Item & Named @key(fields: "id") { id: ID! name: String }
     type Kit implements Item & Named @key(fields: "id") { id: ID! name: String }`,
    {
      Item: {
        __resolveType: ({ id }: Reference) => (id.startsWith('k') ? 'Kit' : 'Part'),
        __resolveReference: (reference: Reference) => ({ id: reference.id }),
      },
      Part: { __resolveReference: (reference: Reference) => reference, name: ({ id }: Reference) => `part ${id}` },
      Kit: { __resolveReference: (reference: Reference) => reference, name: ({ id }: Reference) => `kit ${id}` },
    },
  );
  const other = buildSubgraph(
    'other',
    `type Query { items: [Item!]! } type Item @key(fields: "id") @interfaceObject { id: ID! }`,
    { Query: { items: () => [{ id: 'p1' }, { id: 'k1' }] } },
  );
  const gateway = await composeGateway([home, other]);
  expect(await gateway.execute({ query: '{ items { ... on Named { name __typename } } }' })).toEqual({
    data: {
      items: [
        { name: 'part p1', __typename: 'Part' },
        { name: 'kit k1', __typename: 'Kit' },
      ],
    },
  });
  await gateway.close();
});
