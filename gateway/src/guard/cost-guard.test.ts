import { buildSchema, parse } from 'graphql';
import type { FragmentDefinitionNode, OperationDefinitionNode } from 'graphql';
import { describe, expect, test } from 'vitest';
import { buildSubgraph } from '../../test-subgraphs/build-subgraph.ts';
import { composeGateway } from '../../test-subgraphs/compose-gateway.ts';
import type { Gateway } from '../index.ts';
import type { CostOptions, OperationCost } from './cost-guard.ts';
import { compileEstimate } from './estimate-cost.ts';
import type { Exceeded } from './operation-limits.ts';

const namings: Record<string, { imports: string; named: (sdl: string) => string; edit?: (sdl: string) => string }> = {
  'under their own names': { imports: '"@cost", "@listSize"', named: (sdl) => sdl },
  'under names that a subgraph gives them': {
    imports: '{ name: "@cost", as: "@price" } { name: "@listSize", as: "@length" }',
    named: (sdl) => sdl.replaceAll('@cost', '@price').replaceAll('@listSize', '@length'),
  },
  'without an import': {
    imports: '',
    named: (sdl) => sdl.replaceAll(/@(cost|listSize)\b/g, '@federation__$1'),
  },
  'under a name that the supergraph gives their specification': {
    imports: '"@cost", "@listSize"',
    named: (sdl) => sdl,
    edit: (sdl) =>
      sdl
        .replace(/(specs.apollo.dev\/cost\/v0.1"), import: \[.*\]/, '$1, as: "ibm"')
        .replaceAll(/@cost\b/g, '@ibm')
        .replaceAll(/@listSize\b/g, '@ibm__listSize'),
  },
};

const sdl = `
  type Query {
    part: Part
    parts(first: Int, last: Int, filter: Filter): [Part!]! @listSize(slicingArguments: ["first", "last"], assumedSize: 40, requireOneSlicingArgument: false)
    strict(first: Int, last: Int): [Part!]! @listSize(slicingArguments: ["first", "last"])
    page(first: Int = 5): Page @listSize(slicingArguments: ["first"], sizedFields: ["nodes", "edges"])
    grid: [[Part!]!]!
    stations: [Station!]!
    hits: [Hit!]!
    dear(by: Int @cost(weight: 3)): Int @cost(weight: 20)
    stamp: Stamp
  }
  type Mutation { make: Part }
  type Subscription { made: Part }
  scalar Stamp @cost(weight: 4)
  input Filter { name: String, dear: Int @cost(weight: 6), also: [Filter!] }
  type Page { nodes: [Part!]! edges: [Edge!]! others: [Part!]! }
  type Edge { node: Part }
  interface Station { id: ID! part: Part notes: [Note!] }
  type Oven implements Station @cost(weight: 5) { id: ID! part: Part notes: [Note!] @listSize(assumedSize: 2) }
  type Table implements Station { id: ID! part: Part @cost(weight: 9) notes: [Note!] @listSize(assumedSize: 3) }
  type Note { text: String }
  union Hit = Part | Oven
  type Part { name: String sub: Part subs: [Part!]! price: Int @cost(weight: 2) }
`;

const part = { __typename: 'Part', name: 'part', price: 1, sub: null, subs: [] };
const resolvers = {
  Query: {
    part: () => part,
    parts: () => [part, part, part],
    stations: () => [
      { __typename: 'Oven', id: '1', part, notes: [{ text: 'a' }] },
      { __typename: 'Table', id: '2', part, notes: [] },
    ],
    dear: () => 1,
    grid: () => [[part], [part, part]],
  },
  Mutation: { make: () => part },
};

async function gatewayOf(cost: CostOptions, naming = 'under their own names', options = {}): Promise<Gateway> {
  const { imports = '', named = String, edit } = namings[naming] ?? {};
  const header = `extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: [${imports}])`;
  const subgraph = buildSubgraph('plant', `${header}\n${named(sdl)}`, resolvers);
  return composeGateway([subgraph], {}, { cost, ...(edit && { editSupergraph: edit }), ...options });
}

describe.each(Object.keys(namings))('directives %s', (naming) => {
  const gateway = gatewayOf({ max: 1e9 }, naming);

  test.each<[string, string, number, Record<string, unknown>?]>([
    ['a leaf costs nothing', '{ __typename stamp: __typename }', 0],
    ['an object costs one', '{ part { name sub { name } } }', 2],
    ['a field costs its weight', '{ part { price } dear }', 1 + 2 + 20],
    ['a type costs its weight', '{ stamp }', 4],
    ['an alias costs again', '{ a: dear b: dear }', 40],
    ['an argument costs its weight', '{ dear(by: 1) }', 23],
    ['an argument that is null costs nothing', '{ dear(by: null) }', 20],
    ['a variable costs like a value', 'query ($by: Int) { dear(by: $by) }', 23, { by: 7 }],
    ['a variable that is not given costs nothing', 'query ($by: Int) { dear(by: $by) }', 20],
    ['a list has its assumed size', '{ parts { name } }', 40],
    ['a list without any is assumed to have ten', '{ part { subs { price } } }', 1 + 10 * 3],
    ['a list of lists is a product', '{ grid { name } }', 100],
    ['a slicing argument sizes a list', '{ parts(first: 3) { name sub { name } } }', 6],
    ['the largest slicing argument counts', '{ parts(first: 3, last: 7) { name } }', 7],
    ['a variable sizes a list', 'query ($n: Int) { parts(first: $n) { price } }', 8 * 3, { n: 8 }],
    ['a default of a variable sizes a list', 'query ($n: Int = 2) { parts(first: $n) { price } }', 2 * 3],
    ['a null does not size a list', 'query ($n: Int) { parts(first: $n) { name } }', 40, { n: null }],
    ['a negative size is none', '{ parts(first: -5) { price } }', 0],
    [
      'an empty list of enormous ones is empty',
      `{ parts(first: 0) ${'{ subs '.repeat(150)}{ name }${' }'.repeat(150)} }`,
      0,
    ],
    [
      'sized fields have the size of the field around',
      '{ page(first: 4) { nodes { name } edges { node { name } } } }',
      1 + 4 + 8,
    ],
    [
      'sized fields are found in fragments',
      '{ page(first: 4) { ...P } } fragment P on Page { ... { nodes { name } } }',
      5,
    ],
    ['other fields have not that size', '{ page(first: 4) { others { name } } }', 11],
    ['a default of an argument sizes a list', '{ page { nodes { name } } }', 6],
    [
      'input objects cost one and their fields',
      '{ parts(first: 1, filter: { name: "a", dear: 1, also: [{}, { dear: 2 }] }) { name } }',
      1 + 1 + 6 + 1 + 1 + 6,
    ],
    [
      'input objects in variables likewise',
      'query ($f: Filter) { parts(first: 1, filter: $f) { name } }',
      1 + 1 + 6,
      { f: { dear: 1 } },
    ],
    ['of implementing types the dearest counts', '{ stations { id part { name } } }', 10 * Math.max(5 + 1, 1 + 9)],
    ['each implementing type has its own sizes', '{ stations { notes { text } } }', 10 * Math.max(5 + 2, 1 + 3)],
    [
      'of alternatives the dearest counts',
      '{ hits { ... on Part { price sub { name } } ... on Oven { id } } }',
      10 * Math.max(1 + 2 + 1, 5),
    ],
    ['a mutation costs ten', 'mutation { make { name } }', 11],
    ['of a subscription an event counts', 'subscription { made { price } }', 3],
    ['what is skipped costs nothing', '{ dear @skip(if: true) part @include(if: false) { name } }', 0],
    [
      'what a variable skips costs nothing',
      'query ($no: Boolean!) { dear @include(if: $no) ... @skip(if: $no) { part { name } } }',
      1,
      { no: false },
    ],
    ['introspection costs nothing', '{ __schema { types { name fields { name } } } }', 0],
  ])('%s', async (_name, query, cost, variables = {}) => {
    expect((await (await gateway).prepare({ query, variables })).estimatedCost).toBe(cost);
  });
});

test('an estimate takes time linear in the document', () => {
  const levels = 100;
  const fragments = Array.from(
    { length: levels },
    (_, level) => `fragment F${level} on Part { sub { ...F${level + 1} } also: sub { ...F${level + 1} } }`,
  ).join(' ');
  const schema = buildSchema('type Query { part: Part } type Part { sub: Part price: Int }');
  const document = parse(
    `query ($yes: Boolean!) { part { ...F0 } } ${fragments} fragment F${levels} on Part { price @include(if: $yes) }`,
  );
  const [operation, ...others] = document.definitions;
  const model = { weights: new Map([['Part.price', 1]]), listSizes: new Map() };
  const byName = new Map(
    others.map((fragment) => [(fragment as FragmentDefinitionNode).name.value, fragment as FragmentDefinitionNode]),
  );
  const estimate = compileEstimate(schema, model, 10, operation as OperationDefinitionNode, byName);
  const objects = 2 ** (levels + 1) - 1;
  expect(estimate({ yes: false }).cost).toBe(objects);
  expect(estimate({ yes: true }).cost).toBe(objects + 2 ** levels);
});

describe('an operation that costs more than allowed', () => {
  const query = 'query ($n: Int) { parts(first: $n) { name } }';

  test('is refused, by the variables of each request', async () => {
    const gateway = await gatewayOf({ max: 5 });
    expect((await gateway.execute({ query, variables: { n: 5 } })).errors).toBeUndefined();
    expect(await gateway.execute({ query, variables: { n: 6 } })).toMatchObject({
      errors: [
        {
          message: 'The operation costs 6 by estimate; at most 5 is allowed (maxCost).',
          extensions: { code: 'OPERATION_TOO_LARGE', limit: 'maxCost', found: 6, allowed: 5 },
        },
      ],
    });
    expect(gateway.exceeded).toEqual(new Map([['maxCost', 1]]));
  });

  test('is reported only while measuring', async () => {
    const reported: Exceeded[] = [];
    const onExceeded = (exceeded: Exceeded) => reported.push(exceeded);
    const gateway = await gatewayOf({ max: 5, mode: 'measure' }, undefined, { operationLimits: { onExceeded } });
    expect((await gateway.execute({ query, variables: { n: 6 } })).errors).toBeUndefined();
    expect(reported).toEqual([{ limit: 'maxCost', found: 6, allowed: 5, refused: false }]);
  });

  test('is one that says not exactly one size where one is needed', async () => {
    const gateway = await gatewayOf({ max: 1e6 });
    for (const selection of ['strict { name }', 'strict(first: 1, last: 2) { name }', 'strict(first: null) { name }']) {
      expect((await gateway.execute({ query: `{ ${selection} }` })).errors?.[0]?.message).toBe(
        "The operation's cost cannot be told: Query.strict needs exactly one of: first, last.",
      );
    }
    expect((await gateway.prepare({ query: '{ strict(last: 2) { name } }' })).estimatedCost).toBe(2);
  });

  test('is refused on a subscription as well', async () => {
    const gateway = await gatewayOf({ max: 2 });
    const events: unknown[] = [];
    for await (const event of gateway.subscribe({ query: 'subscription { made { price } }' })) events.push(event);
    expect(events).toMatchObject([{ errors: [{ extensions: { limit: 'maxCost' } }] }]);
  });
});

describe('what a response has cost', () => {
  test.each<[string, string, number, number]>([
    ['in lists', '{ parts(first: 9) { name price } }', 27, 9],
    ['in lists of lists', '{ grid { name } }', 100, 3],
    ['by its types', '{ stations { __typename id part { name } } }', 100, 5 + 1 + 1 + 9],
    [
      'by types that are told by their fields',
      '{ stations { ... on Oven { a: id } ... on Table { b: id part { name } } } }',
      100,
      5 + 1 + 9,
    ],
    ['by its arguments', '{ dear(by: 1) part { sub { name } } }', 25, 24],
  ])('is measured %s', async (_name, query, estimated, measured) => {
    const costs: OperationCost[] = [];
    const gateway = await gatewayOf({ max: 1e6, measure: true, expose: true, onCost: (cost) => costs.push(cost) });
    const response = await gateway.execute({ query });
    expect(response.errors).toBeUndefined();
    expect(response.extensions).toEqual({ cost: { estimated, measured, max: 1e6 } });
    expect(costs).toEqual([{ estimated, measured, max: 1e6 }]);
  });

  test('is told beside errors, and only where that is wanted', async () => {
    const exposed = await (
      await gatewayOf({ max: 100, expose: true })
    ).execute({ query: '{ strict(first: 1) { name } }' });
    expect(exposed).toMatchObject({ data: null, errors: [{}], extensions: { cost: { estimated: 1, max: 100 } } });
    expect(await (await gatewayOf({ max: 100 })).execute({ query: '{ dear }' })).toEqual({ data: { dear: 1 } });
  });
});
