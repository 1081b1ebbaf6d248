import { workingMinutes, shiftPeriods, type PlanningCalendar } from '@takt/planning-time';
import type { ProductionOrder } from '@takt/production-orders/contract';
import { compare, isZero, roundUp, subtract } from '@takt/quantity';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { customerOrder, pieces, stock } from '../supply-demand/facts.fixture.ts';
import { finiteCapacityScheduler } from './finite-capacity-scheduler.ts';
import { after, NOW, orderFrom, problemOf, routing } from './problem.fixture.ts';
import type { ScheduleProposal, SchedulingProblem, SchedulingUnit } from './scheduler.ts';

it('places nothing where a work center has no capacity, is away or does not work', async () => {
  await forAnyProblem((problem, _, done) => {
    for (const { code, away } of problem.workCenters) {
      const there = operationsAt(code, done);
      const placed = there.filter(({ order, sequence }) => isOther(order, sequence, problem));
      for (const { start, end, minutes } of placed) {
        expect(workingMinutes([SHIFTS], iso(start), iso(end))).toBeCloseTo(minutes, 6);
        expect(workingMinutes([SHIFTS], iso(start), iso(start + 60_000))).toBe(1);
        expect(workingMinutes([SHIFTS], iso(end - 60_000), iso(end))).toBe(1);
        expect(there.filter((other) => other.start < end && start < other.end)).toHaveLength(1);
        const lost = away.map(({ from, to }) => workingMinutes([SHIFTS], laterOf(from, start), earlierOf(to, end)));
        expect(lost.filter((worked) => worked > 0)).toEqual([]);
      }
    }
  });
});

it('begins no operation before the one before it has ended, and no order before its first', async () => {
  await forAnyProblem((problem, _, { orders }) => {
    for (const { operations, scheduledStart, scheduledEnd } of orders.filter((order) =>
      isOther(order, undefined, problem),
    )) {
      const times = operations.flatMap((each) => [each.scheduledStart ?? '', each.scheduledEnd ?? '']);
      expect(times).toEqual([...times].sort());
      expect([times[0], times.at(-1)]).toEqual([scheduledStart, scheduledEnd]);
    }
  });
});

it('never touches the frozen zone, nor what is frozen, held, begun or cooling down', async () => {
  await forAnyProblem((problem, proposals) => {
    for (const proposal of proposals) {
      const { frozenUntil, slushyUntil, coolingDown } = unitOf(proposal, problem);
      const order = problem.orders.find(({ id }) => proposal.kind === 'REVISE' && id === proposal.order);
      const starts = [order?.scheduledStart, proposal.scheduledStart ?? order?.scheduledStart].flatMap(
        (at) => at ?? [],
      );
      for (const start of starts) expect(start >= frozenUntil).toBe(true);
      expect(proposal.needsApproval).toBe(starts.some((start) => start < slushyUntil));
      if (!order) continue;
      expect(order).toMatchObject({ frozen: false, onHold: false });
      expect(['PROPOSED', 'PLANNED', 'FIRMED', 'RELEASED']).toContain(order.state);
      expect(coolingDown[order.id]).toBeUndefined();
      if (order.state !== 'RELEASED' || proposal.kind !== 'REVISE') continue;
      expect(proposal.quantity).toBeUndefined();
      expect(proposal.operations?.map(({ workCenter }) => workCenter).filter((code) => code !== undefined)).toEqual([]);
    }
  });
});

it('keeps lot sizes', async () => {
  await forAnyProblem((problem, proposals) => {
    for (const proposal of proposals) {
      if (proposal.quantity === undefined) continue;
      const { lotSizeRule, lotSizeMinimum, lotSizeMultiple, lotSizeMaximum } =
        unitOf(proposal, problem).facts.itemLocation ?? {};
      if (lotSizeRule === 'FIXED') expect(proposal.quantity).toEqual(lotSizeMinimum);
      if (lotSizeMinimum) expect(compare(proposal.quantity, lotSizeMinimum)).toBeGreaterThanOrEqual(0);
      if (lotSizeMaximum) expect(compare(proposal.quantity, lotSizeMaximum)).toBeLessThanOrEqual(0);
      if (lotSizeMultiple && lotSizeRule !== 'FIXED') {
        expect(isZero(subtract(roundUp(proposal.quantity, lotSizeMultiple), proposal.quantity))).toBe(true);
      }
    }
  });
});

it('answers the same each time', async () => {
  await forAnyProblem(async (problem, proposals) => {
    expect((await propose(structuredClone(problem))).proposals).toEqual(proposals);
  });
});

it('proposes nothing once what it proposed is done', async () => {
  await forAnyProblem(async (_, __, done) => {
    expect((await propose(done)).proposals).toEqual([]);
  });
});

type Check = (
  problem: SchedulingProblem,
  proposals: readonly ScheduleProposal[],
  done: SchedulingProblem,
) => void | Promise<void>;

async function forAnyProblem(check: Check): Promise<void> {
  await fc.assert(
    fc.asyncProperty(anyProblem(), async (problem) => {
      const answer = await propose(problem);
      await check(problem, answer.proposals, after(problem, answer));
    }),
    { numRuns: 40 },
  );
}

async function propose(problem: SchedulingProblem) {
  const scheduler = finiteCapacityScheduler({ placements: 2_000, breathe: () => Promise.resolve() });
  const answer = await scheduler.propose(problem, new AbortController().signal);
  if (answer.kind !== 'PROPOSED') throw new Error(`Expected proposals, got ${answer.kind}.`);
  return answer;
}

