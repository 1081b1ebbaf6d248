import { ExponentialBackoff, isTaskCancelledError, timeout, TimeoutStrategy } from 'cockatiel';
import type { IBackoff } from 'cockatiel';
import type { CloudEvent } from '@takt/event-log';
import { pause, RetryBudget } from '@takt/resilience';
import type { Answer, Connector } from './connector.ts';
import type { Observation } from './health.ts';
import type { TokenBucket } from './token-bucket.ts';

export interface AttemptOptions {
  readonly connector: Connector;
  readonly bucket: TokenBucket;
  /** Of one attempt. */
  readonly timeoutMs: number;
  /** After the first attempt, while the budget lasts. */
  readonly maxRetries: number;
  /** Before the first retry; later ones wait longer, with jitter, up to `maxPauseMs`. */
  readonly firstPauseMs: number;
  readonly maxPauseMs: number;
  /** Milliseconds that never go back. */
  readonly now: () => number;
  readonly onAttempt: (observation: Observation) => void;
}

/** Offers commands to one system, each a few times, never faster than the system's own rate. */
export class Attempts {
  readonly bucket: TokenBucket;
  readonly #options: AttemptOptions;
  readonly #budget: RetryBudget;
  readonly #backoff: ExponentialBackoff<unknown>;

  constructor(options: AttemptOptions) {
    const { firstPauseMs: initialDelay, maxPauseMs: maxDelay, bucket, now } = options;
    this.#options = options;
    this.bucket = bucket;
    this.#budget = new RetryBudget(RETRIES_PER_COMMAND, RETRIES_PER_SECOND, now);
    // Decorrelated jitter is what it does unless told otherwise.
    this.#backoff = new ExponentialBackoff({ initialDelay, maxDelay });
  }

  /** The first answer that needs no other attempt, or the last one. Rejects once `signal` aborts. */
  async offer(command: CloudEvent, signal: AbortSignal): Promise<Answer> {
    this.#budget.earn();
    let answer = await this.#attempt(command, signal);
    let backoff: IBackoff<unknown> = this.#backoff.next();
    for (let retries = 0; retries < this.#options.maxRetries && isWorthRetrying(answer); retries += 1) {
      if (!this.#budget.spend()) break;
      this.bucket.hold(backoff.duration);
      answer = await this.#attempt(command, signal);
      backoff = backoff.next(undefined);
    }
    return answer;
  }

  async #attempt(command: CloudEvent, signal: AbortSignal): Promise<Answer> {
    const { now, onAttempt } = this.#options;
    for (let waitMs = this.bucket.take(); waitMs > 0; waitMs = this.bucket.take()) await pause(waitMs, signal);
    const startedAt = now();
    const answer = await this.#answerTo(command, signal);
    if (answer.kind === 'DOWN') onAttempt({ kind: 'FAILED', reason: answer.reason });
    else if (answer.kind === 'BUSY') onAttempt({ kind: 'BUSY', reason: answer.reason });
    else onAttempt({ kind: 'ANSWERED', tookMs: now() - startedAt });
    if ('retryAfterMs' in answer && answer.retryAfterMs !== undefined) this.bucket.hold(answer.retryAfterMs);
    return answer;
  }

  async #answerTo(command: CloudEvent, signal: AbortSignal): Promise<Answer> {
    const { connector, timeoutMs } = this.#options;
    try {
      return await timeout(timeoutMs, TimeoutStrategy.Aggressive).execute(
        (context) => connector.send(command, context.signal),
        signal,
      );
    } catch (error) {
      signal.throwIfAborted();
      if (isTaskCancelledError(error)) return { kind: 'DOWN', reason: `It did not answer within ${timeoutMs} ms.` };
      return { kind: 'WRONG', reason: `The command could not be put to it: ${String(error)}` };
    }
  }
}

/** A system that says how long it will be down is believed. */
function isWorthRetrying(answer: Answer): boolean {
  return answer.kind === 'BUSY' || (answer.kind === 'DOWN' && answer.retryAfterMs === undefined);
}

const RETRIES_PER_COMMAND = 0.2;
const RETRIES_PER_SECOND = 0.5;
