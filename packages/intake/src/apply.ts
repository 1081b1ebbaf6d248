import { toUSVString } from 'node:util';
import { APPLIED_MESSAGES_KEPT, StoreUnavailableError } from '@takt/document-store';
import type { Change, Collection, CommitResult } from '@takt/document-store';
import type { EventSchemas } from '@takt/event-log';
import type { AnyAggregate, Governed, Refusal } from './aggregate.ts';
import type { Availability } from './availability.ts';
import { clipped } from './clipped.ts';
import type { Clock } from './clock.ts';
import { fold } from './fold.ts';
import type { DocumentWork, KeyedMessage } from './fold.ts';
import { rejected } from './inbox.ts';
import type { End, Inbox, Kept } from './inbox.ts';
import { IntakeUnavailableError } from './intake-port.ts';
import type { InboundMessage, Outcome } from './intake-port.ts';

/** An aggregate and the collection that holds its documents. */
export interface Home {
  readonly aggregate: AnyAggregate;
  readonly collection: Collection<Governed<object>>;
}

export interface Applier {
  readonly inbox: Inbox;
  /** By message type. */
  readonly homes: ReadonlyMap<string, Home>;
  readonly eventSchemas: EventSchemas;
  readonly clock: Clock;
  readonly availability: Availability;
  /** By key: how often a message without an end has failed on its own, with a fault that may pass. */
  readonly failures: Map<string, number>;
  /** How many messages it has brought to their end. */
  ended: number;
}

/**
 * Brings messages from the inbox to their end, in order: decides, commits documents with their events, records the
 * outcomes. Answers outcomes by key. Rejects if the store fails: what has no end by then stays RECEIVED, and applying it
 * again brings it to the end that it would have had. A message that fails {@link MAX_FAILURES} times on its own while the
 * store is available is dead-lettered, so that it does not hold up the others for ever.
 */
export async function applyMessages(applier: Applier, messages: readonly Kept[]): Promise<Map<string, Outcome>> {
  const outcomes = new Map<string, Outcome>();
  const finish = async (ends: readonly End[]): Promise<void> => {
    if (ends.length === 0) return;
    const recorded = await applier.inbox.record(ends);
    applier.ended += recorded.length;
    for (const { kept, outcome } of recorded) {
      outcomes.set(kept.key, outcome);
      applier.failures.delete(kept.key);
    }
  };

  const { works, homeless } = group(applier, messages);
  await finish(homeless);
  // A document remembers this many messages; recording their ends before it takes more keeps a crash from applying one twice.
  for (let from = 0; ; from += APPLIED_MESSAGES_KEPT) {
    const round = works
      .map((work) => ({ ...work, messages: work.messages.slice(from, from + APPLIED_MESSAGES_KEPT) }))
      .filter((work) => work.messages.length > 0);
    if (round.length === 0) return outcomes;
    const collections = [...new Set(round.map((work) => work.collection))];
    const tries = await Promise.all(
      collections.map((collection) =>
        tryAll(
          applier,
          collection,
          round.filter((work) => work.collection === collection),
        ),
      ),
    );
    await finish(tries.flatMap(({ ends }) => ends));
    const failed = tries.find(({ failure }) => failure);
    if (failed?.failure) throw failed.failure.fault;
  }
}

interface Try {
  readonly ends: readonly End[];
  /** What kept the rest from its end. */
  readonly failure?: { readonly fault: unknown };
}

/**
 * Where applying together fails, each document on its own, and of each the messages one after the other, up to one that
 * fails. Gives up when the store is not available, or seems to fail whatever it is asked.
 */
async function tryAll(
  applier: Applier,
  collection: Collection<Governed<object>>,
  works: readonly PlacedWork[],
): Promise<Try> {
  try {
    const ends = await applyTo(applier, collection, works);
    for (const { kept } of ends) applier.failures.delete(kept.key);
    return { ends };
  } catch (fault) {
    if (isUnavailable(fault)) return { ends: [], failure: { fault } };
    const [work, ...others] = works;
    if (work && others.length === 0 && work.messages.length === 1) return tryOnce(applier, work, fault);
    const ends: End[] = [];
    const failures: unknown[] = [];
    for (const one of works) {
      for (const message of one.messages) {
        const tried = await tryAll(applier, collection, [{ ...one, messages: [message] }]);
        ends.push(...tried.ends);
        if (!tried.failure) continue;
        failures.push(tried.failure.fault);
        break;
      }
      if (isUnavailable(failures.at(-1)) || failures.length === MAX_FAILURES) break;
    }
    if (failures.length === 0) return { ends };
    return { ends, failure: { fault: failures.find(isUnavailable) ?? fault } };
  }
}

