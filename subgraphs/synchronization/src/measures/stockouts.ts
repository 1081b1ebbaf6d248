import { effective, isPlanned } from '@takt/forecasts/contract';
import { bucketEnd, bucketsBetween, localDateAt } from '@takt/planning-time';
import { isZero } from '@takt/quantity';
import type { UnitFacts } from '../picture/unit-facts.ts';
import type { Spell } from './measured-stock.ts';
import type { Period } from './period.ts';

export interface Stockouts {
  /** Items that had at least one such day. */
  readonly itemLocations: number;
  /** Days with a demand on which nothing was available for a while, one per item and day. */
  readonly itemDays: number;
}

/** Null if there is no item of which stock is known. */
export function stockoutsOf(daysByItem: readonly number[], items: number): Stockouts | null {
  if (items === 0) return null;
  return {
    itemLocations: daysByItem.filter((days) => days > 0).length,
    itemDays: daysByItem.reduce((sum, days) => sum + days, 0),
  };
}

/** Days of the period, up to and with `today`, with a demand for the item and a time without available stock. */
export function stockoutDays(
  spells: readonly Spell[],
  facts: UnitFacts,
  period: Period,
  { today, timeZone }: { readonly today: string; readonly timeZone: string },
): number {
  const on = (instant: string) => localDateAt(timeZone, instant);
  const out = new Set(spells.flatMap(({ from, to }) => daysWithin(on(from), to && on(to), period, today)));
  const demanded = demandedOn(facts, on);
  return [...out].filter(demanded).length;
}

/** Days from one to another, both included, that are in the period and not later than today. */
function daysWithin(first: string, last: string | undefined, { from, to }: Period, today: string): string[] {
  const start = first < from ? from : first;
  const end = last === undefined || today < last ? today : last;
  return bucketsBetween(start, to, 'DAY').filter((day) => day <= end);
}

/**
 * Whether somebody wanted the item on a day: a customer's order is due, a production order that needs it starts, a transfer
 * of it leaves, or a forecast is spread over the day.
 */
function demandedOn(facts: UnitFacts, on: (instant: string) => string): (day: string) => boolean {
  const days = new Set([
    ...facts.customerOrders
      .filter(({ status }) => status === 'OPEN' || status === 'CLOSED')
      .map(({ dueAt }) => on(dueAt)),
    ...facts.consumingOrders
      .filter(
        ({ state, components }) =>
          state !== 'CANCELLED' && components.some(({ sku, required }) => sku === facts.sku && !isZero(required)),
      )
      .map(({ scheduledStart }) => on(scheduledStart)),
    ...facts.leaving
      .filter(({ state }) => state !== 'PROPOSED' && state !== 'CANCELLED')
      .map(({ shipAt }) => on(shipAt)),
  ]);
  const forecasts = facts.forecasts
    .filter(isPlanned)
    .flatMap(({ granularity, buckets }) =>
      buckets
        .filter((bucket) => effective(bucket) !== '0')
        .map(({ start }) => ({ start, end: bucketEnd(start, granularity) })),
    );
  return (day) => days.has(day) || forecasts.some(({ start, end }) => start <= day && day < end);
}
