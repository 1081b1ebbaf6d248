import { addWorkingTime, localDateAt, NoWorkingTimeError } from '@takt/planning-time';
import {
  isBefore,
  localDays,
  workingCalendars,
  type Operation,
  type ProductionOrder,
} from '@takt/production-orders/contract';
import type { WorkCenterFacts } from '../picture/picture.ts';
import { capacityOf } from '../supply-demand/work-center-load.ts';

/** What keeps orders from being made as they are scheduled. */
export interface Hindrances {
  readonly now: string;
  /** IANA, of the location. */
  readonly timeZone: string;
  /** By code. */
  readonly workCenters: ReadonlyMap<string, WorkCenterFacts>;
}

/**
 * By how many whole minutes an order ends later than scheduled for what stands in its way now: work centers that are down
 * or in maintenance, and quality holds on the order or on an operation. 0 if nothing does, whatever else is late.
 *
 * An operation that has not ended waits until its work center is expected to work again, and until the operation before it
 * has ended, then takes what is left of its working time on the work center's calendar. Where nobody said until when, and
 * for a hold, it is until the local day is over: what was seen in the morning is still so in the evening, and becomes later
 * day by day. How work centers share their time between orders is the scheduler's business.
 */
export function lateMinutes(order: ProductionOrder, hindrances: Hindrances): number {
  if (!isBefore(order.state, 'CONFIRMED')) return 0;
  const dayEnd = endOfDay(hindrances);
  /** When the last operation that is hindered ends; those behind it wait for that. */
  let pushedTo = -Infinity;
  for (const operation of order.operations) {
    if (operation.state === 'CONFIRMED' || operation.state === 'CANCELLED') continue;
    const workCenter = hindrances.workCenters.get(operation.workCenter ?? '');
    const back = workCenter && expectedBack(workCenter, hindrances);
    const free = Math.max(back === undefined ? -Infinity : Date.parse(back), heldUntil(order, operation, dayEnd));
    const earliest = Math.max(free, pushedTo);
    if (earliest <= Date.parse(operation.scheduledStart ?? order.scheduledStart)) continue;
    const end = endOfWork(workCenter, earliest, minutesLeft(operation, order));
    pushedTo = Math.max(Date.parse(operation.scheduledEnd ?? order.scheduledEnd), end);
  }
  return Math.max(0, Math.ceil((pushedTo - Date.parse(order.scheduledEnd)) / MINUTE_MS));
}

/** When a work center that is away is expected to work again, an RFC 3339 instant; undefined if it works. */
export function expectedBack(
  { workCenter }: WorkCenterFacts,
  { now, timeZone }: Pick<Hindrances, 'now' | 'timeZone'>,
): string | undefined {
  const { state, expectedEnd } = workCenter.status ?? {};
  if (state !== 'DOWN' && state !== 'MAINTENANCE') return undefined;
  const isAhead = expectedEnd !== undefined && Date.parse(expectedEnd) > Date.parse(now);
  return new Date(isAhead ? expectedEnd : endOfDay({ now, timeZone })).toISOString();
}

function heldUntil({ qualityHolds }: ProductionOrder, { sequence }: Operation, dayEnd: number): number {
  const isHeld = qualityHolds.some(
    ({ scope, operation, release }) =>
      release === undefined && (scope === 'ORDER' || (scope === 'OPERATION' && operation === sequence)),
  );
  return isHeld ? dayEnd : -Infinity;
}

/** Of one that was begun, in proportion to what is not yet confirmed. */
function minutesLeft({ plannedMinutes, scheduledStart, scheduledEnd, confirmed }: Operation, order: ProductionOrder) {
  const planned =
    plannedMinutes ??
    (Date.parse(scheduledEnd ?? order.scheduledEnd) - Date.parse(scheduledStart ?? order.scheduledStart)) / MINUTE_MS;
  const done = (Number(confirmed.yield.value) + Number(confirmed.scrap.value)) / Number(order.quantity.value);
  return planned * Math.max(0, 1 - (Number.isFinite(done) ? done : 0));
}

function endOfWork(facts: WorkCenterFacts | undefined, from: number, minutes: number): number {
  const calendars = facts ? workingCalendars(capacityOf(facts)) : [];
  const efficiency = (facts?.workCenter.efficiencyPercent ?? 100) / 100;
  try {
    return Date.parse(addWorkingTime(calendars, new Date(from).toISOString(), minutes / efficiency, HORIZON_DAYS));
  } catch (error) {
    if (!(error instanceof NoWorkingTimeError)) throw error;
    return from + HORIZON_DAYS * 24 * 60 * MINUTE_MS;
  }
}

/** In milliseconds since 1970: the local midnight behind `now`. */
function endOfDay({ now, timeZone }: Pick<Hindrances, 'now' | 'timeZone'>): number {
  const today = localDateAt(timeZone, now);
  const tomorrow = new Date(Date.parse(`${today}T00:00:00Z`) + 24 * 60 * MINUTE_MS).toISOString().slice(0, 10);
  return Date.parse(localDays(timeZone, today, tomorrow).to);
}

const MINUTE_MS = 60_000;
const HORIZON_DAYS = 180;
