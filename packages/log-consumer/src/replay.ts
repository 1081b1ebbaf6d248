import type { EventLog, LoggedEvent } from '@takt/event-log';
import type { LogConsumer } from './log-consumer.ts';

/** Events behind `after` up to and with `upTo`: as a subscriber gets them that goes on behind a cursor. */
export interface LogRange {
  readonly after: number;
  readonly upTo: number;
}

export interface Replay {
  readonly log: Pick<EventLog, 'read'>;
  readonly consumer: Pick<LogConsumer, 'apply'>;
  readonly range: LogRange;
  /** Which events are fed; absent: all. */
  readonly types?: ReadonlySet<string> | undefined;
  /** Hears how far it got. */
  readonly onPosition?: ((position: number) => void) | undefined;
  readonly signal: AbortSignal;
}

/**
 * Feeds a part of the log to a consumer once more; its checkpoint stays where it is. Nobody else may feed the consumer
 * meanwhile. Answers how many events it was fed. Rejects with the reason of `signal` when that aborts.
 */
export async function replay({ log, consumer, range, types, onPosition, signal }: Replay): Promise<number> {
  let fed = 0;
  for await (const batch of batchesOf(log, range)) {
    signal.throwIfAborted();
    const events = types ? batch.filter(({ event }) => types.has(event.type)) : batch;
    if (events.length > 0) await consumer.apply(events);
    fed += events.length;
    onPosition?.(batch.at(-1)?.position ?? range.upTo);
  }
  return fed;
}

/** How many events of which type are in a range. */
export async function countTypes(
  log: Pick<EventLog, 'read'>,
  range: LogRange,
  signal: AbortSignal,
): Promise<Map<string, number>> {
  const counts = new Map<string, number>();
  for await (const batch of batchesOf(log, range)) {
    signal.throwIfAborted();
    for (const { event } of batch) counts.set(event.type, (counts.get(event.type) ?? 0) + 1);
  }
  return counts;
}

/** The events of a range, oldest first. Throws PositionExpiredError if the log no longer has them all. */
export async function* batchesOf(
  log: Pick<EventLog, 'read'>,
  { after, upTo }: LogRange,
): AsyncGenerator<LoggedEvent[], void, undefined> {
  for (let position = after; position < upTo;) {
    const batch = await log.read(position, Math.min(BATCH, upTo - position));
    const last = batch.at(-1);
    if (!last) return;
    yield batch;
    position = last.position;
  }
}

const BATCH = 512;
