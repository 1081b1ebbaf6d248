import { capacityIntervals, type WorkCenterCapacity } from '@takt/production-orders/contract';

/**
 * The time of one work center, counted in the milliseconds that it works: work that pauses while nobody works is one
 * stretch of it, as long as the work takes. Two clocks meet here: `at` is milliseconds since 1970, `worked` milliseconds
 * worked since `from`.
 */
export class WorkCenterTime {
  /** Milliseconds worked between `from` and `to`. */
  readonly total: number;
  /** In order; each goes on where the one before it ended, by the time worked. */
  readonly stretches: readonly WorkedStretch[];
  readonly #efficiency: number;

  /** Works from `from` to `to` (milliseconds since 1970). Throws for a calendar that is none. */
  constructor(capacity: WorkCenterCapacity, from: number, to: number) {
    let worked = 0;
    this.stretches = capacityIntervals(capacity, { from: instant(from), to: instant(to) }).map(
      ({ start, end, value }) => {
        const stretch = { at: Date.parse(start), until: Date.parse(end), worked, units: value };
        worked += stretch.until - stretch.at;
        return stretch;
      },
    );
    this.total = worked;
    this.#efficiency = (capacity.efficiencyPercent ?? 100) / 100;
  }

  /** How long so many minutes of planned work take here, in whole seconds. */
  durationOf(plannedMinutes: number): number {
    return Math.ceil((plannedMinutes * 60) / this.#efficiency - 1e-6) * 1000;
  }

  /** How many minutes of planned work are done in so much worked time. */
  minutesIn(worked: number): number {
    return (worked * this.#efficiency) / 60_000;
  }

  /** The time worked until an instant. */
  workedUntil(at: number): number {
    const stretch = this.#last((each) => each.at <= at);
    return stretch === undefined ? 0 : stretch.worked + Math.min(at, stretch.until) - stretch.at;
  }

  /** The instant at which work begins that has so much worked time before it. */
  startOf(worked: number): number {
    return this.#instantAt(worked, (each) => each.worked <= worked);
  }

  /** The instant at which so much has been worked. */
  endOf(worked: number): number {
    return this.#instantAt(worked, (each) => each.worked < worked);
  }

  #instantAt(worked: number, begins: (stretch: WorkedStretch) => boolean): number {
    const stretch = this.#last(begins) ?? this.stretches[0];
    return stretch === undefined ? NaN : stretch.at + worked - stretch.worked;
  }

  #last(holds: (stretch: WorkedStretch) => boolean): WorkedStretch | undefined {
    let low = 0;
    let high = this.stretches.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (holds(this.stretches[middle] as WorkedStretch)) low = middle + 1;
      else high = middle;
    }
    return this.stretches[low - 1];
  }
}

export function instant(at: number): string {
  return new Date(at).toISOString();
}

interface WorkedStretch {
  readonly at: number;
  readonly until: number;
  readonly worked: number;
  /** How much can be done at once. */
  readonly units: number;
}
