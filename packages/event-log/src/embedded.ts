import { randomBytes } from 'node:crypto';
import { claimDirectory, lackOfRoom } from '@takt/lmdb-directory';
import { open } from 'lmdb';
import type { Database, RootDatabase } from 'lmdb';
import { encodeEvent } from './encode-event.ts';
import type { EncodedEvent } from './encode-event.ts';
import type { CloudEvent } from './event.ts';
import { Bell, followPages } from './follow.ts';
import { LogUnavailableError, PositionExpiredError } from './port.ts';
import type { EventLog, LoggedEvent } from './port.ts';

export interface EmbeddedLogOptions {
  /** Holds this log and nothing else; made if it is not there. */
  readonly directory: string;
  /** The newest events that are kept; older ones are dropped as new ones come. Default 5,000,000. */
  readonly retainEvents?: number;
}

/**
 * Opens the log that lives in a directory of this machine, making it if there is none. One process at a time may have it
 * open: followers are woken by its appends. What `append` acknowledged survives `kill -9` and a power cut. Throws
 * {@link DirectoryError}, which says what to do, if the directory is in use, holds something else or is damaged.
 */
export async function openEmbeddedLog({ directory, retainEvents = 5_000_000 }: EmbeddedLogOptions): Promise<EventLog> {
  if (!Number.isSafeInteger(retainEvents) || retainEvents < 1) {
    throw new RangeError(`retainEvents must be a whole number of at least 1, not ${retainEvents}.`);
  }
  const claim = await claimDirectory(directory, { kind: 'events', format: 1 });
  try {
    const root = open<string, string>({
      path: claim.dataPath,
      noSubdir: false,
      encoding: 'string',
      maxDbs: 3,
      overlappingSync: false,
      // A failed commit would otherwise be rejected where nobody can hear it.
      eventTurnBatching: false,
    });
    try {
      const meta = root.openDB<string, string>({ name: 'meta', encoding: 'string' });
      const id = meta.get('log-id') ?? randomBytes(9).toString('base64url');
      await meta.put('log-id', id);
      const log = new EmbeddedLog(root, claim.dataPath, id, retainEvents, claim.release);
      await claim.confirm();
      return log;
    } catch (error) {
      await root.close();
      throw error;
    }
  } catch (error) {
    await claim.release();
    throw error;
  }
}

class EmbeddedLog implements EventLog {
  /** Position → event as JSON text. */
  readonly #events: Database<string, number>;
  /** Event id → position. */
  readonly #positions: Database<number, string>;
  /** Newest position on stable storage: nothing after it is shown to anyone. */
  #head: number;
  #closing: Promise<void> | undefined;
  readonly #bell = new Bell();

  constructor(
    readonly root: RootDatabase<string, string>,
    readonly directory: string,
    readonly id: string,
    readonly retainEvents: number,
    readonly release: () => Promise<void>,
  ) {
    this.#events = root.openDB<string, number>({ name: 'events', encoding: 'string' });
    this.#positions = root.openDB<number, string>({ name: 'positions', encoding: 'ordered-binary' });
    this.#head = this.#newest();
  }

  async append(events: readonly CloudEvent[]): Promise<number[]> {
    this.#assertOpen();
    if (events.length === 0) return [];
    const entries = events.map(encodeEvent);
    const positions = await this.root.transaction(() => this.#write(entries)).catch(failedCommit);
    this.#head = Math.max(this.#head, ...positions);
    this.#bell.ring();
    return positions;
  }

  // eslint-disable-next-line @typescript-eslint/require-await -- a fault is a rejection
  async read(after: number, limit: number): Promise<LoggedEvent[]> {
    this.#assertOpen();
    return this.#page(after, limit);
  }

  // eslint-disable-next-line @typescript-eslint/require-await -- a fault is a rejection
  async head(): Promise<number> {
    this.#assertOpen();
    return this.#head;
  }

  async check(): Promise<void> {
    if (this.#closing) throw new LogUnavailableError('it is closed');
    const lack = await lackOfRoom(this.directory);
    if (lack !== undefined) throw new LogUnavailableError(lack);
  }

  follow(after: number, signal: AbortSignal): AsyncIterable<LoggedEvent> {
    return followPages({
      after,
      signal,
      page: (position, limit) => this.#page(position, limit),
      bell: this.#bell,
      isClosed: () => this.#closing !== undefined,
    });
  }

  close(): Promise<void> {
    this.#closing ??= this.#end();
    return this.#closing;
  }

  async #end(): Promise<void> {
    this.#bell.ring();
    try {
      await this.root.flushed;
      await this.root.close();
    } finally {
      await this.release();
    }
  }

  /** Runs inside the write transaction, which does not roll back: everything that can fail is checked before. */
  #write(entries: readonly EncodedEvent[]): number[] {
    let newest = this.#newest();
    const positions = entries.map(({ id, text }) => {
      const known = this.#positions.get(id);
      if (known !== undefined) return known;
      newest += 1;
      void this.#events.put(newest, text);
      void this.#positions.put(id, newest);
      return newest;
    });
    this.#dropExpired(newest - this.retainEvents, entries.length);
    return positions;
  }

  /** Drops at most a bounded number beyond what comes in, so that a lowered limit does not hold up one append. */
  #dropExpired(upTo: number, incoming: number): void {
    if (upTo < 1) return;
    const expired = [...this.#events.getRange({ end: upTo, inclusiveEnd: true, limit: incoming + 1000 })];
    for (const { key, value } of expired) {
      void this.#events.remove(key);
      void this.#positions.remove((JSON.parse(value) as CloudEvent).id);
    }
  }

  #page(after: number, limit: number): LoggedEvent[] {
    if (after >= this.#head || limit < 1) return [];
    const range = { start: after + 1, end: this.#head, inclusiveEnd: true, limit };
    const page = [...this.#events.getRange(range)].map(({ key, value }) => ({
      position: key,
      event: JSON.parse(value) as CloudEvent,
    }));
    if (page[0]?.position !== after + 1) throw new PositionExpiredError(after, this.#oldest());
    return page;
  }

  #newest(): number {
    return [...this.#events.getKeys({ reverse: true, limit: 1 })][0] ?? 0;
  }

  #oldest(): number {
    return [...this.#events.getKeys({ limit: 1 })][0] ?? 1;
  }

  #assertOpen(): void {
    if (this.#closing) throw new Error('The event log is closed.');
  }
}

/** LMDB tells the cause of a failed commit beside the failure. */
async function failedCommit(error: unknown): Promise<never> {
  if (!(error instanceof Error) || !('commitError' in error)) throw error;
  const cause = await Promise.resolve(error.commitError).catch((reason: unknown) => reason);
  throw new LogUnavailableError(`the disk refuses, nothing was appended: ${String(cause)}`);
}
