import { describe, expect, test } from 'vitest';
import { checkOwnership } from './ownership.ts';
import { checkStyle } from './style.ts';
import { parseStyleExceptions } from './style-exceptions.ts';

const PAGE_INFO = `
"Where a page is."
type PageInfo { hasNextPage: Boolean! hasPreviousPage: Boolean! startCursor: String endCursor: String }`;

async function findingsOf(sdl: string, exceptions: Parameters<typeof checkStyle>[2] = []) {
  const whole = `${sdl}\n${PAGE_INFO}`;
  const api = whole.replaceAll(/@tag\([^)]*\)/g, '');
  const findings = await checkStyle([{ name: 'orders', sdl: whole }], api, exceptions);
  return findings.map(({ where, message }) => `${where} ${message}`);
}

describe('Given the SDL of a subgraph', () => {
  test('what keeps to the rules passes', async () => {
    const sdl = `
type Query {
  "Orders of a plant."
  orders(first: Int, after: String, "Code of a location." plant: String): OrderConnection!
}
type Mutation {
  "Begins an order."
  begin(input: BeginInput!, "Yours." idempotencyKey: String!): OrderResult! @tag(name: "shop") @tag(name: "commands")
}
type Subscription { "What becomes of orders." changed(after: String): Order! }
type OrderConnection { edges: [OrderEdge!]! pageInfo: PageInfo! }
type OrderEdge { cursor: String! node: Order! }
"Something to be made."
type Order { id: ID! kind: OrderEventType }
"What happened."
enum OrderEventType { OrderBegun }
"What to begin."
input BeginInput { id: ID! }
union OrderResult = Order`;
    expect(await findingsOf(sdl)).toEqual([]);
  });

  test.each([
    [
      'a name of a type',
      'type Query { "x" a: order } "x" type order { a: Int }',
      'order: Type "order" should be in PascalCase',
    ],
    [
      'a name of a field',
      'type Query { "x" An_order: Int }',
      'Query.An_order: Field "An_order" should be in camelCase',
    ],
    [
      'a name of a value',
      'type Query { "x" a: K } "x" enum K { someValue }',
      'K.someValue: Enum value "someValue" should be',
    ],
    ['a type without description', 'type Query { "x" a: B } type B { a: Int }', 'B: Description is required'],
    ['a root field without description', 'type Query { a: Int }', 'Query.a: Description is required'],
    ['an argument of it', 'type Query { "x" a(plant: Int): Int }', 'Query.a(plant:): Description is required'],
    ['a list with nulls', 'type Query { "x" a: [Int]! }', 'Query.a: Items of a list are never null'],
    ['an id that may be null', 'type Query { "x" a: B } "x" type B { id: ID }', 'B.id: An id is never null'],
    [
      'a connection without edges',
      'type Query { "x" a(first: Int, after: String): BConnection } type BConnection { nodes: [Int!]! pageInfo: PageInfo! }',
      'BConnection: Connection type must contain a field `edges`',
    ],
    [
      'a connection that cannot be paged',
      'type Query { "x" a: BConnection } type BConnection { edges: [BEdge!]! pageInfo: PageInfo! } type BEdge { cursor: String! node: Int! }',
      'Query.a: A field that returns a Connection type must include',
    ],
    [
      'a mutation without input',
      'type Query { "x" a: Int } type Mutation { "x" b(id: ID!): BResult! @tag(name: "commands") } union BResult = B "x" type B { a: Int }',
      'Mutation.b: A mutation takes one argument `input`',
    ],
    [
      'a mutation without a union',
      'type Query { "x" a: Int } type Mutation { "x" b(input: BInput!): Int @tag(name: "commands") } "x" input BInput { a: Int }',
      'Mutation.b: A mutation answers a non-null union',
    ],
    ...['', '@tag(name: "shop")'].map((tag) => [
      `a mutation with ${tag || 'no tag'} alone`,
      `type Query { "x" a: Int } type Mutation { "x" b(input: BInput!): BResult! ${tag} } union BResult = B "x" type B { a: Int } "x" input BInput { a: Int }`,
      'Mutation.b: A mutation has @tag(name: "commands")',
    ]),
    [
      'a subscription without a place',
      'type Query { "x" a: Int } type Subscription { "x" b: Int }',
      'Subscription.b: A subscription can be resumed',
    ],
  ])('%s is found', async (_what, sdl, message) => {
    const findings = await findingsOf(sdl);
    expect(findings).toHaveLength(1);
    expect(findings[0]).toContain(`orders.graphql:1 ${message}`);
  });

  test('of what several subgraphs declare, one says what it is', async () => {
    const stub = { name: 'stub', sdl: 'type Query { "x" b: Order } type Order { id: ID! }' };
    const api = `type Query { "x" b: Order }\n"An order." type Order { id: ID! }\n${PAGE_INFO}`;
    expect(await checkStyle([stub], api, [])).toEqual([]);
  });

  test('an exception holds for its rule and element, and is reported when it is idle', async () => {
    const sdl = 'type Query { "x" a: [Int]! "x" b: [Int]! }';
    const exception = { rule: 'takt/lists-without-nulls', element: 'Query.a', reason: 'old' };
    expect(await findingsOf(sdl, [exception])).toMatchObject([expect.stringContaining('Query.b')]);
    expect(await findingsOf('type Query { "x" a: Int }', [exception])).toEqual([
      'rules.yml Query.a needs no exception from takt/lists-without-nulls any more',
    ]);
  });

  test('exceptions have reasons', () => {
    expect(parseStyleExceptions('exceptions: [{rule: r, element: e, reason: why}]')).toHaveLength(1);
    expect(() => parseStyleExceptions('exceptions: [{rule: r, element: e}]')).toThrow('/exceptions/0/reason');
  });
});

