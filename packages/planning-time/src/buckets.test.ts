import { quantity, sum } from '@takt/quantity';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { anyCalendar } from './arbitrary-calendar.ts';
import type { BucketQuantity, PlanningCalendar } from './index.ts';
import { bucketEnd, bucketsBetween, bucketStart, GRANULARITIES, spread, WEEKDAYS } from './index.ts';

const fiveDays: PlanningCalendar = {
  code: 'FIVE-DAYS',
  timeZone: 'Europe/Berlin',
  defaultValue: 0,
  periods: [{ days: WEEKDAYS.slice(0, 5), value: 1, priority: 0 }],
};
const pieces = (start: string, value: string | number): BucketQuantity => ({
  bucketStart: start,
  quantity: quantity(value, 'PC'),
});
const anyDate = fc.integer({ min: 0, max: 80_000 }).map((day) => new Date(day * 86_400_000).toISOString().slice(0, 10));

describe('buckets', () => {
  it('start on the day itself, on Monday, on the first', () => {
    expect(bucketStart('2024-12-31', 'DAY')).toBe('2024-12-31');
    expect(bucketStart('2025-01-01', 'WEEK')).toBe('2024-12-30');
    expect(bucketStart('2025-01-05', 'WEEK')).toBe('2024-12-30');
    expect(bucketStart('2025-01-06', 'WEEK')).toBe('2025-01-06');
    expect(bucketStart('2024-02-29', 'MONTH')).toBe('2024-02-01');
    expect(bucketEnd('2024-02-29', 'MONTH')).toBe('2024-03-01');
    expect(bucketEnd('2025-01-05', 'WEEK')).toBe('2025-01-06');
  });

  it('are those that share a day with a half-open range', () => {
    expect(bucketsBetween('2025-01-01', '2025-01-13', 'WEEK')).toEqual(['2024-12-30', '2025-01-06']);
    expect(bucketsBetween('2025-01-31', '2025-03-01', 'MONTH')).toEqual(['2025-01-01', '2025-02-01']);
    expect(bucketsBetween('2025-01-01', '2025-01-01', 'DAY')).toEqual([]);
    expect(bucketsBetween('2025-01-02', '2025-01-01', 'DAY')).toEqual([]);
    expect(() => bucketsBetween('0001-01-01', '9999-01-01', 'DAY')).toThrow(RangeError);
    expect(() => bucketsBetween('2025-02-29', '2025-03-01', 'DAY')).toThrow('received "2025-02-29"');
  });

  it('tile time: each date lies in exactly one, and the next starts where it ends', () => {
    fc.assert(
      fc.property(anyDate, fc.constantFrom(...GRANULARITIES), (date, granularity) => {
        const start = bucketStart(date, granularity);
        const end = bucketEnd(date, granularity);
        expect(start <= date && date < end).toBe(true);
        expect(bucketStart(start, granularity)).toBe(start);
        expect(bucketStart(end, granularity)).toBe(end);
        expect(bucketsBetween(start, end, granularity)).toEqual([start]);
      }),
    );
  });
});

describe('spreading', () => {
  it('divides a month among its weeks by working days, in whole pieces', () => {
    const weeks = spread([pieces('2025-05-01', 100)], { from: 'MONTH', to: 'WEEK', calendar: fiveDays });
    expect(weeks).toEqual([
      pieces('2025-04-28', 9),
      pieces('2025-05-05', 23),
      pieces('2025-05-12', 23),
      pieces('2025-05-19', 23),
      pieces('2025-05-26', 22),
    ]);
  });

  it('divides a week that two months share', () => {
    const months = spread([pieces('2025-04-28', 10), pieces('2025-05-05', 7)], {
      from: 'WEEK',
      to: 'MONTH',
      calendar: fiveDays,
    });
    expect(months).toEqual([pieces('2025-04-01', 6), pieces('2025-05-01', 11)]);
  });

  it('collects days, also those on which nobody works', () => {
    const days = [pieces('2025-05-04', 1), pieces('2025-05-05', 2), pieces('2025-05-06', '0.5')];
    expect(spread(days, { from: 'DAY', to: 'WEEK', calendar: fiveDays })).toEqual([
      pieces('2025-04-28', 1),
      pieces('2025-05-05', '2.5'),
    ]);
  });

  it('uses all days of a bucket without working days', () => {
    const closed = { ...fiveDays, periods: [] };
    expect(spread([pieces('2025-04-28', 7)], { from: 'WEEK', to: 'MONTH', calendar: closed })).toEqual([
      pieces('2025-04-01', 3),
      pieces('2025-05-01', 4),
    ]);
  });

  it('goes as fine as asked for', () => {
    const spreading = { from: 'WEEK', to: 'DAY', calendar: fiveDays, decimals: 1 } as const;
    expect(spread([pieces('2025-05-05', 1)], spreading)[0]).toEqual(pieces('2025-05-05', '0.2'));
  });

  it('refuses a date that starts no bucket', () => {
    const spreading = { from: 'WEEK', to: 'MONTH', calendar: fiveDays } as const;
    expect(() => spread([pieces('2025-05-01', 1)], spreading)).toThrow('2025-05-01 is not the first day of a WEEK.');
  });

  it('never changes the sum', () => {
    const value = fc
      .tuple(fc.integer(), fc.integer({ min: 0, max: 4 }))
      .map(([digits, scale]) => `${String(digits)}e-${String(scale)}`);
    fc.assert(
      fc.property(
        fc.array(fc.tuple(anyDate, value), { maxLength: 8 }),
        fc.constantFrom(...GRANULARITIES),
        fc.constantFrom(...GRANULARITIES),
        anyCalendar('2025-05-01'),
        (entries, from, to, calendar) => {
          const buckets = entries.map(([date, each]) => pieces(bucketStart(date, from), each));
          const result = spread(buckets, { from, to, calendar });
          const total = (list: BucketQuantity[]) =>
            sum(
              list.map((bucket) => bucket.quantity),
              'PC',
            );
          expect(total(result)).toEqual(total(buckets));
          const starts = result.map((bucket) => bucket.bucketStart);
          expect(starts).toEqual([...new Set(starts)].sort());
          expect(starts.every((start) => bucketStart(start, to) === start)).toBe(true);
        },
      ),
    );
  });
});
