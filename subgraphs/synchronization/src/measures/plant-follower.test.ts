import type { InventoryPosition } from '@takt/inventory/contract';
import { inventoryPosition } from '@takt/inventory/contract';
import { given } from '@takt/intake/testing';
import type { ProductRecord } from '@takt/products/contract';
import type { ReplicaChange } from '@takt/replica';
import type { DocumentStore } from '@takt/document-store';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { inventoryTurnsOf } from './inventory-turns.ts';
import { event, masterData, openEngines, PUMP, written } from './measures.fixture.ts';
import { followPlants, MEASURED_ORDERS, MEASURED_STOCK, STOCK_LEDGERS } from './plant-follower.ts';
import type { StockLedger } from './stock-ledger.ts';

interface Step {
  readonly type?: 'RECEIPT' | 'ISSUE' | 'REVERSAL' | 'REPORT';
  readonly sku?: string;
  readonly amount: number;
  readonly at: string;
  readonly reverses?: number;
}

const unit = 'EA';
const pieces = (amount: number) => ({ value: String(amount), unit });

/** What the replica tells of these, one after the other: by the inventory's own decisions. */
function heardOf(steps: readonly Step[], log = 'e'): ReplicaChange[] {
  const states = new Map<string, InventoryPosition>();
  const events = new Map<string, unknown[]>();
  return steps.flatMap(({ type = 'ISSUE', sku = 'PUMP', amount, at, reverses }, index) => {
    const about = { sku, location: 'P100' };
    const movement = {
      ...about,
      type,
      document: 'M',
      line: index,
      status: 'UNRESTRICTED',
      quantity: pieces(amount),
      ...(reverses !== undefined && { reverses: { document: 'M', line: reverses } }),
    };
    const stock = [{ status: 'UNRESTRICTED', quantity: pieces(amount) }];
    const message =
      type === 'REPORT'
        ? { type: 'StockReported', data: { ...about, unit, stock } }
        : { type: 'StockMoved', data: movement };
    const before = states.get(sku);
    const told = given(inventoryPosition, (events.get(sku) ?? []) as never).when(message as never);
    if (!('events' in told.decision) || told.decision.events.length === 0) return [];
    const [changed] = told.decision.events;
    events.set(sku, [...(events.get(sku) ?? []), changed]);
    const after = inventoryPosition.evolve(before, changed as never);
    states.set(sku, after);
    const id = `${sku}@P100`;
    return [
      {
        noun: 'InventoryPosition',
        id,
        before,
        after,
        event: event(`${log}${index}`, 'InventoryChanged', changed!.data, at),
        position: index + 1,
      },
    ];
  });
}

const now = () => new Date('2026-03-05T12:00:00Z');

async function ledgers(store: DocumentStore): Promise<StockLedger[]> {
  const collection = await store.collection(STOCK_LEDGERS);
  const { entries } = await collection.page({ orderBy: [], first: 100 });
  return entries.map(({ document }) => document);
}

it('turns the value that was issued over the average value in stock', async () => {
  const { store } = await openEngines();
  const plants = await followPlants(store, masterData(), now);
  await plants.heard(
    heardOf([
      { type: 'REPORT', amount: 100, at: '2026-03-01T08:00:00Z' },
      { amount: 40, at: '2026-03-02T08:00:00Z' },
      // The third in Berlin.
      { amount: 20, at: '2026-03-02T23:30:00Z' },
      { type: 'REVERSAL', amount: 20, at: '2026-03-04T08:00:00Z', reverses: 2 },
      { type: 'RECEIPT', amount: 40, at: '2026-03-04T09:00:00Z' },
    ]),
  );
  // Of 2.5 each, at the end of the days: 100, 60, 40, 100, 100.
  const known = await ledgers(store);
  expect(inventoryTurnsOf(known, { from: '2026-02-01', to: '2026-04-01' }, '2026-03-05')).toEqual({
    days: 5,
    issuesValue: '100',
    averageStockValue: '200',
    turns: '36.5',
  });
  expect(inventoryTurnsOf(known, { from: '2026-03-02', to: '2026-03-04' }, '2026-03-05')).toEqual({
    days: 2,
    issuesValue: '150',
    averageStockValue: '125',
    turns: '219',
  });
  expect(inventoryTurnsOf(known, { from: '2026-03-06', to: '2026-03-08' }, '2026-03-05')).toBeNull();
  expect(inventoryTurnsOf([], { from: '2026-03-01', to: '2026-03-08' }, '2026-03-05')).toBeNull();
});

it('values stock anew when its product costs something else, and moves it to the family that it is of then', async () => {
  const { store } = await openEngines();
  const plants = await followPlants(store, masterData([]), now);
  await plants.heard(heardOf([{ type: 'REPORT', amount: 100, at: '2026-03-01T08:00:00Z' }]));
  expect(await ledgers(store)).toEqual([]);
  const told = (product: ProductRecord, position: number) =>
    plants.heard([{ noun: 'Product', id: product.sku, after: product, position }]);
  await told(PUMP, 7);
  await told({ ...PUMP, unitCost: '3', family: 'ROTARY' }, 8);
  expect((await ledgers(store)).map(({ family, value }) => ({ family, value }))).toEqual([
    { family: 'PUMPS', value: '0' },
    { family: 'ROTARY', value: '300' },
  ]);
});

