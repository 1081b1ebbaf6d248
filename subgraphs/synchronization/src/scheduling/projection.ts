import { add, compare, negate, type Quantity } from '@takt/quantity';

/** What is left of an item above its safety stock, at the end of each day on which that changes; negative: missing. */
export class Projection {
  readonly days: readonly string[];
  readonly #left: Quantity[];

  /** `opening` is what is left before the first day. */
  constructor(
    opening: Quantity,
    changes: readonly { readonly on: string; readonly change: Quantity }[],
    days: readonly string[],
  ) {
    this.days = [...new Set([...days, ...changes.map(({ on }) => on)])].sort();
    const byDay = new Map<string, Quantity>();
    for (const { on, change } of changes) {
      const known = byDay.get(on);
      byDay.set(on, known ? add(known, change) : change);
    }
    let left = opening;
    this.#left = this.days.map((day) => {
      const change = byDay.get(day);
      return (left = change ? add(left, change) : left);
    });
  }

  at(index: number): Quantity {
    return this.#left[index] as Quantity;
  }

  /** Index of the first day that is not before. */
  indexOf(day: string): number {
    const index = this.days.findIndex((each) => each >= day);
    return index < 0 ? this.days.length : index;
  }

  /** So much more is there from a day on. */
  supply(day: string, amount: Quantity): void {
    for (let index = this.indexOf(day); index < this.#left.length; index++) {
      this.#left[index] = add(this.at(index), amount);
    }
  }

  move(amount: Quantity, from: string, to: string): void {
    this.supply(from, negate(amount));
    this.supply(to, amount);
  }

  /** The first day, from an index on, that has less than an amount; -1 if there is none. */
  firstBelow(amount: Quantity, from: number): number {
    return this.#left.findIndex((left, index) => index >= from && compare(left, amount) < 0);
  }

  /** The first day, from an index on, that has at least an amount; -1 if there is none. */
  firstAtLeast(amount: Quantity, from: number): number {
    return this.#left.findIndex((left, index) => index >= from && compare(left, amount) >= 0);
  }

  most(from: number): Quantity {
    return this.#left.slice(from).reduce((most, each) => (compare(each, most) > 0 ? each : most));
  }

  least(from: number): Quantity {
    return this.#left.slice(from).reduce((least, each) => (compare(each, least) < 0 ? each : least));
  }
}
