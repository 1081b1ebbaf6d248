import { bucketsBetween } from '@takt/planning-time';
import { over, plus, difference, times } from './amount.ts';
import { ALL_DAYS, type StockDay } from './measured-stock.ts';
import type { Period } from './period.ts';

/** In the plant's currency; exact but for the quotients, which are rounded to 20 decimals. */
export interface InventoryTurns {
  /** Days of the period that are over or have begun, and of which stock is known. */
  readonly days: number;
  readonly issuesValue: string;
  /** Of the values at the end of each of these days. */
  readonly averageStockValue: string;
  /** `issuesValue` over `averageStockValue`, times 365 over `days`. */
  readonly turns: string;
}

/**
 * `days`: all from the beginning of the period on, whatever its end, and {@link ALL_DAYS}. `knownFrom`: the first day of
 * which stock is known. `today`: the day that has begun last. Null if nothing is known or nothing was in stock.
 */
export function inventoryTurnsOf(
  days: readonly StockDay[],
  period: Period,
  { knownFrom, today }: { readonly knownFrom: string; readonly today: string },
): InventoryTurns | null {
  const from = period.from < knownFrom ? knownFrom : period.from;
  const measured = bucketsBetween(from, period.to, 'DAY').filter((day) => day <= today);
  const since = sumByDay(days.filter(({ day }) => day >= from));
  const now = sumByDay(days.filter(({ day }) => day === ALL_DAYS)).get(ALL_DAYS)?.change ?? '0';
  let level = difference(now, total([...since.values()].map(({ change }) => change)));
  const levels = measured.map((day) => (level = plus(level, since.get(day)?.change ?? '0')));
  const sum = total(levels);
  if (measured.length === 0 || sum === '0' || sum.startsWith('-')) return null;
  const issuesValue = total(measured.map((day) => since.get(day)?.issued ?? '0'));
  return {
    days: measured.length,
    issuesValue,
    averageStockValue: over(sum, String(measured.length)),
    turns: over(times(issuesValue, DAYS_OF_A_YEAR), sum),
  };
}

const DAYS_OF_A_YEAR = 365;

function sumByDay(days: readonly StockDay[]): Map<string, Pick<StockDay, 'change' | 'issued'>> {
  const sums = new Map<string, Pick<StockDay, 'change' | 'issued'>>();
  for (const { day, change, issued } of days) {
    const known = sums.get(day) ?? { change: '0', issued: '0' };
    sums.set(day, { change: plus(known.change, change), issued: plus(known.issued, issued) });
  }
  return sums;
}

function total(amounts: readonly string[]): string {
  return amounts.reduce(plus, '0');
}
