import fc from 'fast-check';
import { Kind, OperationTypeNode, parse, print, visit } from 'graphql';
import type { SelectionNode } from 'graphql';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { buildSubgraph } from '../../test-subgraphs/build-subgraph.ts';
import { composeGateway, transportOf } from '../../test-subgraphs/compose-gateway.ts';
import { createPlant } from '../../test-subgraphs/plant/data.ts';
import { federatedPlant } from '../../test-subgraphs/plant/federated-plant.ts';
import type { FederatedPlant } from '../../test-subgraphs/plant/federated-plant.ts';
import { plantOperations } from '../../test-subgraphs/plant/operations.ts';
import type { Gateway } from '../index.ts';

interface Part {
  data?: Record<string, unknown> | null;
  errors?: { message: string; path?: (string | number)[] }[];
  incremental?: Increment[];
  hasNext: boolean;
}

interface Increment {
  data: Record<string, unknown> | null;
  path: (string | number)[];
  label?: string;
  errors?: Part['errors'];
}

let plant = createPlant();
let federated: FederatedPlant;
beforeAll(async () => {
  federated = await federatedPlant('in-process', () => plant);
});
afterAll(() => federated.close());

async function partsOf(query: string, variables?: Record<string, unknown>, gateway: Gateway = federated.gateway) {
  plant = createPlant();
  const bound = await gateway.prepare({ query, variables });
  const parts: Part[] = [];
  for await (const text of gateway.runIncrementally(bound, { signal: new AbortController().signal })) {
    parts.push(JSON.parse(text) as Part);
  }
  return parts;
}

/** The increments of all parts, in an order of their own: which of two independent ones comes first is left open. */
async function increments(query: string, variables?: Record<string, unknown>, gateway?: Gateway) {
  const [first, ...later] = await partsOf(query, variables, gateway);
  expect(later.map(({ hasNext }) => hasNext)).toEqual(later.map((_, index) => index < later.length - 1));
  return { first, later: later.flatMap(({ incremental = [] }) => incremental) };
}

describe('a deferred fragment', () => {
  test('comes after the rest, with its label and path', async () => {
    expect(await partsOf('{ product(sku: "P1") { name ... @defer(label: "stock") { onHand } } }')).toEqual([
      { data: { product: { name: 'Product 1' } }, hasNext: true },
      { incremental: [{ data: { onHand: 1711 }, path: ['product'], label: 'stock' }], hasNext: false },
    ]);
  });

  test('at the root is the whole rest', async () => {
    expect(await partsOf('{ ... @defer { product(sku: "P1") { name } } }')).toEqual([
      { data: {}, hasNext: true },
      { incremental: [{ data: { product: { name: 'Product 1' } }, path: [] }], hasNext: false },
    ]);
  });

  test('in a list comes for each element', async () => {
    const { first, later } = await increments('{ products(skus: ["P1", "P3"]) { sku ... @defer { name onHand } } }');
    expect(first).toEqual({ data: { products: [{ sku: 'P1' }, { sku: 'P3' }] }, hasNext: true });
    expect(later).toEqual([
      { data: { name: 'Product 1', onHand: 1711 }, path: ['products', 0] },
      { data: { name: 'Product 3', onHand: 1192 }, path: ['products', 1] },
    ]);
  });

  test('within another comes after it', async () => {
    const parts = await partsOf(
      '{ product(sku: "P1") { name ... @defer(label: "a") { title ... @defer(label: "b") { onHand } } } }',
    );
    expect(parts).toEqual([
      { data: { product: { name: 'Product 1' } }, hasNext: true },
      { incremental: [{ data: { title: 'Title of P1' }, path: ['product'], label: 'a' }], hasNext: true },
      { incremental: [{ data: { onHand: 1711 }, path: ['product'], label: 'b' }], hasNext: false },
    ]);
  });

  test('applies to objects of its type alone', async () => {
    const { first, later } = await increments('{ items { sku ... on Kit @defer(label: "kit") { title } } }');
    const items = first?.data?.['items'] as { sku: string }[];
    const kits = items.flatMap(({ sku }, index) => (sku.startsWith('K') ? [index] : []));
    expect(kits.length).toBeGreaterThan(0);
    expect(later.map(({ path }) => path)).toEqual(kits.map((index) => ['items', index]));
  });

  test('that is spread by name in two places keeps them apart', async () => {
    const { first, later } = await increments(
      `{ a: product(sku: "P1") { ...Stock @defer(label: "stock") } b: product(sku: "P3") { ...More } }
       fragment Stock on Product { onHand } fragment More on Product { sku ... @defer { name ...Stock } }`,
    );
    expect(first).toEqual({ data: { a: {}, b: { sku: 'P3' } }, hasNext: true });
    expect(later).toHaveLength(2);
    expect(later).toContainEqual({ data: { onHand: 1711 }, path: ['a'], label: 'stock' });
    expect(later).toContainEqual({ data: { name: 'Product 3', onHand: 1192 }, path: ['b'] });
  });

  test.each([
    [true, 2],
    [false, 1],
    [undefined, 1],
  ])('under a variable that is %s makes %d parts', async (value, count) => {
    const query = 'query ($later: Boolean) { product(sku: "P1") { name ... @defer(if: $later) { onHand } } }';
    const parts = await partsOf(query, value === undefined ? {} : { later: value });
    expect(parts).toHaveLength(count);
    expect(parts[0]?.data?.['product']).toEqual(value ? { name: 'Product 1' } : { name: 'Product 1', onHand: 1711 });
  });

  test('of a mutation comes after all its fields', async () => {
    const { first, later } = await increments(
      `mutation { a: receive(sku: "P1", quantity: 5) { sku ... @defer { quantity } } b: issue(sku: "P1", quantity: 3) { quantity } }`,
    );
    expect(first?.data).toMatchObject({ a: { sku: 'P1' }, b: { quantity: expect.any(Number) as number } });
    expect(later).toMatchObject([{ path: ['a'], data: { quantity: expect.any(Number) as number } }]);
  });

  test('is answered with the rest to a client that takes one response', async () => {
    plant = createPlant();
    const { data } = await federated.gateway.execute({
      query: '{ product(sku: "P1") { name ... @defer { onHand ... @defer { title } } } }',
    });
    expect(data).toEqual({ product: { name: 'Product 1', onHand: 1711, title: 'Title of P1' } });
  });
});

