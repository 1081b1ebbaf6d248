import {
  bucketEnd,
  bucketStart,
  GRANULARITIES,
  spread,
  type Granularity,
  type PlanningCalendar,
} from '@takt/planning-time';
import { sum, type Quantity } from '@takt/quantity';
import { consume, type ConsumptionWindow } from './consumption.ts';
import type { CustomerOrderRecord } from './customer-order.ts';
import { effective, isPlanned, type Forecast, type ForecastBucket } from './forecast.ts';

export const FORECAST_MEASURES = ['BASELINE', 'OVERRIDE', 'TOTAL', 'CONSUMED', 'NET'] as const;

export interface ForecastQuestion extends ConsumptionWindow {
  /** Buckets that share a day with [from, to). */
  readonly from: string;
  readonly to: string;
  readonly granularity: Granularity;
  readonly measure: (typeof FORECAST_MEASURES)[number];
  /** Over whose working days quantities are spread; Monday to Friday unless given. */
  readonly calendar?: PlanningCalendar | undefined;
}

export interface TimePhasedBucket {
  readonly bucketStart: string;
  readonly quantity: Quantity;
  /** The newest of the versions that it is made of. */
  readonly version: string;
}

/**
 * The forecast of one item at one location by buckets, in order of time; a bucket of which no series says anything is
 * left out. Series that are not planned do not count. A series of all customers together stands for all of them; without
 * one the series of the customers add up. Series in different units cannot be added: each unit has buckets of its own.
 *
 * Quantities are spread exactly over working days: those of the calendar given, else Monday to Friday.
 * CONSUMED and NET do not depend on the buckets or the range asked for: orders of all customers together consume the
 * total in the coarsest buckets of its series, then the result is spread.
 */
export function timePhased(
  series: readonly Forecast[],
  orders: readonly CustomerOrderRecord[],
  question: ForecastQuestion,
): TimePhasedBucket[] {
  const { from, to, granularity } = question;
  if (from >= to) return [];
  const planned = series.filter(isPlanned);
  const together = planned.filter(({ customer }) => customer === undefined);
  const counted = together.length > 0 ? together : planned;
  const first = bucketStart(from, granularity);
  return [...new Set(counted.map(({ unit }) => unit))]
    .flatMap((unit) => {
      const ofUnit = counted.filter((each) => each.unit === unit);
      return inUnit(
        ofUnit,
        orders.filter((order) => order.quantity.unit === unit),
        question,
      );
    })
    .filter((bucket) => bucket.bucketStart >= first && bucket.bucketStart < to)
    .sort((a, b) => (a.bucketStart === b.bucketStart ? 0 : a.bucketStart < b.bucketStart ? -1 : 1));
}

/** Whose demand consumes the forecast: what is ordered, delivered or not; an inquiry or a quote is none yet. */
export const CONSUMING_STATUSES = ['OPEN', 'CLOSED'] as const;

function inUnit(
  series: readonly Forecast[],
  orders: readonly CustomerOrderRecord[],
  { from, to, granularity, measure, calendar = WEEKDAYS_ONLY, ...window }: ForecastQuestion,
): TimePhasedBucket[] {
  if (measure !== 'CONSUMED' && measure !== 'NET') {
    return addUp(series.flatMap((each) => contributions(each, measure, { granularity, calendar, from, to })));
  }
  const coarsest = GRANULARITIES[Math.max(...series.map((each) => GRANULARITIES.indexOf(each.granularity)))] ?? 'MONTH';
  const gross = addUp(series.flatMap((each) => contributions(each, 'TOTAL', { granularity: coarsest, calendar })));
  const netted = consume(
    gross.map((bucket) => ({ ...bucket, bucketEnd: bucketEnd(bucket.bucketStart, coarsest) })),
    orders.map((order) => ({ dueOn: order.dueAt.slice(0, 10), quantity: order.quantity })),
    window,
  );
  const [first, end] = [bucketStart(from, granularity), bucketEnd(to, granularity)];
  const parts = netted.flatMap(({ bucketStart: start, consumed, net }, index) => {
    if (bucketEnd(start, coarsest) <= first || start >= end) return [];
    const told = { version: gross[index]?.version ?? '', rank: '' };
    return { bucketStart: start, quantity: measure === 'NET' ? net : consumed, told };
  });
  return addUp(inBuckets(parts, { from: coarsest, to: granularity, calendar }));
}

