import {
  CursorError,
  decodeCursor,
  encodeCursor,
  PositionExpiredError,
  type CloudEvent,
  type EventLog,
} from '@takt/event-log';
import { Field, ObjectType } from 'type-graphql';
import { fault } from './errors.ts';
import { Place, places } from './places.ts';
import { DateTimeScalar } from './scalars.ts';
import { Cause } from './values.ts';

/** What every live change carries; each subscription's payload type extends it. */
@ObjectType()
export abstract class LiveChange {
  @Field(() => String, { description: 'Give it as `after` to go on right behind this change, also after a restart.' })
  cursor!: string;

  @Field(() => DateTimeScalar, { description: 'When it was true in the source.' })
  occurredAt!: string;

  @Field(() => Cause, { description: 'Why it changed.' })
  cause!: keyof typeof Cause;

  @Field(() => String, { description: 'The same for everything that one story caused, in every domain.' })
  correlationId!: string;
}

/**
 * The events of a log from a cursor on (without one: from now on), as live changes. `select` answers the payload of an
 * event, or undefined for one that the subscriber did not ask for. The consumer's own pace decides how far it lags:
 * nothing is buffered but the page being read. Tells {@link places} as well if asked. Rejects with a fault if the cursor
 * cannot be followed from; that of one that has expired holds the bounds of the gap.
 */
export async function liveChanges<Payload extends object>(
  log: EventLog,
  after: string | null | undefined,
  select: (event: CloudEvent) => Payload | undefined,
): Promise<AsyncIterableIterator<LiveChange & Payload>> {
  const position = await faultsNamed(log, async () => {
    const start = after == null ? await log.head() : await decodeCursor(after, log);
    await log.read(start, 1);
    return start;
  });
  const stopped = new AbortController();
  let tellsPlaces = false;
  // Only who has asked for it gets what is no change.
  const place = (at: number) => new Place(encodeCursor(log.id, at)) as never;
  const changes = (async function* (): AsyncGenerator<LiveChange & Payload, undefined> {
    if (tellsPlaces) yield place(position);
    let told = position;
    for await (const logged of log.follow(position, stopped.signal)) {
      const payload = select(logged.event);
      if (!payload && logged.position - told < PASSED_BEFORE_TOLD) continue;
      told = logged.position;
      if (!payload) {
        if (tellsPlaces) yield place(told);
        continue;
      }
      yield {
        cursor: encodeCursor(log.id, logged.position),
        occurredAt: logged.event.time,
        cause: logged.event.cause,
        correlationId: logged.event.correlationid,
        ...payload,
      };
    }
  })();
  const iterator: AsyncIterableIterator<LiveChange & Payload> = {
    next: () => faultsNamed(log, () => changes.next()),
    // A generator that waits for an event does not hear `return` until the event comes: the signal wakes it.
    return: () => {
      stopped.abort();
      return changes.return(undefined);
    },
    throw: (error) => {
      stopped.abort();
      return changes.throw(error);
    },
    [Symbol.asyncIterator]: () => iterator,
  };
  places.offer(iterator, () => (tellsPlaces = true));
  return iterator;
}

/** Events that pass without a change before the place behind them is told: far fewer than a log keeps. */
const PASSED_BEFORE_TOLD = 1_000;

/** A gap is told by the cursors around it: what came behind `after`, up to `until`, is gone; `until` can be followed from. */
async function faultsNamed<Value>(log: EventLog, read: () => Promise<Value>): Promise<Value> {
  try {
    return await read();
  } catch (error) {
    if (error instanceof CursorError) throw fault('CURSOR_INVALID', error.message);
    if (error instanceof PositionExpiredError) {
      const gap = { after: encodeCursor(log.id, error.requested), until: encodeCursor(log.id, error.oldest - 1) };
      throw fault('CURSOR_EXPIRED', error.message, { gap });
    }
    throw error;
  }
}
