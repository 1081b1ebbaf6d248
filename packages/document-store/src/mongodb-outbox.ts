import type { Collection, Db } from 'mongodb';
import { upsertAndGet } from './mongodb-upsert.ts';
import { CommitSignal } from './commit-signal.ts';
import type { MongoRow } from './mongodb-collection.ts';
import type { Outbox, StoredEvent } from './port.ts';

/** An event as it waits with its document, under a number that grows over the whole store. */
export interface OutboxEntry {
  readonly seq: number;
  readonly event: StoredEvent;
}

/** Reads the events that wait with the documents of those collections of a database that ever had any. */
export class MongoOutbox implements Outbox {
  readonly signal = new CommitSignal();
  /** Where the events of the last call of `pending` lie, by their ids. */
  private found = new Map<string, Place>();

  constructor(private readonly database: Db) {}

  /** Reserves as many numbers for events of a collection and gives the first of them. */
  async reserve(count: number, collection: string): Promise<number> {
    const update = { $inc: { value: count }, $addToSet: { collections: collection } };
    const { value } = await upsertAndGet(this.counters(), { _id: COUNTER }, update);
    return value - count + 1;
  }

  async pending(limit: number): Promise<StoredEvent[]> {
    const names = await this.collections();
    const waiting = await Promise.all(
      names.map(async (name) => {
        const holders = await this.rows(name)
          .find({ '_outbox.seq': { $gt: 0 } }, { projection: { _outbox: 1 } })
          .sort({ '_outbox.seq': 1 })
          .limit(limit)
          .toArray();
        return holders.flatMap(({ _id, _outbox }) => inCommitOrder(_outbox).map((each) => ({ ...each, name, _id })));
      }),
    );
    const oldest = waiting
      .flat()
      .sort((a, b) => a.seq - b.seq)
      .slice(0, limit);
    this.found = new Map(oldest.map(({ name, _id, entry }) => [entry.event.id, { name, _id, entry }]));
    return oldest.map(({ entry }) => entry.event);
  }

  async remove(ids: readonly string[]): Promise<void> {
    const places = ids.flatMap((id) => this.found.get(id) ?? []);
    const unknown = ids.filter((id) => !this.found.has(id));
    if (unknown.length > 0) places.push(...(await this.search(unknown)));
    const pulls = new Map<string, Map<string, OutboxEntry[]>>();
    for (const { name, _id, entry } of places) {
      const rows = pulls.get(name) ?? new Map<string, OutboxEntry[]>();
      pulls.set(name, rows.set(_id, [...(rows.get(_id) ?? []), entry]));
    }
    await Promise.all(
      [...pulls].map(([name, rows]) =>
        this.rows(name).bulkWrite(
          [...rows].map(([_id, gone]) => ({
            updateOne: { filter: { _id }, update: { $pullAll: { _outbox: gone } } },
          })),
          { ordered: false },
        ),
      ),
    );
    for (const id of ids) this.found.delete(id);
  }

  onCommit(callback: () => void): () => void {
    return this.signal.subscribe(callback);
  }

  /** Where events lie that the last call of `pending` did not give. */
  private async search(ids: readonly string[]): Promise<Place[]> {
    const wanted = new Set(ids);
    const places = await Promise.all(
      (await this.collections()).map(async (name) => {
        const filter = { '_outbox.event.id': { $in: [...wanted] } };
        const holders = await this.rows(name)
          .find(filter, { projection: { _outbox: 1 } })
          .toArray();
        return holders.flatMap(({ _id, _outbox }) =>
          _outbox.filter(({ event }) => wanted.has(event.id)).map((entry) => ({ name, _id, entry })),
        );
      }),
    );
    return places.flat();
  }

  private async collections(): Promise<readonly string[]> {
    const counter = await this.counters().findOne({ _id: COUNTER });
    return counter?.collections ?? [];
  }

  private counters(): Collection<Counter> {
    return this.database.collection<Counter>('_takt');
  }

  private rows(name: string): Collection<MongoRow> {
    return this.database.collection<MongoRow>(name, PUBLISHABLE);
  }
}

interface Counter {
  readonly _id: string;
  /** The last number that was reserved. */
  readonly value: number;
  /** Those that numbers were reserved for. */
  readonly collections: readonly string[];
}

interface Place {
  readonly name: string;
  readonly _id: string;
  readonly entry: OutboxEntry;
}

const COUNTER = 'outbox';

/** No event is published of a commit that a failover may take back. */
const PUBLISHABLE = { readConcern: { level: 'majority' } } as const;

/** Numbers are reserved before the commit: where two writers overtook each other, the order of the commits counts. */
function inCommitOrder(entries: readonly OutboxEntry[]): { readonly seq: number; readonly entry: OutboxEntry }[] {
  let seq = 0;
  return entries.map((entry) => ({ entry, seq: (seq = Math.max(seq, entry.seq)) }));
}
