/** A backing system's own rate: so many calls a second, and so many at once after a silence. */
export interface Rate {
  readonly requestsPerSecond: number;
  /** Calls that may be made at once when there were none for a while; 1 keeps them evenly apart. */
  readonly burst: number;
}

/**
 * Says when the next call may be made. Full at first; pure but for its clock, in milliseconds that never go back. It keeps
 * the instant at which it would be full again rather than a level, so that no rounding adds up.
 */
export class TokenBucket {
  readonly #intervalMs: number;
  readonly #burst: number;
  readonly #now: () => number;
  #fullAt = -Infinity;
  #heldUntil = -Infinity;

  constructor({ requestsPerSecond, burst }: Rate, now: () => number = () => performance.now()) {
    this.#intervalMs = 1000 / requestsPerSecond;
    this.#burst = burst;
    this.#now = now;
  }

  /** Takes a token and answers 0, or takes none and answers in how many milliseconds there is one. */
  take(): number {
    const now = this.#now();
    const nextAt = Math.max(this.#heldUntil, this.#fullAt - (this.#burst - 1) * this.#intervalMs);
    if (nextAt - now > MOMENT_MS) return nextAt - now;
    this.#fullAt = Math.max(now, this.#fullAt) + this.#intervalMs;
    return 0;
  }

  /** No token for so long, whatever is in it: the system asked for it. */
  hold(ms: number): void {
    this.#heldUntil = Math.max(this.#heldUntil, this.#now() + ms);
  }
}

/** Less than any timer can tell. */
const MOMENT_MS = 0.001;
