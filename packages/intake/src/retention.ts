import type { Scalar } from '@takt/document-store';
import type { Clock } from './clock.ts';
import type { Inbox, InboxEntry, MessageStatus } from './inbox.ts';

/**
 * Removes from the inbox, oldest first, messages that ended and that came, or were last handled as dead letters, more
 * than so many days ago. Dead letters stay until somebody sees to them.
 */
export class Retention {
  #status = 0;
  #after: readonly Scalar[] | undefined;
  #nextRound: number;

  constructor(
    private readonly inbox: Inbox,
    private readonly clock: Clock,
    private readonly days: number,
  ) {
    this.#nextRound = clock().getTime() + ROUND_MS;
  }

  /** Looks at a few slices, which hold more messages than a batch; begins a minute after the start, and a minute after it has seen all. */
  async sweep(): Promise<void> {
    for (let slice = 0; slice < SLICES; slice += 1) {
      const now = this.clock().getTime();
      const early = this.#nextRound - now;
      if (early > 0 && early <= ROUND_MS) return;
      await this.#removeSlice(now);
    }
  }

  async #removeSlice(now: number): Promise<void> {
    const cutoff = new Date(now - this.days * DAY_MS).toISOString();
    const status = ENDED[this.#status] ?? 'APPLIED';
    const after = this.#after;
    const { entries, hasNextPage } = await this.inbox.messages({ status, first: SLICE, ...(after && { after }) });
    const old = entries.filter(({ document }) => lastTouched(document) < cutoff);
    await this.inbox.remove(old.map(({ id }) => id));
    const last = entries.at(-1);
    if (last && hasNextPage && last.document.receivedAt < cutoff) {
      this.#after = last.key;
      return;
    }
    this.#after = undefined;
    this.#status = (this.#status + 1) % ENDED.length;
    if (this.#status === 0) this.#nextRound = now + ROUND_MS;
  }
}

const ENDED: readonly MessageStatus[] = ['APPLIED', 'DUPLICATE', 'REJECTED', 'DISCARDED'];
const SLICE = 100;
const SLICES = 10;
const ROUND_MS = 60_000;
const DAY_MS = 24 * 60 * 60 * 1000;

/** RFC 3339 in UTC, so that texts compare as instants do. */
function lastTouched({ receivedAt, handling }: InboxEntry): string {
  return handling?.at(-1)?.at ?? receivedAt;
}
