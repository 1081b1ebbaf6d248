import type { CustomerOrderRecord, Forecast } from '@takt/forecasts/contract';
import type { InventoryPosition, TransferOrderRecord } from '@takt/inventory/contract';
import type { ProductionOrder } from '@takt/production-orders/contract';
import type { CalendarRecord } from '@takt/products/contract';
import type { SupplierCommitment } from '@takt/supplier-commitments/contract';
import type { UnitFacts } from '../picture/unit-facts.ts';

/** PUMP at P100 in Berlin, nothing else known of it. */
export function pump(rest: Partial<UnitFacts> = {}): UnitFacts {
  return {
    sku: 'PUMP',
    location: 'P100',
    product: { sku: 'PUMP', name: 'Pump', type: 'FINISHED', baseUnit: 'EA' },
    place: { code: 'P100', name: 'Plant', type: 'PLANT', timeZone: 'Europe/Berlin' },
    calendar: weekdays(),
    forecasts: [],
    customerOrders: [],
    makingOrders: [],
    consumingOrders: [],
    commitments: [],
    arriving: [],
    leaving: [],
    billsOfMaterial: [],
    routings: [],
    ...rest,
  };
}

export function pieces(value: number | string, unit = 'EA') {
  return { value: String(value), unit };
}

export function weekdays(holidays: readonly string[] = []): CalendarRecord {
  return {
    code: 'P100',
    timeZone: 'Europe/Berlin',
    defaultValue: 0,
    periods: [
      { days: ['MONDAY', 'TUESDAY', 'WEDNESDAY', 'THURSDAY', 'FRIDAY'], value: 1, priority: 1 },
      ...holidays.map((day) => ({
        from: `${day}T00:00:00`,
        to: `${dayAfter(day)}T00:00:00`,
        days: EVERY_DAY,
        value: 0,
        priority: 0,
      })),
    ],
  };
}

const EVERY_DAY: CalendarRecord['periods'][number]['days'] = [
  'MONDAY',
  'TUESDAY',
  'WEDNESDAY',
  'THURSDAY',
  'FRIDAY',
  'SATURDAY',
  'SUNDAY',
];

export function dayAfter(day: string, days = 1): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) + days * 86_400_000).toISOString().slice(0, 10);
}

export function stock(value: number | string, rest: Partial<InventoryPosition> = {}): InventoryPosition {
  return {
    sku: 'PUMP',
    location: 'P100',
    unit: 'EA',
    stock: [{ status: 'UNRESTRICTED', quantity: pieces(value) }],
    allocated: pieces(0),
    belowSafetyStock: false,
    movements: [],
    ...rest,
  };
}

export function forecast(baselines: Record<string, number | string>, rest: Partial<Forecast> = {}): Forecast {
  return {
    sku: 'PUMP',
    location: 'P100',
    granularity: 'WEEK',
    unit: 'EA',
    version: '2026-W48',
    publishedAt: '2026-11-20T05:00:00Z',
    status: 'PUBLISHED',
    buckets: Object.entries(baselines).map(([start, value]) => ({
      start,
      baseline: String(value),
      version: '2026-W48',
    })),
    ...rest,
  };
}

export function customerOrder(
  id: string,
  dueAt: string,
  value: number | string,
  rest: Partial<CustomerOrderRecord> = {},
): CustomerOrderRecord {
  const due = dueAt.length > 10 ? dueAt : `${dueAt}T12:00:00Z`;
  return {
    id,
    sku: 'PUMP',
    location: 'P100',
    customer: 'ACME',
    dueAt: due,
    quantity: pieces(value),
    status: 'OPEN',
    ...rest,
  };
}

/** It starts two days before it ends; nothing is confirmed. */
export function productionOrder(
  id: string,
  endsOn: string,
  value: number | string,
  rest: Partial<ProductionOrder> = {},
): ProductionOrder {
  const unit = rest.quantity?.unit ?? 'EA';
  return {
    id,
    sku: 'PUMP',
    location: 'P100',
    owner: 'TAKT',
    quantity: pieces(value),
    scheduledStart: `${dayAfter(endsOn, -2)}T06:00:00.000Z`,
    scheduledEnd: `${endsOn}T14:00:00.000Z`,
    stage: rest.state ?? 'FIRMED',
    state: 'FIRMED',
    sourceStatuses: [],
    frozen: false,
    materialShortage: false,
    onHold: false,
    confirmed: { yield: pieces(0, unit), scrap: pieces(0, unit), rework: pieces(0, unit) },
    operations: [],
    workCenters: [],
    components: [],
    confirmations: [],
    qualityHolds: [],
    substitutions: [],
    scheduleRevisions: [],
    ...rest,
  };
}

export function commitment(
  id: string,
  requiredOn: string,
  value: number | string,
  rest: Partial<SupplierCommitment> = {},
): SupplierCommitment {
  return {
    id,
    supplier: 'CASTLE',
    sku: 'PUMP',
    location: 'P100',
    level: 'FIRM',
    required: pieces(value),
    requiredOn,
    confirmation: 'PENDING',
    shipped: pieces(0),
    received: pieces(0),
    rejected: pieces(0),
    open: pieces(value),
    onTimeInFull: false,
    shipments: [],
    receipts: [],
    revisions: [],
    ...rest,
  };
}

export function transfer(
  id: string,
  receivedOn: string,
  value: number | string,
  rest: Partial<TransferOrderRecord> = {},
): TransferOrderRecord {
  return {
    id,
    sku: 'PUMP',
    origin: 'DC1',
    destination: 'P100',
    quantity: pieces(value),
    shipAt: `${dayAfter(receivedOn, -3)}T08:00:00Z`,
    receiveAt: `${receivedOn}T08:00:00Z`,
    state: 'FIRMED',
    ...rest,
  };
}
