import {
  circuitBreaker,
  ConsecutiveBreaker,
  ExponentialBackoff,
  handleWhenResult,
  isBrokenCircuitError,
} from 'cockatiel';
import type { IBackoff, IBackoffFactory } from 'cockatiel';
import type { Answer } from './connector.ts';

/**
 * Leaves a system alone that is down. closed: commands pass → one that is not answered opens it → open: nothing passes for
 * a while → half-open: one passes → closed if it is answered, else open for longer.
 */
export class Breaker {
  /** How long the present break takes in all, in whole milliseconds, and one more as clocks tell no parts of them. */
  #breakMs = 0;
  readonly #policy;

  constructor(firstBreakMs: number, maxBreakMs: number) {
    const backoff = new ExponentialBackoff({ initialDelay: firstBreakMs, maxDelay: maxBreakMs });
    this.#policy = circuitBreaker(
      handleWhenResult((answer) => (answer as Answer).kind === 'DOWN'),
      {
        breaker: new ConsecutiveBreaker(1),
        halfOpenAfter: noticed(backoff, (durationMs) => (this.#breakMs = Math.ceil(durationMs) + 1)),
      },
    );
  }

  /** Answers how many milliseconds to leave the system alone where nothing was, or is to be, tried. */
  async pass(offer: () => Promise<Answer>): Promise<{ readonly answer?: Answer; readonly waitMs?: number }> {
    try {
      const answer = await this.#policy.execute(offer);
      return answer.kind === 'DOWN' ? { answer, waitMs: this.#breakMs } : { answer };
    } catch (error) {
      // The clock of the wait and the clock of the breaker differ by a moment.
      if (isBrokenCircuitError(error)) return { waitMs: MOMENT_MS };
      throw error;
    }
  }
}

function noticed(
  backoff: IBackoffFactory<unknown> | IBackoff<unknown>,
  notice: (durationMs: number) => void,
): IBackoffFactory<unknown> {
  return {
    next(context) {
      const next = backoff.next(context);
      notice(next.duration);
      return { duration: next.duration, next: (again) => noticed(next, notice).next(again) };
    },
  };
}

const MOMENT_MS = 10;
