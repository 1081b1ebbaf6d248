import { isLess, minus, plus } from './schedules.ts';
import type { Cumulatives } from './record.ts';

/** What both sides counted of one line of an agreement, as the last message told it. */
export interface KnownCumulatives extends Cumulatives {
  /** Day of the document that told it. */
  readonly on: string;
}

/** Cumulatives of a line in a message; of a ship notice also what it ships. */
export interface ToldCumulatives extends Cumulatives {
  readonly on: string;
  readonly shippedNow?: string | undefined;
}

/**
 * Compares the cumulatives of a message with those of the one before it. Automotive suppliers and customers reconcile on
 * these: (1) none of them falls, unless counting began anew (another day in `since`); (2) no more is received than was shipped,
 * where both are told; (3) a ship notice's cumulative is the last one and what it ships. A document older than what is known
 * is not compared, and teaches nothing.
 */
export function reconcile(
  known: KnownCumulatives | undefined,
  { shippedNow, ...told }: ToldCumulatives,
): { readonly known: KnownCumulatives; readonly mismatches: readonly string[] } {
  if (known && told.on < known.on) return { known, mismatches: [] };
  const isReset = told.since !== undefined && known?.since !== undefined && told.since !== known.since;
  const before = isReset ? undefined : known;
  const mismatches = NAMES.flatMap((name) => {
    const [was, is] = [before?.[name], told[name]];
    if (was === undefined || is === undefined || !isLess(is, was)) return [];
    return [`The quantity ${name} so far was ${was} on ${before?.on ?? ''}, now it is ${is}.`];
  });
  if (told.received !== undefined && told.shipped !== undefined && isLess(told.shipped, told.received)) {
    mismatches.push(`${told.received} were received of ${told.shipped} shipped so far.`);
  }
  if (shippedNow !== undefined && told.shipped !== undefined && before?.shipped !== undefined) {
    const expected = plus(before.shipped, shippedNow);
    const isFall = isLess(told.shipped, before.shipped);
    if (!isFall && minus(told.shipped, expected) !== '0') {
      mismatches.push(
        `${before.shipped} shipped so far and ${shippedNow} now make ${expected}, told are ${told.shipped}.`,
      );
    }
  }
  const next = {
    on: told.on,
    required: told.required ?? before?.required,
    // Once a notice does not tell it, nobody knows it any more.
    shipped: told.shipped ?? (shippedNow === undefined ? before?.shipped : undefined),
    received: told.received ?? before?.received,
    since: told.since ?? before?.since,
  };
  return { known: next, mismatches };
}

const NAMES = ['required', 'shipped', 'received'] as const;
