import type { DropEntry } from './drop-place.ts';

/** Which files have not changed for long enough, by what was seen of them. */
export class Stillness {
  readonly #seen = new Map<string, { readonly bytes: number; readonly modifiedMs: number; readonly sinceMs: number }>();

  constructor(readonly stillForMs: number) {}

  /** By what was seen, with one clock: that of the place may go wrong. */
  isStill({ name, bytes, modifiedMs }: DropEntry, nowMs: number): boolean {
    let seen = this.#seen.get(name);
    if (seen?.bytes !== bytes || seen.modifiedMs !== modifiedMs) {
      seen = { bytes, modifiedMs, sinceMs: nowMs };
      this.#seen.set(name, seen);
    }
    return nowMs - seen.sinceMs >= this.stillForMs;
  }

  /** Milliseconds until the next one that is not still may be; undefined if there is none. */
  untilNext(nowMs: number): number | undefined {
    let next: number | undefined;
    for (const { sinceMs } of this.#seen.values()) {
      const left = sinceMs + this.stillForMs - nowMs;
      if (left > 0 && (next === undefined || left < next)) next = left;
    }
    return next;
  }

  forget(name: string): void {
    this.#seen.delete(name);
  }

  forgetAllBut(names: ReadonlySet<string>): void {
    for (const name of this.#seen.keys()) if (!names.has(name)) this.#seen.delete(name);
  }
}
