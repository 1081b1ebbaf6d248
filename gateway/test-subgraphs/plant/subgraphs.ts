import { GraphQLScalarType } from 'graphql';
import type { InProcessSubgraph } from '../../src/index.ts';
import { buildSubgraph } from '../build-subgraph.ts';
import { queryFields } from './root-fields.ts';
import { shippingCost } from './data.ts';
import type { Plant, Product } from './data.ts';

/** Hands over a Date, as scalars of graphql-scalars do: over HTTP it becomes text, in-process it does not. */
export const instantScalar = new GraphQLScalarType({ name: 'Instant', serialize: (value) => value });

/** The plant split into five subgraphs, with every directive of Federation 2 that joins. */
export function plantSubgraphs(plant: () => Plant): InProcessSubgraph[] {
  const byKey =
    <T>(find: (plant: Plant, key: string) => T) =>
    (reference: { sku?: string; code?: string; id?: string; number?: string }) =>
      find(plant(), reference.sku ?? reference.code ?? reference.id ?? reference.number ?? '') ?? null;
  const product = (reference: { sku?: string; id?: string }) =>
    plant().products.get(reference.sku ?? String(reference.id).replace('product:', '')) ?? null;
  const position = ({ sku, site }: { sku: string; site: { code: string } }) =>
    plant().positions.find((each) => each.sku === sku && each.site.code === site.code) ?? null;
  const root = queryFields(plant);

  return [
    buildSubgraph('catalog', catalogSdl, {
      Instant: instantScalar,
      Query: pick(root, ['product', 'products', 'items', 'search', 'node', 'nodes', 'broken', 'nothing', 'echo']),
      Product: { __resolveReference: product },
      Kit: {
        __resolveReference: ({ sku, id }: { sku?: string; id?: string }) =>
          plant().kits.get(sku ?? String(id).replace('kit:', '')) ?? null,
      },
      Site: { __resolveReference: byKey((current, code) => current.sites.get(code)) },
      Node: {
        __resolveReference: ({ id }: { id: string }) =>
          plant().products.get(id.replace('product:', '')) ?? plant().kits.get(id.replace('kit:', '')) ?? null,
      },
    }),
    buildSubgraph('stock', stockSdl, {
      Query: pick(root, ['positions', 'sites']),
      Mutation: pick(root, ['receive', 'issue']),
      Subscription: {
        stockChanged: {
          async *subscribe(_source: unknown, { skus }: { skus: string[] }) {
            for (const sku of skus) {
              yield { stockChanged: (await Promise.resolve(plant().positions)).find((each) => each.sku === sku) };
            }
          },
        },
      },
      Product: {
        __resolveReference: (reference: Product) => {
          const known = product(reference);
          return known && { ...known, ...pick(reference, ['weightKg', 'dimensions']) };
        },
        shippingCost: (source: Product, { express }: { express: boolean }) => shippingCost(source, express),
      },
      Site: { __resolveReference: byKey((current, code) => current.sites.get(code)) },
      Position: { __resolveReference: position },
    }),
    buildSubgraph('planning', planningSdl, {
      Query: pick(root, ['order', 'orders']),
      Mutation: pick(root, ['release']),
      Product: { __resolveReference: product },
      Position: { __resolveReference: position },
      Site: { __resolveReference: byKey((current, code) => current.sites.get(code)) },
      Order: {
        __resolveReference: byKey((current, number) => current.orders.get(number)),
      },
    }),
    buildSubgraph('notes', notesSdl, {
      Query: pick(root, ['firstNode']),
      Node: {
        __resolveReference: ({ id }: { id: string }) => ({ id, notes: root.node(undefined, { id })?.notes() ?? [] }),
      },
    }),
    buildSubgraph('sourcing', sourcingSdl, {
      Product: {
        __resolveReference: (reference: Product) => ({
          ...reference,
          supplierCode: product(reference)?.supplierCode(),
        }),
        sourcingText: ({
          supplierCode,
          positions,
        }: {
          supplierCode: string | null;
          positions: { quantity: number; site: { code: string } }[];
        }) => `${supplierCode}: ${positions.map(({ quantity, site }) => `${quantity} at ${site.code}`).join(', ')}`,
      },
    }),
  ];
}

