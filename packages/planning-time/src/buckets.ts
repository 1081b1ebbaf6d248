import { Type } from '@sinclair/typebox';
import { add, allocate } from '@takt/quantity';
import type { Quantity } from '@takt/quantity';
import type { PlanningCalendar } from './calendar.ts';
import { DAY_MS, LONGEST_RANGE_DAYS, toEpochDay, toLocalDate, weekdayOf } from './local-date.ts';
import { isWorkingEpochDay } from './working-days.ts';

export const GRANULARITIES = ['DAY', 'WEEK', 'MONTH'] as const;
export type Granularity = (typeof GRANULARITIES)[number];
export const GranularitySchema = Type.Union(GRANULARITIES.map((granularity) => Type.Literal(granularity)));

/** The first day of the bucket that a date lies in. Weeks are ISO 8601 weeks: they start on Monday. */
export function bucketStart(date: string, granularity: Granularity): string {
  return toLocalDate(startDay(toEpochDay(date), granularity));
}

/** The first day after the bucket that a date lies in. */
export function bucketEnd(date: string, granularity: Granularity): string {
  return toLocalDate(endDay(toEpochDay(date), granularity));
}

/** Starts of the buckets that share a day with [from, to), in order. Throws a RangeError for a range above 20,000 days. */
export function bucketsBetween(from: string, to: string, granularity: Granularity): string[] {
  const first = toEpochDay(from);
  const end = toEpochDay(to);
  if (end - first > LONGEST_RANGE_DAYS) {
    throw new RangeError(`Expected a range of at most ${String(LONGEST_RANGE_DAYS)} days.`);
  }
  const starts: string[] = [];
  if (first >= end) return starts;
  for (let day = startDay(first, granularity); day < end; day = endDay(day, granularity)) starts.push(toLocalDate(day));
  return starts;
}

export interface BucketQuantity {
  /** First day of the bucket. */
  readonly bucketStart: string;
  readonly quantity: Quantity;
}

/**
 * The same quantities in buckets of another granularity, in order of time; their sum is unchanged.
 *
 * Each quantity is thought to be spread evenly over the working days of its bucket (over all its days if none is a working
 * day), then collected by the buckets asked for. It is divided into parts of as many decimals as it has, or as
 * `decimals` says, by largest remainder: 100 pieces stay whole pieces.
 *
 * Throws a RangeError for a `bucketStart` that starts no bucket, and UnitMismatchError if buckets that meet differ in unit.
 */
export function spread(
  buckets: readonly BucketQuantity[],
  {
    from,
    to,
    calendar,
    decimals,
  }: { from: Granularity; to: Granularity; calendar: PlanningCalendar; decimals?: number },
): BucketQuantity[] {
  const collected = new Map<number, Quantity>();
  for (const bucket of buckets) {
    const targets = workingDaysPerBucket(bucket.bucketStart, from, to, calendar);
    const parts = allocate(bucket.quantity, [...targets.values()], decimals);
    for (const [index, start] of [...targets.keys()].entries()) {
      const part = parts[index];
      if (part === undefined) continue;
      const known = collected.get(start);
      collected.set(start, known === undefined ? part : add(known, part));
    }
  }
  return [...collected]
    .sort(([left], [right]) => left - right)
    .map(([start, quantity]) => ({ bucketStart: toLocalDate(start), quantity }));
}

/** Working days of one bucket by the buckets of another granularity that they lie in; all days if none is a working day. */
function workingDaysPerBucket(
  start: string,
  from: Granularity,
  to: Granularity,
  calendar: PlanningCalendar,
): Map<number, number> {
  const first = toEpochDay(start);
  if (startDay(first, from) !== first) throw new RangeError(`${start} is not the first day of a ${from}.`);
  const days = Array.from({ length: endDay(first, from) - first }, (_, index) => first + index);
  const workingDays = days.filter((day) => isWorkingEpochDay(calendar, day));
  const counts = new Map<number, number>();
  for (const day of workingDays.length > 0 ? workingDays : days) {
    const target = startDay(day, to);
    counts.set(target, (counts.get(target) ?? 0) + 1);
  }
  return counts;
}

/** First day of a bucket, in days since 1970-01-01. */
function startDay(day: number, granularity: Granularity): number {
  switch (granularity) {
    case 'DAY':
      return day;
    case 'WEEK':
      return day - weekdayOf(day);
    case 'MONTH':
      return day - new Date(day * DAY_MS).getUTCDate() + 1;
  }
}

/** First day after a bucket, in days since 1970-01-01. */
function endDay(day: number, granularity: Granularity): number {
  const longest = { DAY: 1, WEEK: 7, MONTH: 31 }[granularity];
  return startDay(startDay(day, granularity) + longest, granularity);
}
