import type { Change, Collection, CommitResult, Stored } from '@takt/document-store';
import type { Time } from './time.ts';
import type { Epoch } from './writer-lease.ts';

/** How a world goes wrong, all of it decided by numbers from 0 to 1 that are drawn in turn. */
export interface Chance {
  next(): number;
}

/**
 * Time that passes only when it is told to, a store that takes its time and forgets to answer, and processes that stand
 * still for as long as they like: nothing in it waits for a real clock.
 */
export class LeaseWorld {
  now = 0;
  readonly rows = new Map<string, Stored<Epoch>>();
  /** The store answers nobody. */
  isStoreDown = false;
  readonly #alarms = new Set<{ readonly at: number; readonly ring: () => void }>();

  constructor(private readonly chance: Chance) {}

  after(ms: number, ring: () => void): () => void {
    const alarm = { at: this.now + Math.max(0, ms), ring };
    this.#alarms.add(alarm);
    return () => void this.#alarms.delete(alarm);
  }

  /** Rings the alarms of the next `ms` in order; `each` is called after every one of them. */
  async pass(ms: number, each: () => void = () => undefined): Promise<void> {
    const end = this.now + ms;
    for (;;) {
      await settled();
      each();
      const [next] = [...this.#alarms].sort((a, b) => a.at - b.at);
      if (!next || next.at > end) break;
      this.#alarms.delete(next);
      this.now = Math.max(this.now, next.at);
      next.ring();
    }
    this.now = end;
  }

  process(rate = 1): WorldProcess {
    return new WorldProcess(this, rate);
  }

  /** A collection of epochs as `process` has it: each call is done, or not, some time before it is answered. */
  epochsFor(process: WorldProcess, longestMs: number, failing: number): Collection<Epoch> {
    const call = <Result>(work: () => Result): Promise<Result> =>
      new Promise((resolve, reject) => {
        const takes = this.chance.next() * longestMs;
        const isLost = this.chance.next() < failing;
        const isDone = !isLost || this.chance.next() < 0.5;
        this.after(this.chance.next() * takes, () => {
          if (this.isStoreDown || process.isCutOff) {
            process.after(takes, () => reject(new Error('no answer')));
            return;
          }
          const result = isDone ? work() : undefined;
          process.after(takes, () => (isLost ? reject(new Error('no answer')) : resolve(result as Result)));
        });
      });
    const unused = () => Promise.reject(new Error('not used by a lease'));
    return {
      name: 'writer-epochs',
      getMany: unused,
      pages: unused,
      count: unused,
      counts: unused,
      commit: (changes) => call(() => changes.map((change) => this.#commit(change))),
      remove: (ids) => call(() => ids.filter((id) => this.rows.delete(id)).length),
      page: ({ descending, first }) =>
        call(() => {
          const rows = [...this.rows.values()].sort((a, b) => (a.id < b.id ? -1 : 1));
          const entries = (descending ? rows.reverse() : rows).slice(0, first);
          return { entries: entries.map((row) => ({ ...row, key: [row.id] })), hasNextPage: rows.length > first };
        }),
    };
  }

  #commit({ id, expectedVersion, document }: Change<Epoch>): CommitResult {
    const currentVersion = this.rows.get(id)?.version ?? 0;
    if (expectedVersion !== currentVersion) return { status: 'conflict', currentVersion };
    this.rows.set(id, { id, version: currentVersion + 1, document, appliedMessages: [] });
    return { status: 'committed', version: currentVersion + 1 };
  }
}

/** Its clock goes at a rate of its own and began at a time of its own; while it stands still, it does and hears nothing. */
export class WorldProcess implements Time {
  /** The store answers others, but not this one. */
  isCutOff = false;
  #standsUntil = 0;
  readonly #began: number;

  constructor(
    private readonly world: LeaseWorld,
    private readonly rate: number,
  ) {
    this.#began = world.now * 7;
  }

  get standsStill(): boolean {
    return this.world.now < this.#standsUntil;
  }

  standStill(ms: number): void {
    this.#standsUntil = Math.max(this.#standsUntil, this.world.now + ms);
  }

  now(): number {
    return this.#began + this.world.now * this.rate;
  }

  after(ms: number, callback: () => void): () => void {
    let cancel: () => void;
    const ring = (): void => {
      if (this.standsStill) cancel = this.world.after(this.#standsUntil - this.world.now, ring);
      else callback();
    };
    cancel = this.world.after(ms / this.rate, ring);
    return () => cancel();
  }
}

/** Everything that needs no time has been done. */
function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
