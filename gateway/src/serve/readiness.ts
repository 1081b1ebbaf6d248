import type { ServerResponse } from 'node:http';
import type { Gateway } from '../gateway.ts';
import { answerJson } from './answer.ts';

export interface Readiness {
  /** Reasons why a query would not succeed now; none if it would. */
  check(): Promise<readonly string[]>;
  answer(response: ServerResponse): Promise<void>;
}

/**
 * Tells whether every subgraph answers and the host process has no reason of its own against it. However often it is
 * asked, one check runs at a time.
 */
export function createReadiness(
  gateway: () => Gateway | undefined,
  notReady: () => string | undefined = () => undefined,
): Readiness {
  let running: Promise<readonly string[]> | undefined;

  const check = () => (running ??= run().finally(() => (running = undefined)));
  const run = async (): Promise<readonly string[]> => {
    const current = gateway();
    if (!current) return ['The supergraph is not loaded yet.'];
    const reason = notReady();
    if (reason !== undefined) return [reason];
    const unavailable = await current.unavailableSubgraphs(AbortSignal.timeout(timeoutMs));
    return Object.entries(unavailable).map(([name, reason]) => `${name}: ${reason}`);
  };

  return {
    check,
    async answer(response) {
      const reasons = await check();
      if (reasons.length === 0) answerJson(response, 200, { status: 'ready' });
      else answerJson(response, 503, { status: 'not ready', reasons });
    },
  };
}

const timeoutMs = 2_000;
