import type { ForecastReport } from './contracts.ts';
import { addDays, isoWeek, monday } from './dates.ts';
import type { Beat, Move } from './live-beat.ts';
import type { LivePlant } from './live-plant.ts';

/** A revision of some weeks of one series; one in three is too small to matter, as in real cycles. */
export function* moveForecast({ series }: LivePlant, beat: Beat): Generator<Move> {
  if (series.length === 0) return;
  const { random } = beat;
  const { sku, location, granularity, unit, buckets, method, mape, bias, priority } = random.pick(series);
  const now = beat.now();
  const first = addDays(monday(beat.today()), random.integer(1, 20) * 7);
  const factor = random.chance(1 / 3) ? random.between(0.97, 1.03) : random.between(0.7, 1.45);
  const data: ForecastReport = {
    sku,
    location,
    granularity,
    unit,
    version: `${isoWeek(beat.today())}-${now.toISOString()}`,
    publishedAt: now.toISOString(),
    status: 'PUBLISHED',
    ...(method === undefined ? {} : { method }),
    ...(mape === undefined ? {} : { mape }),
    ...(bias === undefined ? {} : { bias }),
    ...(priority === undefined ? {} : { priority }),
    planned: true,
    complete: false,
    buckets: Array.from({ length: random.integer(2, 6) }, (_, week) => {
      const start = addDays(first, week * 7);
      const known = buckets.find((bucket) => bucket.start === start) ?? buckets[week];
      return { start, baseline: String(Math.round(Number(known?.baseline ?? 0) * factor)) };
    }),
  };
  yield { domain: 'forecasts', message: beat.message('planning', 'ForecastReported', data, 'FORECAST_CHANGE') };
}
