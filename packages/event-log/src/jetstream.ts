import type { StreamState } from '@nats-io/jetstream';
import { setTimeout as pause } from 'node:timers/promises';
import { encodeEvent } from './encode-event.ts';
import type { CloudEvent } from './event.ts';
import { Bell, followPages } from './follow.ts';
import { connectJetStream, PATIENCE_MS } from './jetstream-connection.ts';
import type { JetStreamConnection } from './jetstream-connection.ts';
import { fetchPage } from './jetstream-pages.ts';
import { publishInOrder } from './jetstream-publish.ts';
import type { Entry } from './jetstream-publish.ts';
import { logIdOf, messageIdOf, openStream } from './jetstream-stream.ts';
import { startTail } from './jetstream-tail.ts';
import type { Tail } from './jetstream-tail.ts';
import { LogUnavailableError, PositionExpiredError } from './port.ts';
import type { EventLog, LoggedEvent } from './port.ts';
import { RecentEvents } from './recent-events.ts';

export interface JetStreamLogOptions {
  /** `nats://` or `tls://host:port`, several separated by commas; `user:password@` or `token@` in the first. */
  readonly url: string;
  /** Name of the stream that holds this log and nothing else: letters, digits, `-`, `_`. Made if it is not there. */
  readonly stream: string;
  /**
   * The newest events that are kept; older ones are dropped as new ones come. Default 1,000,000: each takes the server
   * about 0.5 kB of memory beside its disk.
   */
  readonly retainEvents?: number;
}

/**
 * Opens the log that lives in a stream of NATS JetStream (2.9 or later), making it if there is none. Several processes may
 * append to it and follow it. An outage of the server heals by itself: meanwhile calls fail within about 5 s and followers
 * wait. What `append` acknowledged survives `kill -9` of the server; a power cut only if the server syncs always
 * (`sync_interval: always`) or the stream has replicas. Throws {@link LogUnavailableError} and {@link StreamError}, which
 * say what to do.
 */
export async function openJetStreamLog(options: JetStreamLogOptions): Promise<EventLog> {
  const { url, stream, retainEvents = 1_000_000 } = options;
  if (!Number.isSafeInteger(retainEvents) || retainEvents < 1) {
    throw new RangeError(`retainEvents must be a whole number of at least 1, not ${retainEvents}.`);
  }
  const connection = await connectJetStream(url);
  try {
    const info = await openStream(connection.jsm, stream);
    return new JetStreamLog(connection, stream, logIdOf(info), info.state, retainEvents);
  } catch (error) {
    await connection.close();
    throw error;
  }
}

class JetStreamLog implements EventLog {
  readonly #recent: RecentEvents;
  readonly #tail: Tail;
  readonly #bell = new Bell();
  /** Newest position that this process has heard of, from whomever. */
  #head: number;
  #purgedTo: number;
  #purging: Promise<void> | undefined;
  #appending: Promise<unknown> = Promise.resolve();
  #closing: Promise<void> | undefined;
  #retry: NodeJS.Timeout | undefined;

