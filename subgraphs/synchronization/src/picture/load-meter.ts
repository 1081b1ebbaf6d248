/**
 * Tells a plant that is being loaded from one that lives: much more is heard in a short time. `now`: steady milliseconds.
 */
export class LoadMeter {
  /** Events by the second in which they were heard, of the last few. */
  readonly #heard = new Map<number, number>();

  constructor(private readonly now: () => number) {}

  heard(events: number): void {
    const second = this.#second();
    this.#heard.set(second, (this.#heard.get(second) ?? 0) + events);
    for (const old of this.#heard.keys()) if (old <= second - WINDOW_S) this.#heard.delete(old);
  }

  isLoading(): boolean {
    const since = this.#second() - WINDOW_S;
    let events = 0;
    for (const [second, count] of this.#heard) if (second > since) events += count;
    return events > WINDOW_S * LOADING_PER_SECOND;
  }

  #second(): number {
    return Math.floor(this.now() / 1000);
  }
}

const WINDOW_S = 10;
/** Twice what a plant of 50,000 items tells in its busiest minutes. */
export const LOADING_PER_SECOND = 500;
