/** A backing system's own rate: so many calls a second, and so many at once after a silence. */
export interface Rate {
  readonly requestsPerSecond: number;
  /** Calls that may be made at once when there were none for a while; 1 keeps them evenly apart. */
  readonly burst: number;
}

/** Says when the next call may be made. Full at first; pure but for its clock, in milliseconds that never go back. */
export class TokenBucket {
  readonly #rate: Rate;
  readonly #now: () => number;
  #tokens: number;
  #refilledAt: number;
  #heldUntil = -Infinity;

  constructor(rate: Rate, now: () => number = () => performance.now()) {
    this.#rate = rate;
    this.#now = now;
    this.#tokens = rate.burst;
    this.#refilledAt = now();
  }

  /** Takes a token and answers 0, or takes none and answers how many milliseconds there is none to be had. */
  take(): number {
    const now = this.#now();
    const { requestsPerSecond, burst } = this.#rate;
    this.#tokens = Math.min(burst, this.#tokens + ((now - this.#refilledAt) * requestsPerSecond) / 1000);
    this.#refilledAt = now;
    const held = this.#heldUntil - now;
    // What a sum of small parts lacks of a whole is no reason to wait.
    const short = Math.ceil((1 - this.#tokens) * 1000 * 1000) / 1000 / requestsPerSecond;
    const waitMs = Math.max(held, short, 0);
    if (waitMs > MOMENT_MS) return waitMs;
    this.#tokens = Math.max(0, this.#tokens - 1);
    return 0;
  }

  /** No token for so long, whatever is in it: the system asked for it. */
  hold(ms: number): void {
    this.#heldUntil = Math.max(this.#heldUntil, this.#now() + ms);
  }
}

const MOMENT_MS = 0.001;
