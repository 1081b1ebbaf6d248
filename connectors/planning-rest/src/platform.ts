import type { Observation, ReceiverContext } from '@takt/backing-system';
import { busyOrDown, HttpUnreachableError, readText, type HttpClient, type HttpReply } from '@takt/backing-system-http';
import { PlatformError } from './platform-error.ts';

/** The platform's interface, at its own rate. */
export interface Platform {
  readonly client: HttpClient;
  /** Milliseconds of silence after which a request, or what comes of its answer, is given up. */
  readonly timeoutMs: number;
  readonly context: Pick<ReceiverContext, 'turn' | 'hold' | 'observe' | 'clock'>;
}

export interface Answered {
  readonly status: number;
  readonly headers: HttpReply['headers'];
  /** Given up like the request itself. To be read to its end, or left by `return`. */
  readonly body: AsyncIterable<Buffer>;
}

/** Asks once. Throws {@link PlatformError} for an answer that says nothing of what was asked for: 401, 429, 5xx, none. */
export async function ask(
  { client, timeoutMs, context }: Platform,
  path: string,
  headers: Readonly<Record<string, string>>,
  signal: AbortSignal,
): Promise<Answered> {
  await context.turn(signal);
  const silence = new Silence(timeoutMs, signal);
  const startedAt = performance.now();
  const reply = await silence.during(() => client.send({ method: 'GET', path, headers }, silence.signal));
  const retryAfter = [reply.headers['retry-after']].flat()[0];
  const unavailable = busyOrDown(reply.status, retryAfter, context.clock());
  if (unavailable) {
    await readText(reply.body, MAX_EXCUSE_BYTES).catch(() => undefined);
    silence.end();
    if (unavailable.retryAfterMs !== undefined) context.hold(unavailable.retryAfterMs);
    throw new PlatformError(unavailable.kind, unavailable.reason);
  }
  context.observe({ kind: 'ANSWERED', tookMs: performance.now() - startedAt });
  return { status: reply.status, headers: reply.headers, body: silence.over(reply.body) };
}

export function observationOf({ kind, reason }: PlatformError): Observation {
  return { kind: kind === 'BUSY' ? 'BUSY' : 'FAILED', reason };
}

/** Counts the time in which we wait for the platform, not the time in which it waits for us. */
class Silence {
  readonly #stop = new AbortController();
  readonly #outer: AbortSignal;
  readonly #timeoutMs: number;
  readonly signal: AbortSignal;

  constructor(timeoutMs: number, outer: AbortSignal) {
    this.#timeoutMs = timeoutMs;
    this.#outer = outer;
    this.signal = AbortSignal.any([outer, this.#stop.signal]);
  }

  async during<Value>(wait: () => Promise<Value>): Promise<Value> {
    const timer = setTimeout(() => this.end(), this.#timeoutMs);
    try {
      return await wait();
    } catch (error) {
      this.#outer.throwIfAborted();
      if (this.#stop.signal.aborted) throw new PlatformError('DOWN', `It said nothing for ${this.#timeoutMs} ms.`);
      const reason = error instanceof HttpUnreachableError ? error.message : `The connection broke: ${codeOf(error)}`;
      throw new PlatformError('DOWN', reason);
    } finally {
      clearTimeout(timer);
    }
  }

  async *over(body: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
    const chunks = body[Symbol.asyncIterator]();
    try {
      for (;;) {
        const next = await this.during(() => chunks.next());
        if (next.done === true) return;
        yield next.value;
      }
    } finally {
      this.end();
    }
  }

  end(): void {
    this.#stop.abort(new Error('It is given up.'));
  }
}

function codeOf(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  return code ?? message;
}

const MAX_EXCUSE_BYTES = 16 * 1024;
