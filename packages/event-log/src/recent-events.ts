import type { LoggedEvent } from './port.ts';

/** The newest events of a log in memory, without gaps, bounded in number and bytes: the oldest make room. */
export class RecentEvents {
  readonly #events = new Map<number, { readonly logged: LoggedEvent; readonly bytes: number }>();
  /** Everything up to here has been seen. */
  #position: number;
  #oldest: number;
  #bytes = 0;

  constructor(
    position: number,
    readonly limits: { readonly events: number; readonly bytes: number },
  ) {
    this.#position = position;
    this.#oldest = position + 1;
  }

  get position(): number {
    return this.#position;
  }

  /** After a gap what came before it is forgotten. What was seen already is ignored. */
  push(logged: LoggedEvent, bytes: number): void {
    if (logged.position <= this.#position) return;
    if (logged.position !== this.#position + 1) {
      this.#events.clear();
      this.#bytes = 0;
      this.#oldest = logged.position;
    }
    this.#events.set(logged.position, { logged, bytes });
    this.#position = logged.position;
    this.#bytes += bytes;
    while (this.#events.size > this.limits.events || this.#bytes > this.limits.bytes) this.#dropOldest();
  }

  /** Events after a position; undefined if some of them are not in memory. */
  after(position: number, limit: number): LoggedEvent[] | undefined {
    if (position + 1 < this.#oldest) return undefined;
    const page: LoggedEvent[] = [];
    for (let next = position + 1; page.length < limit; next += 1) {
      const entry = this.#events.get(next);
      if (!entry) break;
      page.push(entry.logged);
    }
    return page;
  }

  #dropOldest(): void {
    this.#bytes -= this.#events.get(this.#oldest)?.bytes ?? 0;
    this.#events.delete(this.#oldest);
    this.#oldest += 1;
  }
}
