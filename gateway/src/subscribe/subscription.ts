import type { ExecutionResult } from 'graphql';
import type { BoundOperation, Executor, RunOptions } from '../execute/executor.ts';
import { failedFetch } from '../execute/fetch-errors.ts';
import { variablesOf } from '../execute/fetch.ts';
import type { SubgraphTransport } from '../transports/transport.ts';

/**
 * The events of a subscription, each enriched by the plan's `rest` when the client asks for it: what lies between two
 * requests waits upstream. Ends when the subgraph completes, the client returns, or `signal` aborts; a subgraph that
 * goes away is told in a last result.
 */
export function subscribe(
  executor: Executor,
  transports: ReadonlyMap<string, SubgraphTransport>,
  bound: BoundOperation,
  options: RunOptions,
): AsyncGenerator<ExecutionResult, void, void> {
  const stop = new AbortController();
  const abort = () => stop.abort();
  if (options.signal.aborted) abort();
  options.signal.addEventListener('abort', abort, { once: true });
  const events = enrichedEvents(executor, transports, bound, { ...options, signal: stop.signal }, () =>
    options.signal.removeEventListener('abort', abort),
  );
  return endingAtOnce(events, stop);
}

async function* enrichedEvents(
  executor: Executor,
  transports: ReadonlyMap<string, SubgraphTransport>,
  bound: BoundOperation,
  options: RunOptions,
  release: () => void,
): AsyncGenerator<ExecutionResult, void, void> {
  const { node } = bound.planned.plan;
  if (node?.kind !== 'Subscription') throw new Error('not the plan of a subscription');
  const { primary } = node;
  try {
    const transport = transports.get(primary.serviceName);
    if (!transport) throw new Error(`no transport for subgraph "${primary.serviceName}"`);
    const events = transport.subscribe({
      query: primary.operation,
      variables: variablesOf({ operation: bound.planned, variables: bound.variables }, primary),
      operationName: primary.operationName,
      signal: options.signal,
      ...(options.headers && { headers: options.headers }),
    });
    for await (const event of events) {
      const response = await executor.enrich(bound, event, options);
      yield bound.restore?.(response) ?? response;
    }
  } catch (error) {
    if (!options.signal.aborted) yield { errors: [failedFetch(primary.serviceName, error, undefined)] };
  } finally {
    release();
  }
}

/** A generator whose `return` takes effect while an event is awaited, not only when the next one arrives. */
export function endingAtOnce<T>(
  events: AsyncGenerator<T, void, void>,
  stop: AbortController,
): AsyncGenerator<T, void, void> {
  const generator: AsyncGenerator<T, void, void> = {
    next: () => events.next(),
    return: () => {
      stop.abort();
      return events.return();
    },
    throw: (error) => {
      stop.abort();
      return events.throw(error);
    },
    [Symbol.asyncIterator]: () => generator,
    [Symbol.asyncDispose]: async () => {
      await generator.return();
    },
  };
  return generator;
}
