import { quantity } from '@takt/quantity';
import type { BillOfMaterialRecord } from './bill-of-material.ts';
import type { CalendarRecord } from './calendar.ts';
import type { DistributionLaneRecord } from './distribution-lane.ts';
import type { ItemLocationRecord } from './item-location.ts';
import type { LocationRecord } from './location.ts';
import type { ProductRecord } from './product.ts';
import type { RoutingRecord } from './routing.ts';

export const plant: LocationRecord = {
  code: 'P100',
  name: 'Plant 100',
  type: 'PLANT',
  region: 'EMEA',
  timeZone: 'Europe/Berlin',
  calendar: 'weekdays',
  parent: 'EUROPE',
};

export const weekdays: CalendarRecord = {
  code: 'weekdays',
  timeZone: 'Europe/Berlin',
  defaultValue: 0,
  periods: [{ days: ['MONDAY', 'TUESDAY'], value: 1, priority: 1 }],
};

/** So many products, all planned at P100: finished, semi-finished and raw in turn. */
export function items(count: number) {
  const types = ['FINISHED', 'SEMI_FINISHED', 'RAW'] as const;
  const ProductReported = Array.from({ length: count }, (_, i): ProductRecord => ({
    sku: `ITEM-${String(i)}`,
    name: `Item ${String(i)}`,
    type: types[i % 3] ?? 'RAW',
    baseUnit: 'PC',
    family: 'chairs',
    abcClass: 'A',
    unitCost: '12.5',
    unitConversions: [{ unit: 'BOX', numerator: '12', denominator: '1' }],
    lifecycle: { state: 'ACTIVE', effectiveTo: '2027-12-31', successor: 'ITEM-1' },
  }));
  const ItemLocationReported = ProductReported.map(({ sku, type }): ItemLocationRecord => ({
    sku,
    location: 'P100',
    type,
    planner: 'Ada',
    safetyStock: quantity('20', 'PC'),
  }));
  return { ProductReported, ItemLocationReported };
}

export const assembly: RoutingRecord = {
  id: 'ASSEMBLY',
  name: 'Assembly',
  sku: 'ITEM-0',
  location: 'P100',
  kind: 'SINGLE',
  operations: [
    {
      id: 'OP-10',
      sequence: 10,
      name: 'Assemble',
      setupSeconds: '300',
      workCenters: [
        { code: 'BENCH-1', quantity: '1', skill: 'gluing' },
        { code: 'BENCH-2', quantity: '0.5' },
      ],
    },
  ],
};

export const chairBill: BillOfMaterialRecord = {
  id: 'CHAIR-BOM',
  sku: 'ITEM-0',
  location: 'P100',
  version: '2',
  validFrom: '2026-01-01',
  routing: 'ASSEMBLY',
  baseQuantity: quantity('1', 'PC'),
  lines: [
    {
      position: 10,
      component: 'ITEM-1',
      quantity: quantity('4', 'PC'),
      scrapPercent: 2.5,
      operation: 'OP-10',
      substitutes: [{ component: 'ITEM-9', group: 'legs', priority: 1, ratio: '1.5', approvalNeeded: true }],
    },
  ],
  outputs: [{ sku: 'ITEM-0', quantity: quantity('1', 'PC') }],
};

export const lane: DistributionLaneRecord = {
  id: 'LANE-1',
  sku: 'ITEM-0',
  origin: 'P100',
  destination: 'W1',
  leadTimeDays: 1.5,
  minimum: quantity('10', 'PC'),
};
