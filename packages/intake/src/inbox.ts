import { createHash } from 'node:crypto';
import { inspect, isDeepStrictEqual, toUSVString } from 'node:util';
import { StoreUnavailableError } from '@takt/document-store';
import type { Change, Collection, CollectionDefinition, DocumentStore, Page, Scalar } from '@takt/document-store';
import type { EventSchemas } from '@takt/event-log';
import { clipped } from './clipped.ts';
import type { Clock } from './clock.ts';
import { DeadLetterError } from './dead-letters.ts';
import type { InboundMessage, Outcome } from './intake-port.ts';
import { contentFault, futureFault, sizeFault } from './message-fault.ts';

/** What the inbox keeps of each message, under the id `<source> <message id>`. */
export interface InboxEntry {
  readonly messageId: string;
  /** JSON text of the message as it came; of one that is too large its size, SHA-256 and beginning. */
  readonly raw: string;
  /** Grows with each message of this store. */
  readonly arrival: number;
  /** RFC 3339. */
  readonly receivedAt: string;
  /** RECEIVED until it has one of the four ends, and again while a dead letter is retried. */
  readonly status: MessageStatus;
  /** Of a message that is DISCARDED: why it was dead-lettered. */
  readonly outcome?: Outcome;
  /** What was done about it as a dead letter, the latest last, at most 20. */
  readonly handling?: readonly Handling[];
}

export type MessageStatus = 'RECEIVED' | Outcome['status'] | 'DISCARDED';

/** Who did what about a dead letter, and why. */
export interface Handling {
  readonly action: 'RETRIED' | 'DISCARDED';
  readonly by: string;
  readonly reason: string;
  /** RFC 3339. */
  readonly at: string;
}

const HANDLINGS_KEPT = 20;

export interface InboxQuery {
  readonly status: MessageStatus;
  /** At most this many, in order of arrival. */
  readonly first: number;
  /** `key` of the last entry of the page before. */
  readonly after?: readonly Scalar[];
}

/** An entry as it lies in the inbox. */
export interface Kept {
  readonly key: string;
  readonly version: number;
  readonly entry: InboxEntry;
}

/** How a message ended. */
export interface End {
  readonly kept: Kept;
  readonly outcome: Outcome;
}

/** Stored or found under its key, or why that could not be done. */
export interface Keeping {
  readonly kept: readonly Kept[];
  readonly faults: ReadonlyMap<string, unknown>;
}

/** Keeps every message as it came, before anything is made of it, and how it ended. */
export class Inbox {
  private constructor(
    private readonly entries: Collection<InboxEntry>,
    private readonly schemas: EventSchemas,
    private readonly clock: Clock,
    private readonly maxMessageBytes: number,
    private lastArrival: number,
  ) {}

  static async open(
    store: DocumentStore,
    schemas: EventSchemas,
    clock: Clock,
    maxMessageBytes: number,
  ): Promise<Inbox> {
    const entries = await store.collection(INBOX);
    const latest = await entries.pages(
      { orderBy: ['arrival'], descending: true, first: 1 },
      STATUSES.map((status) => ({ status })),
    );
    const arrivals = latest.flatMap((page) => page.entries.map((entry) => entry.document.arrival));
    return new Inbox(entries, schemas, clock, maxMessageBytes, Math.max(0, ...arrivals));
  }

  /** An entry for the {@link rawText} of a message that has just come; one that breaks its schema has its end already. */
  entryFor(raw: string): Pick<Kept, 'key' | 'entry'> {
    const parsed = JSON.parse(raw) as InboundMessage;
    const now = this.clock();
    const tooLarge = sizeFault(Buffer.byteLength(raw), this.maxMessageBytes);
    const unfit = tooLarge ?? contentFault(parsed);
    const fault = unfit ?? this.schemas.fault(parsed) ?? futureFault(parsed, now);
    const hasId = !fault || ('part' in fault && fault.part === 'data');
    const key = hasId ? `${parsed.source} ${parsed.id}` : `invalid ${digest(raw)}`;
    const messageId = isId(parsed?.id) ? toUSVString(parsed.id) : key;
    this.lastArrival += 1;
    const kept = tooLarge ? beginningOf(raw) : raw;
    const received = { messageId, raw: kept, arrival: this.lastArrival, receivedAt: now.toISOString() };
    if (!fault) return { key, entry: { ...received, status: 'RECEIVED' } };
    return { key, entry: ended(received, rejected(messageId, fault.code, clipped(fault.reason))) };
  }

