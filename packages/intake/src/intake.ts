import type { DocumentStore, Page } from '@takt/document-store';
import { EventSchemas } from '@takt/event-log';
import type { EventLog, EventSchema } from '@takt/event-log';
import type { AnyAggregate } from './aggregate.ts';
import { applyMessages } from './apply.ts';
import type { Applier, Home } from './apply.ts';
import type { Clock } from './clock.ts';
import { Inbox, rawText, sameContent } from './inbox.ts';
import type { InboxEntry, InboxQuery, Kept } from './inbox.ts';
import { IntakeBusyError } from './intake-port.ts';
import type { InboundMessage, Intake, Outcome } from './intake-port.ts';
import { startRelay } from './relay.ts';
import type { Relay } from './relay.ts';

export interface IntakeOptions {
  readonly store: DocumentStore;
  readonly log: EventLog;
  readonly aggregates: readonly AnyAggregate[];
  readonly clock: Clock;
  readonly limits?: Partial<IntakeLimits>;
  /** Hears when committed events cannot be published for now. Default: a process warning. */
  readonly onFault?: (fault: unknown) => void;
}

export interface IntakeLimits {
  /** Messages that may wait for their turn; a call is taken whatever its size when none waits. Default 10,000. */
  readonly maxWaitingMessages: number;
  /** Bytes of raw messages that may wait for their turn; again a call is taken when none waits. Default 64 MiB. */
  readonly maxWaitingBytes: number;
  /** Messages that share their commits. Default 500. */
  readonly batchMessages: number;
}

export interface OpenIntake extends Intake {
  /** One page of the messages that have this status, in order of arrival. */
  messages(query: InboxQuery): Promise<Page<InboxEntry>>;
  /** Takes no more, brings what waits to its end and publishes it. Store and log stay open. */
  close(): Promise<void>;
}

/**
 * Opens the way into a domain: brings to its end what an earlier process left, and publishes what it committed, before
 * anything new. Throws if two aggregates claim the same type or collection.
 */
export async function openIntake(options: IntakeOptions): Promise<OpenIntake> {
  const { store, log, aggregates, clock, onFault = warn } = options;
  const limits: IntakeLimits = { ...DEFAULT_LIMITS, ...options.limits };
  const messageSchemas = new EventSchemas(aggregates.flatMap(({ messages }) => schemas(messages)));
  const eventSchemas = new EventSchemas(aggregates.flatMap(({ events }) => schemas(events)));
  const homes = new Map<string, Home>();
  const names = new Set(aggregates.map(({ collection }) => collection.name));
  if (names.size < aggregates.length) throw new Error('Each aggregate needs a collection of its own.');
  for (const aggregate of aggregates) {
    const collection = await store.collection(aggregate.collection);
    for (const type of Object.keys(aggregate.messages)) homes.set(type, { aggregate, collection });
  }
  const inbox = await Inbox.open(store, messageSchemas, clock);
  const relay = startRelay({ outbox: store.outbox, log, onFault });
  const queue = new Queue({ inbox, homes, eventSchemas, clock }, relay, limits);
  try {
    await queue.recover();
  } catch (fault) {
    await relay.close();
    throw fault;
  }
  return queue;
}

const DEFAULT_LIMITS: IntakeLimits = {
  maxWaitingMessages: 10_000,
  maxWaitingBytes: 64 * 1024 * 1024,
  batchMessages: 500,
};

interface Waiting {
  readonly raw: string;
  readonly bytes: number;
  readonly resolve: (outcome: Outcome) => void;
  readonly reject: (fault: unknown) => void;
}

/** Takes messages of all callers in turn, in batches that share their commits. */
class Queue implements OpenIntake {
  readonly #waiting: Waiting[] = [];
  #waitingBytes = 0;
  #working: Promise<void> | undefined;
  #closed = false;
  /** The last batch failed half way: messages without an end are older than what waits. */
  #interrupted = false;

  constructor(
    private readonly applier: Applier,
    private readonly relay: Relay,
    private readonly limits: IntakeLimits,
  ) {}

