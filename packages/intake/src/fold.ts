import type { Change, Stored } from '@takt/document-store';
import { MAX_EVENT_BYTES, schemaName } from '@takt/event-log';
import type { CloudEvent, EventSchemas } from '@takt/event-log';
import type { AnyAggregate, Governed, Told, Typed } from './aggregate.ts';
import { clipped } from './clipped.ts';
import { eventId } from './event-id.ts';
import type { InboundMessage, Outcome } from './intake-port.ts';
import { isSameSystem, latestProvenance, latestTold, originOf } from './provenance.ts';

/** Messages about one document, in order. */
export interface DocumentWork<M extends KeyedMessage = KeyedMessage> {
  readonly aggregate: AnyAggregate;
  readonly documentId: string;
  readonly messages: readonly M[];
}

export interface KeyedMessage {
  /** Unique among the messages of every source. */
  readonly key: string;
  readonly message: InboundMessage;
}

export interface Folded<M extends KeyedMessage> {
  /** How each message ends once the change is committed. */
  readonly ends: readonly { readonly of: M; readonly outcome: Outcome }[];
  /** Absent if nothing needs to be written. */
  readonly change: Change<Governed<object>> | undefined;
}

/** Applies messages to what is stored of their document: pure, so that it can be done again after a conflict. */
export function fold<M extends KeyedMessage>(
  work: DocumentWork<M>,
  stored: Stored<Governed<object>> | undefined,
  now: Date,
  eventSchemas: EventSchemas,
): Folded<M> {
  const { aggregate, documentId, messages } = work;
  const receipts = new Map(stored?.appliedMessages.map(readReceipt));
  let current = stored && split(stored.document);
  const events: CloudEvent[] = [];
  const messageIds: string[] = [];

  const apply = ({ key, message }: KeyedMessage): Outcome => {
    const about = { messageId: message.id, documentId };
    const revision = current?.revision ?? 0;
    const receipt = receipts.get(key);
    if (receipt) return { ...about, ...endOf(receipt, work) };

    if (message.expectedrevision !== undefined && message.expectedrevision !== revision) {
      const reason = `Expected revision ${message.expectedrevision}, but ${documentId} is at revision ${revision}.`;
      return { ...about, status: 'REJECTED', revision, refusal: { code: 'REVISION_CONFLICT', reason } };
    }

    const origin = originOf(message);
    const { time, cause, source } = message;
    const told = latestTold(current?.told, source, time);
    let caused: readonly Typed[];
    let evolved = current?.state;
    try {
      const lastTold = current?.told[source];
      const context = { now, time, cause, origin, known: current?.provenance, lastTold };
      const decision = aggregate.decide(evolved, message, context);
      if ('refused' in decision) return { ...about, status: 'REJECTED', revision, refusal: decision.refused };
      caused = decision.events;
      for (const event of caused) {
        const fault = eventSchemas.dataFault(schemaName(event), event.data);
        if (fault) throw new Error(`${aggregate.noun} caused a ${event.type} that breaks its schema: ${fault.reason}`);
        evolved = aggregate.evolve(evolved, event);
      }
    } catch (fault) {
      return {
        ...about,
        status: 'DEAD_LETTERED',
        revision,
        refusal: { code: 'DECISION_FAILED', reason: clipped(String(fault)) },
      };
    }

    if (caused.length === 0) {
      if (current && told !== current.told) {
        const same = isSameSystem(current.provenance, origin);
        const provenance = same ? latestProvenance(current.provenance, origin, time) : current.provenance;
        current = { ...current, provenance, told };
        messageIds.push(receiptFor(key, revision, 0));
      }
      return { ...about, status: 'DUPLICATE', revision };
    }

    const ids = eventIds(work, revision + 1, caused.length);
    const envelopes = caused.map((event, index) => envelope(event, ids[index] ?? '', documentId, message));
    const tooLarge = envelopes.find((event) => Buffer.byteLength(JSON.stringify(event)) > MAX_EVENT_BYTES);
    if (tooLarge) {
      const reason = `It would cause a ${tooLarge.type} of more than ${MAX_EVENT_BYTES} bytes, which no log takes.`;
      return { ...about, status: 'DEAD_LETTERED', revision, refusal: { code: 'EVENT_TOO_LARGE', reason } };
    }
    const provenance = latestProvenance(current?.provenance, origin, time);
    current = { state: evolved ?? {}, revision: revision + 1, provenance, told };
    events.push(...envelopes);
    messageIds.push(receiptFor(key, current.revision, caused.length));
    return { ...about, status: 'APPLIED', revision: current.revision, eventIds: ids };
  };

  const ends = messages.map((message) => ({ of: message, outcome: apply(message) }));
  if (messageIds.length === 0 || !current) return { ends, change: undefined };
  const { state, ...governed } = current;
  const document = { ...state, ...governed };
  return { ends, change: { id: documentId, expectedVersion: stored?.version ?? 0, document, events, messageIds } };
}

/** What a document remembers of a message that was applied to it, so that it ends the same way after a crash. */
interface Receipt {
  readonly revision: number;
  readonly eventCount: number;
}

function receiptFor(key: string, revision: number, eventCount: number): string {
  return `${key} ${revision} ${eventCount}`;
}

function readReceipt(text: string): [key: string, Receipt] {
  const [, key = text, revision, eventCount] = /^(.*) (\d+) (\d+)$/s.exec(text) ?? [];
  return [key, { revision: Number(revision), eventCount: Number(eventCount) }];
}

function endOf({ revision, eventCount }: Receipt, work: DocumentWork) {
  if (eventCount === 0) return { status: 'DUPLICATE', revision } as const;
  return { status: 'APPLIED', revision, eventIds: eventIds(work, revision, eventCount) } as const;
}

/** The same each time the same message is folded into the same revision. */
function eventIds({ aggregate, documentId }: DocumentWork, revision: number, count: number): string[] {
  const collection = aggregate.collection.name;
  return Array.from({ length: count }, (_, index) => eventId({ collection, documentId, revision, step: index + 1 }));
}

function envelope(event: Typed, id: string, subject: string, message: InboundMessage): CloudEvent {
  return {
    specversion: '1.0',
    id,
    source: message.source,
    type: event.type,
    subject,
    time: message.time,
    datacontenttype: 'application/json',
    dataschema: schemaName(event),
    correlationid: message.correlationid,
    causationid: message.id,
    cause: message.cause,
    data: event.data,
  };
}

function split({ revision, provenance, told = NOTHING_TOLD, ...state }: Governed<object>) {
  return { state, revision, provenance, told };
}

const NOTHING_TOLD: Told = {};
