/**
 * Retries that may be made without adding much to the load of a server that already fails: a share of the requests,
 * and a few each second. What is saved up is bounded.
 */
export class RetryBudget {
  readonly #most: number;
  #retries: number;
  #refilledAt: number;

  constructor(
    readonly ratio: number,
    readonly perSecond: number,
    readonly now: () => number = () => performance.now(),
  ) {
    this.#retries = perSecond * keptSeconds;
    this.#most = this.#retries + maxEarned;
    this.#refilledAt = now();
  }

  /** For each request that is not a retry. */
  earn(): void {
    this.#retries = Math.min(this.#retries + this.ratio, this.#most);
  }

  /** Whether a retry may be made; if so, it is taken from the budget. */
  spend(): boolean {
    const now = this.now();
    const seconds = (now - this.#refilledAt) / 1000;
    this.#refilledAt = now;
    this.#retries = Math.min(this.#retries + seconds * this.perSecond, this.#most);
    if (this.#retries < 1) return false;
    this.#retries -= 1;
    return true;
  }
}

const keptSeconds = 10;
/** By requests. */
const maxEarned = 100;