  async receive(messages: readonly InboundMessage[]): Promise<Outcome[]> {
    if (this.#closed) throw new Error('The intake is closed.');
    const before = this.#waiting.length;
    const { maxWaitingMessages, maxWaitingBytes } = this.limits;
    if (before > 0 && before + messages.length > maxWaitingMessages) throw new IntakeBusyError(before);
    const texts = messages.map((message) => {
      const raw = rawText(message);
      return { raw, bytes: Buffer.byteLength(raw) };
    });
    const bytes = sum(texts);
    if (before > 0 && this.#waitingBytes + bytes > maxWaitingBytes) throw new IntakeBusyError(before);
    this.#waitingBytes += bytes;
    const outcomes = texts.map(
      (text) => new Promise<Outcome>((resolve, reject) => this.#waiting.push({ ...text, resolve, reject })),
    );
    this.#working ??= this.#work();
    return Promise.all(outcomes);
  }

  messages(query: InboxQuery): Promise<Page<InboxEntry>> {
    return this.applier.inbox.messages(query);
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.#working;
    await this.relay.close();
  }

  async recover(): Promise<void> {
    for (;;) {
      const unfinished = await this.applier.inbox.unfinished(this.limits.batchMessages);
      if (unfinished.length === 0) return;
      await applyMessages(this.applier, unfinished);
    }
  }

  async #work(): Promise<void> {
    await Promise.resolve();
    while (this.#waiting.length > 0) {
      const batch = this.#waiting.splice(0, this.limits.batchMessages);
      this.#waitingBytes -= sum(batch);
      try {
        if (this.#interrupted) await this.recover();
        this.#interrupted = false;
        const outcomes = await this.#process(batch.map(({ raw }) => raw));
        batch.forEach(({ resolve, reject }, index) => {
          const answer = outcomes[index] ?? { fault: new Error('The message has no outcome.') };
          if ('fault' in answer) reject(answer.fault);
          else resolve(answer);
        });
      } catch (fault) {
        this.#interrupted = true;
        for (const { reject } of batch) reject(fault);
      }
    }
    this.#working = undefined;
  }

  async #process(raws: readonly string[]): Promise<(Outcome | Unkept | undefined)[]> {
    const { inbox } = this.applier;
    const candidates = raws.map((raw) => inbox.entryFor(raw));
    const firsts = new Map<string, (typeof candidates)[number]>();
    for (const candidate of candidates) if (!firsts.has(candidate.key)) firsts.set(candidate.key, candidate);
    const keeping = await inbox.keep([...firsts.values()]);
    const kept = new Map(keeping.kept.map((one) => [one.key, one]));
    // Nobody knows whether these were stored: the next batch comes after what became of them.
    if (keeping.faults.size > 0) this.#interrupted = true;

    const unfinished = [...kept.values()].filter(({ entry }) => entry.status === 'RECEIVED');
    const outcomes = await applyMessages(this.applier, unfinished.sort(byArrival));

    return Promise.all(
      candidates.map(async (candidate): Promise<Outcome | Unkept | undefined> => {
        if (keeping.faults.has(candidate.key)) return { fault: keeping.faults.get(candidate.key) };
        const first = kept.get(candidate.key)?.entry;
        const outcome = first?.outcome ?? outcomes.get(candidate.key);
        if (!first || !outcome || isSameArrival(first, candidate.entry)) return outcome;
        if (!sameContent(first.raw, candidate.entry.raw)) return inbox.keepReused(candidate, first);
        const { messageId, documentId, revision } = outcome;
        return {
          status: 'DUPLICATE',
          messageId,
          ...(documentId !== undefined && { documentId }),
          ...(revision !== undefined && { revision }),
          first: outcome,
        };
      }),
    );
  }
}

/** Why a message could not be stored. */
interface Unkept {
  readonly fault: unknown;
}

function sum(texts: readonly { readonly bytes: number }[]): number {
  return texts.reduce((total, { bytes }) => total + bytes, 0);
}

/** Whether an entry that was read is the one that was written, though the answer to that was lost. */
function isSameArrival(one: InboxEntry, other: InboxEntry): boolean {
  return one.arrival === other.arrival && one.receivedAt === other.receivedAt && one.raw === other.raw;
}

function schemas(byType: AnyAggregate['messages']): EventSchema[] {
  return Object.entries(byType).map(([type, data]) => ({ type, data }));
}

function byArrival(one: Kept, other: Kept): number {
  return one.entry.arrival - other.entry.arrival;
}

function warn(fault: unknown): void {
  process.emitWarning(`Events cannot be published for now: ${String(fault)}`);
}
