import { Temporal } from 'temporal-polyfill';
import { checkCalendar, daySegments } from './calendar.ts';
import type { PlanningCalendar } from './calendar.ts';
import { NoWorkingTimeError } from './errors.ts';
import { DAY_MS, LONGEST_RANGE_DAYS } from './local-date.ts';
import { offsetSpans } from './zone.ts';

/** Working time between two RFC 3339 instants (UTC with milliseconds, so that they sort as strings), half-open. */
export interface WorkingInterval {
  readonly start: string;
  readonly end: string;
  /** What is available throughout; positive. */
  readonly value: number;
}

/**
 * When all calendars work, within [from, to): in order, as long as possible, none touching another of the same value.
 * An instant is worked if each calendar's value is positive there; its value is the least of them, since what is needed
 * together is limited by what is scarcest. No calendars at all mean always, with value 1.
 *
 * Instants are RFC 3339. Throws a RangeError for a range above 20,000 days.
 */
export function workingIntervals(calendars: readonly PlanningCalendar[], from: string, to: string): WorkingInterval[] {
  return intersection(calendars, milliseconds(from), milliseconds(to)).map(({ start, end, value }) => ({
    start: instant(start),
    end: instant(end),
    value,
  }));
}

/** Minutes during which all calendars work, within [from, to), whatever their values. See {@link workingIntervals}. */
export function workingMinutes(calendars: readonly PlanningCalendar[], from: string, to: string): number {
  let total = 0;
  for (const { start, end } of intersection(calendars, milliseconds(from), milliseconds(to))) total += end - start;
  return total / MINUTE_MS;
}

/**
 * The instant by which so many minutes have been worked, starting at `from`: the earliest such instant. Negative minutes
 * go back: the latest instant from which so many minutes are worked until `from`. Zero minutes give `from` itself, also when
 * nobody works then.
 *
 * Throws {@link NoWorkingTimeError} if the calendars do not have that much common working time within `horizonDays`
 * (at most 20,000).
 */
export function addWorkingTime(
  calendars: readonly PlanningCalendar[],
  from: string,
  minutes: number,
  horizonDays = 730,
): string {
  if (!Number.isFinite(minutes)) throw new RangeError(`Expected a number of minutes, received ${String(minutes)}.`);
  const origin = milliseconds(from);
  let left = Math.round(Math.abs(minutes) * MINUTE_MS);
  if (left === 0) return instant(origin);
  const horizon = Math.min(horizonDays, LONGEST_RANGE_DAYS);
  for (let near = 0; near < horizon; near += SEARCH_STEP_DAYS) {
    const far = Math.min(near + SEARCH_STEP_DAYS, horizon);
    const stretch =
      minutes > 0
        ? intersection(calendars, origin + near * DAY_MS, origin + far * DAY_MS)
        : intersection(calendars, origin - far * DAY_MS, origin - near * DAY_MS).reverse();
    for (const { start, end } of stretch) {
      if (end - start >= left) return instant(minutes > 0 ? start + left : end - left);
      left -= end - start;
    }
  }
  throw new NoWorkingTimeError(
    calendars.map(({ code }) => code),
    from,
    horizon,
  );
}

/** Like {@link WorkingInterval}, in milliseconds since 1970. */
interface Stretch {
  readonly start: number;
  readonly end: number;
  readonly value: number;
}

const MINUTE_MS = 60_000;
const SEARCH_STEP_DAYS = 16;

function intersection(calendars: readonly PlanningCalendar[], from: number, to: number): Stretch[] {
  if (to - from > LONGEST_RANGE_DAYS * DAY_MS) {
    throw new RangeError(`Expected a range of at most ${String(LONGEST_RANGE_DAYS)} days.`);
  }
  if (!(from < to)) return [];
  const [first, ...others] = calendars;
  if (first === undefined) return [{ start: from, end: to, value: 1 }];
  return others.reduce(
    (common, calendar) => intersect(common, workedStretches(calendar, from, to)),
    workedStretches(first, from, to),
  );
}

/** While the offset from UTC stays the same, the wall clock is the instant plus the offset. */
function workedStretches(calendar: PlanningCalendar, from: number, to: number): Stretch[] {
  checkCalendar(calendar);
  const stretches: Stretch[] = [];
  for (const span of offsetSpans(calendar.timeZone, from, to)) {
    const lastDay = Math.floor((span.end - 1 + span.offset) / DAY_MS);
    for (let day = Math.floor((span.start + span.offset) / DAY_MS); day <= lastDay; day++) {
      const midnight = day * DAY_MS - span.offset;
      for (const { start, end, value } of daySegments(calendar, day)) {
        append(stretches, Math.max(midnight + start, span.start), Math.min(midnight + end, span.end), value);
      }
    }
  }
  return stretches;
}

function intersect(left: readonly Stretch[], right: readonly Stretch[]): Stretch[] {
  const common: Stretch[] = [];
  let leftIndex = 0;
  let rightIndex = 0;
  for (;;) {
    const a = left[leftIndex];
    const b = right[rightIndex];
    if (a === undefined || b === undefined) return common;
    append(common, Math.max(a.start, b.start), Math.min(a.end, b.end), Math.min(a.value, b.value));
    if (a.end <= b.end) leftIndex++;
    else rightIndex++;
  }
}

function append(stretches: Stretch[], start: number, end: number, value: number): void {
  if (value <= 0 || start >= end) return;
  const last = stretches.at(-1);
  if (last?.end === start && last.value === value) stretches[stretches.length - 1] = { start: last.start, end, value };
  else stretches.push({ start, end, value });
}

function milliseconds(text: string): number {
  return Temporal.Instant.from(text).epochMilliseconds;
}

function instant(epochMilliseconds: number): string {
  return new Date(epochMilliseconds).toISOString();
}
