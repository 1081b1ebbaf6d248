import type { ExecutionResult } from 'graphql';
import { OperationRefused } from '../errors.ts';
import { EventQueue } from '../transports/event-queue.ts';
import type { Subscriber } from './subscriber.ts';

/**
 * The responses of a subscription one by one, as objects; with what has ended it, if something has, last. It begins when
 * the first one is asked for, and ends when the consumer stops or `signal` aborts.
 */
export function responsesOf(
  follow: (signal: AbortSignal, subscriber: Subscriber) => Promise<unknown>,
  signal: AbortSignal | undefined,
): Responses {
  const stop = new AbortController();
  const end = () => void queue.return();
  const queue = new EventQueue<string>(unbounded, () => {
    signal?.removeEventListener('abort', end);
    stop.abort();
  });
  const subscriber: Subscriber = {
    next: (response) => queue.push(response, response.length),
    end(errors) {
      if (errors.length > 0) queue.push(JSON.stringify({ errors }), 0);
      queue.finish();
    },
    get bufferedBytes() {
      return queue.bytes;
    },
  };
  const begin = async () => {
    signal?.addEventListener('abort', end, { once: true });
    if (signal?.aborted) end();
    try {
      if (!stop.signal.aborted) await follow(stop.signal, subscriber);
    } catch (error) {
      if (error instanceof OperationRefused) subscriber.end(error.errors);
      else queue.finish({ error: error instanceof Error ? error : new Error(String(error)) });
    }
  };
  let began: Promise<void> | undefined;
  const iterator: Responses = {
    async next() {
      began ??= begin();
      const { done, value } = await queue.next();
      return done ? { done, value } : { done: false, value: JSON.parse(value) as ExecutionResult };
    },
    return: async () => {
      await queue.return();
      return { done: true, value: undefined };
    },
    [Symbol.asyncIterator]: () => iterator,
  };
  return iterator;
}

/** The hub bounds what is buffered. */
const unbounded = { maxEvents: Infinity, maxBytes: Infinity, overflow: () => new Error('without bound') };

export interface Responses extends AsyncIterableIterator<ExecutionResult, void> {
  return(): Promise<IteratorResult<ExecutionResult, void>>;
}
