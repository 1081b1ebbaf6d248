import type { InboundMessage } from '@takt/intake';
import { exploded } from './bills.ts';
import type { Bill, BillLine } from './bills.ts';
import type { CommandData, ProductionOrderReport } from './contracts.ts';
import { DAY_MS } from './dates.ts';
import type { MadeItem } from './items.ts';
import { amount, planMessage } from './messages.ts';
import type { Plan } from './plan.ts';
import { randomFor } from './random.ts';
import { minutesFor, routingId, stepsOf, workCenterCode } from './routings.ts';
import type { Step } from './routings.ts';
import { Timeline } from './schedule.ts';
import type { Span, WorkingTime } from './schedule.ts';
import type { Rating, Segment } from './series.ts';
import type { WorkCenterPlan } from './work-centers.ts';

/**
 * A segment's production orders: a lot of each item whenever the one before is used up, loaded on the work centers in
 * order of their start, in the states that follow from the plan's day. Ids do not depend on the day.
 */
export function* orderMessages(
  plan: Plan,
  segment: Segment,
  bills: readonly Bill[],
  workCenters: readonly WorkCenterPlan[],
  workingTime: WorkingTime,
): Generator<InboundMessage> {
  let released = 0;
  for (const order of scheduled(lotsOf(plan, segment, bills), segment, workCenters, workingTime)) {
    const report = reportOf(plan, order);
    // What is not firm is planning's suggestion: no ERP has it.
    const isFirm = report.state !== 'PROPOSED' && report.state !== 'PLANNED';
    const source = isFirm ? ({ system: 'erp', instance: report.location } as const) : ({ system: 'aps' } as const);
    yield planMessage(plan, { ...source, type: 'ProductionOrderReported', key: report.id, data: report });
    if (ON_THE_FLOOR.has(report.state) && ++released % HOLD_EVERY === 2) {
      const hold = holdOf(plan, report);
      const at = plan.now + 1000;
      yield planMessage(plan, {
        system: 'mes',
        type: 'PlaceQualityHold',
        key: hold.hold,
        data: hold,
        at,
        cause: 'QUALITY',
      });
    }
  }
}

interface Lot {
  readonly id: string;
  /** From 1 within the segment. */
  readonly number: number;
  readonly item: MadeItem;
  readonly lines: readonly BillLine[];
  /** Milliseconds. */
  readonly earliest: number;
}

interface ScheduledLot extends Lot {
  readonly operations: readonly (Span & {
    readonly step: Step;
    readonly workCenter: string;
    readonly minutes: number;
  })[];
}

function lotsOf(plan: Plan, segment: Segment, bills: readonly Bill[]): Lot[] {
  const ratings = new Map<MadeItem, Rating>(
    segment.ratings.flatMap((rating) => rating.pumps.map((pump) => [pump, rating])),
  );
  const horizonWeeks = plan.shape.weeksBack + plan.shape.weeksAhead;
  const start = Date.parse(`${plan.monday}T06:00:00Z`) - plan.shape.weeksBack * 7 * DAY_MS;
  let number = 0;
  return bills.flatMap((bill): Lot[] => {
    const { item } = bill;
    if (stepsOf(item).length === 0) return [];
    const lines = exploded(bill, ratings.get(item));
    const everyWeeks = item.lotSize / item.weekly;
    const phase = randomFor(plan.seed, 'phase', item.sku).next();
    const count = Math.max(1, Math.round(horizonWeeks / everyWeeks));
    return Array.from({ length: count }, (_, index) => ({
      number: ++number,
      // As its plant's ERP counts.
      id: `${item.plant}-1${String(segment.number).padStart(3, '0')}${String(number).padStart(4, '0')}`,
      item,
      lines,
      earliest: start + Math.round((index + phase) * Math.min(everyWeeks, horizonWeeks) * 7 * 24 * 60) * 60_000,
    }));
  });
}

function scheduled(
  lots: readonly Lot[],
  segment: Segment,
  workCenters: readonly WorkCenterPlan[],
  workingTime: WorkingTime,
): ScheduledLot[] {
  const timelines = new Map(
    workCenters.map((each) => [each.code, new Timeline(each, workingTime.of(each.plant, each.shiftModel))]),
  );
  const inOrder = [...lots].sort((a, b) => a.earliest - b.earliest || (a.id < b.id ? -1 : 1));
  return inOrder.map((lot) => {
    let earliest = lot.earliest;
    const operations = stepsOf(lot.item).map((step) => {
      const workCenter = workCenterCode(lot.item.plant, segment.number, step.station);
      const timeline = timelines.get(workCenter);
      if (!timeline) throw new Error(`${workCenter} makes ${lot.item.sku} but was not planned.`);
      const minutes = minutesFor(step, lot.item.lotSize);
      const span = timeline.place(earliest, minutes);
      earliest = span.end;
      return { ...span, step, workCenter, minutes };
    });
    return { ...lot, operations };
  });
}

type State = ProductionOrderReport['state'];

