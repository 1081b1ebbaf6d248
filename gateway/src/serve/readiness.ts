import type { ServerResponse } from 'node:http';
import type { Gateway } from '../gateway.ts';
import { answerJson } from './answer.ts';

export interface Readiness {
  /** Reasons why a query would not succeed now; none if it would. */
  check(): Promise<readonly string[]>;
  answer(response: ServerResponse): Promise<void>;
  /** Answers 503 only where this process could answer no query at all, whatever is away behind it. */
  answerServing(response: ServerResponse): void;
}

export interface ReadinessOptions {
  readonly gateway: () => Gateway | undefined;
  readonly isStopping: () => boolean;
  /** What the host process has against it, if anything. */
  readonly notReady?: (() => string | undefined) | undefined;
}

/**
 * Tells whether every subgraph answers and the host process has no reason of its own against it. However often it is
 * asked, one check runs at a time.
 */
export function createReadiness({ gateway, isStopping, notReady }: ReadinessOptions): Readiness {
  let running: Promise<readonly string[]> | undefined;

  const notServing = (): string | undefined => {
    if (!gateway()) return 'The supergraph is not loaded yet.';
    return isStopping() ? 'The gateway is shutting down.' : undefined;
  };
  const check = () => (running ??= run().finally(() => (running = undefined)));
  const run = async (): Promise<readonly string[]> => {
    const reason = notServing() ?? notReady?.();
    if (reason !== undefined) return [reason];
    const unavailable = await gateway()?.unavailableSubgraphs(AbortSignal.timeout(timeoutMs));
    return Object.entries(unavailable ?? {}).map(([name, reason]) => `${name}: ${reason}`);
  };

  return {
    check,
    async answer(response) {
      const reasons = await check();
      if (reasons.length === 0) answerJson(response, 200, { status: 'ready' });
      else answerJson(response, 503, { status: 'not ready', reasons });
    },
    answerServing(response) {
      const reason = notServing();
      if (reason === undefined) answerJson(response, 200, { status: 'serving' });
      else answerJson(response, 503, { status: 'not serving', reasons: [reason] });
    },
  };
}

const timeoutMs = 2_000;
