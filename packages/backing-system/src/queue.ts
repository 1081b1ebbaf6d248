import type { Collection, DocumentStore, Stored } from '@takt/document-store';
import type { CloudEvent } from '@takt/event-log';
import type { Exchange, Settlement } from './connector.ts';

/**
 * A command on its way to a backing system:
 *
 * QUEUED → ACKNOWLEDGED (taken or applied) | REFUSED | DEAD (answers made no sense too often)
 *
 * An ended one is kept until the domain has been told, and removed.
 */
export interface OutboundCommand {
  /** `system/instance` */
  readonly system: string;
  readonly status: 'QUEUED' | 'ACKNOWLEDGED' | 'REFUSED' | 'DEAD';
  readonly place: Place;
  readonly command: CloudEvent;
  /** RFC 3339. */
  readonly enqueuedAt: string;
  /** Answers that made no sense so far. */
  readonly wrongAnswers: number;
  /** How it ended, and when (RFC 3339). */
  readonly settlement?: Settlement;
  readonly settledAt?: string;
  /** What went over the wire last. */
  readonly exchange?: Exchange | undefined;
}

/** Where a command stands in its queue: by the position in the log of what causes it, then by its part. */
export interface Place {
  readonly position: number;
  readonly part: number;
}

export interface Placed {
  readonly place: Place;
  readonly command: CloudEvent;
}

/** Commands for one system that may wait at a time. */
const QUEUE_LIMIT = 10_000;

/** The queue has no room: what is not in it stays in the log that it comes from. */
export class OutboundQueueFullError extends Error {
  constructor(system: string, limit: number) {
    super(`${limit} commands wait for ${system}: more are taken from the log as it takes them.`);
    this.name = 'OutboundQueueFullError';
  }
}

/** The commands that wait for one backing system, in order; kept with the domain's documents. One process may change it. */
export class OutboundQueue {
  readonly #commands: Collection<OutboundCommand>;
  #wake: () => void = () => undefined;
  #changes = 0;

  private constructor(
    readonly system: string,
    readonly limit: number,
    commands: Collection<OutboundCommand>,
  ) {
    this.#commands = commands;
  }

  static async open(store: DocumentStore, system: string, limit = QUEUE_LIMIT): Promise<OutboundQueue> {
    const commands = await store.collection<OutboundCommand>({
      name: 'outbound-commands',
      indexes: [['system', 'place.position', 'place.part']],
    });
    return new OutboundQueue(system, limit, commands);
  }

  /**
   * Adds commands; one whose id is there already moves forward if it is placed before where it was. Throws {@link OutboundQueueFullError} once there is no
   * room: those before it are in the queue.
   */
  async enqueue(placed: readonly Placed[], now: Date): Promise<void> {
    if (placed.length === 0) return;
    const there = await this.#commands.getMany(placed.map(({ command }) => command.id));
    const missing = placed.filter((_, index) => there[index] === undefined);
    const room = Math.max(0, this.limit - (await this.length()));
    const fitting = missing.slice(0, room);
    for (const [index, { place }] of placed.entries()) {
      const waiting = there[index];
      if (waiting && isBefore(place, waiting.document.place))
        await this.replace(waiting, { ...waiting.document, place });
    }
    if (fitting.length > 0) {
      await this.#commands.commit(
        fitting.map(({ place, command }) => ({
          id: command.id,
          expectedVersion: 0,
          document: {
            system: this.system,
            status: 'QUEUED',
            place,
            command,
            enqueuedAt: now.toISOString(),
            wrongAnswers: 0,
          },
          events: [],
          messageIds: [],
        })),
      );
      this.#changes += 1;
      this.#wake();
    }
    if (fitting.length < missing.length) throw new OutboundQueueFullError(this.system, this.limit);
  }

  /** The command whose turn it is. */
  async head(): Promise<Stored<OutboundCommand> | undefined> {
    const { entries } = await this.#commands.page({
      where: { system: this.system },
      orderBy: ['place.position', 'place.part'],
      first: 1,
    });
    return entries[0];
  }

  /** Commands that wait, the one under way included. */
  async length(): Promise<number> {
    return this.#commands.count({ system: this.system });
  }

  /** Writes a command anew; false if somebody else did. */
  async replace({ id, version }: Stored<OutboundCommand>, document: OutboundCommand): Promise<boolean> {
    const [result] = await this.#commands.commit([
      { id, expectedVersion: version, document, events: [], messageIds: [] },
    ]);
    return result?.status === 'committed';
  }

  async remove(id: string): Promise<void> {
    await this.#commands.remove([id]);
  }

  /** How often commands were added here so far: give it to {@link added}. */
  get changes(): number {
    return this.#changes;
  }

  /** Resolves once commands are added after `changes`, or when `signal` aborts. One may wait at a time. */
  async added(changes: number, signal: AbortSignal): Promise<void> {
    if (this.#changes !== changes || signal.aborted) return;
    await new Promise<void>((resolve) => {
      const end = () => {
        signal.removeEventListener('abort', end);
        this.#wake = () => undefined;
        resolve();
      };
      this.#wake = end;
      signal.addEventListener('abort', end);
    });
  }
}

function isBefore(one: Place, other: Place): boolean {
  return one.position === other.position ? one.part < other.part : one.position < other.position;
}
