import type { CollectionDefinition, DocumentStore } from '@takt/document-store';
import { inventoryPositionId } from '@takt/inventory/contract';
import { localDateAt } from '@takt/planning-time';
import type { LocationRecord, ProductRecord } from '@takt/products/contract';
import { withOrderChange, type MeasuredOrder, type OrderChange } from './measured-order.ts';
import {
  stockSteps,
  withStockChange,
  withStockStep,
  type MeasuredStock,
  type StockChange,
  type StockDay,
} from './measured-stock.ts';
import { update } from './update-store.ts';

export const MEASURED_ORDERS: CollectionDefinition<MeasuredOrder> = {
  name: 'measured-orders',
  indexes: [
    ['plant', 'closedOn'],
    ['plant', 'family', 'closedOn'],
  ],
};

export const MEASURED_STOCK: CollectionDefinition<MeasuredStock> = {
  name: 'measured-stock',
  indexes: [
    ['plant', 'outUntil'],
    ['plant', 'family', 'outUntil'],
    ['plant', 'isValued'],
    ['plant', 'family', 'isValued'],
  ],
};

export const STOCK_DAYS: CollectionDefinition<StockDay> = {
  name: 'stock-days',
  indexes: [
    ['plant', 'day'],
    ['plant', 'family', 'day'],
  ],
};

/** What is known of products and locations. */
export interface MasterData {
  products(skus: readonly string[]): Promise<(ProductRecord | undefined)[]>;
  locations(codes: readonly string[]): Promise<(LocationRecord | undefined)[]>;
}

/** Hears of orders and stock, in the order of their domains' logs; what it has heard before changes nothing. */
export interface PlantFollower {
  ordersChanged(changes: readonly OrderChange[]): Promise<void>;
  stockChanged(changes: readonly StockChange[]): Promise<void>;
}

/** Keeps what the measures need of orders and stock: see measured-order.ts and measured-stock.ts. */
export async function followPlants(store: DocumentStore, masterData: MasterData): Promise<PlantFollower> {
  const orders = await store.collection(MEASURED_ORDERS);
  const stock = await store.collection(MEASURED_STOCK);
  const days = await store.collection(STOCK_DAYS);
  return {
    async ordersChanged(changes) {
      const about = await surroundings(
        masterData,
        changes.map(({ order }) => order),
      );
      await update(
        orders,
        changes,
        ({ order }) => order.id,
        (known, change) => withOrderChange(known, change, about(change.order)),
      );
    },
    async stockChanged(changes) {
      const about = await surroundings(
        masterData,
        changes.map(({ change }) => change),
      );
      const steps: StockDay[] = [];
      await update(
        stock,
        changes,
        ({ change: { sku, location } }) => inventoryPositionId(sku, location),
        (known, each) => {
          const { timeZone, ...product } = about(each.change);
          const around = { ...product, day: localDateAt(timeZone, each.occurredAt) };
          const after = withStockChange(known, each, around);
          steps.push(...stockSteps(known, after, each, around));
          return after;
        },
        () => update(days, steps, stockDayId, withStockStep),
      );
    },
  };
}

/** The time zone of a plant of which none is known. */
export const UNKNOWN_TIME_ZONE = 'UTC';

type Unit = { readonly sku: string; readonly location: string };

async function surroundings(masterData: MasterData, units: readonly Unit[]) {
  const products = await byKey(
    units.map(({ sku }) => sku),
    (skus) => masterData.products(skus),
  );
  const places = await byKey(
    units.map(({ location }) => location),
    (codes) => masterData.locations(codes),
  );
  return ({ sku, location }: Unit) => {
    const { family = null, unitCost, baseUnit, unitConversions } = products.get(sku) ?? {};
    return {
      family,
      timeZone: places.get(location)?.timeZone ?? UNKNOWN_TIME_ZONE,
      ...(unitCost !== undefined && { unitCost }),
      ...(baseUnit !== undefined && { baseUnit }),
      ...(unitConversions !== undefined && { unitConversions }),
    };
  };
}

async function byKey<Value>(
  keys: readonly string[],
  read: (keys: readonly string[]) => Promise<(Value | undefined)[]>,
): Promise<Map<string, Value | undefined>> {
  const asked = [...new Set(keys)];
  const values = await read(asked);
  return new Map(asked.map((key, index) => [key, values[index]]));
}

function stockDayId({ plant, family, day }: StockDay): string {
  return JSON.stringify([plant, family, day]);
}
