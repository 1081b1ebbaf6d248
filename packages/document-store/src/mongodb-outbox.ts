import type { Db } from 'mongodb';
import { upsertAndGet } from './mongodb-upsert.ts';
import { CommitSignal } from './commit-signal.ts';
import type { MongoRow } from './mongodb-collection.ts';
import type { Outbox, StoredEvent } from './port.ts';

/** An event as it waits with its document, under a number that grows over the whole store. */
export interface OutboxEntry {
  readonly seq: number;
  readonly event: StoredEvent;
}

/** Reads the events that wait with the documents of all collections of a database. */
export class MongoOutbox implements Outbox {
  readonly signal = new CommitSignal();
  private readonly names: Set<string>;

  constructor(
    private readonly database: Db,
    collections: readonly string[],
  ) {
    this.names = new Set(collections);
  }

  include(collection: string): void {
    this.names.add(collection);
  }

  /** Reserves as many numbers and gives the first of them. */
  async reserve(count: number): Promise<number> {
    const counters = this.database.collection<{ _id: string; value: number }>('_takt');
    const { value } = await upsertAndGet(counters, { _id: 'outbox' }, { $inc: { value: count } });
    return value - count + 1;
  }

  async pending(limit: number): Promise<StoredEvent[]> {
    const waiting = await Promise.all(
      this.rows().map((rows) =>
        rows
          .find({ '_outbox.seq': { $gt: 0 } }, { projection: { _outbox: 1 } })
          .sort({ '_outbox.seq': 1 })
          .limit(limit)
          .toArray(),
      ),
    );
    return waiting
      .flat()
      .flatMap(({ _outbox }) => inCommitOrder(_outbox))
      .sort((a, b) => a.seq - b.seq)
      .slice(0, limit)
      .map(({ event }) => event);
  }

  async remove(ids: readonly string[]): Promise<void> {
    const wanted = new Set(ids);
    await Promise.all(
      this.rows().map(async (rows) => {
        const holders = await rows
          .find({ '_outbox.event.id': { $in: [...wanted] } }, { projection: { _outbox: 1 } })
          .toArray();
        if (holders.length === 0) return;
        const pulls = holders.map(({ _id, _outbox }) => ({
          updateOne: {
            filter: { _id },
            update: { $pullAll: { _outbox: _outbox.filter(({ event }) => wanted.has(event.id)) } },
          },
        }));
        await rows.bulkWrite(pulls, { ordered: false });
      }),
    );
  }

  onCommit(callback: () => void): () => void {
    return this.signal.subscribe(callback);
  }

  private rows() {
    return [...this.names].map((name) => this.database.collection<MongoRow>(name, PUBLISHABLE));
  }
}

/** No event is published of a commit that a failover may take back. */
const PUBLISHABLE = { readConcern: { level: 'majority' } } as const;

/** Numbers are reserved before the commit: where two writers overtook each other, the order of the commits counts. */
function inCommitOrder(entries: readonly OutboxEntry[]): OutboxEntry[] {
  let seq = 0;
  return entries.map((entry) => ({ event: entry.event, seq: (seq = Math.max(seq, entry.seq)) }));
}
