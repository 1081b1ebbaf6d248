import { inboundMessage, type InboundMessage } from '@takt/intake';

/** Weekly buckets that a message has: one for each item at a location. */
export const WEEKS = 50;

const FIRST_WEEK = Date.UTC(2026, 10, 23);
const WEEK_MS = 7 * 24 * 60 * 60 * 1000;
const STARTS = Array.from({ length: WEEKS }, (_, week) =>
  new Date(FIRST_WEEK + week * WEEK_MS).toISOString().slice(0, 10),
);

/** Of a hundred buckets 15 change with the next publication: every other week of three series in ten. */
function isChanged(series: number, week: number): boolean {
  return isRevised(series) && week % 2 === 0;
}

function isRevised(series: number): boolean {
  return series % 10 < 3;
}

/** Events and buckets that a publication of so many series must cause, and no more. */
export function expected(publication: number, series: number): { events: number; buckets: number } {
  if (publication === 1) return { events: series, buckets: series * WEEKS };
  const events = Array.from({ length: series }, (_, index) => index).filter(isRevised).length;
  return { events, buckets: events * STARTS.filter((_, week) => week % 2 === 0).length };
}

/** What a planning platform publishes: the first time, and an hour later again, each series complete. */
export function* publicationOf(publication: 1 | 2, series: number): Generator<InboundMessage, undefined> {
  const publishedAt = new Date(FIRST_WEEK + (publication - 1) * 60 * 60 * 1000);
  for (let index = 0; index < series; index++) {
    const data = {
      sku: `SKU-${index % 2000}`,
      location: `P${Math.floor(index / 2000)}`,
      granularity: 'WEEK',
      unit: 'PC',
      version: `2026-W48.${publication}`,
      publishedAt: publishedAt.toISOString(),
      status: 'PUBLISHED',
      method: 'CROSTON',
      mape: 23.4,
      bias: -1.5,
      priority: 2,
      planned: true,
      complete: true,
      buckets: STARTS.map((start, week) => {
        const quantity = 100 + ((index * 7 + week * 13) % 900);
        return { start, baseline: String(publication === 2 && isChanged(index, week) ? quantity + 25 : quantity) };
      }),
    };
    yield inboundMessage({ type: 'ForecastReported', source: 'planning/bench', data }, () => publishedAt);
  }
}