/** Two items that share work centers, one of which has an alternate; orders in all states, where they please. */
function anyProblem(): fc.Arbitrary<SchedulingProblem> {
  const around = fc.record({
    pump: anyUnit('PUMP'),
    valve: anyUnit('VALVE'),
    others: fc.array(anyOrder('OTHER'), { maxLength: 3 }),
    awayFrom: fc.option(hours),
  });
  return around.map(({ pump, valve, others, awayFrom }) => {
    const away = awayFrom === null ? [] : [{ from: at(awayFrom), to: at(awayFrom + 30) }];
    const workCenters = [{ code: 'LATHE', away, alternates: ['LATHE-2'] }, { code: 'LATHE-2' }];
    const orders = others.map((order, index) => named(order, `OTHER-${index}`));
    const [first, second] = [problemOf(pump.facts, { ...pump, workCenters, orders }), problemOf(valve.facts, valve)];
    return {
      ...first,
      units: [...first.units, ...second.units],
      orders: [...first.orders, ...second.orders],
    };
  });
}

function anyUnit(sku: string) {
  return fc
    .record({
      orders: fc.array(anyOrder(sku), { maxLength: 5 }),
      demands: fc.array(fc.record({ day: fc.integer({ min: 0, max: 40 }), amount: fc.integer({ min: 1, max: 30 }) }), {
        maxLength: 6,
      }),
      onHand: fc.integer({ min: 0, max: 20 }),
      lotSize: fc.constantFrom(
        {},
        { lotSizeRule: 'FIXED' as const, lotSizeMinimum: pieces(10) },
        {
          lotSizeRule: 'MIN_MAX' as const,
          lotSizeMinimum: pieces(5),
          lotSizeMultiple: pieces(5),
          lotSizeMaximum: pieces(20),
        },
        { lotSizeRule: 'PERIOD' as const, lotSizeMultiple: pieces(4) },
      ),
      isCooling: fc.boolean(),
    })
    .map(({ orders, demands, onHand, lotSize, isCooling }) => ({
      unit: { coolingDown: isCooling ? { [`${sku}-0`]: '2026-11-30T00:00:00.000Z' } : {} },
      facts: {
        sku,
        routings: [routing(sku)],
        stock: stock(onHand, { sku }),
        itemLocation: { sku, location: 'P100', type: 'FINISHED' as const, ...lotSize },
        makingOrders: orders.map((order, index) => named(order, `${sku}-${index}`)),
        customerOrders: demands.map(({ day, amount }, index) =>
          customerOrder(`CO-${sku}-${index}`, at(day * 24).slice(0, 10), amount, { sku }),
        ),
      },
    }));
}

const hours = fc.integer({ min: -24, max: 24 * 40 });

function anyOrder(sku: string): fc.Arbitrary<ProductionOrder> {
  return fc
    .record({
      start: hours,
      amount: fc.integer({ min: 1, max: 25 }),
      state: fc.constantFrom('PROPOSED', 'PLANNED', 'FIRMED', 'RELEASED', 'IN_PROGRESS'),
      frozen: fc.boolean(),
      onHold: fc.integer({ min: 0, max: 9 }).map((each) => each === 0),
    })
    .map(({ start, amount, state, frozen, onHold }) =>
      orderFrom('', at(start), { sku, quantity: pieces(amount), state, frozen: frozen && state === 'FIRMED', onHold }),
    );
}

function named(order: ProductionOrder, id: string): ProductionOrder {
  return { ...order, id };
}

function at(hour: number): string {
  return iso(Date.parse(NOW) + hour * 3_600_000);
}

function laterOf(instant: string, milliseconds: number): string {
  return iso(Math.max(Date.parse(instant), milliseconds));
}

function earlierOf(instant: string, milliseconds: number): string {
  return iso(Math.min(Date.parse(instant), milliseconds));
}

function iso(milliseconds: number): string {
  return new Date(milliseconds).toISOString();
}

const SHIFTS: PlanningCalendar = {
  code: 'shifts',
  timeZone: 'Europe/Berlin',
  defaultValue: 0,
  periods: shiftPeriods([
    {
      name: 'DAY',
      days: ['MONDAY', 'TUESDAY', 'WEDNESDAY', 'THURSDAY', 'FRIDAY'],
      startTime: '06:00',
      endTime: '16:00',
    },
  ]),
};

function unitOf(proposal: ScheduleProposal, { units, orders }: SchedulingProblem): SchedulingUnit {
  const sku = proposal.kind === 'CREATE' ? proposal.sku : orders.find(({ id }) => id === proposal.order)?.sku;
  const unit = units.find(({ facts }) => facts.sku === sku);
  if (!unit) throw new Error(`A proposal of ${String(sku)}, which is not part of the problem.`);
  return unit;
}

/** Whether an order, or one of its operations, is elsewhere than in the problem. */
function isOther(order: ProductionOrder, sequence: number | undefined, { orders }: SchedulingProblem): boolean {
  const before = orders.find(({ id }) => id === order.id);
  const at = (each: ProductionOrder | undefined) =>
    each?.operations
      .filter((one) => sequence === undefined || one.sequence === sequence)
      .map((one) => [one.workCenter, one.scheduledStart]);
  return JSON.stringify(at(before)) !== JSON.stringify(at(order));
}

/** What is loaded: from its start for as long as it is planned to take. */
function operationsAt(code: string, { orders }: SchedulingProblem) {
  return orders.flatMap((order) =>
    order.operations
      .filter(({ workCenter }) => workCenter === code)
      .map(({ sequence, scheduledStart = '', scheduledEnd = '', plannedMinutes = 0 }) => {
        return {
          order,
          sequence,
          start: Date.parse(scheduledStart),
          end: Date.parse(scheduledEnd),
          minutes: plannedMinutes,
        };
      }),
  );
}
