import type { ReceiverContext } from '@takt/backing-system';
import { busyOrDown, HttpReplyTooLargeError, HttpUnreachableError, type HttpRequest } from '@takt/backing-system-http';
import { errorWords, NonsenseError } from './page.ts';
import { headerOf, type Reply, type Session } from './session.ts';

/** The system has, and will have, another opinion of the request. */
export class RequestRefusedError extends Error {
  constructor(
    readonly status: number,
    words: string,
  ) {
    super(`It answered HTTP ${status}: ${words}`);
    this.name = 'RequestRefusedError';
  }
}

export interface Asking {
  readonly session: Session;
  readonly context: ReceiverContext;
  readonly timeoutMs: number;
}

/**
 * Asks in turn, and again, after the pause that the system asks for or a growing one, while it is busy, down, or `read`
 * throws {@link NonsenseError}. Rejects with the last reason after {@link ATTEMPTS}, or {@link RequestRefusedError} at once.
 */
export async function ask<Read>(
  { session, context, timeoutMs }: Asking,
  request: HttpRequest,
  read: (reply: Reply) => Read,
  signal: AbortSignal,
): Promise<Read> {
  for (let attempt = 1; ; attempt += 1) {
    await context.turn(signal);
    const asked = performance.now();
    const answer = await once(session, request, read, AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)])).catch(
      (error: unknown) => failureOf(error, timeoutMs, signal),
    );
    if (!(answer instanceof Failure)) {
      context.observe({ kind: 'ANSWERED', tookMs: performance.now() - asked });
      return answer.value;
    }
    const { reason, retryAfterMs, isBusy } = answer;
    context.observe({ kind: isBusy ? 'BUSY' : attempt < ATTEMPTS ? 'FAILED' : 'LEFT_ALONE', reason });
    context.hold(retryAfterMs ?? Math.min(FIRST_PAUSE_MS * 2 ** (attempt - 1), LONGEST_PAUSE_MS));
    if (attempt >= (isBusy ? BUSY_ATTEMPTS : ATTEMPTS)) throw new Error(reason);
  }
}

async function once<Read>(
  session: Session,
  request: HttpRequest,
  read: (reply: Reply) => Read,
  signal: AbortSignal,
): Promise<{ readonly value: Read } | Failure> {
  const reply = await session.send(request, signal);
  const unavailable = busyOrDown(reply.status, headerOf(reply, 'retry-after'), new Date());
  const words = errorWords(reply.text);
  if (unavailable) {
    const reason = words === undefined ? unavailable.reason : `${unavailable.reason} ${words}`;
    return new Failure(reason, unavailable.retryAfterMs, unavailable.kind === 'BUSY');
  }
  const { status } = reply;
  if (status >= 400) throw new RequestRefusedError(status, words ?? 'it gave no reason.');
  if (status >= 300 && status !== 304) return new Failure(`It answered HTTP ${status}.`);
  return { value: read(reply) };
}

function failureOf(error: unknown, timeoutMs: number, signal: AbortSignal): Failure {
  signal.throwIfAborted();
  if (error instanceof NonsenseError) return new Failure(error.reason);
  if (error instanceof HttpUnreachableError) return new Failure(error.message);
  if (error instanceof RequestRefusedError || error instanceof HttpReplyTooLargeError) throw error;
  const { name, code, message } = error as NodeJS.ErrnoException;
  if (name === 'TimeoutError') return new Failure(`It did not answer within ${timeoutMs} ms.`);
  return new Failure(`It broke off: ${code ?? message}`);
}

class Failure {
  constructor(
    readonly reason: string,
    readonly retryAfterMs?: number,
    readonly isBusy = false,
  ) {}
}

const ATTEMPTS = 4;
const BUSY_ATTEMPTS = 20;
const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 60_000;
