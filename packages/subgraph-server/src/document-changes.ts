import { setTimeout as delay } from 'node:timers/promises';
import type { DocumentStore, StoredEvent } from '@takt/document-store';
import { decodeCursor, encodeCursor, type EventLog } from '@takt/event-log';
import { extendSchema, parse, type GraphQLSchema } from 'graphql';
import type { AnyDomainDefinition } from './domain.ts';
import { fault } from './errors.ts';
import { faultsNamed } from './live.ts';

/**
 * Fields that every subgraph answers besides its schema, as `_service` is: not composed, so that no client sees them. By
 * them an extraction learns which documents change while it reads them.
 */
const FIELDS = parse(`
  extend type Query {
    _head: String!
    _changes(collection: String!, after: String!, until: String!): _Changes!
  }
  type _Changes {
    ids: [String!]!
    cursor: String!
  }
`);

/**
 * `_head`: a cursor behind every event of what was committed before it was asked for, whether it was in the log by then
 * or not. `_changes`: ids of documents of an aggregate's collection that have events behind `after`, up to `cursor`, which
 * is `until` once there are no more. Faults: DOCUMENTS_WITHOUT_EVENTS, CURSOR_INVALID,
 * CURSOR_EXPIRED, EVENT_LOG_UNAVAILABLE if what was committed is not published for long.
 */
export function withDocumentChanges(
  schema: GraphQLSchema,
  aggregates: AnyDomainDefinition['aggregates'],
  engines: { readonly store: Pick<DocumentStore, 'outbox'>; readonly log: Pick<EventLog, 'id' | 'head' | 'read'> },
): GraphQLSchema {
  const { log, store } = engines;
  const extended = extendSchema(schema, FIELDS, { assumeValidSDL: true });
  const { _head: head, _changes: changes } = extended.getQueryType()?.getFields() ?? {};
  if (!head || !changes) throw new Error('a subgraph without a query type');
  head.resolve = () => faultsNamed(log, async () => encodeCursor(log.id, await settledHead(store.outbox, log)));
  changes.resolve = (_root, asked: { collection: string; after: string; until: string }) =>
    faultsNamed(log, async () => {
      const aggregate = aggregates.find(({ collection }) => collection.name === asked.collection);
      if (!aggregate) {
        throw fault(
          'DOCUMENTS_WITHOUT_EVENTS',
          `Documents of ${asked.collection.slice(0, 80)} have no events of their own.`,
        );
      }
      const until = await decodeCursor(asked.until, log);
      let position = await decodeCursor(asked.after, log);
      const ids = new Set<string>();
      // Also if there is nothing to read: whether the log still reaches back is to be known.
      for (let read = 0; read < EVENTS_READ && (read === 0 || position < until);) {
        const events = await log.read(position, AT_ONCE);
        for (const { position: at, event } of events) {
          if (at > until) break;
          position = at;
          if (event.subject !== undefined && event.type in aggregate.events) ids.add(event.subject);
        }
        if (events.length === 0) break;
        read += events.length;
      }
      return { ids: [...ids], cursor: encodeCursor(log.id, position) };
    });
  return extended;
}

/** Position of the log with all events in it that had been committed when it was asked for. */
async function settledHead(outbox: DocumentStore['outbox'], log: Pick<EventLog, 'head'>): Promise<number> {
  let awaited: Set<string> | undefined;
  for (let waitedMs = 0; waitedMs <= LONGEST_WAIT_MS; waitedMs += LOOK_MS) {
    const count = await outbox.count();
    const pending: readonly StoredEvent[] = count === 0 ? [] : await outbox.pending(count);
    // Some may have been committed since: what counts is that all of them are seen once.
    if (!awaited && pending.length >= count) awaited = new Set(pending.map(({ id }) => id));
    const known = awaited;
    if (known && !pending.some(({ id }) => known.has(id))) return log.head();
    await delay(LOOK_MS);
  }
  throw fault('EVENT_LOG_UNAVAILABLE', 'What was committed has not reached the event log for long. Ask again later.');
}

/** Events of one answer, and how many of them are in memory. */
const EVENTS_READ = 480;
const AT_ONCE = 48;
const LOOK_MS = 20;
const LONGEST_WAIT_MS = 5_000;
