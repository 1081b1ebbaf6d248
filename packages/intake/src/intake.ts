import type { DocumentStore, Page } from '@takt/document-store';
import { EventSchemas } from '@takt/event-log';
import type { EventLog, EventSchema } from '@takt/event-log';
import type { AnyAggregate } from './aggregate.ts';
import type { Applier, Home } from './apply.ts';
import { Availability } from './availability.ts';
import type { AvailabilityLimits } from './availability.ts';
import type { Clock } from './clock.ts';
import type { DeadLetters } from './dead-letters.ts';
import { eventSchemasOf } from './event-versions.ts';
import { Inbox } from './inbox.ts';
import type { InboxEntry, InboxQuery } from './inbox.ts';
import type { Intake } from './intake-port.ts';
import { Queue } from './queue.ts';
import { startRelay } from './relay.ts';
import { Retention } from './retention.ts';

export interface IntakeOptions {
  readonly store: DocumentStore;
  readonly log: EventLog;
  readonly aggregates: readonly AnyAggregate[];
  readonly clock: Clock;
  readonly limits?: Partial<IntakeLimits>;
  /**
   * Asked before each batch and each commit: once it answers false, nothing more is written or published and
   * nothing taken, for good. Default: always.
   */
  readonly isWriter?: () => boolean;
  /**
   * Days for which the inbox keeps messages that ended, and so recognises one that comes again. Dead letters are kept
   * until somebody sees to them. Default 35.
   */
  readonly inboxDays?: number | undefined;
  /**
   * Hears when, for now, committed events cannot be published, messages that nobody waits for not be brought to their end
   * or old ones not be removed. Default: a process warning.
   */
  readonly onFault?: (fault: unknown) => void;
}

export interface IntakeLimits extends AvailabilityLimits {
  /** Messages that may wait for their turn; a call is taken whatever its size when none waits. Default 10,000. */
  readonly maxWaitingMessages: number;
  /** Bytes of raw messages that may wait for their turn; again a call is taken when none waits. Default 64 MiB. */
  readonly maxWaitingBytes: number;
  /** Bytes of one raw message; a larger one is rejected. Default 768 KiB. */
  readonly maxMessageBytes: number;
  /** Messages that share their commits. Default 500. */
  readonly batchMessages: number;
  /** How long to wait before a message that failed on its own is tried again; doubles with each failure. Default 50. */
  readonly retryMs: number;
  /** How long to wait before asking a store again that was not available, or going on after a failure. Default 1,000. */
  readonly storeProbeMs: number;
  /** How often to look for events to publish of whose commit nobody in this process heard. Default 1,000. */
  readonly relayLookMs: number;
  /**
   * How long after the start to look once more for messages without an end, if others may have the store open: those of a
   * former writer that were still on their way. Default 30,000.
   */
  readonly inboxLookMs: number;
}

export interface OpenIntake extends Intake {
  readonly deadLetters: DeadLetters;
  /** Why nothing is taken now, as sentences; undefined if messages are taken. */
  unavailable(): string | undefined;
  /** One page of the messages that have this status, in order of arrival. */
  messages(query: InboxQuery): Promise<Page<InboxEntry>>;
  /** Takes no more, brings what waits to its end and publishes it. Store and log stay open. */
  close(): Promise<void>;
}

/**
 * Opens the way into a domain: brings to its end what an earlier process left, and publishes what it committed, before
 * anything new. Throws if two aggregates claim the same type or collection, or if the store is not available.
 */
export async function openIntake(options: IntakeOptions): Promise<OpenIntake> {
  const { store, log, aggregates, clock, isWriter = () => true, inboxDays = 35, onFault = warn } = options;
  const limits: IntakeLimits = { ...DEFAULT_LIMITS, ...options.limits };
  if (!(inboxDays >= 1)) throw new RangeError(`inboxDays must be at least 1, not ${inboxDays}.`);
  const messageSchemas = new EventSchemas(aggregates.flatMap(({ messages }) => schemas(messages)));
  const eventSchemas = new EventSchemas(aggregates.flatMap(eventSchemasOf));
  const homes = new Map<string, Home>();
  const names = new Set(aggregates.map(({ collection }) => collection.name));
  if (names.size < aggregates.length) throw new Error('Each aggregate needs a collection of its own.');
  for (const aggregate of aggregates) {
    const collection = await store.collection(aggregate.collection);
    for (const type of Object.keys(aggregate.messages)) homes.set(type, { aggregate, collection });
  }
  const inbox = await Inbox.open(store, messageSchemas, clock, limits.maxMessageBytes);
  const availability = new Availability(clock, limits, isWriter);
  availability.waiting(await store.outbox.count());
  const lookAgainMs = limits.relayLookMs;
  const relay = startRelay({ outbox: store.outbox, log, clock, availability, onFault, lookAgainMs });
  const applier: Applier = { inbox, homes, eventSchemas, clock, availability, failures: new Map(), ended: 0 };
  const retention = new Retention(inbox, clock, inboxDays);
  const queue = new Queue({ applier, store, relay, retention, limits, onFault });
  try {
    await queue.recover();
  } catch (fault) {
    await relay.close();
    throw fault;
  }
  if (store.shared) queue.lookAgain();
  return queue;
}

const DEFAULT_LIMITS: IntakeLimits = {
  maxWaitingMessages: 10_000,
  maxWaitingBytes: 64 * 1024 * 1024,
  maxMessageBytes: 768 * 1024,
  batchMessages: 500,
  maxPublishingOutageMs: 5_000,
  maxUnpublishedEvents: 10_000,
  retryMs: 50,
  storeProbeMs: 1_000,
  relayLookMs: 1_000,
  inboxLookMs: 30_000,
};

function schemas(byType: AnyAggregate['messages']): EventSchema[] {
  return Object.entries(byType).map(([type, data]) => ({ type, data }));
}

function warn(fault: unknown): void {
  process.emitWarning(`Some work of an intake must wait: ${String(fault)}`);
}
