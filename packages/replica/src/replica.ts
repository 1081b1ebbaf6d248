import { isDeepStrictEqual } from 'node:util';
import type { Change, Collection, DocumentStore, Stored } from '@takt/document-store';
import { PositionExpiredError, type LoggedEvent } from '@takt/event-log';
import { placeOf, type AnyAggregate, type Provenance } from '@takt/intake';
import type { LogConsumer } from '@takt/log-consumer';
import { withEvent, type ReplicaDocument, type Replicated } from './replica-document.ts';

export interface ReplicaOptions {
  /** Of the consumer: unique within the store, for ever. */
  readonly name: string;
  /** Nobody else writes to the replica's collections. */
  readonly store: DocumentStore;
  readonly parts: readonly Replicated[];
  /**
   * Documents of a collection of the domain in order of their ids (UTF-8), from the first one behind `after` on; none
   * once there are no more.
   */
  readonly snapshot: (collection: string, after: string | undefined) => Promise<Snapshot>;
  /**
   * Hears of changes before they are written, in the order in which they came to be, and has them written by `write`.
   * What it has kept before stays, also if the process dies in between: it hears of a change again until that is written,
   * and not after that. If it rejects, all of it comes again.
   */
  readonly onChanges: (changes: readonly ReplicaChange[], write: () => Promise<void>) => Promise<void>;
}

export interface Snapshot {
  /** Of the domain's log: the documents are at least as new. */
  readonly position: number;
  readonly documents: readonly {
    readonly id: string;
    readonly state: object;
    readonly revision: number;
    readonly provenance: Provenance;
  }[];
}

/** What an event, or a snapshot, did to one document. */
export interface ReplicaChange {
  readonly noun: string;
  readonly id: string;
  /** None of a document that is new here. */
  readonly before?: object | undefined;
  /** None of a document that is gone. */
  readonly after?: object | undefined;
  /** Absent if a snapshot told it. */
  readonly event?: LoggedEvent['event'];
  /** Of the event, or that the snapshot is as new as. */
  readonly position: number;
}

/**
 * Keeps documents of another domain here as well, made from its log by what its own aggregates make of an event: the same
 * events give the same documents, whatever comes twice. Where the log does not lead up to what is here, it takes a
 * snapshot, and removes what is not in that.
 */
export async function replica({ name, store, parts, snapshot, onChanges }: ReplicaOptions): Promise<LogConsumer> {
  const copies = await Promise.all(parts.map((part) => openCopy(store, part)));
  return {
    name,
    async apply(events) {
      const folded = await Promise.all(copies.map((copy) => foldInto(copy, events)));
      const changes = folded.flatMap(({ changes }) => changes).sort((one, other) => one.position - other.position);
      if (changes.length === 0) return;
      await onChanges(changes, async () => {
        await Promise.all(folded.map(({ copy, written }) => commit(copy, written)));
      });
    },
    async catchUp(signal) {
      for (const copy of copies) {
        for (let after: string | undefined; !signal.aborted;) {
          const told = await snapshot(copy.aggregate.collection.name, after);
          const upTo = told.documents.at(-1)?.id;
          const { changes, written } = await replacing(copy, told);
          if (changes.length > 0) await onChanges(changes, () => commit(copy, written));
          for await (const gone of othersThan(copy, told, { after, upTo })) {
            await onChanges(gone, async () => {
              await copy.documents.remove(gone.map(({ id }) => id));
            });
          }
          if (upTo === undefined) break;
          after = upTo;
        }
      }
    },
  };
}

/** One aggregate's documents, there and here. */
interface Copy {
  readonly aggregate: AnyAggregate;
  readonly documents: Collection<ReplicaDocument<object>>;
}

interface Folded {
  readonly copy: Copy;
  readonly changes: readonly ReplicaChange[];
  readonly written: readonly Change<ReplicaDocument<object>>[];
}

async function openCopy(store: DocumentStore, { aggregate, collection }: Replicated): Promise<Copy> {
  return { aggregate: aggregate as unknown as AnyAggregate, documents: await store.collection(collection) };
}

