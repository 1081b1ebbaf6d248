import { setTimeout as pause } from 'node:timers/promises';
import type { DocumentStore } from '@takt/document-store';
import { PositionExpiredError } from '@takt/event-log';
import type { EventLog } from '@takt/event-log';
import { Checkpoint, openCheckpoints } from './checkpoint.ts';
import type { LogConsumer } from './log-consumer.ts';
import { endOf, isReplaced } from './place-in-log.ts';
import { emptyCollections } from './rebuild.ts';

/** What a consumer needs of a log. */
export type FollowedLog = Pick<EventLog, 'id' | 'read' | 'head' | 'follow'>;

export interface ConsumerOptions {
  /** Keeps the checkpoint, and should keep what the consumer makes. */
  readonly store: DocumentStore;
  /** One that is not always within reach is looked for whenever following it begins, also after a fault. */
  readonly log: FollowedLog | (() => Promise<FollowedLog>);
  readonly consumer: LogConsumer;
  /** Hears of each failed attempt; the next follows after a second. */
  readonly onFault: (fault: unknown) => void;
}

export interface RunningConsumer {
  readonly consumer: LogConsumer;
  /**
   * Lets `work` have the consumer for itself: begins once what is being taken has been taken, and the consumer goes on
   * from its checkpoint when it ends. The signal that it gets aborts with the given one and when the consumer is closed.
   * Throws {@link ConsumerHeldError} if somebody has it already.
   */
  hold<Result>(work: (signal: AbortSignal) => Promise<Result>, signal: AbortSignal): Promise<Result>;
  /** Resolves once what is being taken has been taken and its checkpoint kept. */
  close(): Promise<void>;
}

/** Feeds a log to a consumer from its checkpoint on, for as long as it runs; one process at a time may do so. */
export async function startConsumer(options: ConsumerOptions): Promise<RunningConsumer> {
  const { store, consumer, onFault } = options;
  const checkpoints = await openCheckpoints(store);
  const reach = async (): Promise<{ log: FollowedLog; checkpoint: Checkpoint }> => {
    const log = typeof options.log === 'function' ? await options.log() : options.log;
    return { log, checkpoint: new Checkpoint(checkpoints, log, consumer.name) };
  };

  const follow = async (signal: AbortSignal): Promise<void> => {
    const { log, checkpoint } = await reach();
    const kept = await checkpoint.read();
    if (kept.isOfOtherLog) throw new OtherLogError(consumer.name);
    let { position } = kept;
    if (kept.isEmptying) {
      await emptyCollections(store, consumer);
      await checkpoint.keep({ ...kept, isEmptying: false });
    }
    const head = await log.head();
    if (position > head) throw new LogTruncatedError(consumer.name, position, head);
    if (kept.event !== undefined && (await isReplaced(log, position, kept.event))) {
      throw new LogRestoredError(consumer.name, position);
    }
    for await (const logged of log.follow(position, signal)) {
      if (logged.position <= position) continue;
      const events = [logged, ...(await log.read(logged.position, BATCH - 1))];
      await consumer.apply(events);
      const last = events.at(-1) ?? logged;
      position = last.position;
      await checkpoint.keep({ position, event: last.event.id, isEmptying: false });
    }
  };
  const catchUp = async (signal: AbortSignal): Promise<void> => {
    const { log, checkpoint } = await reach();
    await checkpoint.read();
    const end = await endOf(log);
    await consumer.catchUp(signal);
    if (!signal.aborted) await checkpoint.keep({ ...end, isEmptying: false });
  };

  const run = async (signal: AbortSignal): Promise<void> => {
    let isLost = false;
    while (!signal.aborted) {
      try {
        if (isLost) await catchUp(signal);
        isLost = false;
        await follow(signal);
      } catch (error) {
        if (signal.aborted) return;
        if (error instanceof PositionExpiredError) isLost = true;
        else {
          onFault(error);
          isLost ||= LOST.some((kind) => error instanceof kind);
          await pause(PAUSE_MS, undefined, { signal }).catch(() => undefined);
        }
      }
    }
  };

  const closing = new AbortController();
  let stopped = new AbortController();
  let running = run(stopped.signal);
  let held: Promise<unknown> | undefined;
  const stop = async (): Promise<void> => {
    stopped.abort();
    await running;
  };
  const holdFor = async <Result>(
    work: (signal: AbortSignal) => Promise<Result>,
    signal: AbortSignal,
  ): Promise<Result> => {
    await stop();
    try {
      signal.throwIfAborted();
      return await work(signal);
    } finally {
      held = undefined;
      if (!closing.signal.aborted) {
        stopped = new AbortController();
        running = run(stopped.signal);
      }
    }
  };

  return {
    consumer,
    async hold(work, signal) {
      if (held) throw new ConsumerHeldError(consumer.name);
      const either = AbortSignal.any([signal, closing.signal]);
      const working = holdFor(work, either);
      held = working.catch(() => undefined);
      return working;
    },
    async close() {
      closing.abort(new Error('Takt stops.'));
      await held;
      await stop();
    },
  };
}

/** Somebody replays it already. */
export class ConsumerHeldError extends Error {
  constructor(consumer: string) {
    super(`${consumer} is being replayed already. Try again when that is done.`);
    this.name = 'ConsumerHeldError';
  }
}

/** The log lost its end, or was restored: positions that its consumer has seen stand for other events now. */
export class LogTruncatedError extends Error {
  constructor(consumer: string, position: number, head: number) {
    super(
      `${consumer} has seen the log up to position ${position}, which ends at ${head} now: it lost its end, or was restored from a backup. It goes on from what is there now.`,
    );
    this.name = 'LogTruncatedError';
  }
}

/** The log has another event, or none, where its consumer has taken one: it was restored, and went on otherwise. */
export class LogRestoredError extends Error {
  constructor(consumer: string, position: number) {
    super(
      `${consumer} has taken another event at position ${position} than the log has there now: it was restored from a backup. It goes on from what is there now.`,
    );
    this.name = 'LogRestoredError';
  }
}

/** What the consumer made is of another log: positions in it say nothing about this one. */
export class OtherLogError extends Error {
  constructor(consumer: string) {
    super(`${consumer} has followed another log until now. It goes on from what is there now.`);
    this.name = 'OtherLogError';
  }
}

/** What the consumer made does not follow from the log as it is now. */
const LOST = [LogTruncatedError, LogRestoredError, OtherLogError];
const BATCH = 512;
const PAUSE_MS = 1_000;