  constructor(
    readonly connection: JetStreamConnection,
    readonly stream: string,
    readonly id: string,
    { first_seq: first, last_seq: last }: StreamState,
    readonly retainEvents: number,
  ) {
    this.#head = last;
    this.#purgedTo = first - 1;
    this.#recent = new RecentEvents(last, RECENT);
    this.#tail = startTail({
      connection,
      stream,
      verify: () => this.#look(Date.now() + PATIENCE_MS),
      position: () => this.#recent.position,
      onEvent: (logged, bytes) => {
        this.#recent.push(logged, bytes);
        this.#saw(logged.position);
        this.#bell.ring();
      },
      onReady: () => this.#bell.ring(),
    });
  }

  async append(events: readonly CloudEvent[]): Promise<number[]> {
    this.#assertOpen();
    if (events.length === 0) return [];
    const entries = events.map((event): Entry => {
      const { id, text } = encodeEvent(event);
      return { key: messageIdOf(id), payload: Buffer.from(text) };
    });
    const deadline = Date.now() + PATIENCE_MS;
    const appending = this.#appending.then(() => this.#write(entries, deadline));
    this.#appending = appending.catch(() => undefined);
    return appending;
  }

  async read(after: number, limit: number): Promise<LoggedEvent[]> {
    this.#assertOpen();
    const deadline = Date.now() + PATIENCE_MS;
    const { first_seq: first, last_seq: last } = await this.#look(deadline);
    if (after >= last || limit < 1) return [];
    const oldest = Math.max(first, last - this.retainEvents + 1);
    if (after + 1 < oldest) throw new PositionExpiredError(after, oldest);
    const count = Math.min(limit, last - after);
    const page = await this.connection.ask(() => fetchPage(this.connection, this.stream, after, count), deadline);
    if (page.length === 0) throw new LogUnavailableError('the server does not send what it has');
    return page;
  }

  async head(): Promise<number> {
    this.#assertOpen();
    return (await this.#look(Date.now() + PATIENCE_MS)).last_seq;
  }

  async check(): Promise<void> {
    if (this.#closing) throw new LogUnavailableError('it is closed');
    await this.#look(Date.now() + CHECK_MS);
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
    clearTimeout(this.#retry);
    await this.#appending;
    await this.#purging;
    await Promise.race([this.#tail.close(), pause(CLOSE_MS, undefined, { ref: false })]);
    await this.connection.close();
  }

  async #write(entries: readonly Entry[], deadline: number): Promise<number[]> {
    const to = {
      connection: this.connection,
      stream: this.stream,
      head: () => this.#head,
      look: (until: number) => this.#look(until),
    };
    const positions = new Map<string, number>();
    for (const portion of portionsOf(entries)) {
      for (const [key, position] of await publishInOrder(to, portion, deadline)) positions.set(key, position);
      this.#saw(Math.max(...positions.values()));
    }
    this.#dropExpired();
    return entries.map(({ key }) => positions.get(key) as number);
  }

  /** Where the stream begins and ends now. */
  async #look(deadline: number): Promise<StreamState> {
    const known = this.#head;
    const info = await this.connection.ask(() => this.connection.jsm.streams.info(this.stream), deadline);
    const { state } = info;
    if (logIdOf(info) !== this.id) throw new LogUnavailableError(`the stream ${this.stream} was replaced. Start again`);
    if (state.last_seq < known) {
      throw new LogUnavailableError(
        `the stream ${this.stream} ends at ${state.last_seq}, but had position ${known}: it was restored from a backup, or the server lost what it had not synced. Start again`,
      );
    }
    this.#saw(state.last_seq);
    return state;
  }

  #page(after: number, limit: number): readonly LoggedEvent[] | Promise<readonly LoggedEvent[]> {
    const oldest = this.#head - this.retainEvents + 1;
    if (after + 1 < oldest) throw new PositionExpiredError(after, oldest);
    return this.#recent.after(after, limit) ?? this.#pageFromServer(after, limit);
  }

  /** A follower waits while the server is away. */
  async #pageFromServer(after: number, limit: number): Promise<readonly LoggedEvent[]> {
    try {
      return await this.read(after, limit);
    } catch (error) {
      if (error instanceof PositionExpiredError) throw error;
      this.#retry ??= setTimeout(() => {
        this.#retry = undefined;
        this.#bell.ring();
      }, RETRY_MS);
      return [];
    }
  }

  /** The server drops a hundredth of what is kept at a time; until then what has expired is not shown. */
  #dropExpired(): void {
    const upTo = this.#head - this.retainEvents;
    if (this.#purging || this.#closing || upTo - this.#purgedTo < Math.ceil(this.retainEvents / 100)) return;
    const done = (): void => {
      this.#purging = undefined;
    };
    this.#purging = this.connection.jsm.streams
      .purge(this.stream, { seq: upTo + 1 })
      .then(() => {
        this.#purgedTo = upTo;
      })
      .then(done, done);
  }

  #saw(position: number): void {
    this.#head = Math.max(this.#head, position);
  }

  #assertOpen(): void {
    if (this.#closing) throw new Error('The event log is closed.');
  }
}

/** Entries with different keys, as many at a time as may be on their way. */
function portionsOf(entries: readonly Entry[]): Entry[][] {
  const portions: Entry[][] = [[]];
  let bytes = 0;
  for (const entry of new Map(entries.map((one) => [one.key, one])).values()) {
    bytes += entry.payload.length;
    if (bytes > PORTION.bytes || (portions.at(-1) as Entry[]).length >= PORTION.events) {
      portions.push([]);
      bytes = entry.payload.length;
    }
    (portions.at(-1) as Entry[]).push(entry);
  }
  return portions.filter(({ length }) => length > 0);
}

const PORTION = { events: 500, bytes: 8 * 1024 * 1024 };
const RECENT = { events: 4096, bytes: 8 * 1024 * 1024 };
const CHECK_MS = 1000;
const CLOSE_MS = 1000;
const RETRY_MS = 500;
