import { bucketStart } from '@takt/planning-time';
import type { Schedule } from './record.ts';
import { plus } from './schedules.ts';

/** Demand of one line in buckets of one size, as forecasts are kept. */
export interface ForecastBuckets {
  readonly granularity: 'DAY' | 'WEEK' | 'MONTH';
  readonly buckets: readonly { readonly start: string; readonly baseline: string }[];
}

/** The coarsest size that any schedule has: days come together in their ISO week, weeks in the month that they begin in. */
export function forecastBuckets(schedules: readonly Schedule[]): ForecastBuckets {
  const sizes = new Set(schedules.map(sizeOf));
  const granularity = sizes.has('MONTH') ? 'MONTH' : sizes.has('WEEK') ? 'WEEK' : 'DAY';
  const buckets = new Map<string, string>();
  for (const { from, quantity } of schedules) {
    const start = bucketStart(from, granularity);
    buckets.set(start, plus(buckets.get(start) ?? '0', quantity));
  }
  const sorted = [...buckets].sort(([a], [b]) => (a < b ? -1 : 1));
  return { granularity, buckets: sorted.map(([start, baseline]) => ({ start, baseline })) };
}

/** As it says, or by its days. */
function sizeOf({ granularity, from, to }: Schedule): ForecastBuckets['granularity'] {
  if (granularity !== undefined) return granularity;
  const days = to === undefined ? 1 : (Date.parse(to) - Date.parse(from)) / 86_400_000 + 1;
  return days >= 28 ? 'MONTH' : days >= 5 ? 'WEEK' : 'DAY';
}
