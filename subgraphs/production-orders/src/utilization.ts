import {
  shiftPeriods,
  workingIntervals,
  workingMinutes,
  type PlanningCalendar,
  type Shift,
  type WorkingInterval,
} from '@takt/planning-time';
import { Temporal } from 'temporal-polyfill';
import type { OperationLoad } from './load.ts';

/** What bounds the work of a work center, as its own subgraph tells it. */
export interface WorkCenterCapacity {
  /** IANA time zone of its days and shifts. */
  readonly timeZone: string;
  /** How much it can do at once: a decimal. */
  readonly capacity: string;
  readonly efficiencyPercent?: number | null;
  /** None means all day. */
  readonly shifts?: readonly Shift[] | null;
  /** When it works; none means always. */
  readonly calendar?: PlanningCalendar | null;
  /** Its capacity over time, in place of `capacity`. */
  readonly capacityCalendar?: PlanningCalendar | null;
}

/** Instants, half-open. */
export interface Window {
  readonly from: string;
  readonly to: string;
}

/** The local days [from, to), dates as YYYY-MM-DD, as instants. Throws a RangeError for an unknown time zone. */
export function localDays(timeZone: string, from: string, to: string): Window {
  const midnight = (date: string) =>
    new Date(Temporal.PlainDate.from(date).toZonedDateTime(timeZone).epochMilliseconds).toISOString();
  return { from: midnight(from), to: midnight(to) };
}

/**
 * Minutes of work that a work center can do in a window: its working time (where shifts and calendar agree) times its
 * crews and its capacity then, times its efficiency.
 */
export function availableMinutes(capacity: WorkCenterCapacity, window: Window): number {
  const minutes = capacityIntervals(capacity, window).map(
    ({ start, end, value }) => minutesBetween(start, end) * value,
  );
  return (total(minutes) * (capacity.efficiencyPercent ?? 100)) / 100;
}

/** When a work center works in a window, in order; the value is how much it can do at once then: crews times capacity. */
export function capacityIntervals(capacity: WorkCenterCapacity, window: Window): WorkingInterval[] {
  const { capacityCalendar } = capacity;
  const shifts = shiftCalendars(capacity);
  const intervals = workingIntervals(workingCalendars(capacity), window.from, window.to);
  const severalCrews = capacity.shifts?.some(({ crews = 1 }) => crews > 1) ?? false;
  const manned = severalCrews
    ? intervals.flatMap(({ start, end }) => workingIntervals(shifts, start, end))
    : intervals.map((interval) => ({ ...interval, value: 1 }));
  return manned.flatMap(({ start, end, value }) => {
    if (!capacityCalendar) return [{ start, end, value: value * Number(capacity.capacity) }];
    return workingIntervals([capacityCalendar], start, end).map((each) => ({ ...each, value: each.value * value }));
  });
}

/** {@link availableMinutes} that remembers so many answers: planners ask about the same weeks again and again. */
export function rememberingAvailableMinutes(limit: number): typeof availableMinutes {
  const known = new Map<string, number>();
  return (capacity, window) => {
    const question = JSON.stringify([capacity, window]);
    const answer = known.get(question) ?? availableMinutes(capacity, window);
    if (known.size >= limit) known.clear();
    known.set(question, answer);
    return answer;
  };
}

/**
 * Minutes of work that operations take of a window. Of one that reaches beyond the window counts the share of its working
 * time that lies within; of time in which nobody works, the share of the time.
 */
export function occupiedMinutes(
  capacity: WorkCenterCapacity,
  operations: readonly OperationLoad[],
  window: Window,
): number {
  const calendars = workingCalendars(capacity);
  return total(
    operations.map(({ start, end, minutes }) => {
      const from = start > window.from ? start : window.from;
      const to = end < window.to ? end : window.to;
      if (from >= to) return start === end && start >= window.from && start < window.to ? (minutes ?? 0) : 0;
      if (from === start && to === end && minutes !== null) return minutes;
      const within = workingMinutes(calendars, from, to);
      if (minutes === null) return within;
      const whole = workingMinutes(calendars, start, end);
      return minutes * (whole > 0 ? within / whole : minutesBetween(from, to) / minutesBetween(start, end));
    }),
  );
}

/** When it works: while all of them do. */
export function workingCalendars(capacity: WorkCenterCapacity): PlanningCalendar[] {
  return [...shiftCalendars(capacity), ...(capacity.calendar ? [capacity.calendar] : [])];
}

/** One calendar whose values are the crews at work; none if there are no shifts. */
function shiftCalendars({ timeZone, shifts }: WorkCenterCapacity): PlanningCalendar[] {
  if (!shifts || shifts.length === 0) return [];
  return [{ code: 'shifts', timeZone, defaultValue: 0, periods: shiftPeriods(shifts) }];
}

function minutesBetween(start: string, end: string): number {
  return (Date.parse(end) - Date.parse(start)) / 60_000;
}

function total(minutes: readonly number[]): number {
  return minutes.reduce((sum, each) => sum + each, 0);
}
