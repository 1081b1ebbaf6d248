import { ExponentialBackoff } from 'cockatiel';
import type { IBackoff } from 'cockatiel';
import { pause as pauseFor, RetryBudget } from '@takt/resilience';
import { SubgraphFault } from '../errors.ts';
import { CircuitOpen } from './circuit-breaker.ts';
import { timedOut } from './http-client.ts';
import type { HttpPost, Post } from './http-client.ts';
import type { RetryOptions } from './transport-options.ts';

/**
 * Sends idempotent requests again, after a jittered pause, when they met no subgraph, were reset, timed out or were put
 * off with `Retry-After`: as long as the whole stays within `timeoutMs` and the budget lasts.
 */
export function retrying(name: string, post: Post, options: RetryOptions, timeoutMs: number): Post {
  const { maxRetries, budgetRatio, budgetPerSecond, firstPauseMs, maxPauseMs } = options;
  const budget = new RetryBudget(budgetRatio, budgetPerSecond);
  const backoff = new ExponentialBackoff({ initialDelay: firstPauseMs, maxDelay: maxPauseMs });

  const again = async (request: HttpPost, failure: unknown, deadline: number): Promise<string> => {
    let error = failure;
    let pause: IBackoff<unknown> = backoff.next();
    for (let retries = 0; retries < maxRetries && isPassing(error); retries++) {
      const pauseMs = Math.max(pause.duration, error.retryAfterMs ?? 0);
      if (performance.now() + pauseMs >= deadline || !budget.spend()) break;
      await pauseFor(pauseMs, request.signal);
      try {
        return await within(name, deadline - performance.now(), request, post);
      } catch (next) {
        request.signal.throwIfAborted();
        error = next;
      }
      pause = pause.next(undefined);
    }
    throw error;
  };

  return async (request) => {
    if (!request.isIdempotent) return post(request);
    const deadline = performance.now() + timeoutMs;
    budget.earn();
    try {
      return await post(request);
    } catch (error) {
      request.signal.throwIfAborted();
      return again(request, error, deadline);
    }
  };
}

function isPassing(error: unknown): error is SubgraphFault {
  return error instanceof SubgraphFault && error.code !== 'SUBGRAPH_BAD_RESPONSE' && !(error instanceof CircuitOpen);
}

async function within(name: string, ms: number, request: HttpPost, post: Post): Promise<string> {
  const stop = new AbortController();
  const abort = () => stop.abort(request.signal.reason);
  const deadline = setTimeout(() => stop.abort(timedOut(name)), ms);
  request.signal.addEventListener('abort', abort);
  try {
    return await post({ ...request, signal: stop.signal });
  } finally {
    clearTimeout(deadline);
    request.signal.removeEventListener('abort', abort);
  }
}
