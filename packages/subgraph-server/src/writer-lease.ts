import type { Collection, CollectionDefinition, Stored } from '@takt/document-store';
import { Changes } from './changes.ts';
import { steadyTime, type Time } from './time.ts';

/**
 * Who of several processes has the pen of a domain: who alone may write. Decided by epochs in the store that they share.
 *
 * observing ── none before, released, or silent for {@link SILENCE_MS} ──▶ claims the next epoch ──▶ holding
 * claiming ── somebody was faster ──▶ observing
 * holding ── no renewal for {@link HOLD_MS}, or a higher epoch ──▶ observing
 * holding ── gives way ──▶ releases, and claims nothing for a while ──▶ observing
 * holding ── release ──▶ over
 *
 * An epoch is claimed by an insert, which is atomic on every server, and renewed by writing it again, which grows its
 * version. Time is measured by each process's own steady clock, as a length and never as an instant: the holder counts
 * from before it wrote, an observer from after it read, so that the one stops 2 s before the other begins.
 */
export interface WriterLease {
  /** Whether this process has the pen, at this instant. */
  holds(): boolean;
  /** Another instance that has the pen, as far as is known. */
  holder(): Epoch | undefined;
  /** Of who has the pen; that this process has lost it by its own silence is told when a timer fires, and so may be late. */
  readonly changes: Changes;
  /** Resolves once it has looked whether it may have the pen, and claimed it if so; also if the store failed. */
  readonly looked: Promise<void>;
  /**
   * Gives the pen to whoever else wants it within `ms`, as this process cannot make use of it; after that it is wanted here
   * again. Only for who no longer writes.
   */
  giveWay(ms: number): void;
  /** Gives the pen to whoever wants it, if the store still takes that. Only for who no longer writes. */
  release(): Promise<void>;
}

/** What a holder says of itself, under the number of its epoch. */
export interface Epoch {
  /** Unique for each start of a process. */
  readonly instance: string;
  /** Where the others send messages to. */
  readonly url: string;
  /** Shows that they may. */
  readonly token: string;
  readonly released: boolean;
}

export const WRITER_EPOCHS: CollectionDefinition<Epoch> = { name: 'writer-epochs', indexes: [] };

/** A holder whose renewals have failed for so long no longer writes. */
export const HOLD_MS = 3_000;
/** A holder that has not renewed for so long has stopped. */
export const SILENCE_MS = 5_000;
const RENEW_MS = 1_000;
const POLL_MS = 250;

export function openWriterLease(
  epochs: Collection<Epoch>,
  self: Omit<Epoch, 'released'>,
  onFault: (fault: unknown) => void,
  time = steadyTime,
): WriterLease {
  return new Lease(epochs, { ...self, released: false }, onFault, time);
}

/** The newest epoch, and since when it has been as it is. */
interface Sighting {
  readonly stored: Stored<Epoch>;
  /** When a read that found it first had ended. */
  readonly since: number;
}

/** What is known after a read that ended at `endedAt`. */
function sighted(
  before: Sighting | undefined,
  newest: Stored<Epoch> | undefined,
  endedAt: number,
): Sighting | undefined {
  if (!newest) return undefined;
  const isSame = before?.stored.id === newest.id && before.stored.version === newest.version;
  return isSame ? before : { stored: newest, since: endedAt };
}

/** Whether nobody can have the pen, by a read that began at `startedAt`, so that who does not hold it may claim it. */
function mayClaim(sighting: Sighting | undefined, instance: string, startedAt: number): boolean {
  if (!sighting) return true;
  const { document } = sighting.stored;
  return document.released || document.instance === instance || startedAt - sighting.since >= SILENCE_MS;
}

/** Epochs are ordered by their ids. */
function epochAfter(id: string | undefined): string {
  return String(Number(id ?? 0) + 1).padStart(15, '0');
}

class Lease implements WriterLease {
  readonly changes = new Changes();
  readonly looked: Promise<void>;
  #held: { readonly id: string; until: number; cancel: () => void } | undefined;
  #sighting: Sighting | undefined;
  #stopped = false;
  /** Until then it belongs to others. */
  #givesWayUntil = -Infinity;
  /** The last look failed, and that has been told. */
  #isFailing = false;
  #wake: (() => void) | undefined;
  readonly #running: Promise<void>;

