import type { InboundMessage } from '@takt/intake';
import type { ItemLocationRecord, ProductRecord } from './contracts.ts';
import type { Item, Need } from './items.ts';
import { amount, planMessage } from './messages.ts';
import type { Plan } from './plan.ts';
import { randomFor } from './random.ts';

export function productMessage(plan: Plan, item: Item): InboundMessage {
  const random = randomFor(plan.seed, 'product', item.sku);
  const data: ProductRecord = {
    sku: item.sku,
    name: item.name,
    type: item.type,
    baseUnit: item.unit,
    ...(item.sku === 'BOX-PUMP' ? { unitConversions: [{ unit: 'PAL', numerator: '96', denominator: '1' }] } : {}),
    alternativeIds: [
      { system: 'erp', instance: 'demo', id: String(random.integer(10_000_000, 99_999_999)).padStart(18, '0') },
    ],
    family: item.family,
    category: item.category,
    lifecycle: { state: lifecycleOf(item, random.next()) },
    procurement: item.procurement,
    abcClass: item.abc,
    xyzClass: item.xyz,
    criticality: item.criticality,
    ...(item.shelfLifeDays === undefined ? {} : { shelfLifeDays: item.shelfLifeDays }),
    lotControlled: item.lotControlled ?? false,
    serialControlled: item.serialControlled ?? false,
    unitCost: amount(item.unitCost, 'EUR').value,
    ...(item.weightKg === undefined ? {} : { weight: amount(item.weightKg, 'KG').value }),
  };
  return planMessage(plan, { system: 'erp', type: 'ProductReported', key: item.sku, data });
}

export function itemLocationMessage(plan: Plan, need: Need): InboundMessage {
  const { item, location, type, lotSize, leadTimeDays } = need;
  const random = randomFor(plan.seed, 'item-location', item.sku, location);
  const made = lotSize !== undefined;
  const data: ItemLocationRecord = {
    sku: item.sku,
    location,
    type,
    planner: random.pick(PLANNERS[location] ?? ['Unassigned']),
    ...lotSizing(need),
    safetyStock: amount(safetyStock(need), item.unit),
    safetyTimeDays: made ? 1 : 2,
    reorderPoint: amount(reorderPoint(need), item.unit),
    leadTimeDays,
    scrapPercent: made ? random.pick([0, 0.5, 1, 1.5]) : 0,
    demandTimeFenceDays: type === 'FINISHED' ? random.pick([3, 5, 5]) : 5,
    planningTimeFenceDays: random.pick([15, 20, 25]),
    strategy: type === 'FINISHED' && item.abc === 'C' ? 'MAKE_TO_ORDER' : 'MAKE_TO_STOCK',
    refreshClass: item.criticality === 'CRITICAL' ? 'CRITICAL' : 'STABLE',
  };
  return planMessage(plan, { system: 'erp', type: 'ItemLocationReported', key: `${item.sku}@${location}`, data });
}

/** Units; enough for so many weeks as the item's demand is uncertain. Nothing for what is never stocked. */
export function safetyStock({ item, type, weekly }: Need): number {
  if (type === 'PHANTOM' || type === 'TOOL') return 0;
  const weeks = { X: 0.3, Y: 0.5, Z: 0.8 }[item.xyz];
  return weekly * (item.criticality === 'CRITICAL' ? weeks * 1.5 : weeks);
}

export function reorderPoint(need: Need): number {
  return safetyStock(need) + (need.weekly * Math.min(need.leadTimeDays, 14)) / 7;
}

/** What is bought or brought comes in lots of at least a week's need. */
export function supplyLot({ item, weekly }: Need): number {
  const step = weekly >= 1000 ? 500 : weekly >= 100 ? 50 : 5;
  return Math.max(step, Math.ceil((weekly * { A: 1, B: 2, C: 2 }[item.abc]) / step) * step);
}

function lotSizing(
  need: Need,
): Pick<ItemLocationRecord, 'lotSizeRule' | 'lotSizeMinimum' | 'lotSizeMultiple' | 'lotSizeMaximum'> {
  const { item, type, lotSize } = need;
  if (type === 'PHANTOM' || type === 'TOOL') return { lotSizeRule: 'LOT_FOR_LOT' };
  const lot = lotSize ?? supplyLot(need);
  const sizes = { lotSizeMinimum: amount(lot, item.unit), lotSizeMultiple: amount(5, item.unit) };
  if (lotSize === undefined) {
    if (item.abc !== 'C') return { lotSizeRule: 'PERIOD', ...sizes };
    return { lotSizeRule: 'MIN_MAX', ...sizes, lotSizeMaximum: amount(lot * 4, item.unit) };
  }
  return { lotSizeRule: item.abc === 'A' ? 'FIXED' : 'PERIOD', ...sizes };
}

function lifecycleOf({ sku, type }: Item, draw: number): 'NEW' | 'ACTIVE' | 'PHASE_OUT' {
  if (type !== 'FINISHED' && sku !== 'ORG-EPDM') return 'ACTIVE';
  return draw < 0.08 ? 'NEW' : draw > 0.92 ? 'PHASE_OUT' : 'ACTIVE';
}

const PLANNERS: Readonly<Record<string, readonly string[]>> = {
  P100: ['Anke Petersen', 'Jonas Brandt', 'Mira Sander'],
  P200: ['Dana Whitfield', 'Luis Ortega'],
  W100: ['Sanne de Vries'],
};
