import cluster from 'node:cluster';
import { setTimeout as delay } from 'node:timers/promises';

/** How a process is to stop. */
export interface Stop {
  /** Others serve on in its place: connections that clients may use again are kept for a while. */
  readonly lingers: boolean;
}

/** What a supervised process tells of itself: reasons why it is not ready; none if it is. */
export interface Health {
  readonly notReady: readonly string[];
}

/** What a supervisor sends to a process that is to stop. */
export function stopMessage({ lingers }: Stop): object {
  return { takt: 'stop', lingers };
}

/** What a message of the supervisor asks, if it asks to stop. */
export function stopOf(message: unknown): Stop | undefined {
  const { takt, lingers } = Object(message) as { takt?: unknown; lingers?: unknown };
  return takt === 'stop' ? { lingers: lingers === true } : undefined;
}

/** What a message of a supervised process tells, if it tells of its health. */
export function healthOf(message: unknown): Health | undefined {
  const { takt, notReady } = Object(message) as { takt?: unknown; notReady?: unknown };
  return takt === 'health' && Array.isArray(notReady) ? { notReady: notReady.map(String) } : undefined;
}

/**
 * Tells the supervisor, if this process has one, why it is not ready for requests, until it is or the signal aborts. A
 * port that several processes share does not tell which of them answers.
 */
export async function tellHealth(check: () => Promise<readonly string[]>, signal: AbortSignal): Promise<void> {
  if (!cluster.isWorker) return;
  while (!signal.aborted) {
    const notReady = await check();
    process.send?.({ takt: 'health', notReady });
    if (notReady.length === 0) return;
    await delay(checkMs, undefined, { signal }).catch(() => undefined);
  }
}

const checkMs = 200;
