import { circuitBreaker, CircuitState, CountBreaker, handleWhen, isBrokenCircuitError } from 'cockatiel';
import { SubgraphFault } from '../errors.ts';
import type { Post } from './http-client.ts';
import type { BreakerOptions } from './transport-options.ts';
import type { BreakerState } from './transport.ts';

export interface GuardedPost {
  readonly post: Post;
  state(): BreakerState;
}

/**
 * Leaves a subgraph alone that keeps failing. closed: requests pass and their outcomes are counted → open: requests fail
 * at once → after a break half-open: one request is let through → closed if it gets a response, else open.
 */
export function guardedByBreaker(name: string, post: Post, options: BreakerOptions): GuardedPost {
  const outcomes = new CountBreaker({
    threshold: options.threshold,
    size: options.requests,
    minimumNumberOfCalls: options.minRequests,
  });
  // A request whose client goes away proves nothing: the next one tries.
  const failing = handleWhen((error) => !(error instanceof SubgraphFault) || error.isOutage);
  const policy = circuitBreaker(failing, { breaker: outcomes, halfOpenAfter: options.breakMs });

  const count = async (error: unknown): Promise<void> => {
    if (policy.state !== CircuitState.Closed || !(error instanceof SubgraphFault)) return;
    if (error.isOutage) await policy.execute(() => Promise.reject(error)).catch(() => undefined);
    else outcomes.success(CircuitState.Closed);
  };

  return {
    async post(request) {
      if (policy.state === CircuitState.Closed) {
        // The policy hears of failures only: it would let late ones of earlier requests end a try.
        try {
          const text = await post(request);
          if (policy.state === CircuitState.Closed) outcomes.success(CircuitState.Closed);
          return text;
        } catch (error) {
          await count(error);
          throw error;
        }
      }
      if (policy.state === CircuitState.HalfOpen) throw new CircuitOpen(name);
      try {
        return await policy.execute(() => post(request));
      } catch (error) {
        throw isBrokenCircuitError(error) ? new CircuitOpen(name) : error;
      }
    },

    state: () => states[policy.state],
  };
}

/** The breaker lets nothing through. */
export class CircuitOpen extends SubgraphFault {
  constructor(name: string) {
    super('SUBGRAPH_UNAVAILABLE', `Subgraph "${name}" has failed too often and is left alone for a while.`);
  }
}

const states = {
  [CircuitState.Closed]: 'closed',
  [CircuitState.Open]: 'open',
  [CircuitState.HalfOpen]: 'half-open',
  [CircuitState.Isolated]: 'open',
} as const;
