import { buildSchema, parse, print, validate } from 'graphql';
import { expect, it } from 'vitest';
import { pageableQuery } from './pageable-query.ts';

const schema = buildSchema(`
  type Query { orders(state: [String!], first: Int!, after: String): OrderConnection! }
  type OrderConnection { nodes: [Order!]! edges: [OrderEdge!]! pageInfo: PageInfo! totalCount: Int! }
  type OrderEdge { cursor: String! node: Order! }
  type PageInfo { hasNextPage: Boolean! endCursor: String }
  type Order { id: ID! priority: Int product: Product! }
  type Product { sku: String! name: String }
`);

const pageOf = (query: string) => {
  const page = pageableQuery(query, schema, {});
  for (const text of [page.query, page.countQuery ?? '']) expect(validate(schema, parse(text))).toEqual([]);
  return page;
};
const same = (query: string) => print(parse(query));

it('asks for pages of the client’s connection with the client’s arguments, and counts it with those', () => {
  const { query, countQuery, columns } = pageOf(
    'query Open($state: [String!], $all: Boolean!) { all: orders(state: $state) { nodes { id priority @include(if: $all) } } }',
  );
  expect(query).toBe(
    same(`query Open($state: [String!], $all: Boolean!, $takt_first: Int!, $takt_after: String) {
      rows: orders(state: $state, first: $takt_first, after: $takt_after) {
        edges { cursor node { id priority @include(if: $all) } } pageInfo { hasNextPage endCursor }
      }
    }`),
  );
  expect(countQuery).toBe(
    same(`query Open($state: [String!], $takt_first: Int!) {
      rows: orders(state: $state, first: $takt_first) { totalCount }
    }`),
  );
  expect(columns.map(({ name, type }) => [name, type])).toEqual([
    ['id', 'STRING'],
    ['priority', 'INT'],
  ]);
});

it('has the fragments that a row uses, and none that only the connection used', () => {
  const { query } = pageOf(`
    { orders { ...Nodes totalCount } }
    fragment Nodes on OrderConnection { nodes { ...Row } }
    fragment Name on Product { name }
    fragment Row on Order { id product { sku ...Name } }
  `);
  expect(query).toBe(
    same(`query ($takt_first: Int!, $takt_after: String) {
      rows: orders(first: $takt_first, after: $takt_after) {
        edges { cursor node { ...Row } } pageInfo { hasNextPage endCursor }
      }
    }
    fragment Name on Product { name }
    fragment Row on Order { id product { sku ...Name } }`),
  );
});
