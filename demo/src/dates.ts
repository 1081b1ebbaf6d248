import { Temporal } from 'temporal-polyfill';
import { bucketStart } from '@takt/planning-time';

export const DAY_MS = 86_400_000;

/** `YYYY-MM-DD`, so many days later. */
export function addDays(date: string, days: number): string {
  return new Date(Date.parse(`${date}T00:00:00Z`) + days * DAY_MS).toISOString().slice(0, 10);
}

/** Start of the day in UTC, in milliseconds. Throws a RangeError for what is not a date. */
export function midnight(date: string): number {
  return Temporal.PlainDate.from(date).toZonedDateTime('UTC').epochMilliseconds;
}

export function monday(date: string): string {
  return bucketStart(date, 'WEEK');
}

/** ISO 8601 week of a date, e.g. `2026-W48`: what a forecast cycle is called. */
export function isoWeek(date: string): string {
  const { yearOfWeek, weekOfYear } = Temporal.PlainDate.from(date);
  return `${String(yearOfWeek)}-W${String(weekOfYear).padStart(2, '0')}`;
}