/** The end of one message that failed on its own, if it has done so often enough: as a dead letter, if it was not committed all the same. */
async function tryOnce({ failures, clock, eventSchemas }: Applier, work: PlacedWork, fault: unknown): Promise<Try> {
  const { collection, documentId } = work;
  const [only] = work.messages;
  const count = (only ? (failures.get(only.key) ?? 0) : 0) + 1;
  if (!only || count < MAX_FAILURES) {
    if (only) failures.set(only.key, count);
    return { ends: [], failure: { fault } };
  }
  const [stored] = await collection.getMany([documentId]).catch(() => []);
  const { ends, change } = fold(work, stored, clock(), eventSchemas);
  if (stored && !change) return { ends: ends.map(({ of, outcome }) => ({ kept: of.kept, outcome })) };
  const refusal = { code: 'COMMIT_FAILED', reason: clipped(`${count} times: ${String(fault)}`) };
  return { ends: [deadLetter(only, documentId, refusal)] };
}

/** Whether nothing can be done now, whichever message it is. */
export function isUnavailable(fault: unknown): boolean {
  return fault instanceof StoreUnavailableError || fault instanceof IntakeUnavailableError;
}

function deadLetter({ kept, message }: KeptMessage, documentId: string, refusal: Refusal): End {
  return { kept, outcome: { messageId: message.id, documentId, status: 'DEAD_LETTERED', refusal } };
}

interface PlacedWork extends DocumentWork<KeptMessage>, Home {
  readonly messages: KeptMessage[];
}

interface KeptMessage extends KeyedMessage {
  readonly kept: Kept;
}

/** One work for each document that these messages are about; the ends of those that are about none. */
function group({ homes }: Applier, messages: readonly Kept[]): { works: PlacedWork[]; homeless: End[] } {
  const works = new Map<string, PlacedWork>();
  const homeless: End[] = [];
  for (const kept of messages) {
    const message = JSON.parse(kept.entry.raw) as InboundMessage;
    const home = homes.get(message.type);
    if (!home) {
      homeless.push({
        kept,
        outcome: rejected(message.id, 'UNKNOWN_TYPE', `${message.type} is not a type of this domain.`),
      });
      continue;
    }
    const named = identify(home.aggregate, message);
    if ('outcome' in named) {
      homeless.push({ kept, outcome: named.outcome });
      continue;
    }
    const { documentId } = named;
    const place = `${home.collection.name} ${documentId}`;
    const work = works.get(place) ?? { ...home, documentId, messages: [] };
    work.messages.push({ key: kept.key, message, kept });
    works.set(place, work);
  }
  return { works: [...works.values()], homeless };
}

function identify(aggregate: AnyAggregate, message: InboundMessage): { documentId: string } | { outcome: Outcome } {
  try {
    const documentId = aggregate.identify(message);
    if (toUSVString(documentId) !== documentId) {
      const reason = `The id of its ${aggregate.noun} would hold half of a surrogate pair.`;
      return { outcome: rejected(message.id, 'SCHEMA_VIOLATION', reason) };
    }
    const bytes = Buffer.byteLength(documentId);
    if (bytes > 0 && bytes <= MAX_DOCUMENT_ID_BYTES) return { documentId };
    const reason = `The id of its ${aggregate.noun} would have ${bytes} bytes; 1 to ${MAX_DOCUMENT_ID_BYTES} are allowed.`;
    return { outcome: rejected(message.id, 'SCHEMA_VIOLATION', reason) };
  } catch (fault) {
    const refusal = { code: 'DECISION_FAILED', reason: clipped(String(fault)) };
    return { outcome: { status: 'DEAD_LETTERED', messageId: message.id, refusal } };
  }
}

