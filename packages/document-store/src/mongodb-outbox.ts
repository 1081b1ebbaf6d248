import type { Collection, Db } from 'mongodb';
import { upsertAndGet } from './mongodb-upsert.ts';
import { CommitSignal } from './commit-signal.ts';
import type { MongoRow } from './mongodb-collection.ts';
import { eventBytes, outboxBatch } from './outbox-batch.ts';
import { PENDING_BYTES } from './port.ts';
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
  /** Where the events of the last call of `pending` lie, by their ids. */
  private found = new Map<string, Place>();

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
    const waiting = (await Promise.all(this.rows().map((rows) => oldestOf(rows, limit)))).flat();
    waiting.sort((a, b) => a.seq - b.seq);
    const oldest = outboxBatch(waiting, limit, ({ entry }) => entry.event);
    this.found = new Map(oldest.map(({ rows, _id, entry }) => [entry.event.id, { rows, _id, entry }]));
    return oldest.map(({ entry }) => entry.event);
  }

  async count(): Promise<number> {
    const counts = await Promise.all(
      this.rows().map(async (rows) => {
        let count = 0;
        const holders = rows.find(WAITING, { projection: { '_outbox.seq': 1 } });
        for await (const { _outbox } of holders) count += _outbox.length;
        return count;
      }),
    );
    return counts.reduce((sum, count) => sum + count, 0);
  }

  async remove(ids: readonly string[]): Promise<void> {
    const wanted = new Set(ids);
    const places = ids.flatMap((id) => this.found.get(id) ?? []);
    if (places.length < wanted.size) places.push(...(await this.search(wanted)));
    await Promise.all(
      this.rows().map(async (rows) => {
        const entries = new Map<string, Set<OutboxEntry>>();
        for (const place of places) {
          if (place.rows.collectionName !== rows.collectionName) continue;
          entries.set(place._id, (entries.get(place._id) ?? new Set()).add(place.entry));
        }
        const pulls = [...entries].map(([_id, gone]) => ({
          updateOne: { filter: { _id }, update: { $pullAll: { _outbox: [...gone] } } },
        }));
        if (pulls.length > 0) await rows.bulkWrite(pulls, { ordered: false });
      }),
    );
    for (const id of ids) this.found.delete(id);
  }

  /** Where events lie that the last call of `pending` did not give. */
  private async search(wanted: ReadonlySet<string>): Promise<Place[]> {
    const unknown = [...wanted].filter((id) => !this.found.has(id));
    const places = await Promise.all(
      this.rows().map(async (rows) => {
        const filter = { '_outbox.event.id': { $in: unknown } };
        const holders = await rows.find(filter, { projection: { _outbox: 1 } }).toArray();
        return holders.flatMap(({ _id, _outbox }) =>
          _outbox.filter(({ event }) => wanted.has(event.id)).map((entry) => ({ rows, _id, entry })),
        );
      }),
    );
    return places.flat();
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

const WAITING = { '_outbox.seq': { $gt: 0 } } as const;

/** The oldest events of one collection: as many as may be answered together, and what else waits with the last of them. */
async function oldestOf(rows: Collection<MongoRow>, limit: number): Promise<(Place & { readonly seq: number })[]> {
  const oldest: (Place & { readonly seq: number })[] = [];
  let bytes = 0;
  const holders = rows
    .find(WAITING, { projection: { _outbox: 1 } })
    .sort({ '_outbox.seq': 1 })
    .limit(limit);
  for await (const { _id, _outbox } of holders) {
    for (const each of inCommitOrder(_outbox)) {
      oldest.push({ ...each, rows, _id });
      bytes += eventBytes(each.entry.event);
    }
    if (bytes >= PENDING_BYTES) break;
  }
  return oldest;
}

/** Numbers are reserved before the commit: where two writers overtook each other, the order of the commits counts. */
function inCommitOrder(entries: readonly OutboxEntry[]): { readonly seq: number; readonly entry: OutboxEntry }[] {
  let seq = 0;
  return entries.map((entry) => ({ entry, seq: (seq = Math.max(seq, entry.seq)) }));
}

interface Place {
  readonly rows: Collection<MongoRow>;
  readonly _id: string;
  readonly entry: OutboxEntry;
}
