import { Type, type Static } from '@sinclair/typebox';
import { Value } from '@sinclair/typebox/value';
import type { Answer } from '@takt/backing-system';
import { busyOrDown } from '@takt/backing-system-http';

/** What the system may say of a command in the body of its response, whatever else is in it. */
const Said = Type.Object({
  outcome: Type.Union([Type.Literal('APPLIED'), Type.Literal('REFUSED')]),
  reason: Type.Optional(Type.String()),
});

export interface Response {
  readonly status: number;
  readonly retryAfter?: string | undefined;
  /** Undefined if it was longer than anybody reads. */
  readonly body: string | undefined;
}

/**
 * What an HTTP response says of the command that it answers. 2xx: taken, or what the body says. 4xx: refused, but for
 * those that say nothing of this command: 429 asks to wait; 401, 403 and 407 (credentials that are not accepted) and 408
 * are as good as 5xx, not reachable now. Redirections are not followed.
 */
export function readAnswer({ status, retryAfter, body }: Response, now: Date): Answer {
  const said = parse(body);
  if (status >= 200 && status < 300) {
    if (said === undefined) return { kind: 'TAKEN' };
    if (said === 'UNREADABLE') return { kind: 'WRONG', reason: `HTTP ${status} with a body that says no outcome.` };
    return said.outcome === 'APPLIED' ? { kind: 'APPLIED' } : { kind: 'REFUSED', reason: reasonOf(said, status) };
  }
  const unavailable = busyOrDown(status, retryAfter, now);
  if (unavailable) return unavailable;
  if (status >= 400) {
    const outcome = typeof said === 'object' ? said : undefined;
    return { kind: 'REFUSED', reason: reasonOf(outcome, status) };
  }
  return { kind: 'WRONG', reason: `HTTP ${status}.` };
}

const MAX_REASON = 1_000;

/** `UNREADABLE`: there is something in it, and it is no outcome. */
function parse(body: string | undefined): Static<typeof Said> | 'UNREADABLE' | undefined {
  if (body?.trim() === '') return undefined;
  try {
    const value: unknown = JSON.parse(body ?? '');
    if (Value.Check(Said, value)) return value;
    // A body that is about other things says nothing of the command.
    return typeof value === 'object' && value !== null && !('outcome' in value) ? undefined : 'UNREADABLE';
  } catch {
    return 'UNREADABLE';
  }
}

function reasonOf(said: Static<typeof Said> | undefined, status: number): string {
  const reason = said?.reason?.trim().slice(0, MAX_REASON);
  return reason ? reason : `It answered HTTP ${status} and gave no reason.`;
}
