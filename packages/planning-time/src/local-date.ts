import { Type } from '@sinclair/typebox';

/** A calendar day without time zone, `YYYY-MM-DD` (ISO 8601, Gregorian, years 0000 to 9999). */
export const LocalDateSchema = Type.String({
  pattern: '^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$',
  description: 'Calendar day, YYYY-MM-DD.',
});

export const DAY_MS = 86_400_000;

/** Ranges are bounded, so that no request can make us enumerate the days of millennia: about 54 years. */
export const LONGEST_RANGE_DAYS = 20_000;

/** Days since 1970-01-01. Throws a RangeError unless the date is written `YYYY-MM-DD` and exists. */
export function toEpochDay(date: string): number {
  const milliseconds = ISO_DATE.test(date) ? Date.parse(`${date}T00:00:00Z`) : NaN;
  if (Number.isNaN(milliseconds) || nameOf(milliseconds / DAY_MS) !== date) {
    throw new RangeError(`Expected a date YYYY-MM-DD that exists, received ${JSON.stringify(date.slice(0, 40))}.`);
  }
  return milliseconds / DAY_MS;
}

/** The inverse of {@link toEpochDay}. Throws a RangeError outside the years 0000 to 9999. */
export function toLocalDate(epochDay: number): string {
  if (!(epochDay >= FIRST_DAY && epochDay <= LAST_DAY))
    throw new RangeError('The date lies outside the years 0000 to 9999.');
  return nameOf(epochDay);
}

/** Monday is 0, Sunday is 6 (1970-01-01 was a Thursday). */
export function weekdayOf(epochDay: number): number {
  return (((epochDay + 3) % 7) + 7) % 7;
}

/** Formatting costs more than all else that is done with a day, and the same days come again and again. */
function nameOf(epochDay: number): string {
  const known = names.get(epochDay);
  if (known !== undefined) return known;
  const name = new Date(epochDay * DAY_MS).toISOString().slice(0, 10);
  if (names.size >= MOST_NAMES) names.clear();
  names.set(epochDay, name);
  return name;
}

const names = new Map<number, string>();
const MOST_NAMES = 20_000;

const ISO_DATE = /^\d{4}-\d{2}-\d{2}$/;
const FIRST_DAY = Date.parse('0000-01-01T00:00:00Z') / DAY_MS;
const LAST_DAY = Date.parse('9999-12-31T00:00:00Z') / DAY_MS;
