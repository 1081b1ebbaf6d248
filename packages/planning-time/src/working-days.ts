import { daySegments } from './calendar.ts';
import type { PlanningCalendar } from './calendar.ts';
import { NoWorkingTimeError } from './errors.ts';
import { LONGEST_RANGE_DAYS, toEpochDay, toLocalDate } from './local-date.ts';

/**
 * Whether work is done that starts on this local date. The end of Friday's night shift does not make Saturday a working
 * day: hours carried over midnight belong to the day before.
 */
export function isWorkingDay(calendar: PlanningCalendar, date: string): boolean {
  return isWorkingEpochDay(calendar, toEpochDay(date));
}

/** {@link isWorkingDay} for a day counted from 1970-01-01. */
export function isWorkingEpochDay(calendar: PlanningCalendar, epochDay: number): boolean {
  return daySegments(calendar, epochDay).some(({ value, carriedOver }) => value > 0 && !carriedOver);
}

/**
 * The n-th working day after a date; for negative n, before it; for 0 the date itself, working or not. Fences and lead
 * times are counted so. The inverse of {@link workingDaysBetween}.
 *
 * Throws {@link NoWorkingTimeError} if the calendar has no working day for three years on the way, and a RangeError
 * unless n is an integer within ±20,000.
 */
export function addWorkingDays(calendar: PlanningCalendar, date: string, n: number): string {
  if (!Number.isInteger(n) || Math.abs(n) > LONGEST_RANGE_DAYS) {
    throw new RangeError(
      `Expected a whole number of working days, at most ${String(LONGEST_RANGE_DAYS)}, received ${String(n)}.`,
    );
  }
  const step = Math.sign(n);
  let day = toEpochDay(date);
  for (let left = Math.abs(n); left > 0; left--) {
    const since = day;
    do {
      day += step;
      if (Math.abs(day - since) > LONGEST_PAUSE_DAYS) {
        throw new NoWorkingTimeError([calendar.code], toLocalDate(since), LONGEST_PAUSE_DAYS);
      }
    } while (!isWorkingEpochDay(calendar, day));
  }
  return toLocalDate(day);
}

/**
 * How many working days one has to go from a date to reach another: those in (from, to], or, negative, those in
 * [to, from) if `to` is earlier. `workingDaysBetween(c, d, addWorkingDays(c, d, n))` is n.
 *
 * Throws a RangeError for a range above 20,000 days.
 */
export function workingDaysBetween(calendar: PlanningCalendar, from: string, to: string): number {
  const start = toEpochDay(from);
  const end = toEpochDay(to);
  if (Math.abs(end - start) > LONGEST_RANGE_DAYS) {
    throw new RangeError(`Expected a range of at most ${String(LONGEST_RANGE_DAYS)} days.`);
  }
  const step = Math.sign(end - start);
  let count = 0;
  for (let day = start; day !== end;) {
    day += step;
    if (isWorkingEpochDay(calendar, day)) count += step;
  }
  return count;
}

const LONGEST_PAUSE_DAYS = 1096;
