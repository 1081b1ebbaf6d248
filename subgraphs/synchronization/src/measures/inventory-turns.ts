import { bucketsBetween } from '@takt/planning-time';
import { difference, over, plus, times } from './amount.ts';
import type { Period } from './period.ts';
import { knownFrom, type LedgerDay, type StockLedger } from './stock-ledger.ts';

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

/** `today`: the day that has begun last. Null if nothing is known of the period, or nothing of value was in stock. */
export function inventoryTurnsOf(
  ledgers: readonly StockLedger[],
  { from, to }: Period,
  today: string,
): InventoryTurns | null {
  const known = knownFrom(ledgers);
  if (known === undefined) return null;
  const first = from < known ? known : from;
  const days = bucketsBetween(first, to, 'DAY').filter((day) => day <= today);
  let level = difference(
    total(ledgers.map(({ value }) => value)),
    total(ledgers.flatMap((ledger) => daysFrom(ledger, first).map(([, { change }]) => change))),
  );
  const on = (day: string, name: keyof LedgerDay) => total(ledgers.map((ledger) => ledger.days[day]?.[name] ?? '0'));
  const levels = days.map((day) => (level = plus(level, on(day, 'change'))));
  const sum = total(levels);
  if (sum === '0' || sum.startsWith('-')) return null;
  const issuesValue = total(days.map((day) => on(day, 'issued')));
  return {
    days: days.length,
    issuesValue,
    averageStockValue: over(sum, String(days.length)),
    turns: over(times(issuesValue, DAYS_OF_A_YEAR), sum),
  };
}

const DAYS_OF_A_YEAR = 365;

function daysFrom({ days }: StockLedger, first: string): [string, LedgerDay][] {
  return Object.entries(days).filter(([day]) => day >= first);
}

function total(amounts: readonly string[]): string {
  return amounts.reduce(plus, '0');
}