interface Contribution {
  readonly bucketStart: string;
  readonly quantity: Quantity;
  readonly told: Telling;
}

/** Which version says so, and how it ranks among others: by publication of its series, the current version first. */
interface Telling {
  readonly version: string;
  readonly rank: string;
}

function contributions(
  series: Forecast,
  measure: 'BASELINE' | 'OVERRIDE' | 'TOTAL',
  { granularity, calendar, from, to }: Pick<ForecastQuestion, 'granularity'> & Spreading & Partial<Range>,
): Contribution[] {
  const same = series.granularity === granularity;
  const first = from && bucketStart(from, granularity);
  const end = to && (same ? to : bucketEnd(to, granularity));
  const published = new Date(series.publishedAt).toISOString();
  const parts = series.buckets.flatMap((bucket) => {
    const value = valueOf(bucket, measure);
    if (value === undefined || (end && bucket.start >= end)) return [];
    if (first && (same ? bucket.start < first : bucketEnd(bucket.start, series.granularity) <= first)) return [];
    const rank = `${published} ${bucket.version === series.version ? 1 : 0}`;
    return {
      bucketStart: bucket.start,
      quantity: { value, unit: series.unit },
      told: { version: bucket.version, rank },
    };
  });
  return inBuckets(parts, { from: series.granularity, to: granularity, calendar });
}

function valueOf(bucket: ForecastBucket, measure: 'BASELINE' | 'OVERRIDE' | 'TOTAL'): string | undefined {
  switch (measure) {
    case 'BASELINE':
      return bucket.baseline;
    case 'OVERRIDE':
      return bucket.override;
    case 'TOTAL':
      return effective(bucket);
  }
}

function inBuckets(
  parts: readonly Contribution[],
  how: { readonly from: Granularity; readonly to: Granularity } & Spreading,
): Contribution[] {
  if (how.from === how.to) return [...parts];
  return parts.flatMap((part) => spread([part], how).map((share) => ({ ...share, told: part.told })));
}

type Range = Pick<ForecastQuestion, 'from' | 'to'>;

interface Spreading {
  readonly calendar: PlanningCalendar;
}

function addUp(contributions: readonly Contribution[]): TimePhasedBucket[] {
  const byStart = new Map<string, Contribution[]>();
  for (const each of contributions) {
    const there = byStart.get(each.bucketStart);
    if (there) there.push(each);
    else byStart.set(each.bucketStart, [each]);
  }
  return [...byStart]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([start, parts]) => {
      const [only] = parts as [Contribution, ...Contribution[]];
      const newest = parts.map(({ told }) => told).reduce((best, told) => (isNewer(told, best) ? told : best));
      const total =
        parts.length === 1
          ? only.quantity
          : sum(
              parts.map((part) => part.quantity),
              only.quantity.unit,
            );
      return { bucketStart: start, quantity: total, version: newest.version };
    });
}

function isNewer(a: Telling, b: Telling): boolean {
  return a.rank === b.rank ? a.version > b.version : a.rank > b.rank;
}

const WEEKDAYS_ONLY: PlanningCalendar = {
  code: 'weekdays',
  timeZone: 'UTC',
  defaultValue: 0,
  periods: [{ days: ['MONDAY', 'TUESDAY', 'WEDNESDAY', 'THURSDAY', 'FRIDAY'], value: 1, priority: 1 }],
};
