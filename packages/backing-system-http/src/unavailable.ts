import type { Answer } from '@takt/backing-system';

type Unavailable = Extract<Answer, { kind: 'BUSY' | 'DOWN' }>;

/**
 * What a status says of the system rather than of the request: 429 asks to wait; 401, 403 and 407 (credentials that are
 * not accepted), 408 and 5xx are as good as not reachable now. Undefined for all others.
 */
export function busyOrDown(status: number, retryAfter: string | undefined, now: Date): Unavailable | undefined {
  const retryAfterMs_ = retryAfterMs(retryAfter, now);
  if (status === 429) {
    return { kind: 'BUSY', reason: 'It answered HTTP 429: too many requests.', retryAfterMs: retryAfterMs_ };
  }
  if (CREDENTIALS.includes(status))
    return { kind: 'DOWN', reason: `It answered HTTP ${status}: look at its credentials.` };
  if (status === 408 || status >= 500) {
    return { kind: 'DOWN', reason: `It answered HTTP ${status}.`, retryAfterMs: retryAfterMs_ };
  }
  return undefined;
}

/** Seconds, or a date: https://www.rfc-editor.org/rfc/rfc9110#section-10.2.3 */
export function retryAfterMs(retryAfter: string | undefined, now: Date): number | undefined {
  if (retryAfter === undefined) return undefined;
  const ms = /^\d{1,9}$/.test(retryAfter) ? Number(retryAfter) * 1000 : Date.parse(retryAfter) - now.getTime();
  return Number.isNaN(ms) ? undefined : Math.min(Math.max(ms, 0), MAX_WAIT_MS);
}

const CREDENTIALS = [401, 403, 407];
/** Longer is not believed. */
const MAX_WAIT_MS = 15 * 60 * 1000;