describe('an error', () => {
  test('that nulls a fragment stays within it', async () => {
    const { first, later } = await increments('{ product(sku: "P2") { name ... @defer(label: "stock") { onHand } } }');
    expect(first).toEqual({ data: { product: { name: 'Product 2' } }, hasNext: true });
    expect(later).toMatchObject([
      { data: null, path: ['product'], label: 'stock', errors: [{ path: ['product', 'onHand'] }] },
    ]);
  });

  test('of one element is told with that element', async () => {
    const { later } = await increments('{ products(skus: ["P1", "P2"]) { sku ... @defer { onHand } } }');
    expect(later).toMatchObject([
      { data: { onHand: 1711 }, path: ['products', 0] },
      { data: null, path: ['products', 1], errors: [{ path: ['products', 1, 'onHand'] }] },
    ]);
    expect(later[0]).not.toHaveProperty('errors');
  });

  test('of the rest is told with the rest, and what lay in a null never comes', async () => {
    const { first, later } = await increments(
      '{ product(sku: "P6") { mustHave ... @defer { name } } sites { code ... @defer { name } } }',
    );
    expect(first?.data?.['product']).toBeNull();
    expect(first?.errors).toMatchObject([{ path: ['product', 'mustHave'] }]);
    expect(new Set(later.map(({ path }) => path[0]))).toEqual(new Set(['sites']));
  });

  test('of a value that only the fragment shows is told with the fragment', async () => {
    const machines = buildSubgraph(
      'machines',
      `type Query { machine: Machine } type Machine { name: String state: State } type State { spindle: Int }`,
      {
        Query: { machine: () => ({ name: 'M1', state: {} }) },
        State: {
          spindle: () => {
            throw new Error('no signal');
          },
        },
      },
    );
    const gateway = await composeGateway([machines]);
    const { first, later } = await increments('{ machine { name ... @defer { state { spindle } } } }', {}, gateway);
    expect(first).toEqual({ data: { machine: { name: 'M1' } }, hasNext: true });
    expect(later).toMatchObject([
      { data: { state: { spindle: null } }, path: ['machine'], errors: [{ path: ['machine', 'state', 'spindle'] }] },
    ]);
  });
});

