import type { ProductionOrder } from '@takt/production-orders/contract';
import type { RoutingRecord } from '@takt/products/contract';
import type { SchedulingProblem, SchedulingUnit, SchedulingWorkCenter } from '@takt/synchronization/scheduling';

const NOW = '2026-11-26T08:00:00.000Z';
const DAY_MS = 24 * 60 * 60 * 1000;
const STEPS = 4;
const WORK_CENTERS = 100;
/** Of each item. */
const ORDERS = 6;
/** Pieces of an order, each of which takes three minutes a step. */
const LOT = '40';

/**
 * A plant of 100 work centers in two shifts with so many open orders, six of an item, a week from one to the next, each over
 * four steps; each order was planned for a customer's, without regard to capacity. `changedShare` of the items have new
 * demand: of half of them all is needed a week earlier, half of them have another customer's order.
 */
export function plant(orders: number, changedShare: number): SchedulingProblem {
  const items = Math.ceil(orders / ORDERS);
  const units = Array.from({ length: items }, (_, item) => unit(item, item < items * changedShare));
  return {
    now: NOW,
    location: 'P100',
    units,
    orders: units.flatMap(({ facts }) => facts.makingOrders),
    workCenters: Array.from({ length: WORK_CENTERS }, (_, number) => workCenter(number)),
  };
}

function unit(item: number, isChanged: boolean): SchedulingUnit {
  const sku = `ITEM-${item}`;
  const routing = routingOf(sku, item);
  const first = Date.parse(NOW) + (12 + (item % 5)) * DAY_MS;
  const dates = Array.from({ length: ORDERS }, (_, index) => first + index * 7 * DAY_MS);
  const early = isChanged && item % 2 === 0 ? 7 * DAY_MS : 0;
  const due = [...dates.map((at) => at - early), ...(isChanged && item % 2 === 1 ? [(dates[2] ?? 0) + DAY_MS] : [])];
  return {
    facts: {
      sku,
      location: 'P100',
      product: { sku, name: sku, type: 'FINISHED', baseUnit: 'PC' },
      place: { code: 'P100', name: 'Plant', type: 'PLANT', timeZone: 'Europe/Berlin' },
      forecasts: [],
      customerOrders: due.map((at, index) => ({
        id: `SO-${item}-${index}`,
        sku,
        location: 'P100',
        customer: 'ACME',
        dueAt: iso(at),
        quantity: pieces(LOT),
        status: 'OPEN',
      })),
      makingOrders: dates.map((at, index) => order(`PO-${item}-${index}`, sku, at - DAY_MS, routing)),
      consumingOrders: [],
      commitments: [],
      arriving: [],
      leaving: [],
      billsOfMaterial: [],
      routings: [routing],
    },
    frozenUntil: iso(Date.parse(NOW) + 3 * DAY_MS),
    slushyUntil: iso(Date.parse(NOW) + 10 * DAY_MS),
    coolingDown: {},
  };
}

function routingOf(sku: string, item: number): RoutingRecord {
  return {
    id: `R-${sku}`,
    name: sku,
    sku,
    location: 'P100',
    kind: 'SEQUENCE',
    operations: Array.from({ length: STEPS }, (_, step) => ({
      id: `${sku}-${step}`,
      sequence: 10 * (step + 1),
      name: `Step ${step}`,
      setupSeconds: '1800',
      secondsPerUnit: '180',
      workCenters: [{ code: codeOf((item * 7 + step * 29) % WORK_CENTERS), quantity: '1' }],
    })),
  };
}

/** Its steps follow each other without a break, the last one ends on the evening of a day. */
function order(id: string, sku: string, endsAbout: number, routing: RoutingRecord): ProductionOrder {
  const minutes = 150;
  const end = Date.parse(`${iso(endsAbout).slice(0, 10)}T20:00:00.000Z`);
  const none = { yield: pieces('0'), scrap: pieces('0'), rework: pieces('0') };
  const startOf = (step: number) => iso(end - (STEPS - step) * minutes * 60_000);
  return {
    id,
    sku,
    location: 'P100',
    owner: 'TAKT',
    quantity: pieces(LOT),
    scheduledStart: startOf(0),
    scheduledEnd: iso(end),
    routing: routing.id,
    stage: 'FIRMED',
    state: 'FIRMED',
    sourceStatuses: [],
    frozen: false,
    materialShortage: false,
    onHold: false,
    confirmed: none,
    operations: routing.operations.map(({ sequence, name, workCenters }, step) => ({
      sequence,
      name,
      workCenter: workCenters[0]?.code ?? '',
      plannedMinutes: minutes,
      scheduledStart: startOf(step),
      scheduledEnd: startOf(step + 1),
      reported: {},
      state: 'PLANNED',
      confirmed: none,
    })),
    workCenters: routing.operations.flatMap(({ workCenters }) => workCenters.map(({ code }) => code)),
    components: [],
    confirmations: [],
    qualityHolds: [],
    substitutions: [],
    scheduleRevisions: [],
  };
}

/** One machine in two shifts, every day but Sunday; every third has an alternate. */
function workCenter(number: number): SchedulingWorkCenter {
  const days = ['MONDAY', 'TUESDAY', 'WEDNESDAY', 'THURSDAY', 'FRIDAY', 'SATURDAY'] as const;
  return {
    code: codeOf(number),
    capacity: {
      timeZone: 'Europe/Berlin',
      capacity: '1',
      shifts: [
        { name: 'EARLY', days: [...days], startTime: '06:00', endTime: '14:00' },
        { name: 'LATE', days: [...days], startTime: '14:00', endTime: '22:00' },
      ],
    },
    away: [],
    alternates: number % 3 === 0 ? [codeOf((number + 1) % WORK_CENTERS)] : [],
  };
}

function codeOf(number: number): string {
  return `WC-${String(number).padStart(3, '0')}`;
}

function pieces(value: string) {
  return { value, unit: 'PC' };
}

function iso(milliseconds: number): string {
  return new Date(milliseconds).toISOString();
}
