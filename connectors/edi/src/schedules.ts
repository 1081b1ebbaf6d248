import { decimal, quantity, subtract } from '@takt/quantity';
import type { Cumulatives, Schedule } from './record.ts';
import type { Segment } from './segment.ts';
import { fail } from './values.ts';

export type ScheduleDraft = Omit<Schedule, 'key'> & { readonly segment: Segment };

/**
 * Schedules of one line, named by their day. Where a schedule's quantities cumulate (BFR05 C), each one is what it adds to
 * the one before it, the first to what was required, or else received, before. Throws ProblemError where a sum falls, or where quantity
 * and sum contradict each other.
 */
export function schedulesOf(drafts: readonly ScheduleDraft[], cumulate: boolean, before: Cumulatives): Schedule[] {
  const times = new Map<string, number>();
  let sum = before.required ?? before.received;
  return drafts.map(({ segment, ...draft }) => {
    const time = (times.get(draft.from) ?? 0) + 1;
    times.set(draft.from, time);
    const key = time === 1 ? draft.from : `${draft.from}.${time}`;
    const cumulative = cumulate ? draft.quantity : draft.cumulative;
    if (cumulative === undefined) {
      sum = undefined;
      return { key, ...draft };
    }
    if (sum === undefined) {
      if (cumulate) fail(segment, 'CONTRADICTION', 'Quantities cumulate, but what they begin with is not told');
      sum = cumulative;
      return { key, ...draft, cumulative };
    }
    const added = minus(cumulative, sum);
    if (added.startsWith('-'))
      fail(segment, 'CONTRADICTION', `The cumulative quantity falls from ${sum} to ${cumulative}`);
    if (!cumulate && added !== draft.quantity) {
      fail(segment, 'CONTRADICTION', `${sum} and ${draft.quantity} do not make the cumulative quantity ${cumulative}`);
    }
    sum = cumulative;
    return { key, ...draft, quantity: added, cumulative };
  });
}

export function minus(left: string, right: string): string {
  return subtract(quantity(left, 'PC'), quantity(right, 'PC')).value;
}

export function plus(left: string, right: string): string {
  return minus(left, minus('0', right));
}

export function isLess(left: string, right: string): boolean {
  return minus(left, right).startsWith('-');
}

export const ZERO = decimal(0);