describe('fetching', () => {
  const orders = buildSubgraph('orders', 'type Query { order: Order } type Order @key(fields: "id") { id: ID! }', {
    Query: { order: () => ({ id: '1' }) },
  });
  const slow = buildSubgraph('slow', 'type Order @key(fields: "id") { id: ID! slow: String }');
  const quick = buildSubgraph('quick', 'type Order @key(fields: "id") { id: ID! quick: String }');

  test('for a fragment does not wait for what it does not build on', async () => {
    let release: () => void = () => undefined;
    const held = new Promise<void>((resolve) => (release = resolve));
    const gateway = await composeGateway([orders, slow, quick], {
      slow: transportOf(async () => {
        await held;
        return { data: { _entities: [{ slow: 'slow' }] } };
      }),
      quick: transportOf(() => {
        release();
        return Promise.resolve({ data: { _entities: [{ quick: 'quick' }] } });
      }),
    });
    const { first, later } = await increments('{ order { slow ... @defer { quick } } }', {}, gateway);
    expect(first?.data).toEqual({ order: { slow: 'slow' } });
    expect(later).toEqual([{ data: { quick: 'quick' }, path: ['order'] }]);
  });

  test('stops when the client goes away', async () => {
    const client = new AbortController();
    const signals: AbortSignal[] = [];
    const gateway = await composeGateway([orders, slow, quick], {
      slow: transportOf(({ signal }) => {
        signals.push(signal);
        return new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(new Error('gone'))));
      }),
    });
    const bound = await gateway.prepare({ query: '{ order { id ... @defer { slow } } }' });
    const parts = gateway.runIncrementally(bound, { signal: client.signal })[Symbol.asyncIterator]();
    await parts.next();
    const next = parts.next();
    client.abort();
    await expect(next).rejects.toThrow(/abort/i);
    expect(signals.map(({ aborted }) => aborted)).toEqual([true]);
  });
});

describe('the parts together', () => {
  test.each(Object.entries(plantOperations))('are what one response would be: %s', async (_name, operation) => {
    const { query, variables } = operation;
    plant = createPlant();
    const { data: whole, errors: wholeErrors = [] } = await federated.gateway.execute({ query, variables });
    if (whole === undefined) return;
    const deferring = fc.infiniteStream(fc.integer({ min: 0, max: 3 })).map((choices) => {
      return withDefers(query, () => choices.next().value === 0);
    });
    await fc.assert(
      fc.asyncProperty(deferring, async (text) => {
        const { first, later } = await increments(text, variables);
        const errors = [...(first?.errors ?? []), ...later.flatMap((part) => part.errors ?? [])];
        expect(errors.length > 0).toBe(wholeErrors.length > 0);
        // A null that ends at a fragment leaves what one response would have lost.
        if (errors.length > 0) return;
        const merged = later.reduce<unknown>((data, { data: part, path }) => mergedAt(data, path, part), first?.data);
        expect(merged).toEqual(JSON.parse(JSON.stringify(whole)));
      }),
      { numRuns: Number(process.env['RUNS'] ?? 5) },
    );
  });
});

/** Puts selections into deferred fragments at random. */
function withDefers(query: string, choose: () => boolean): string {
  const document = parse(query);
  const isMutation = document.definitions.some(
    (definition) =>
      definition.kind === Kind.OPERATION_DEFINITION && definition.operation === OperationTypeNode.MUTATION,
  );
  return print(
    visit(document, {
      SelectionSet: {
        leave(node) {
          // A mutation's deferred fields are read when all its fields are done.
          if (isMutation) return undefined;
          const selections = node.selections.map((selection): SelectionNode => {
            if (!choose()) return selection;
            return {
              kind: Kind.INLINE_FRAGMENT,
              directives: [{ kind: Kind.DIRECTIVE, name: { kind: Kind.NAME, value: 'defer' } }],
              selectionSet: { kind: Kind.SELECTION_SET, selections: [selection] },
            };
          });
          return { ...node, selections };
        },
      },
    }),
  );
}

function mergedAt(data: unknown, path: readonly (string | number)[], part: unknown): unknown {
  const [step, ...rest] = path;
  if (step === undefined) return merged(data, part);
  const at = data as Record<string | number, unknown>;
  const next = mergedAt(at[step], rest, part);
  Object.defineProperty(at, step, { value: next, enumerable: true, writable: true, configurable: true });
  return at;
}

function merged(one: unknown, other: unknown): unknown {
  if (Array.isArray(one) && Array.isArray(other)) return one.map((each, index) => merged(each, other[index]));
  if (typeof one !== 'object' || one === null || typeof other !== 'object' || other === null) return other;
  const result = { ...one };
  for (const [key, value] of Object.entries(other)) {
    const before = Object.hasOwn(one, key) ? (one as Record<string, unknown>)[key] : value;
    Object.defineProperty(result, key, {
      value: merged(before, value),
      enumerable: true,
      writable: true,
      configurable: true,
    });
  }
  return result;
}
