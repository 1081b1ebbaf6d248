import type { Collection, CollectionDefinition, DocumentStore, PageEntry } from '@takt/document-store';
import {
  inventoryPosition,
  inventoryPositionId,
  type InventoryChange,
  type InventoryPosition,
} from '@takt/inventory/contract';
import { localDateAt } from '@takt/planning-time';
import { productionOrder, type ProductionOrder } from '@takt/production-orders/contract';
import { product, type LocationRecord, type ProductRecord } from '@takt/products/contract';
import type { ReplicaChange } from '@takt/replica';
import { withOrderChange, type MeasuredOrder } from './measured-order.ts';
import { revalued, withStockChange, type Counted, type MeasuredStock, type StockChange } from './measured-stock.ts';
import { withEntry, type LedgerEntry, type StockLedger } from './stock-ledger.ts';
import { update } from './update-store.ts';

export const MEASURED_ORDERS: CollectionDefinition<MeasuredOrder> = {
  name: 'measured-orders',
  indexes: [['plant', 'closedOn'], ['plant', 'family', 'closedOn'], ['sku']],
};

export const MEASURED_STOCK: CollectionDefinition<MeasuredStock> = {
  name: 'measured-stock',
  indexes: [
    ['plant', 'outUntil'],
    ['plant', 'family', 'outUntil'],
    ['plant', 'isValued'],
    ['plant', 'family', 'isValued'],
    ['sku'],
  ],
};

export const STOCK_LEDGERS: CollectionDefinition<StockLedger> = {
  name: 'stock-ledgers',
  indexes: [['plant', 'family']],
};

/** What is known of products and locations. */
export interface MasterData {
  products(skus: readonly string[]): Promise<(ProductRecord | undefined)[]>;
  locations(codes: readonly string[]): Promise<(LocationRecord | undefined)[]>;
}

export interface PlantFollower {
  /**
   * Counts what was heard of orders, stock and products, before it can be read elsewhere. Is to be told of all changes of
   * a document in order, of one domain after the other, and again of those that it may not have finished: of what it has
   * counted, nothing changes.
   */
  heard(changes: readonly ReplicaChange[]): Promise<void>;
}

/**
 * Keeps what the measures need of orders and stock: see measured-order.ts, measured-stock.ts and stock-ledger.ts. The
 * ledgers are written before the stock: what is booked and not yet counted comes again, and is recognised by its entry.
 */
export async function followPlants(
  store: DocumentStore,
  masterData: MasterData,
  clock: () => Date,
): Promise<PlantFollower> {
  const kept: Kept = {
    orders: await store.collection(MEASURED_ORDERS),
    stock: await store.collection(MEASURED_STOCK),
    ledgers: await store.collection(STOCK_LEDGERS),
  };
  return {
    async heard(changes) {
      const now = clock().toISOString();
      const of = (noun: string) => changes.filter((change) => change.noun === noun);
      await productsChanged(kept, masterData, of(product.noun), now);
      await ordersChanged(kept, masterData, of(productionOrder.noun), now);
      await stockChanged(kept, masterData, of(inventoryPosition.noun), now);
    },
  };
}

/** The time zone of a plant of which none is known. */
export const UNKNOWN_TIME_ZONE = 'UTC';

interface Kept {
  readonly orders: Collection<MeasuredOrder>;
  readonly stock: Collection<MeasuredStock>;
  readonly ledgers: Collection<StockLedger>;
}

async function ordersChanged(
  { orders }: Kept,
  masterData: MasterData,
  changes: readonly ReplicaChange[],
  now: string,
): Promise<void> {
  const seen = changes.map(({ id, position, event, before, after }) => ({
    id,
    position,
    isSnapshot: event === undefined,
    occurredAt: event?.time ?? now,
    order: after as ProductionOrder | undefined,
    unit: (after ?? before) as ProductionOrder,
  }));
  const about = await surroundings(
    masterData,
    seen.map(({ unit }) => unit),
  );
  await update(
    orders,
    seen,
    ({ id }) => id,
    (known, change) => {
      const { product: made, timeZone } = about(change.unit);
      return withOrderChange(known, change, { timeZone, family: made?.family ?? null });
    },
  );
}

