import { setTimeout as pause } from 'node:timers/promises';
import type { Collection, DocumentStore } from '@takt/document-store';
import { PositionExpiredError } from '@takt/event-log';
import type { EventLog, LoggedEvent } from '@takt/event-log';

/** Something that is made from a log, event after event, and that must neither miss nor double any. */
export interface LogConsumer {
  /** Unique within a store, for ever: under it lies how far it got. */
  readonly name: string;
  /**
   * Takes events in order. The checkpoint is kept after it: what it did not finish before a crash comes again, so that
   * taking the same events twice must do what taking them once does.
   */
  apply(events: readonly LoggedEvent[]): Promise<void>;
  /** Events that it has not taken are no longer kept: takes what they did from what is there now. */
  catchUp(signal: AbortSignal): Promise<void>;
}

export interface ConsumerOptions {
  /** Keeps the checkpoint, and should keep what the consumer makes. */
  readonly store: DocumentStore;
  readonly log: EventLog;
  readonly consumer: LogConsumer;
  /** Hears of each failed attempt; the next follows after a second. */
  readonly onFault: (fault: unknown) => void;
}

export interface RunningConsumer {
  /** Resolves once what is being taken has been taken and its checkpoint kept. */
  close(): Promise<void>;
}

/** Feeds a log to a consumer from its checkpoint on, for as long as it runs; one process at a time may do so. */
export async function startConsumer(options: ConsumerOptions): Promise<RunningConsumer> {
  const { store, log, consumer, onFault } = options;
  const checkpoints = await store.collection<Checkpoint>({ name: 'consumer-checkpoints', indexes: [] });
  const stopped = new AbortController();
  const { signal } = stopped;

  const follow = async (): Promise<void> => {
    const [kept] = await checkpoints.getMany([consumer.name]);
    let position = kept?.document.log === log.id ? kept.document.position : 0;
    for await (const logged of log.follow(position, signal)) {
      if (logged.position <= position) continue;
      const events = [logged, ...(await log.read(logged.position, BATCH - 1))];
      await consumer.apply(events);
      position = events.at(-1)?.position ?? logged.position;
      await keep(checkpoints, consumer.name, { log: log.id, position });
    }
  };
  const catchUp = async (): Promise<void> => {
    const position = await log.head();
    await consumer.catchUp(signal);
    if (!signal.aborted) await keep(checkpoints, consumer.name, { log: log.id, position });
  };

  const run = async (): Promise<void> => {
    let isBehindRetention = false;
    while (!signal.aborted) {
      try {
        if (isBehindRetention) await catchUp();
        isBehindRetention = false;
        await follow();
      } catch (error) {
        if (signal.aborted) return;
        if (error instanceof PositionExpiredError) isBehindRetention = true;
        else {
          onFault(error);
          await pause(PAUSE_MS, undefined, { signal }).catch(() => undefined);
        }
      }
    }
  };

  const running = run();
  return {
    close: async () => {
      stopped.abort();
      await running;
    },
  };
}

interface Checkpoint {
  readonly log: string;
  readonly position: number;
}

async function keep(checkpoints: Collection<Checkpoint>, id: string, document: Checkpoint): Promise<void> {
  await checkpoints.commit([{ id, document, events: [], messageIds: [] }]);
}

const BATCH = 512;
const PAUSE_MS = 1_000;