it('goes on from a snapshot when the log of the inventory is another one', async () => {
  const { store } = await openEngines();
  const plants = await followPlants(store, masterData(), now);
  await plants.heard(
    heardOf([
      { type: 'REPORT', amount: 100, at: '2026-03-01T08:00:00Z' },
      { amount: 40, at: '2026-03-02T08:00:00Z' },
    ]),
  );
  const others: readonly Step[] = [
    { type: 'REPORT', amount: 80, at: '2026-03-03T08:00:00Z' },
    { amount: 30, at: '2026-03-04T08:00:00Z' },
  ];
  const [first, second] = heardOf(others, 'other');
  const snapshot = { noun: first!.noun, id: first!.id, after: first!.after, position: first!.position };
  await plants.heard([snapshot]);
  await plants.heard([snapshot, second!]);
  expect((await ledgers(store)).map(({ value }) => value)).toEqual(['125']);
});

it('converts to the base unit, and leaves out what it cannot convert', async () => {
  const { store } = await openEngines();
  const plants = await followPlants(store, masterData(), now);
  const stock = await store.collection(MEASURED_STOCK);
  const report = (unit: string, position: number) => {
    const after = {
      sku: 'PUMP',
      location: 'P100',
      unit,
      stock: [{ status: 'UNRESTRICTED' as const, quantity: { value: '4', unit } }],
      allocated: { value: '0', unit },
      belowSafetyStock: false,
      movements: [],
    };
    return plants.heard([{ noun: 'InventoryPosition', id: 'PUMP@P100', after, position }]);
  };
  await report('BOX', 1);
  expect((await ledgers(store)).map(({ value }) => value)).toEqual(['100']);
  await report('PALLET', 2);
  expect((await ledgers(store)).map(({ value }) => value)).toEqual(['0']);
  expect(await stock.count({ plant: 'P100', isValued: false })).toBe(1);
});

const step: fc.Arbitrary<Step> = fc.record({
  type: fc.constantFrom('RECEIPT', 'ISSUE', 'REPORT'),
  sku: fc.constantFrom('PUMP', 'VALVE'),
  amount: fc.integer({ min: 1, max: 9 }),
  at: fc.constantFrom('2026-03-01T08:00:00Z', '2026-03-02T08:00:00Z', '2026-03-03T08:00:00Z'),
});

it('counts each change once, however often it is told, and wherever the process dies', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(step, { minLength: 1, maxLength: 15 }),
      fc.array(fc.tuple(fc.integer({ min: 1, max: 6 }), fc.constantFrom('', ...DEATHS)), { maxLength: 6 }),
      async (steps, batches) => {
        const changes = heardOf(steps);
        const products = [PUMP, { ...PUMP, sku: 'VALVE', family: 'VALVES', unitCost: '7' }];
        const once = await openEngines();
        await (await followPlants(once.store, masterData(products), now)).heard(changes);
        const { store } = await openEngines();
        let reached = 0;
        for (const [length, death] of batches) {
          const batch = changes.slice(reached, reached + length);
          const plants = await followPlants(dyingAt(death, store), masterData(products), now);
          // What was not written here is told again, and perhaps cut otherwise; what was may be, too.
          const isDone = await plants.heard(batch).then(
            () => true,
            () => false,
          );
          if (isDone && length % 2 === 0) reached += batch.length;
        }
        const plants = await followPlants(store, masterData(products), now);
        for (const each of changes.slice(reached)) await plants.heard([each]);
        const counted = async (of: DocumentStore) => [
          ...(await written(of, MEASURED_STOCK, MEASURED_ORDERS)),
          ...(await ledgers(of)).map(({ entries: _entries, ...ledger }) => JSON.stringify(ledger)),
        ];
        expect(await counted(store)).toEqual(await counted(once.store));
        expect((await ledgers(store)).map(({ value }) => value)).toEqual(await valuesIn(store));
      },
    ),
    { numRuns: 8 },
  );
});

const DEATHS = [STOCK_LEDGERS.name, MEASURED_STOCK.name] as const;

/** A store of a process that dies before it writes to a collection. */
function dyingAt(name: string, store: DocumentStore): DocumentStore {
  return {
    ...store,
    collection: async (definition) => {
      const collection = await store.collection(definition);
      return definition.name !== name
        ? collection
        : new Proxy(collection, {
            get: (target, key) =>
              key === 'commit' ? () => Promise.reject(new Error('killed')) : (Reflect.get(target, key) as unknown),
          });
    },
  };
}

/** By family, what the items have in stock: what the ledgers must add up to. */
async function valuesIn(store: DocumentStore): Promise<string[]> {
  const stock = await store.collection(MEASURED_STOCK);
  const { entries } = await stock.page({ orderBy: [], first: 100 });
  return entries.map(({ document }) => document.value ?? '0');
}
