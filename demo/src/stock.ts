import type { InboundMessage } from '@takt/intake';
import type { StockReport, TransferOrderRecord } from './contracts.ts';
import { DAY_MS } from './dates.ts';
import type { Need } from './items.ts';
import { amount, planMessage } from './messages.ts';
import { transitDays } from './network.ts';
import type { PlantCode } from './network.ts';
import type { Plan } from './plan.ts';
import { reorderPoint, safetyStock, supplyLot } from './products.ts';
import { randomFor } from './random.ts';
import type { Random } from './random.ts';

/**
 * What lies where: safety stock and, most of the time, part of the lot that came last. One in twelve positions has run
 * short. Quantities and lots do not depend on the plan's day.
 */
export function stockMessage(plan: Plan, need: Need): InboundMessage | undefined {
  const { item, location, type } = need;
  if (type === 'PHANTOM') return undefined;
  const random = randomFor(plan.seed, 'stock', item.sku, location);
  const unrestricted = unrestrictedStock(need, random);
  const data: StockReport = {
    sku: item.sku,
    location,
    unit: item.unit,
    sequence: Math.floor(plan.now / 1000),
    stock: [...lots(need, unrestricted, random), ...otherStock(need, random)].filter(
      ({ quantity }) => quantity.value !== '0',
    ),
    allocated: amount(Math.min(unrestricted * 0.9, need.weekly * random.between(0.1, 0.4)), item.unit),
    safetyStock: amount(safetyStock(need), item.unit),
    reorderPoint: amount(reorderPoint(need), item.unit),
  };
  return planMessage(plan, { system: 'wms', type: 'StockReported', key: `${item.sku}@${location}`, data });
}

/** One order that has left, one that is about to, one that is only proposed. */
export function* transferMessages(plan: Plan, need: Need, origin: PlantCode): Generator<InboundMessage> {
  const { item, location, weekly } = need;
  const transit = transitDays(origin, location);
  const everyDays = transit > 7 ? 14 : 7;
  for (const [index, state] of (['SHIPPED', 'FIRMED', 'PROPOSED'] as const).entries()) {
    const shipAt = plan.now + 14 * 3_600_000 + (index * everyDays - Math.min(transit - 1, everyDays)) * DAY_MS;
    const data: TransferOrderRecord = {
      id: `TO-${item.sku}-${location}-${String(index + 1)}`,
      sku: item.sku,
      origin,
      destination: location,
      quantity: amount(Math.max(5, Math.ceil((weekly * everyDays) / 7 / 5) * 5), item.unit),
      shipAt: new Date(shipAt).toISOString(),
      receiveAt: new Date(shipAt + transit * DAY_MS).toISOString(),
      state,
    };
    yield planMessage(plan, { system: 'erp', type: 'TransferOrderReported', key: data.id, data });
  }
}

type StockLine = StockReport['stock'][number];

function unrestrictedStock(need: Need, random: Random): number {
  if (need.type === 'TOOL') return 4;
  if (random.chance(1 / 12)) return safetyStock(need) * random.between(0, 0.6);
  const lot = Math.min(need.lotSize ?? supplyLot(need), need.weekly * 3);
  return safetyStock(need) + lot * random.between(0.25, 1.1) + need.weekly * 0.4;
}

function lots(need: Need, quantity: number, random: Random): StockLine[] {
  const { item } = need;
  const status = 'UNRESTRICTED';
  if (!item.lotControlled) return [{ status, quantity: amount(quantity, item.unit) }];
  const older = quantity * random.between(0.15, 0.5);
  return [older, quantity - older].map((part) => ({
    lot: lotNumber(random),
    status,
    quantity: amount(part, item.unit),
  }));
}

function otherStock({ item, location, type, weekly }: Need, random: Random): StockLine[] {
  const bought = item.procurement === 'BUY';
  const chances: readonly (readonly [StockLine['status'], number, number])[] = [
    ['QUALITY_INSPECTION', bought ? 0.3 : 0.12, 0.25],
    ['BLOCKED', 0.08, 0.04],
    ['RESTRICTED', 0.03, 0.05],
    ['RETURNS', type === 'FINISHED' ? 0.2 : 0, 0.02],
    ['IN_TRANSFER', type === 'FINISHED' ? 0.12 : 0, 0.2],
    ['IN_TRANSIT', location.startsWith('W') ? 0.7 : 0, 0.6],
    ['CONSIGNMENT', bought && item.abc === 'C' ? 0.4 : 0, 0.8],
    ['SUBCONTRACT', item.sku.startsWith('CST') ? 0.15 : 0, 0.1],
  ];
  return chances
    .filter(([, probability]) => random.chance(probability))
    .map(([status, , weeks]) => ({
      ...(item.lotControlled ? { lot: lotNumber(random) } : {}),
      status,
      quantity: amount(Math.max(1, weekly * weeks * random.between(0.5, 1.5)), item.unit),
    }));
}

function lotNumber(random: Random): string {
  return `L${String(random.integer(10_000_000, 99_999_999))}`;
}