/** Commits what becomes of documents of one collection; reads again and decides again where somebody else wrote in between. */
async function applyTo(
  applier: Applier,
  collection: Collection<Governed<object>>,
  works: readonly PlacedWork[],
): Promise<End[]> {
  const ends: End[] = [];
  let open = works;
  for (let attempt = 1; open.length > 0; attempt += 1) {
    const stored = await collection.getMany(open.map((work) => work.documentId));
    const now = applier.clock();
    const folds = open.map((work, index) => ({ work, ...fold(work, stored[index], now, applier.eventSchemas) }));
    const results = await commitEach(
      applier,
      collection,
      folds.flatMap(({ change }) => change ?? []),
    );
    const again: PlacedWork[] = [];
    for (const { work, ends: folded, change } of folds) {
      const failure = change && failureOf(results.get(change.id), attempt);
      if (!failure) ends.push(...folded.map(({ of, outcome }) => ({ kept: of.kept, outcome })));
      else if (failure === 'retry') again.push(work);
      else ends.push(...(await endFailed(applier, work, failure)));
    }
    open = again;
  }
  return ends;
}

type Commit = CommitResult | { readonly status: 'failed'; readonly fault: unknown };

/**
 * Commits together; if that fails, each on its own, so that a document that the store cannot take does not hold up the
 * others.
 */
async function commitEach(
  { availability }: Applier,
  collection: Collection<Governed<object>>,
  changes: readonly Change<Governed<object>>[],
): Promise<Map<string, Commit>> {
  const commits = new Map<string, Commit>();
  if (changes.length === 0) return commits;
  availability.assertWriter();
  try {
    const results = await collection.commit(changes);
    changes.forEach(({ id }, index) => commits.set(id, results[index] ?? NO_ANSWER));
  } catch (fault) {
    if (fault instanceof StoreUnavailableError) throw fault;
    availability.assertWriter();
    await Promise.all(
      changes.map(async (change) => {
        const answer = await collection
          .commit([change])
          .catch((fault: unknown) => [{ status: 'failed', fault } as const]);
        commits.set(change.id, answer[0] ?? NO_ANSWER);
      }),
    );
  }
  for (const { id, events } of changes) {
    if (commits.get(id)?.status === 'committed') availability.waiting(events.length);
  }
  return commits;
}

/**
 * From this package's own table: COMMIT_FAILED, COMMIT_CONFLICTS. Throws a fault that may pass: nobody knows whether the
 * change was written, so that its messages have no end yet.
 */
function failureOf(commit: Commit = NO_ANSWER, attempt: number): Refusal | 'retry' | undefined {
  if (commit.status === 'committed') return undefined;
  if (commit.status === 'failed') {
    if (!isLasting(commit.fault)) throw commit.fault;
    return { code: 'COMMIT_FAILED', reason: clipped(String(commit.fault)) };
  }
  if (attempt < MAX_ATTEMPTS) return 'retry';
  return { code: 'COMMIT_CONFLICTS', reason: `Others wrote to it in between, ${MAX_ATTEMPTS} times.` };
}

/** Whether the store said that it can never take this change: the port throws TypeError, encoders RangeError as well. */
function isLasting(fault: unknown): boolean {
  return fault instanceof TypeError || fault instanceof RangeError;
}

/** Ends messages whose commit failed: one after the other, so that only those that cannot be committed are dead-lettered. */
async function endFailed(applier: Applier, work: PlacedWork, refusal: Refusal): Promise<End[]> {
  const [only, ...others] = work.messages;
  if (only && others.length === 0) return [deadLetter(only, work.documentId, refusal)];
  const ends: End[] = [];
  for (const one of work.messages) {
    ends.push(...(await applyTo(applier, work.collection, [{ ...work, messages: [one] }])));
  }
  return ends;
}

export const MAX_FAILURES = 5;
const MAX_ATTEMPTS = 10;
/** Leaves room for what stores and events add to it in their keys. */
const MAX_DOCUMENT_ID_BYTES = 512;
const NO_ANSWER: Commit = { status: 'failed', fault: new Error('The store gave no answer.') };