async function stockChanged(
  { stock, ledgers }: Kept,
  masterData: MasterData,
  changes: readonly ReplicaChange[],
  now: string,
): Promise<void> {
  const seen = changes.map((change) => stockChange(change, now));
  const about = await surroundings(masterData, seen);
  const entries: LedgerEntry[] = [];
  await update(
    stock,
    seen,
    ({ sku, location }) => inventoryPositionId(sku, location),
    (known, change) => booking(entries, withStockChange(known, change, about(change))),
    () => update(ledgers, entries, ledgerId, withEntry),
  );
}

/** Stock and orders of these products are of another family, or at another cost, than before. */
async function productsChanged(
  { orders, stock, ledgers }: Kept,
  masterData: MasterData,
  changes: readonly ReplicaChange[],
  now: string,
): Promise<void> {
  const told = new Map(changes.map((change) => [change.id, change]));
  const recordOf = (sku: string) => told.get(sku)?.after as ProductRecord | undefined;
  const items = await ofSkus(stock, [...told.keys()]);
  const about = await surroundings(
    masterData,
    items.map(({ document: { sku, plant } }) => ({ sku, location: plant })),
  );
  const entries: LedgerEntry[] = [];
  await update(
    stock,
    items,
    ({ id }) => id,
    (known, { id, document: { sku, plant } }) => {
      if (!known) return undefined;
      const day = localDateAt(about({ sku, location: plant }).timeZone, now);
      const cause = `products/${told.get(sku)?.position ?? 0}/${id}`;
      return booking(entries, revalued(known, recordOf(sku), { cause, day }));
    },
    () => update(ledgers, entries, ledgerId, withEntry),
  );
  await update(
    orders,
    await ofSkus(orders, [...told.keys()]),
    ({ id }) => id,
    (known, { document: { sku } }) => known && inFamily(known, recordOf(sku)?.family ?? null),
  );
}

function inFamily(order: MeasuredOrder, family: string | null): MeasuredOrder {
  return order.family === family ? order : { ...order, family };
}

/** Notes what has to be booked before what is counted may be written. */
function booking(entries: LedgerEntry[], counted: Counted | undefined): MeasuredStock | undefined {
  entries.push(...(counted?.entries ?? []));
  return counted?.stock;
}

function stockChange({ position, event, before, after }: ReplicaChange, now: string): StockChange {
  const [was, is] = [before, after] as (InventoryPosition | undefined)[];
  const { sku = '', location = '' } = is ?? was ?? {};
  const movement = (event?.data as Partial<InventoryChange> | undefined)?.movement;
  const about = { sku, location, position, event: event?.id, occurredAt: event?.time ?? now };
  return { ...about, before: was, after: is, movement };
}

interface Unit {
  readonly sku: string;
  readonly location: string;
}

async function surroundings(masterData: MasterData, units: readonly Unit[]) {
  const products = await byKey(
    units.map(({ sku }) => sku),
    (skus) => masterData.products(skus),
  );
  const places = await byKey(
    units.map(({ location }) => location),
    (codes) => masterData.locations(codes),
  );
  return ({ sku, location }: Unit) => ({
    product: products.get(sku),
    timeZone: places.get(location)?.timeZone ?? UNKNOWN_TIME_ZONE,
  });
}

async function byKey<Value>(
  keys: readonly string[],
  read: (keys: readonly string[]) => Promise<(Value | undefined)[]>,
): Promise<Map<string, Value | undefined>> {
  const asked = [...new Set(keys)];
  const values = asked.length > 0 ? await read(asked) : [];
  return new Map(asked.map((key, index) => [key, values[index]]));
}

async function ofSkus<T extends { readonly sku: string }>(
  collection: Collection<T>,
  skus: readonly string[],
): Promise<PageEntry<T>[]> {
  if (skus.length === 0) return [];
  const bySku = skus.map((sku) => ({ sku }));
  const firsts = await collection.pages({ orderBy: [], first: PAGE }, bySku);
  const entries: PageEntry<T>[] = [];
  for (const [index, first] of firsts.entries()) {
    for (let page = first; ;) {
      entries.push(...page.entries);
      const after = page.entries.at(-1)?.key;
      if (!page.hasNextPage || !after) break;
      page = await collection.page({ where: bySku[index] ?? {}, orderBy: [], first: PAGE, after });
    }
  }
  return entries;
}

function ledgerId({ plant, family }: Pick<StockLedger, 'plant' | 'family'>): string {
  return JSON.stringify([plant, family]);
}

const PAGE = 500;
