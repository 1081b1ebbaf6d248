import { StoreUnavailableError } from '@takt/document-store';
import type { Collection, CollectionDefinition, DocumentStore } from '@takt/document-store';
import type { EventLog } from '@takt/event-log';

/** A store that writes only while `mayWrite`: who has lost the pen writes nothing from that instant on, whatever it is at. */
export function fencedStore(store: DocumentStore, mayWrite: () => boolean): DocumentStore {
  const fenced = <T extends object>(collection: Collection<T>): Collection<T> => ({
    name: collection.name,
    commit: guarded(mayWrite, (changes) => collection.commit(changes)),
    remove: guarded(mayWrite, (ids) => collection.remove(ids)),
    getMany: (ids) => collection.getMany(ids),
    page: (query) => collection.page(query),
    pages: (query, keys) => collection.pages(query, keys),
    count: (where) => collection.count(where),
    counts: (where, keys) => collection.counts(where, keys),
  });
  return {
    outbox: {
      pending: guarded(mayWrite, (limit) => store.outbox.pending(limit)),
      count: () => store.outbox.count(),
      remove: guarded(mayWrite, (ids) => store.outbox.remove(ids)),
      onCommit: (callback) => store.outbox.onCommit(callback),
    },
    shared: store.shared,
    check: () => store.check(),
    collection: async <T extends object>(definition: CollectionDefinition<T>) =>
      fenced(await store.collection(definition)),
    close: () => store.close(),
  };
}

/** A log that takes events only while `mayWrite`. */
export function fencedLog(log: EventLog, mayWrite: () => boolean): EventLog {
  return {
    id: log.id,
    append: guarded(mayWrite, (events) => log.append(events)),
    read: (after, limit) => log.read(after, limit),
    head: () => log.head(),
    follow: (after, signal) => log.follow(after, signal),
    check: () => log.check(),
    close: () => log.close(),
  };
}

function guarded<Argument, Result>(
  mayWrite: () => boolean,
  write: (argument: Argument) => Promise<Result>,
): (argument: Argument) => Promise<Result> {
  return (argument) =>
    mayWrite()
      ? write(argument)
      : Promise.reject(new StoreUnavailableError('another process may write to it now, and this one no longer'));
}
