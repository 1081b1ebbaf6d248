import type { Clock } from '@takt/intake';
import type { IntegrationMessage, IntegrationStatus } from './integration-message.ts';
import type { Journal } from './journal.ts';
import type { RawStore } from './raw.ts';
import type { ResultStore } from './results.ts';

export interface RetentionOptions {
  readonly journal: Journal;
  readonly raw: RawStore;
  readonly results: ResultStore;
  readonly clock: Clock;
  readonly keepDays: number;
}

/**
 * Removes messages that ended, or were last handled, more than so many days ago, with all that is kept of them; the message
 * last, so that after a crash the rest is found again. Dead letters stay until somebody sees to them. Stops when the signal aborts.
 */
export async function removeOld(options: RetentionOptions, signal: AbortSignal): Promise<void> {
  const { journal, raw, results, clock, keepDays } = options;
  const cutoff = clock().getTime() - keepDays * DAY_MS;
  for (const status of ENDED) {
    for (let from = 0; !signal.aborted;) {
      const page = await journal.page({ where: { status, arrival: { from } }, orderBy: ['arrival'], first: SLICE });
      for (const { id, document } of page.entries) {
        if (signal.aborted || lastTouched(document) >= cutoff) continue;
        await results.remove(id);
        if (document.body === undefined) await raw.remove(id);
        await journal.remove([id]);
      }
      const last = page.entries.at(-1)?.document;
      if (!last || !page.hasNextPage || Date.parse(last.receivedAt) >= cutoff) break;
      from = last.arrival + 1;
    }
  }
}

const ENDED: readonly IntegrationStatus[] = ['APPLIED', 'TAKEN', 'DUPLICATE', 'REJECTED', 'DISCARDED'];
const SLICE = 100;
const DAY_MS = 24 * 60 * 60 * 1000;

function lastTouched({ receivedAt, endedAt, handling }: IntegrationMessage): number {
  return Date.parse(handling?.at(-1)?.at ?? endedAt ?? receivedAt);
}
