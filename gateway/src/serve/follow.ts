import { gatewayError } from '../errors.ts';
import type { BoundOperation, RunOptions } from '../execute/executor.ts';
import type { Gateway } from '../gateway.ts';
import type { Subscriber } from '../subscribe/subscriber.ts';

/** Gives a subscriber the events of a subscription, until it is told to stop. */
export function follow(
  gateway: Gateway,
  bound: BoundOperation,
  options: RunOptions,
  subscriber: Subscriber,
): () => void {
  const stop = new AbortController();
  const deliver = async (): Promise<void> => {
    for await (const result of gateway.stream(bound, { ...options, signal: stop.signal })) {
      if (stop.signal.aborted) return;
      subscriber.next(JSON.stringify(result));
    }
    if (!stop.signal.aborted) subscriber.end([]);
  };
  deliver().catch(() => {
    if (!stop.signal.aborted) subscriber.end([gatewayError('INTERNAL_ERROR', 'The gateway failed.')]);
  });
  return () => stop.abort();
}
