import type { DocumentStore } from '@takt/document-store';
import type { EventLog } from '@takt/event-log';

/**
 * Makes sure that documents and events belong together: a store belongs to the log that it was first opened with. Two
 * logs beside one store would each hold half of what happened, as would a backup of one without the other.
 */
export async function claimLog(domain: string, store: DocumentStore, log: Pick<EventLog, 'id'>): Promise<void> {
  const owners = await store.collection<{ readonly log: string }>({ name: 'event-log', indexes: [] });
  const own = { id: 'log', expectedVersion: 0, document: { log: log.id }, events: [], messageIds: [] };
  const [result] = await owners.commit([own]);
  if (result?.status === 'committed') return;
  const [known] = await owners.getMany(['log']);
  if (known?.document.log === log.id) return;
  throw new Error(
    `The documents of ${domain} belong to another event log than the one that was opened (${known?.document.log ?? 'none'}, not ${log.id}). ` +
      'Use the data directory and NATS_URL that they were made with, or restore documents and events from one backup; ' +
      'to start afresh, set TAKT_NAMESPACE and TAKT_DATA_DIR to new ones.',
  );
}
