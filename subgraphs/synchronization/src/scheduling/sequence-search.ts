import { endOf, type Job, type PlacedOperation, type Placement } from './job.ts';
import type { Shop } from './shop.ts';

/** Placements of jobs, in the order of the jobs; undefined for one that found no room. */
export type Schedule = readonly (Placement | undefined)[];

/**
 * Looks for a sequence of operations at their work centers in which jobs are less late: first by priority rules, then by
 * exchanging neighbours on the critical path of the job that is latest.
 *
 * A sequence becomes a schedule operation by operation, each where it can begin first without moving those before it; the
 * rules choose among operations that compete for a work center (generation of active schedules: B. Giffler and
 * G. L. Thompson, Operations Research 8, 1960). The exchanges are simulated annealing as P. J. M. van Laarhoven,
 * E. H. L. Aarts and J. K. Lenstra applied it to job shops (Operations Research 40, 1992). It ends once `placements` operations were placed; its random numbers are the same each time.
 *
 * Yields every now and then, for whoever wants to stop it.
 */
export function* searchSequence(jobs: readonly Job[], shop: Shop, placements: number): Generator<void, Schedule> {
  const search = new Search(jobs, shop);
  let best = search.by(earliestDue);
  for (const rule of OTHER_RULES) {
    if (best.lateness === 0) break;
    yield;
    const found = search.by(rule);
    if (found.lateness < best.lateness) best = found;
  }
  return (yield* search.improve(best, placements)).schedule;
}

/**
 * How late jobs are: hours of the one that is latest, and to a small part those of all together. One that found no room is
 * worse than any that is late.
 */
export function latenessOf(jobs: readonly Job[], schedule: Schedule): number {
  let most = 0;
  let together = 0;
  jobs.forEach(({ due }, index) => {
    const placement = schedule[index];
    const hours = placement ? Math.max(0, endOf(placement) - due) / HOUR : NO_ROOM_HOURS;
    most = Math.max(most, hours);
    together += hours;
  });
  return most + together * TOGETHER;
}

interface Found {
  /** By operation: the lower goes first. */
  readonly keys: Float64Array;
  readonly schedule: Schedule;
  readonly lateness: number;
}

/** Two operations, the first right before the second on one work center. */
interface Exchange {
  readonly before: number;
  readonly after: number;
}

class Search {
  readonly #jobs: readonly Job[];
  readonly #shop: Shop;
  /** Number of each job's first operation. */
  readonly #first: readonly number[];
  readonly #jobOf: Int32Array;
  readonly #workCenters: readonly string[];
  readonly #meanHours: number;

  constructor(jobs: readonly Job[], shop: Shop) {
    this.#jobs = jobs;
    this.#shop = shop;
    const first: number[] = [];
    let count = 0;
    for (const { operations } of jobs) {
      first.push(count);
      count += operations.length;
    }
    this.#first = first;
    this.#jobOf = new Int32Array(count);
    jobs.forEach(({ operations }, job) => {
      this.#jobOf.fill(job, first[job], (first[job] ?? 0) + operations.length);
    });
    const lengths = jobs.flatMap(({ operations }) =>
      operations.map(({ places, elapsed }) => places[0]?.length ?? elapsed),
    );
    this.#meanHours = lengths.reduce((sum, each) => sum + each, 0) / Math.max(1, count) / HOUR;
    const places = jobs.flatMap(({ operations }) => operations.flatMap((operation) => operation.places));
    this.#workCenters = [...new Set(places.map(({ workCenter }) => workCenter))];
  }

