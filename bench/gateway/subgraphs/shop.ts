import { choiceOf, numberOf, upTo, type World } from './world.ts';

/**
 * The shape of the public benchmark of federation gateways: users, their reviews, the products reviewed, and back again.
 * `catalog` chooses among sets of data that differ and are of one size.
 */
export const shop: World = {
  subgraphs: [
    {
      name: 'accounts',
      sdl: `
        extend type Query { users(catalog: String!): [User!] }
        type User @key(fields: "id") { id: ID! name: String username: String }`,
      root: { users: ({ catalog }: Catalog) => upTo(6, (index) => user(`${catalog}-u${index}`)) },
      entities: { User: ({ id }: { id: string }) => user(id) },
    },
    {
      name: 'inventory',
      sdl: `
        extend type Product @key(fields: "upc") {
          upc: String! @external
          weight: Int @external
          price: Int @external
          inStock: Boolean
          shippingEstimate: Int @requires(fields: "price weight")
        }`,
      root: {},
      entities: {
        Product: ({ upc, price, weight }: { upc: string; price?: number; weight?: number }) => ({
          upc,
          inStock: numberOf(upc, 4) > 0,
          shippingEstimate: () => shippingEstimate(price, weight),
        }),
      },
    },
    {
      name: 'products',
      sdl: `
        extend type Query { topProducts(catalog: String!, first: Int! = 5): [Product!] }
        type Product @key(fields: "upc") { upc: String! name: String price: Int weight: Int }`,
      root: {
        topProducts: ({ catalog, first }: Catalog & { first: number }) =>
          upTo(Math.min(first, PRODUCTS), (index) => product(`${catalog}-p${index}`)),
      },
      entities: { Product: ({ upc }: { upc: string }) => product(upc) },
    },
    {
      name: 'reviews',
      sdl: `
        type Review @key(fields: "id") { id: ID! body: String author: User product: Product }
        extend type User @key(fields: "id") { id: ID! @external reviews: [Review!] }
        extend type Product @key(fields: "upc") { upc: String! @external reviews: [Review!] }`,
      root: {},
      entities: {
        Review: ({ id }: { id: string }) => review(id),
        User: ({ id }: { id: string }) => reviewer(id),
        Product: ({ upc }: { upc: string }) => reviewed(upc),
      },
    },
  ],
};

interface Catalog {
  readonly catalog: string;
}

const PRODUCTS = 9;

function user(id: string) {
  return {
    id,
    name: choiceOf(id, ['Uri Goldshtein', 'Zoë Müller', 'Łukasz Wójcik', 'Renée Lévêque', 'Jörg Groß', '王伟']),
    username: `user-${id}`,
  };
}

function product(upc: string) {
  return {
    upc,
    name: choiceOf(upc, ['Table', 'Sofa „Nürnberg“', 'Chaise à bascule', 'Bücherregal', 'Lamp', 'Wok 炒锅']),
    price: 50 + numberOf(upc, 950),
    weight: 10 + numberOf(`${upc}w`, 90),
  };
}

/** Reviews are named after who wrote them, or after the product: `a-u1-r0`, `a-p3-r1`. */
function review(id: string) {
  const catalog = id.slice(0, id.indexOf('-'));
  return {
    id,
    body: choiceOf(id, [
      'Prompt geliefert, schön verarbeitet, würde ich jederzeit wieder kaufen, Verpackung war tadellos.',
      'Could be better: the legs wobble on an even floor, and one screw was missing.',
      'Très bon produit, la qualité dépasse mes attentes, livraison rapide et soignée.',
      'Prefer something else, but the price was fair enough for what it is.',
    ]),
    author: () => reviewer(`${catalog}-u${numberOf(`${id}a`, 6)}`),
    product: () => reviewed(`${catalog}-p${numberOf(`${id}p`, PRODUCTS)}`),
  };
}

function reviewer(id: string) {
  return { id, reviews: () => upTo(3, (index) => review(`${id}-r${index}`)) };
}

function reviewed(upc: string) {
  return { upc, reviews: () => upTo(4 + (Number(upc.at(-1)) % 2), (index) => review(`${upc}-r${index}`)) };
}

/** Undefined, and so an error, unless the gateway gave what the field requires. */
function shippingEstimate(price: number | undefined, weight: number | undefined): number {
  if (price === undefined || weight === undefined) throw new Error('shippingEstimate requires price and weight.');
  return price > 900 ? 0 : Math.round(weight / 2);
}