describe('Given owners', () => {
  const owners = (more = '', homes = '{ Both: orders }') => `
owners: { planning: { name: Planning, contact: '#p' } }
systemsOfRecord: { ERP: The ERP }
shared: { owner: planning, systemOfRecord: ERP, types: [Query] }
homes: ${homes}
subgraphs:
  orders: { owner: planning, systemOfRecord: ERP${more} }`;
  const orders = { name: 'orders', sdl: 'type Query { a: Int } type Both { a: Int } type Order { a: Int }' };
  const stock = { name: 'stock', sdl: 'type Query { a: Int } type Both { b: Int }' };
  const check = (text: string, subgraphs = [orders]) =>
    checkOwnership(text, subgraphs).map(({ where, message }) => `${where}: ${message}`);

  test('every type that has one passes', () => {
    expect(check(owners())).toEqual([]);
  });

  test.each([
    [owners(), [orders, stock], 'Both: has no owner and no system of record in stock'],
    [owners('', '{}'), [orders, stock], 'Both: is in orders and stock, and has no home that answers for it as a whole'],
    [owners('', '{ Both: stock }'), [orders], 'Both: its home is stock, which does not declare it'],
    [owners('', '{ Both: orders, Gone: orders }'), [orders], 'Gone: no subgraph declares such a type'],
    [owners(', types: { Order: { owner: nobody } }'), [orders], 'Order: there is no owner "nobody"'],
    [owners(', types: { Order: { systemOfRecord: SAP } }'), [orders], 'Order: there is no system of record "SAP"'],
    [owners(', types: { Gone: { owner: planning } }'), [orders], 'Gone: orders declares no such type'],
    [owners(), [], 'orders: there is no such subgraph'],
    ['owners: 1', [orders], 'the file: /'],
  ])('what lacks or names what there is not is found', (text, subgraphs, fault) => {
    expect(check(text, subgraphs)).toContainEqual(expect.stringContaining(fault));
  });
});