/** What the events make of the documents that they are about; throws if some are missing before them. */
async function foldInto(copy: Copy, events: readonly LoggedEvent[]): Promise<Folded> {
  const { aggregate, documents } = copy;
  const places = events.map(({ event }) => placeOf(event.id));
  const isOurs = (collection: string | undefined) => collection === aggregate.collection.name;
  const ids = [...new Set(places.flatMap((place) => (place && isOurs(place.collection) ? place.documentId : [])))];
  const stored = ids.length > 0 ? await documents.getMany(ids) : [];
  const current = new Map(ids.map((id, index) => [id, stored[index]?.document]));
  const changes: ReplicaChange[] = [];
  events.forEach(({ event, position }, index) => {
    const place = places[index];
    if (!place || !isOurs(place.collection)) return;
    const id = place.documentId;
    const before = current.get(id);
    const after = withEvent(aggregate, before, event, place);
    // What leads from what is here to this event is kept no more, or was never heard: the same remedy.
    if (!after) throw new PositionExpiredError(0, position);
    if (after === before) return;
    current.set(id, after);
    changes.push({ noun: aggregate.noun, id, before: before?.state, after: after.state, event, position });
  });
  const written = ids.flatMap((id, index) => {
    const document = current.get(id);
    return document && document !== stored[index]?.document ? [changeOf(id, stored[index], document)] : [];
  });
  return { copy, changes, written };
}

/** What it takes to have documents as a snapshot tells them. */
async function replacing(
  { aggregate: { noun }, documents }: Copy,
  { documents: told, position }: Snapshot,
): Promise<Pick<Folded, 'changes' | 'written'>> {
  const stored = told.length > 0 ? await documents.getMany(told.map(({ id }) => id)) : [];
  const differing = told.flatMap(({ id, state, revision, provenance }, index) => {
    const here = stored[index];
    if (here?.document.revision === revision && isDeepStrictEqual(here.document.state, state)) return [];
    return [{ id, here, document: { state, revision, steps: null, provenance } }];
  });
  return {
    changes: differing.map(({ id, here, document }) => ({
      noun,
      id,
      before: here?.document.state,
      after: document.state,
      position,
    })),
    written: differing.map(({ id, here, document }) => changeOf(id, here, document)),
  };
}

/** Page by page, documents here behind `after`, up to `upTo` if there is one, that are not among those of the snapshot. */
async function* othersThan(
  { aggregate: { noun }, documents }: Copy,
  { documents: told, position }: Snapshot,
  { after, upTo }: { readonly after: string | undefined; readonly upTo: string | undefined },
): AsyncGenerator<ReplicaChange[], void, undefined> {
  const there = new Set(told.map(({ id }) => id));
  const isBehind = (id: string) => upTo !== undefined && Buffer.compare(Buffer.from(id), Buffer.from(upTo)) > 0;
  for (let last = after; ;) {
    const page = await documents.page({ orderBy: [], first: PAGE, ...(last !== undefined && { after: [last] }) });
    const others = page.entries.filter(({ id }) => !isBehind(id) && !there.has(id));
    if (others.length > 0) yield others.map(({ id, document }) => ({ noun, id, before: document.state, position }));
    last = page.entries.at(-1)?.id;
    if (!page.hasNextPage || last === undefined || isBehind(last)) return;
  }
}

function changeOf(
  id: string,
  stored: Stored<ReplicaDocument<object>> | undefined,
  document: ReplicaDocument<object>,
): Change<ReplicaDocument<object>> {
  return { id, expectedVersion: stored?.version ?? 0, document, events: [], messageIds: [] };
}

async function commit({ documents }: Copy, changes: readonly Change<ReplicaDocument<object>>[]): Promise<void> {
  const results = changes.length > 0 ? await documents.commit(changes) : [];
  const conflict = results.findIndex(({ status }) => status !== 'committed');
  if (conflict >= 0) throw new Error(`Somebody else writes ${documents.name} ${changes[conflict]?.id ?? ''}.`);
}

const PAGE = 256;
