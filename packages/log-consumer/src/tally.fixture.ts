import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openLmdbStore, type CollectionDefinition, type DocumentStore } from '@takt/document-store';
import { openEmbeddedLog, type CloudEvent, type EventLog } from '@takt/event-log';
import { onTestFinished } from 'vitest';
import type { LogConsumer } from './log-consumer.ts';

/** By subject: the ids of its events, sorted. */
export interface Tally {
  readonly ids: readonly string[];
}

export const TALLIES: CollectionDefinition<Tally> = { name: 'tallies', indexes: [] };

/** A consumer for tests: it notes which events each subject has had. What it cannot be told of, it takes from `truth`. */
export async function tallies(store: DocumentStore, truth: readonly CloudEvent[] = []): Promise<LogConsumer> {
  const collection = await store.collection(TALLIES);
  const take = async (events: readonly CloudEvent[]): Promise<void> => {
    for (const { id, subject = '' } of events) {
      const [known] = await collection.getMany([subject]);
      const ids = [...new Set([...(known?.document.ids ?? []), id])].sort();
      await collection.commit([{ id: subject, document: { ids }, events: [], messageIds: [] }]);
    }
  };
  return {
    name: 'tallies',
    replay: { collections: [TALLIES] },
    apply: (events) => take(events.map(({ event }) => event)),
    catchUp: () => take(truth),
  };
}

/** A store and a log in a folder of their own, gone when the test ends. */
export async function openEngines(retainEvents?: number): Promise<{ store: DocumentStore; log: EventLog }> {
  const directory = await mkdtemp(join(tmpdir(), 'takt-consumer-'));
  const store = await openLmdbStore({ directory: join(directory, 'documents') });
  const log = await openEmbeddedLog({ directory: join(directory, 'log'), ...(retainEvents && { retainEvents }) });
  onTestFinished(async () => {
    await log.close();
    await store.close();
    await rm(directory, { recursive: true });
  });
  return { store, log };
}

export function event(number: number, subject: string, type = 'TankFilled'): CloudEvent {
  return {
    specversion: '1.0',
    id: `e${String(number).padStart(4, '0')}`,
    source: 'wms/P100',
    type,
    subject,
    time: '2026-03-01T00:00:00Z',
    datacontenttype: 'application/json',
    dataschema: `${type}.v1`,
    correlationid: 'c',
    cause: 'REPORTED',
    data: {},
  };
}

/** All documents of the consumer as JSON text, in order of their ids. */
export async function written(store: DocumentStore): Promise<string[]> {
  const collection = await store.collection(TALLIES);
  const page = await collection.page({ orderBy: [], first: 1000 });
  return page.entries.map(({ id, document }) => JSON.stringify([id, document]));
}
