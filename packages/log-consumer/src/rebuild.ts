import type { DocumentStore } from '@takt/document-store';
import { PositionExpiredError } from '@takt/event-log';
import type { EventLog } from '@takt/event-log';
import { Checkpoint } from './checkpoint.ts';
import type { LogConsumer } from './log-consumer.ts';
import { endOf } from './place-in-log.ts';
import { batchesOf } from './replay.ts';

export interface Rebuild {
  readonly store: DocumentStore;
  readonly log: EventLog;
  readonly consumer: LogConsumer;
  /** Hears how far it got. */
  readonly onPosition?: (position: number) => void;
  readonly signal: AbortSignal;
}

export interface Rebuilt {
  readonly events: number;
  /** The log's beginning was dropped by retention: what it did was taken from what is there now. */
  readonly isCaughtUp: boolean;
}

/**
 * Empties what a consumer made and makes it again from the whole log, up to its end of now. Nobody else may feed the
 * consumer meanwhile. The checkpoint tells how far it got: if this is interrupted, whoever feeds the consumer next goes
 * on with it. Rejects with the reason of `signal` when that aborts.
 */
export async function rebuild(options: Rebuild): Promise<Rebuilt> {
  const { store, log, consumer, onPosition, signal } = options;
  const checkpoint = await Checkpoint.open(store, log, consumer.name);
  await checkpoint.read();
  await checkpoint.keep({ position: 0, isEmptying: true });
  await emptyCollections(store, consumer);
  await checkpoint.keep({ position: 0, isEmptying: false });
  const head = await log.head();
  let events = 0;
  try {
    for await (const batch of batchesOf(log, { after: 0, upTo: head })) {
      signal.throwIfAborted();
      await consumer.apply(batch);
      events += batch.length;
      const last = batch.at(-1);
      const position = last?.position ?? head;
      await checkpoint.keep({ position, event: last?.event.id, isEmptying: false });
      onPosition?.(position);
    }
    return { events, isCaughtUp: false };
  } catch (error) {
    if (!(error instanceof PositionExpiredError)) throw error;
    const end = await endOf(log);
    await consumer.catchUp(signal);
    signal.throwIfAborted();
    await checkpoint.keep({ ...end, isEmptying: false });
    onPosition?.(end.position);
    return { events, isCaughtUp: true };
  }
}

/** Removes every document that a consumer calls its own. */
export async function emptyCollections(store: DocumentStore, { replay }: LogConsumer): Promise<void> {
  const definitions = replay && 'collections' in replay ? replay.collections : [];
  for (const definition of definitions) {
    const collection = await store.collection(definition);
    for (;;) {
      const page = await collection.page({ orderBy: [], first: PAGE });
      const ids = page.entries.map(({ id }) => id);
      if (ids.length === 0) break;
      if ((await collection.remove(ids)) === 0) throw new Error(`Documents of ${definition.name} cannot be removed.`);
    }
  }
}

const PAGE = 512;