const catalogSdl = `
  scalar Instant
  scalar Json
  type Query {
    product(sku: ID!): Product
    products(skus: [ID!], first: Int = 8): [Product!]!
    items: [Item!]!
    search(text: String!): [SearchHit]!
    node(id: ID!): Node
    nodes: [Node!]!
    broken: String
    nothing: Product
    echo(input: EchoInput!): String
  }
  input EchoInput { text: String = "nothing", kinds: [Kind!], nested: EchoInput, secret: String @inaccessible }
  interface Item { id: ID! sku: ID! name: String! }
  interface Node @key(fields: "id") { id: ID! title: String! }
  type Product implements Item & Node @key(fields: "sku") @key(fields: "id") {
    id: ID!
    sku: ID!
    name: String! @shareable
    title: String!
    kind: Kind
    kinds: [Kind!]
    weightKg: Float
    dimensions: Dimensions @shareable
    internalCode: String @inaccessible
    createdAt: Instant!
    attributes: Json
    grid: [[Int]!]!
    parts: [[Product!]!]!
    replaces: Product
    label: String!
    mustHave: String!
  }
  type Kit implements Item & Node @key(fields: "sku") @key(fields: "id") {
    id: ID!
    sku: ID!
    name: String!
    title: String!
    contents: [Item!]!
  }
  type Dimensions @shareable { length: Int! width: Int! }
  enum Kind { FINISHED RAW SECRET @inaccessible }
  union SearchHit = Product | Kit | Site
  type Site @key(fields: "code") { code: ID! name: String! timeZone: String! }
`;

const stockSdl = `
  type Query { positions: [Position!]! sites: [Site!]! }
  type Mutation { receive(sku: ID!, quantity: Int!): Position issue(sku: ID!, quantity: Int!): Position }
  type Subscription { stockChanged(skus: [ID!]!): Position! }
  type Product @key(fields: "sku") {
    sku: ID!
    weightKg: Float @external
    dimensions: Dimensions @external
    onHand: Int!
    positions: [Position!]!
    shippingCost(express: Boolean! = false): Float @requires(fields: "weightKg dimensions { length width }")
  }
  type Dimensions @shareable { length: Int! width: Int! }
  type Site @key(fields: "code") { code: ID! positions: [Position!]! }
  type Position @key(fields: "sku site { code }") { sku: ID! site: Site! quantity: Int! product: Product }
`;

const planningSdl = `
  type Query { order(number: ID!): Order orders(state: OrderState): [Order!]! }
  type Mutation { release(number: ID!): Order }
  type Product @key(fields: "id") { id: ID! name: String! @external }
  type Site @key(fields: "code") { code: ID! timeZone: String! @override(from: "catalog") }
  type Position @key(fields: "sku site { code }") { sku: ID! site: Site! forecast: Int! planner: String }
  type Order @key(fields: "number") {
    number: ID!
    state: OrderState!
    quantity: Int!
    product: Product @provides(fields: "name")
    site: Site!
  }
  enum OrderState { FIRMED RELEASED }
`;

const notesSdl = `
  type Query { firstNode: Node }
  type Node @key(fields: "id") @interfaceObject { id: ID! notes: [String!]! }
`;

const sourcingSdl = `
  type Product @key(fields: "sku") {
    sku: ID!
    supplierCode: String
    positions: [Position!]! @external
    sourcingText: String @requires(fields: "positions { quantity site { code } }")
  }
  type Position @key(fields: "sku site { code }") { sku: ID! site: Site! quantity: Int! @external }
  type Site @key(fields: "code") { code: ID! }
`;

function pick<T extends object>(object: T, keys: readonly (keyof T & string)[]): Partial<T> {
  return Object.fromEntries(keys.filter((key) => key in object).map((key) => [key, object[key]])) as Partial<T>;
}
