import { FreeCapacity } from './free-capacity.ts';
import type { Job, JobOperation, JobPlace, PlacedOperation, Placement } from './job.ts';
import type { WorkCenterTime } from './work-center-time.ts';

/** Work centers with what is free of them, into which jobs are placed. */
export class Shop {
  readonly #times: ReadonlyMap<string, WorkCenterTime>;
  readonly #free: Map<string, FreeCapacity>;

  constructor(times: ReadonlyMap<string, WorkCenterTime>, free?: Map<string, FreeCapacity>) {
    this.#times = times;
    this.#free = free ?? new Map([...times].map(([code, time]) => [code, FreeCapacity.of(time)]));
  }

  /** Another one like it, of which these work centers can be filled without changing this one. */
  copy(workCenters: Iterable<string>): Shop {
    const free = new Map(this.#free);
    for (const code of workCenters) free.set(code, this.#freeAt(code).copy());
    return new Shop(this.#times, free);
  }

  has(workCenter: string): boolean {
    return this.#times.has(workCenter);
  }

  time(workCenter: string): WorkCenterTime {
    const time = this.#times.get(workCenter);
    if (time === undefined) throw new RangeError(`Work center ${workCenter} is not part of the problem.`);
    return time;
  }

  block(workCenter: string, from: number, to: number): void {
    const time = this.time(workCenter);
    this.#freeAt(workCenter).block(time.workedUntil(from), time.workedUntil(to));
  }

  take(operations: readonly JobOperation[], placement: Placement): void {
    placement.forEach(({ place, worked }, index) => {
      if (place) this.#freeAt(place.workCenter).take(worked, place.length, operations[index]?.units ?? 1);
    });
  }

  giveBack(operations: readonly JobOperation[], placement: Placement): void {
    placement.forEach(({ place, worked }, index) => {
      if (place) this.#freeAt(place.workCenter).take(worked, place.length, -(operations[index]?.units ?? 1));
    });
  }

  /** Whether all of it is free where it is placed. */
  fits(operations: readonly JobOperation[], placement: Placement): boolean {
    return placement.every(
      ({ place, worked }, index) =>
        !place || this.#freeAt(place.workCenter).fits(worked, place.length, operations[index]?.units ?? 1),
    );
  }

  /** As early as possible; undefined if there is no room in the time that is looked at. */
  forward({ operations, earliest }: Job): Placement | undefined {
    const placement: PlacedOperation[] = [];
    let from = earliest;
    for (const operation of operations) {
      const placed = this.earliest(operation, from + operation.wait);
      if (!placed) return undefined;
      placement.push(placed);
      from = placed.end;
    }
    return placement;
  }

  /** As late as possible, ending by `until`; undefined if it would have to begin too early. */
  backward({ operations, earliest }: Job, until: number): Placement | undefined {
    const placement: PlacedOperation[] = [];
    let end = until;
    for (const operation of [...operations].reverse()) {
      const placed = this.#latest(operation, end, earliest);
      if (!placed) return undefined;
      placement.push(placed);
      end = placed.start - operation.wait;
    }
    return end < earliest ? undefined : placement.reverse();
  }

  /** Where it ends first; the preferred place unless another is better by {@link WORTH_ANOTHER_PLACE}. */
  earliest({ places, elapsed, units }: JobOperation, from: number): PlacedOperation | undefined {
    if (places.length === 0) return { start: from, end: from + elapsed, place: undefined, worked: 0 };
    let best: PlacedOperation | undefined;
    for (const place of places) {
      const time = this.time(place.workCenter);
      const worked = this.#freeAt(place.workCenter).earliest(time.workedUntil(from), place.length, units);
      if (worked === undefined) continue;
      const placed = placedAt(place, worked, time, from);
      if (!best || placed.end + WORTH_ANOTHER_PLACE < best.end) best = placed;
    }
    return best;
  }

  /** The preferred place unless it has no room; of the others, where it begins last. */
  #latest({ places, elapsed, units }: JobOperation, until: number, earliest: number): PlacedOperation | undefined {
    if (places.length === 0) return { start: until - elapsed, end: until, place: undefined, worked: 0 };
    let best: PlacedOperation | undefined;
    for (const place of places) {
      const time = this.time(place.workCenter);
      const worked = this.#freeAt(place.workCenter).latest(time.workedUntil(until), place.length, units);
      if (worked === undefined) continue;
      const placed = placedAt(place, worked, time, -Infinity);
      if (placed.start < earliest) continue;
      if (place === places[0]) return placed;
      if (!best || placed.start > best.start) best = placed;
    }
    return best;
  }

  #freeAt(workCenter: string): FreeCapacity {
    const free = this.#free.get(workCenter);
    if (free === undefined) throw new RangeError(`Work center ${workCenter} is not part of the problem.`);
    return free;
  }
}

/** Milliseconds that another work center has to be faster to be worth the change. */
const WORTH_ANOTHER_PLACE = 60 * 60_000;

/** Work that takes no time is where it is asked for, or where the work center works next. */
function placedAt(place: JobPlace, worked: number, time: WorkCenterTime, from: number): PlacedOperation {
  const start = Math.max(time.startOf(worked), from);
  return { start, end: Math.max(start, time.endOf(worked + place.length)), place, worked };
}