function reportOf(plan: Plan, { id, number, item, lines, operations }: ScheduledLot): ProductionOrderReport {
  const random = randomFor(plan.seed, 'order', id);
  const { now } = plan;
  const start = operations[0]?.start ?? now;
  const end = operations.at(-1)?.end ?? now;
  const state = stateAt(now, { start, lastStart: operations.at(-1)?.start ?? start, end }, (number * GOLDEN_RATIO) % 1);
  const released = RELEASED_STATES.has(state);
  const shortage = (state === 'FIRMED' || state === 'RELEASED') && random.chance(0.08);
  const yielded = Math.max(1, Math.round(item.lotSize * random.between(0.97, 1)));
  return {
    id,
    sku: item.sku,
    location: item.plant,
    quantity: amount(item.lotSize, item.unit),
    scheduledStart: instant(start),
    scheduledEnd: instant(end),
    priority: { A: 1, B: 2, C: 3 }[item.abc],
    ...withRouting(item),
    state,
    sourceStatuses: [...(SOURCE_STATUSES[state] ?? []), ...(shortage ? ['MSPT'] : [])],
    frozen: start < now + 5 * DAY_MS,
    materialShortage: shortage,
    ...(end <= now && state !== 'CANCELLED' ? { delivered: amount(yielded, item.unit) } : {}),
    operations: operations.map(({ step, workCenter, minutes, ...span }) => ({
      sequence: step.sequence,
      name: step.name,
      workCenter,
      plannedMinutes: minutes,
      scheduledStart: instant(span.start),
      scheduledEnd: instant(span.end),
      ...(released && span.start <= now ? { actualStart: instant(span.start) } : {}),
      ...(released && span.end <= now ? { actualEnd: instant(span.end) } : {}),
      state: state === 'CANCELLED' ? 'CANCELLED' : operationState(now, span, released, step.setupMinutes),
    })),
    components: lines.map((line, index) => {
      const operation = operations.find(({ step }) => step.sequence === line.operation) ?? operations[0];
      const required = item.lotSize * line.quantity * (1 + (line.scrapPercent ?? 0) / 100);
      const done = released && operation ? progress(now, operation) : 0;
      return {
        position: (index + 1) * 10,
        sku: line.component,
        required: amount(required, line.unit),
        withdrawn: amount(required * done, line.unit),
        available: amount(shortage && index === 0 ? required * 0.4 : required * (1 - done), line.unit),
        operation: line.operation,
        requiredAt: instant(operation?.start ?? start),
      };
    }),
  };
}

/** PARTIALLY_CONFIRMED once the last operation has begun to deliver. */
function stateAt(now: number, { start, lastStart, end }: Span & { lastStart: number }, draw: number): State {
  if (end <= now - 5 * DAY_MS) return draw < 0.8 ? 'CLOSED' : 'TECHNICALLY_COMPLETE';
  if (end <= now) return draw < 0.6 ? 'DELIVERED' : 'CONFIRMED';
  if (start <= now) return lastStart <= now && start < lastStart ? 'PARTIALLY_CONFIRMED' : 'IN_PROGRESS';
  if (draw > 0.98) return 'CANCELLED';
  if (start <= now + 4 * DAY_MS) return 'RELEASED';
  if (start <= now + 14 * DAY_MS) return 'FIRMED';
  return start <= now + 35 * DAY_MS ? 'PLANNED' : 'PROPOSED';
}

function operationState(
  now: number,
  { start, end }: Span,
  released: boolean,
  setupMinutes: number,
): NonNullable<ProductionOrderReport['operations'][number]['state']> {
  if (!released) return 'PLANNED';
  if (end <= now) return 'CONFIRMED';
  if (start > now) return 'RELEASED';
  return now - start < setupMinutes * 60_000 ? 'SETUP' : 'IN_PROGRESS';
}

function progress(now: number, { start, end }: Span): number {
  return Math.max(0, Math.min(1, (now - start) / (end - start)));
}

function holdOf(plan: Plan, { id }: ProductionOrderReport): CommandData<'PlaceQualityHold'> {
  const reason = randomFor(plan.seed, 'hold', id).pick(HOLD_REASONS);
  return { id, hold: `QH-${id}`, scope: 'ORDER', reason, placedBy: 'Quality laboratory' };
}

function withRouting(item: MadeItem): { routing?: string } {
  const routing = routingId(item);
  return routing === undefined ? {} : { routing };
}

function instant(milliseconds: number): string {
  return new Date(milliseconds).toISOString();
}

export const HOLD_REASONS = [
  'Insulation resistance below limit on a sample',
  'Porosity found in a housing',
  'Leak test out of tolerance',
  'Wrong name plate in the first pieces',
];

/** One in so many orders on the floor waits for the laboratory. */
const HOLD_EVERY = 9;
const ON_THE_FLOOR: ReadonlySet<State> = new Set<State>(['RELEASED', 'IN_PROGRESS', 'PARTIALLY_CONFIRMED']);

/** Its multiples fill the unit interval evenly, so that few orders show all states. */
const GOLDEN_RATIO = 0.618034;

const RELEASED_STATES: ReadonlySet<State> = new Set<State>([
  'RELEASED',
  'IN_PROGRESS',
  'PARTIALLY_CONFIRMED',
  'CONFIRMED',
  'DELIVERED',
  'TECHNICALLY_COMPLETE',
  'CLOSED',
]);

/** As SAP's system status shows them. */
const SOURCE_STATUSES: Readonly<Partial<Record<State, readonly string[]>>> = {
  FIRMED: ['CRTD', 'PRC'],
  RELEASED: ['REL', 'PRC', 'SETC'],
  IN_PROGRESS: ['REL', 'PRC', 'GMPS', 'SETC'],
  PARTIALLY_CONFIRMED: ['REL', 'PCNF', 'PRC', 'GMPS', 'SETC'],
  CONFIRMED: ['REL', 'CNF', 'PRC', 'GMPS', 'SETC'],
  DELIVERED: ['REL', 'CNF', 'DLV', 'PRC', 'GMPS', 'SETC'],
  TECHNICALLY_COMPLETE: ['TECO', 'CNF', 'DLV', 'PRC', 'GMPS', 'SETC'],
  CLOSED: ['CLSD', 'CNF', 'DLV', 'PRC', 'GMPS', 'SETC'],
  CANCELLED: ['DLFL'],
};