  /** How a message ends that breaks its schema by now, though it kept to that when it came. */
  fault({ raw, messageId }: InboxEntry): Outcome | undefined {
    const fault = this.schemas.fault(JSON.parse(raw));
    return fault && rejected(messageId, fault.code, fault.reason);
  }

  /**
   * Stores entries under keys that are new; answers what lies under each key now, which may be an earlier message. If
   * that fails for all together, each on its own, so that one that the store cannot take does not hold up the others.
   * Throws if none can be kept.
   */
  async keep(candidates: readonly Pick<Kept, 'key' | 'entry'>[]): Promise<Keeping> {
    try {
      return { kept: await this.#keepTogether(candidates), faults: new Map() };
    } catch (fault) {
      if (candidates.length === 1 || fault instanceof StoreUnavailableError) throw fault;
      const tries = await Promise.allSettled(candidates.map((candidate) => this.#keepTogether([candidate])));
      const kept = tries.flatMap((one) => (one.status === 'fulfilled' ? one.value : []));
      if (kept.length === 0) throw fault;
      const faults = new Map<string, unknown>();
      candidates.forEach(({ key }, index) => {
        const one = tries[index];
        if (one?.status === 'rejected') faults.set(key, one.reason);
      });
      return { kept, faults };
    }
  }

  async #keepTogether(candidates: readonly Pick<Kept, 'key' | 'entry'>[]): Promise<Kept[]> {
    const results = await this.entries.commit(candidates.map(({ key, entry }) => change(key, 0, entry)));
    const taken = candidates.filter((_, index) => results[index]?.status === 'conflict').map(({ key }) => key);
    const earlier = new Map<string, Kept>();
    if (taken.length > 0) {
      for (const stored of await this.entries.getMany(taken)) {
        if (stored) earlier.set(stored.id, { key: stored.id, version: stored.version, entry: stored.document });
      }
    }
    const gone = taken.find((key) => !earlier.has(key));
    if (gone !== undefined) throw new Error(`${gone} was removed from the inbox while it came again.`);
    return candidates.map(({ key, entry }) => earlier.get(key) ?? { key, version: 1, entry });
  }

  /** Stores a message whose id already belongs to another one; answers how it ends. */
  async keepReused({ key, entry }: Pick<Kept, 'key' | 'entry'>, first: InboxEntry): Promise<Outcome> {
    const reason = `Another message came under this id at ${first.receivedAt}. Send each message under an id of its own.`;
    const outcome = rejected(entry.messageId, 'MESSAGE_ID_REUSED', reason);
    await this.keep([{ key: `${key} ${digest(entry.raw)}`, entry: ended(entry, outcome) }]);
    return outcome;
  }

  /** Records how messages ended; answers how each did: what another process has recorded meanwhile stays. */
  async record(ends: readonly End[]): Promise<End[]> {
    const results = await this.entries.commit(
      ends.map(({ kept: { key, version, entry }, outcome }) => change(key, version, ended(entry, outcome))),
    );
    const others = ends.filter((_, index) => results[index]?.status === 'conflict').map(({ kept }) => kept.key);
    const recorded = new Map<string, Outcome | undefined>();
    if (others.length > 0) {
      for (const stored of await this.entries.getMany(others)) {
        if (stored) recorded.set(stored.id, stored.document.outcome);
      }
    }
    return ends.map(({ kept, outcome }) => ({ kept, outcome: recorded.get(kept.key) ?? outcome }));
  }

  /**
   * Forgets messages, which must have ended. One that comes again after that is new to the inbox: a document that still
   * remembers it answers as then, a decision may find nothing new in it or refuse it as older than what is known, and
   * any other is applied again.
   */
  async remove(keys: readonly string[]): Promise<void> {
    if (keys.length > 0) await this.entries.remove(keys);
  }

  /** What lies under a key. */
  async find(key: string): Promise<Kept | undefined> {
    const [stored] = await this.entries.getMany([key]);
    return stored && { key, version: stored.version, entry: stored.document };
  }

  /** Takes a dead letter up again, as a message without an end, or discards it. Throws {@link DeadLetterError}. */
  async handle(key: string, handling: Handling): Promise<Kept> {
    const kept = await this.find(key);
    if (!kept) throw new DeadLetterError('UNKNOWN_MESSAGE', `There is no message ${clipped(key)} in the inbox.`);
    const { outcome, status, handling: before = [], ...entry } = kept.entry;
    const handled = {
      ...entry,
      handling: [...before, handling].slice(-HANDLINGS_KEPT),
      ...(handling.action === 'RETRIED'
        ? { status: 'RECEIVED' as const }
        : { status: 'DISCARDED' as const, ...(outcome && { outcome }) }),
    };
    const isDead = status === 'DEAD_LETTERED';
    const [result] = isDead ? await this.entries.commit([change(key, kept.version, handled)]) : [];
    if (result?.status === 'committed') return { key, version: result.version, entry: handled };
    const is = isDead ? 'is being handled by somebody else' : `is ${status}, not DEAD_LETTERED`;
    throw new DeadLetterError('NOT_DEAD_LETTERED', `The message ${clipped(key)} ${is}.`);
  }

  /** The oldest messages without an end. */
  async unfinished(first: number): Promise<Kept[]> {
    const page = await this.messages({ status: 'RECEIVED', first });
    return page.entries.map(({ id, version, document }) => ({ key: id, version, entry: document }));
  }

  messages(query: InboxQuery): Promise<Page<InboxEntry>> {
    return pageOf(this.entries, query);
  }
}

/** What the inbox of a store holds, for a process that does not write it. */
export interface InboxReader {
  messages(query: InboxQuery): Promise<Page<InboxEntry>>;
  show(key: string): Promise<InboxEntry | undefined>;
}

export async function readInbox(store: DocumentStore): Promise<InboxReader> {
  const entries = await store.collection(INBOX);
  return {
    messages: (query) => pageOf(entries, query),
    show: async (key) => (await entries.getMany([key]))[0]?.document,
  };
}

const INBOX: CollectionDefinition<InboxEntry> = { name: 'inbox', indexes: [['status', 'arrival']] };

function pageOf(entries: Collection<InboxEntry>, { status, first, after }: InboxQuery): Promise<Page<InboxEntry>> {
  return entries.page({ where: { status }, orderBy: ['arrival'], first, ...(after && { after }) });
}

/** Whether two raw messages say the same; what differs each time they are sent (time, correlation) does not count. */
export function sameContent(one: string, other: string): boolean {
  return one === other || isDeepStrictEqual(content(one), content(other));
}

export function rejected(messageId: string, code: string, reason: string): Outcome {
  return { status: 'REJECTED', messageId, refusal: { code, reason } };
}

/** JSON text of whatever came: of what has none, of how it looks to a programmer. */
export function rawText(message: unknown): string {
  try {
    return JSON.stringify(message) ?? JSON.stringify(inspect(message));
  } catch {
    return JSON.stringify(inspect(message));
  }
}

const STATUSES: readonly MessageStatus[] = [
  'RECEIVED',
  'APPLIED',
  'DUPLICATE',
  'REJECTED',
  'DEAD_LETTERED',
  'DISCARDED',
];

function ended(entry: Omit<InboxEntry, 'status' | 'outcome'>, outcome: Outcome): InboxEntry {
  return { ...entry, status: outcome.status, outcome };
}

function change(id: string, expectedVersion: number, document: InboxEntry): Change<InboxEntry> {
  return { id, expectedVersion, document, events: [], messageIds: [] };
}

function content(raw: string): unknown {
  const message = JSON.parse(raw) as Partial<InboundMessage> | null;
  return typeof message === 'object' && message !== null
    ? [message.type, message.subject, message.data, message.expectedrevision]
    : message;
}

/** What is kept of a message that is too large, as JSON text like any other. */
function beginningOf(raw: string): string {
  const begins = toUSVString(raw.slice(0, 1000));
  return JSON.stringify({ tooLarge: { bytes: Buffer.byteLength(raw), sha256: digest(raw), begins } });
}

function isId(id: unknown): id is string {
  return typeof id === 'string' && id !== '' && id.length <= MAX_ID;
}

const MAX_ID = 256;

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
