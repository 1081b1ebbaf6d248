import type { Database, RootDatabase } from 'lmdb';
import { encodeKey } from './index-keys.ts';
import { CommitSignal } from './commit-signal.ts';
import { inTransaction } from './lmdb-transaction.ts';
import { outboxBatch } from './outbox-batch.ts';
import type { Outbox, StoredEvent } from './port.ts';

/** Events by a sequence that goes on from the last unpublished event after a restart, and their sequences by id. */
export class LmdbOutbox implements Outbox {
  readonly signal = new CommitSignal();
  private readonly events: Database<StoredEvent, Buffer>;
  private readonly sequences: Database<number, Buffer>;
  private next: number;

  constructor(private readonly engine: RootDatabase) {
    const plain = { keyEncoding: 'binary', useRecords: false } as const;
    this.events = engine.openDB('outbox', plain);
    this.sequences = engine.openDB('outbox-ids', plain);
    const [last] = this.events.getRange({ reverse: true, limit: 1 });
    this.next = last ? (this.sequences.get(encodeKey([last.value.id])) ?? 0) + 1 : 1;
  }

  /** To be called in a transaction. An event that is already there stays where it is. */
  append(events: readonly StoredEvent[]): void {
    for (const event of events) {
      const id = encodeKey([event.id]);
      if (this.sequences.get(id) !== undefined) continue;
      const sequence = this.next++;
      this.events.putSync(encodeKey([sequence]), event);
      this.sequences.putSync(id, sequence);
    }
  }

  // eslint-disable-next-line @typescript-eslint/require-await -- a fault of the engine is a rejection
  async pending(limit: number): Promise<StoredEvent[]> {
    const waiting = this.events.getRange({ limit }).map(({ value }) => value);
    return outboxBatch(waiting, limit, (event) => event);
  }

  // eslint-disable-next-line @typescript-eslint/require-await -- a fault of the engine is a rejection
  async count(): Promise<number> {
    return this.events.getKeysCount();
  }

  async remove(ids: readonly string[]): Promise<void> {
    if (ids.length === 0) return;
    await inTransaction(this.engine, () => {
      for (const id of ids.map((text) => encodeKey([text]))) {
        const sequence = this.sequences.get(id);
        if (sequence === undefined) continue;
        this.events.removeSync(encodeKey([sequence]));
        this.sequences.removeSync(id);
      }
    });
  }

  onCommit(callback: () => void): () => void {
    return this.signal.subscribe(callback);
  }
}
