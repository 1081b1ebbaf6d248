import type { WorkCenterTime } from './work-center-time.ts';

/** What is free of one work center over its worked time ({@link WorkCenterTime}): a step function. */
export class FreeCapacity {
  /** Where each step begins, the first at 0; the last, with nothing free, where the time that is looked at ends. */
  #from: number[];
  #free: number[];

  private constructor(from: number[], free: number[]) {
    this.#from = from;
    this.#free = free;
  }

  static of({ stretches, total }: WorkCenterTime): FreeCapacity {
    const from: number[] = [];
    const free: number[] = [];
    for (const { worked, units } of stretches) {
      if (free.at(-1) === units) continue;
      from.push(worked);
      free.push(units);
    }
    return new FreeCapacity([...from, total], [...free, 0]);
  }

  copy(): FreeCapacity {
    return new FreeCapacity(this.#from.slice(), this.#free.slice());
  }

  /** Where work of this length may begin, not before `from`, and as early as possible; undefined if nowhere. */
  earliest(from: number, length: number, units: number): number | undefined {
    let begin = from;
    for (let step = this.#stepAt(from); step < this.#from.length; step++) {
      const end = this.#from[step + 1] ?? Infinity;
      if ((this.#free[step] as number) < units) begin = end;
      else if (end - begin >= length) return begin;
    }
    return undefined;
  }

  /** Where work of this length may begin so that it ends by `until`, and as late as possible; undefined if nowhere. */
  latest(until: number, length: number, units: number): number | undefined {
    let end = Math.min(until, this.#from.at(-1) as number);
    for (let step = this.#stepAt(end); step >= 0; step--) {
      const start = this.#from[step] as number;
      if (start >= end && length > 0) continue;
      if ((this.#free[step] as number) < units) end = start;
      else if (end - start >= length) return end - length;
    }
    return undefined;
  }

  fits(from: number, length: number, units: number): boolean {
    return this.earliest(from, length, units) === from;
  }

  take(from: number, length: number, units: number): void {
    if (length <= 0) return;
    const first = this.#split(from);
    const last = this.#split(from + length);
    for (let step = first; step < last; step++) (this.#free[step] as number) -= units;
  }

  /** Nothing can be done there. */
  block(from: number, to: number): void {
    this.take(from, to - from, Infinity);
  }

  #split(at: number): number {
    const step = this.#stepAt(at);
    if (this.#from[step] === at) return step;
    this.#from.splice(step + 1, 0, at);
    this.#free.splice(step + 1, 0, this.#free[step] as number);
    return step + 1;
  }

  #stepAt(at: number): number {
    let low = 0;
    let high = this.#from.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#from[middle] as number) <= at) low = middle + 1;
      else high = middle;
    }
    return Math.max(0, low - 1);
  }
}
