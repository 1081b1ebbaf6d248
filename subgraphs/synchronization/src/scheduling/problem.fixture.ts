import type { ProductionOrder } from '@takt/production-orders/contract';
import type { RoutingRecord } from '@takt/products/contract';
import type { UnitFacts } from '../picture/unit-facts.ts';
import { pieces, productionOrder, pump } from '../supply-demand/facts.fixture.ts';
import type {
  ScheduleProposal,
  SchedulerAnswer,
  SchedulingProblem,
  SchedulingUnit,
  SchedulingWorkCenter,
} from './scheduler.ts';

/** Thursday, 9 o'clock in Berlin. */
export const NOW = '2026-11-26T08:00:00.000Z';

/** PUMP at P100, on LATHE and then LINE; the demand time fence is on 1 December, the planning time fence on 8 December. */
export function problemOf(facts: Partial<UnitFacts>, around: Around = {}): SchedulingProblem {
  const { unit = {}, workCenters = [], orders = [] } = around;
  const whole = pump({ routings: [routing()], ...facts });
  const codes = new Set(['LATHE', 'LINE', ...workCenters.map(({ code }) => code)]);
  return {
    now: NOW,
    location: 'P100',
    units: [
      {
        facts: whole,
        frozenUntil: '2026-11-30T23:00:00.000Z',
        slushyUntil: '2026-12-07T23:00:00.000Z',
        coolingDown: {},
        ...unit,
      },
    ],
    orders: [...whole.makingOrders, ...orders],
    workCenters: [...codes].map((code) =>
      workCenter(
        code,
        workCenters.find((each) => each.code === code),
      ),
    ),
  };
}

export interface Around {
  readonly unit?: Partial<SchedulingUnit>;
  readonly workCenters?: readonly (Partial<SchedulingWorkCenter> & { readonly code: string })[];
  readonly orders?: readonly ProductionOrder[];
}

/** Half an hour of set-up and 21 minutes a piece at each: ten take four hours. */
export function routing(sku = 'PUMP', codes: readonly string[] = ['LATHE', 'LINE']): RoutingRecord {
  return {
    id: `R-${sku}`,
    name: sku,
    sku,
    location: 'P100',
    kind: 'SEQUENCE',
    operations: codes.map((code, index) => ({
      id: code,
      sequence: 10 * (index + 1),
      name: code,
      setupSeconds: '1800',
      secondsPerUnit: '1260',
      workCenters: [{ code, quantity: '1' }],
    })),
  };
}

/** It works from 6 to 16 o'clock in Berlin, Monday to Friday. */
function workCenter(code: string, rest: Partial<SchedulingWorkCenter> = {}): SchedulingWorkCenter {
  const days = ['MONDAY', 'TUESDAY', 'WEDNESDAY', 'THURSDAY', 'FRIDAY'] as const;
  return {
    code,
    capacity: {
      timeZone: 'Europe/Berlin',
      capacity: '1',
      shifts: [{ name: 'DAY', days: [...days], startTime: '06:00', endTime: '16:00' }],
    },
    away: [],
    alternates: [],
    ...rest,
  };
}

/** An order of ten pumps, which takes four hours at each of both from when it starts. */
export function orderFrom(
  id: string,
  startsAt: string,
  rest: Partial<ProductionOrder> = {},
  codes: readonly string[] = ['LATHE', 'LINE'],
): ProductionOrder {
  const amount = rest.quantity?.value ?? '10';
  const minutes = 30 + 21 * Number(amount);
  const at = (index: number) => new Date(Date.parse(startsAt) + index * minutes * 60_000).toISOString();
  const none = { yield: pieces(0), scrap: pieces(0), rework: pieces(0) };
  return productionOrder(id, '2026-12-01', amount, {
    state: 'PLANNED',
    routing: `R-${rest.sku ?? 'PUMP'}`,
    scheduledStart: at(0),
    scheduledEnd: at(codes.length),
    operations: codes.map((code, index) => ({
      sequence: 10 * (index + 1),
      name: code,
      workCenter: code,
      plannedMinutes: minutes,
      scheduledStart: at(index),
      scheduledEnd: at(index + 1),
      reported: {},
      state: 'PLANNED',
      confirmed: none,
    })),
    workCenters: [...codes],
    ...rest,
  });
}

/** The problem once everything that is proposed has been done. */
export function after(problem: SchedulingProblem, answer: SchedulerAnswer): SchedulingProblem {
  const proposals = answer.kind === 'PROPOSED' ? answer.proposals : [];
  const created = proposals.flatMap((proposal, index) => (proposal.kind === 'CREATE' ? [made(proposal, index)] : []));
  const current = (order: ProductionOrder) =>
    proposals.reduce(
      (one, proposal) => (proposal.kind === 'REVISE' && proposal.order === one.id ? revised(one, proposal) : one),
      order,
    );
  return {
    ...problem,
    orders: [...problem.orders.map(current), ...created],
    units: problem.units.map((unit) => ({
      ...unit,
      facts: {
        ...unit.facts,
        makingOrders: [
          ...unit.facts.makingOrders.map(current),
          ...created.filter(({ sku, location }) => sku === unit.facts.sku && location === unit.facts.location),
        ],
      },
    })),
  };
}

function made(proposal: Extract<ScheduleProposal, { kind: 'CREATE' }>, index: number): ProductionOrder {
  const { sku, quantity, scheduledStart, scheduledEnd, operations, components, routing: by } = proposal;
  const none = { yield: pieces(0), scrap: pieces(0), rework: pieces(0) };
  return productionOrder(`MADE-${index}`, '2026-12-01', quantity.value, {
    sku,
    state: 'PLANNED',
    quantity,
    scheduledStart,
    scheduledEnd,
    ...(by !== undefined && { routing: by }),
    components,
    operations: operations.map(({ state: _, ...each }) => ({
      ...each,
      reported: {},
      state: 'PLANNED',
      confirmed: none,
    })),
    workCenters: operations.flatMap((each) => each.workCenter ?? []),
  });
}

function revised(order: ProductionOrder, proposal: Extract<ScheduleProposal, { kind: 'REVISE' }>): ProductionOrder {
  const {
    scheduledStart = order.scheduledStart,
    scheduledEnd = order.scheduledEnd,
    quantity = order.quantity,
  } = proposal;
  const operations = order.operations.map((operation) => {
    const minutes = quantity === order.quantity ? operation.plannedMinutes : 30 + 21 * Number(quantity.value);
    const moved = proposal.operations?.find(({ sequence }) => sequence === operation.sequence);
    return { ...operation, ...(minutes !== undefined && { plannedMinutes: minutes }), ...moved };
  });
  return { ...order, scheduledStart, scheduledEnd, quantity, operations };
}
