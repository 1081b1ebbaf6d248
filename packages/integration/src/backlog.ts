import { BacklogFullError } from '@takt/backing-system';
import type { IntegrationMessage } from './integration-message.ts';

/** A document that was accepted and has no end. */
export interface Waiting {
  readonly id: string;
  readonly message: IntegrationMessage;
  /** An earlier process may have begun it. */
  readonly isRedo: boolean;
}

/** Documents of one instance in order of arrival, and how many more may come. */
export class Backlog {
  readonly #waiting: Waiting[] = [];
  /** Under way ones too. */
  readonly #rooms = new Map<string, Room>();
  readonly #underWay = new Map<string, Waiting>();
  /** Taken up again before this process had done with them. */
  readonly #again = new Map<string, Waiting>();
  readonly #lookers = new Set<() => void>();
  #bytes = 0;
  #places = 0;
  #reserved = Promise.resolve();

  constructor(
    private readonly system: string,
    private readonly limits = { documents: MAX_DOCUMENTS, bytes: MAX_BYTES },
  ) {}

  /** Documents without an end, those under way included. */
  get length(): number {
    return this.#rooms.size;
  }

  /**
   * Reserves room for a document; whatever its size if there is none else. Throws {@link BacklogFullError} unless it may
   * wait, which is done in the order of the calls.
   */
  async reserve(bytes: number, wait: boolean, signal: AbortSignal): Promise<Room> {
    if (!wait) {
      if (!this.#hasRoom(bytes)) throw new BacklogFullError(this.system, this.#places);
      return this.#take(bytes);
    }
    const before = this.#reserved;
    const mine = (async () => {
      await before.catch(() => undefined);
      while (!this.#hasRoom(bytes)) await this.#change(signal);
      return this.#take(bytes);
    })();
    this.#reserved = mine.then(
      () => undefined,
      () => undefined,
    );
    return mine;
  }

  #hasRoom(bytes: number): boolean {
    return this.#places === 0 || (this.#places < this.limits.documents && this.#bytes + bytes <= this.limits.bytes);
  }

  #take(bytes: number): Room {
    let held = bytes;
    this.#places += 1;
    this.#bytes += bytes;
    return {
      grow: (more) => {
        held += more;
        this.#bytes += more;
      },
      release: () => {
        this.#places -= 1;
        this.#bytes -= held;
        held = 0;
        this.#changed();
      },
    };
  }

  has(id: string): boolean {
    return this.#rooms.has(id);
  }

  /** Takes a document in, with the room that was reserved for it; once. One that is under way follows when it is done. */
  add(waiting: Waiting, room = this.#take(waiting.message.bytes)): void {
    if (this.has(waiting.id)) {
      room.release();
      if (this.#underWay.has(waiting.id)) this.#again.set(waiting.id, waiting);
      return;
    }
    this.#rooms.set(waiting.id, room);
    let place = this.#waiting.length;
    while (place > 0 && (this.#waiting[place - 1]?.message.arrival ?? 0) > waiting.message.arrival) place -= 1;
    this.#waiting.splice(place, 0, waiting);
    this.#changed();
  }

  /** The next document, which is under way from now on; undefined if none waits. */
  take(): Waiting | undefined {
    const next = this.#waiting.shift();
    if (next) this.#underWay.set(next.id, next);
    return next;
  }

  /** Resolves when a document waits; rejects when the signal aborts. */
  async filled(signal: AbortSignal): Promise<void> {
    while (this.#waiting.length === 0) await this.#change(signal);
  }

  /** All that are under way wait again: whatever was begun of them was not brought to an end. */
  putBack(): void {
    const again = [...this.#underWay.values()].map((waiting) => ({ ...waiting, isRedo: true }));
    this.#underWay.clear();
    this.#waiting.unshift(...again);
    this.#changed();
  }

  /** It has its end. */
  done(id: string): void {
    this.#underWay.delete(id);
    this.#rooms.get(id)?.release();
    this.#rooms.delete(id);
    const again = this.#again.get(id);
    this.#again.delete(id);
    if (again) this.add(again);
  }

  #changed(): void {
    for (const look of [...this.#lookers]) look();
  }

  #change(signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const end = () => {
        this.#lookers.delete(end);
        signal.removeEventListener('abort', end);
        if (signal.aborted) reject(signal.reason as Error);
        else resolve();
      };
      this.#lookers.add(end);
      if (signal.aborted) end();
      else signal.addEventListener('abort', end);
    });
  }
}

/** Room that a document takes up. */
export interface Room {
  grow(bytes: number): void;
  release(): void;
}

const MAX_DOCUMENTS = 1_000;
const MAX_BYTES = 256 * 1024 * 1024;
