import type { Service } from './services-process.ts';
import { Seat, type SeatOptions } from './services-seat.ts';

/** Keeps services running: starts again what dies, replaces every process by a new one when asked, and ends them all. */
export class Supervisor {
  /** In the order in which they were started. */
  readonly #stages: Seat[][] = [];
  readonly #stopping = new AbortController();
  /** Ends of processes that have been replaced. */
  readonly #leaving = new Set<Promise<void>>();
  #isReplacing = false;

  constructor(readonly options: Omit<SeatOptions, 'signal'>) {}

  /** Resolves when every process of the services is ready. Rejects if one does not become so. */
  async start(services: readonly Service[]): Promise<void> {
    const places = services.map((service) =>
      Array.from({ length: service.instances }, (_, index) => {
        const name = service.instances === 1 ? service.name : `${service.name}.${index + 1}`;
        return new Seat(name, service, { ...this.options, signal: this.#stopping.signal });
      }),
    );
    this.#stages.push(places.flat());
    await Promise.all(
      places.map(async ([first, ...others]) => {
        // What it makes in a new store, the others find.
        await first?.fill();
        await Promise.all(others.map((seat) => seat.fill()));
      }),
    );
  }

  /**
   * Replaces every process, one after the other, each when the new one is ready. Where that fails, it stops: those that
   * have not been replaced yet go on. Answers whether there is nothing left to replace.
   */
  async replaceAll(): Promise<boolean> {
    const { log } = this.options;
    if (this.#isReplacing) {
      log('Every process is being replaced already.');
      return false;
    }
    this.#isReplacing = true;
    const seats = this.#stages.flat();
    try {
      for (const [index, seat] of seats.entries()) {
        if (this.#stopping.signal.aborted) return false;
        log(`Replacing ${seat.name}, ${index + 1} of ${seats.length}.`);
        const { left } = await seat.replace();
        this.#leaving.add(left);
        void left.then(() => this.#leaving.delete(left));
      }
      await Promise.all(this.#leaving);
      log('Every process has been replaced.');
      return true;
    } catch (error) {
      if (this.#stopping.signal.aborted) return false;
      log(`${error instanceof Error ? error.message : String(error)} The others have not been replaced.`);
      return false;
    } finally {
      this.#isReplacing = false;
    }
  }

  /** Ends everything, what was started last first; each process within a bound. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    for (const seats of this.#stages.toReversed()) await Promise.all(seats.map((seat) => seat.clear()));
    await Promise.all(this.#leaving);
  }
}
