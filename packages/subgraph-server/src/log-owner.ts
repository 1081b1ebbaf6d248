import type { DocumentStore } from '@takt/document-store';
import type { EventLog } from '@takt/event-log';
import { placeOf } from '@takt/intake';
import type { AnyDomainDefinition } from './domain.ts';

/**
 * Makes sure that documents and events belong together: a store belongs to the log that it was first opened with, and
 * has all that the log tells of. Two logs beside one store would each hold half of what happened, as would a backup of one
 * without the other; a store that is behind its log would publish events under ids that the log has already.
 */
export async function claimLog(
  { name, aggregates }: Pick<AnyDomainDefinition, 'name' | 'aggregates'>,
  store: DocumentStore,
  log: Pick<EventLog, 'id' | 'head' | 'read'>,
): Promise<void> {
  const owners = await store.collection<{ readonly log: string }>({ name: 'event-log', indexes: [] });
  const ownerOf = async () => (await owners.getMany(['log']))[0]?.document.log;
  const owner = await ownerOf();
  const unknown = owner === undefined || owner === log.id ? await newestUnknown(aggregates, store, log) : undefined;
  if (unknown !== undefined) {
    throw new Error(`The event log of ${name} tells of what its documents do not have (${unknown}). ${ADVICE}`);
  }
  if (owner === undefined) {
    await owners.commit([{ id: 'log', expectedVersion: 0, document: { log: log.id }, events: [], messageIds: [] }]);
  }
  const known = owner ?? (await ownerOf());
  if (known === log.id) return;
  throw new Error(
    `The documents of ${name} belong to another event log than the one that was opened (${known ?? 'none'}, not ${log.id}). ${ADVICE}`,
  );
}

const ADVICE =
  'Use the data directory and NATS_URL that they were made with, or restore documents and events from one backup; ' +
  'to start afresh, set TAKT_NAMESPACE and TAKT_DATA_DIR to new ones.';

/**
 * The id of the log's newest event if the document that it came from is not there, or not as far. What is published was
 * committed before, so that a store that has lost something has lost this first.
 */
async function newestUnknown(
  aggregates: AnyDomainDefinition['aggregates'],
  store: DocumentStore,
  log: Pick<EventLog, 'head' | 'read'>,
): Promise<string | undefined> {
  const head = await log.head();
  const [newest] = head > 0 ? await log.read(head - 1, 1) : [];
  const place = newest && placeOf(newest.event.id);
  const aggregate = aggregates.find(({ collection }) => collection.name === place?.collection);
  if (!place || !aggregate) return undefined;
  const documents = await store.collection(aggregate.collection);
  const [stored] = await documents.getMany([place.documentId]);
  return stored && stored.document.revision >= place.revision ? undefined : newest.event.id;
}