  /** Dispatches by a rule: of what could begin first, the operation that it puts first. */
  by(rule: Rule): Found {
    const keys = new Float64Array(this.#jobOf.length);
    const work = this.#jobs.map(({ operations }) =>
      operations.map(({ places, elapsed }) => places[0]?.length ?? elapsed),
    );
    const left = work.map((lengths) => lengths.reduce((sum, each) => sum + each, 0));
    const next = this.#jobs.map(() => 0);
    const ready = this.#jobs.map(({ earliest }) => earliest);
    const freeAt = new Map<string, number>();
    for (let turn = 0; turn < keys.length; turn++) {
      const job = this.#dispatch(rule, { work, left, next, ready, freeAt });
      const index = next[job] as number;
      const length = work[job]?.[index] ?? 0;
      const workCenter = this.#jobs[job]?.operations[index]?.places[0]?.workCenter ?? '';
      const end = Math.max(ready[job] as number, workCenter === '' ? 0 : (freeAt.get(workCenter) ?? 0)) + length;
      keys[(this.#first[job] as number) + index] = turn;
      freeAt.set(workCenter, end);
      ready[job] = end;
      next[job] = index + 1;
      (left[job] as number) -= length;
    }
    return this.#decode(keys);
  }

  #dispatch(rule: Rule, { work, left, next, ready, freeAt }: Dispatching): number {
    const choices = this.#jobs.flatMap(({ operations, due }, job) => {
      const operation = operations[next[job] as number];
      if (!operation) return [];
      const workCenter = operation.places[0]?.workCenter ?? `nowhere ${job}`;
      const start = Math.max(ready[job] as number, freeAt.get(workCenter) ?? 0);
      const length = work[job]?.[next[job] as number] ?? 0;
      return [{ job, workCenter, start, end: start + length, length, left: left[job] as number, due }];
    });
    const soonest = choices.reduce((first, each) => (each.end < first.end ? each : first));
    return choices
      .filter(({ workCenter, start }) => workCenter === soonest.workCenter && start < soonest.end)
      .concat(soonest)
      .reduce((first, each) => (rule(each) < rule(first) ? each : first)).job;
  }

  *improve(start: Found, placements: number): Generator<void, Found> {
    const random = randomNumbers();
    const turnsFor = (placed: number) => Math.ceil(placed / Math.max(1, this.#jobOf.length));
    const turns = turnsFor(placements);
    const cooling = turnsFor(Math.min(placements, COOLING));
    let best = start;
    for (let turn = 0, now = start; turn < turns && best.lateness > 0; turn++) {
      if (turn % cooling === 0) now = best;
      const exchanges = this.#exchanges(now.schedule);
      const exchange = exchanges[Math.floor(random() * exchanges.length)];
      if (!exchange) return best;
      const found = this.#decode(exchanged(now, exchange));
      const temperature = this.#meanHours * HOTTEST * (COLDEST / HOTTEST) ** ((turn % cooling) / cooling);
      if (random() < Math.exp((now.lateness - found.lateness) / temperature)) now = found;
      if (now.lateness < best.lateness) best = now;
      yield;
    }
    return best;
  }

  /** What may be exchanged on the critical path of the job that is latest. */
  #exchanges(schedule: Schedule): Exchange[] {
    const placed = this.#placed(schedule);
    const before = this.#beforeOnWorkCenter(placed);
    let at: number | undefined = this.#lastOfLatest(schedule);
    const path: number[] = [];
    while (at !== undefined) {
      path.unshift(at);
      at = this.#criticalBefore(at, placed, before);
    }
    return blocksOf(path, placed).flatMap((block) =>
      block.slice(1).flatMap((after, index) => {
        const before = block[index] as number;
        return this.#jobOf[before] === this.#jobOf[after] ? [] : [{ before, after }];
      }),
    );
  }

  #lastOfLatest(schedule: Schedule): number | undefined {
    let latest: number | undefined;
    let most = 0;
    this.#jobs.forEach(({ due, operations }, job) => {
      const placement = schedule[job];
      const late = placement ? endOf(placement) - due : 0;
      if (late <= most) return;
      most = late;
      latest = (this.#first[job] as number) + operations.length - 1;
    });
    return latest;
  }

  /** The operation because of which this one does not begin earlier: at its work center, or else the one before it. */
  #criticalBefore(
    at: number,
    placed: readonly (PlacedOperation | undefined)[],
    before: ReadonlyMap<number, number>,
  ): number | undefined {
    const here = placed[at];
    const neighbour = before.get(at);
    const there = neighbour === undefined ? undefined : placed[neighbour];
    if (here && there?.place && there.worked + there.place.length === here.worked) return neighbour;
    const job = this.#jobOf[at] as number;
    return at > (this.#first[job] as number) ? at - 1 : undefined;
  }

  #placed(schedule: Schedule): (PlacedOperation | undefined)[] {
    return this.#jobs.flatMap(({ operations }, job) => operations.map((_, index) => schedule[job]?.[index]));
  }

  #beforeOnWorkCenter(placed: readonly (PlacedOperation | undefined)[]): Map<number, number> {
    const at = new Map<string, number[]>();
    placed.forEach((operation, number) => {
      if (!operation?.place) return;
      const numbers = at.get(operation.place.workCenter) ?? [];
      numbers.push(number);
      at.set(operation.place.workCenter, numbers);
    });
    const before = new Map<number, number>();
    for (const numbers of at.values()) {
      numbers.sort((a, b) => (placed[a]?.worked ?? 0) - (placed[b]?.worked ?? 0) || a - b);
      numbers.forEach((number, index) => {
        const neighbour = numbers[index - 1];
        if (neighbour !== undefined) before.set(number, neighbour);
      });
    }
    return before;
  }

  /** Places operations in the order of their keys, each where it can begin first; its keys are then when they begin. */
  #decode(given: Float64Array): Found {
    const shop = this.#shop.copy(this.#workCenters);
    const keys = given.slice();
    for (let number = 1; number < keys.length; number++) {
      const isSameJob = this.#jobOf[number] === this.#jobOf[number - 1];
      if (isSameJob) keys[number] = Math.max(keys[number] as number, keys[number - 1] as number);
    }
    const order = Array.from(keys.keys()).sort((a, b) => (keys[a] as number) - (keys[b] as number) || a - b);
    const schedule: (PlacedOperation[] | undefined)[] = this.#jobs.map(() => []);
    for (const number of order) {
      const index = this.#jobOf[number] as number;
      const job = this.#jobs[index];
      const before = schedule[index];
      const operation = job?.operations[number - (this.#first[index] as number)];
      if (!job || !before || !operation) continue;
      const placed = shop.earliest(operation, (before.at(-1)?.end ?? job.earliest) + operation.wait);
      if (placed) {
        before.push(placed);
        shop.take([operation], [placed]);
        keys[number] = placed.start;
      } else {
        schedule[index] = undefined;
      }
    }
    return { keys, schedule, lateness: latenessOf(this.#jobs, schedule) };
  }
}

/** The one that went first goes right behind the other. */
function exchanged({ keys }: Found, { before, after }: Exchange): Float64Array {
  const changed = keys.slice();
  changed[before] = (keys[after] as number) + 0.5;
  return changed;
}

/** Stretches of the path on one work center. */
function blocksOf(path: readonly number[], placed: readonly (PlacedOperation | undefined)[]): number[][] {
  const blocks: number[][] = [];
  let last: string | undefined;
  for (const number of path) {
    const workCenter = placed[number]?.place?.workCenter;
    if (workCenter !== undefined && workCenter === last) blocks.at(-1)?.push(number);
    else blocks.push([number]);
    last = workCenter;
  }
  return blocks;
}

interface Dispatching {
  readonly work: readonly (readonly number[])[];
  readonly left: readonly number[];
  readonly next: readonly number[];
  readonly ready: readonly number[];
  readonly freeAt: ReadonlyMap<string, number>;
}

interface Choice {
  readonly start: number;
  readonly length: number;
  /** Work that is left of its job. */
  readonly left: number;
  readonly due: number;
}

type Rule = (choice: Choice) => number;

/** Priority rules, as R. Haupt surveys them (OR Spektrum 11, 1989): the lowest goes first. */
const earliestDue: Rule = ({ due }) => due;
const leastSlack: Rule = ({ due, start, left }) => due - start - left;
const mostWorkLeft: Rule = ({ left }) => -left;
const shortestOperation: Rule = ({ length }) => length;
const OTHER_RULES = [leastSlack, mostWorkLeft, shortestOperation];

/** Temperatures, as multiples of the mean hours of an operation. */
const HOTTEST = 0.25;
const COLDEST = 0.05;
/** Placements from the hottest to the coldest; then it begins again from the best so far. */
const COOLING = 500_000;
const HOUR = 3_600_000;
const NO_ROOM_HOURS = 10_000;
const TOGETHER = 0.0003;

/** From 0 to 1, the same each time: a linear congruential generator (Numerical Recipes, 2nd edition, 7.1). */
function randomNumbers(): () => number {
  let state = 1;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}