  constructor(
    private readonly epochs: Collection<Epoch>,
    private readonly self: Epoch,
    private readonly onFault: (fault: unknown) => void,
    private readonly time: Time,
  ) {
    this.looked = this.#turn().then(() => undefined);
    this.#running = this.looked.then(() => this.#run());
  }

  holds(): boolean {
    return this.#held !== undefined && this.time.now() < this.#held.until;
  }

  holder(): Epoch | undefined {
    const epoch = this.#sighting?.stored.document;
    return epoch === undefined || epoch.released || epoch.instance === this.self.instance ? undefined : epoch;
  }

  giveWay(ms: number): void {
    if (!this.#held) return;
    this.#givesWayUntil = this.time.now() + ms;
    this.#lose();
    this.#wake?.();
  }

  async release(): Promise<void> {
    this.#stopped = true;
    this.#wake?.();
    await this.#running;
    const held = this.#held;
    if (!held || !this.holds()) return;
    this.#lose();
    try {
      const newest = await this.#newest();
      if (newest?.id === held.id) await this.#write(held.id, newest.version, { ...this.self, released: true });
    } catch (fault) {
      this.onFault(fault);
    }
  }

  async #run(): Promise<void> {
    let isFine = true;
    while (!this.#stopped) {
      await this.#pause(this.#held && isFine ? RENEW_MS : POLL_MS);
      if (!this.#stopped) isFine = await this.#turn();
    }
  }

  /** One look, and what follows from it. Whether it went as it should. */
  async #turn(): Promise<boolean> {
    try {
      const isFine = await (this.#held ? this.#renew(this.#held.id) : this.#observe());
      this.#isFailing = false;
      return isFine;
    } catch (fault) {
      if (!this.#isFailing) this.onFault(fault);
      this.#isFailing = true;
      return false;
    }
  }

  async #renew(id: string): Promise<boolean> {
    const newest = await this.#newest();
    if (newest?.id !== id) {
      this.#lose();
      return true;
    }
    const startedAt = this.time.now();
    // A conflict is an attempt whose answer was lost: the next look shows it.
    if (!(await this.#write(id, newest.version, this.self))) return false;
    if (this.#held?.id === id && this.holds()) this.#hold(id, startedAt);
    return true;
  }

  async #observe(): Promise<boolean> {
    const startedAt = this.time.now();
    const newest = await this.#newest();
    const before = this.#sighting;
    this.#sighting = sighted(before, newest, this.time.now());
    const isGivingWay = startedAt < this.#givesWayUntil;
    const isOwn = newest?.document.instance === this.self.instance && !newest.document.released;
    if (isGivingWay && isOwn) await this.#write(newest.id, newest.version, { ...this.self, released: true });
    else if (!isGivingWay && mayClaim(this.#sighting, this.self.instance, startedAt) && !this.#stopped) {
      await this.#claim(epochAfter(newest?.id));
    } else if (before?.stored.id !== newest?.id) this.changes.tell();
    return true;
  }

  async #claim(id: string): Promise<void> {
    const startedAt = this.time.now();
    if (!(await this.#write(id, 0, this.self))) return;
    // Who was paused since it looked may have inserted an epoch that had been there, and been removed by its successor.
    const newest = await this.#newest();
    if (newest?.id !== id) {
      await this.epochs.remove([id]);
      return;
    }
    this.#hold(id, startedAt);
    if (!this.holds()) return;
    this.#sighting = undefined;
    this.changes.tell();
    const { entries } = await this.epochs.page({ orderBy: [], first: 100 });
    await this.epochs.remove(entries.map((entry) => entry.id).filter((other) => other < id));
  }

  #hold(id: string, startedAt: number): void {
    this.#held?.cancel();
    const until = startedAt + HOLD_MS;
    this.#held = { id, until, cancel: this.time.after(until - this.time.now(), () => this.#lose()) };
  }

  #lose(): void {
    if (!this.#held) return;
    this.#held.cancel();
    this.#held = undefined;
    this.changes.tell();
  }

  async #newest(): Promise<Stored<Epoch> | undefined> {
    const { entries } = await this.epochs.page({ orderBy: [], descending: true, first: 1 });
    return entries[0];
  }

  async #write(id: string, expectedVersion: number, document: Epoch): Promise<boolean> {
    const [result] = await this.epochs.commit([{ id, expectedVersion, document, events: [], messageIds: [] }]);
    return result?.status === 'committed';
  }

  #pause(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const cancel = this.time.after(ms, resolve);
      this.#wake = () => {
        cancel();
        resolve();
      };
    });
  }
}
