import type { Collection, CollectionDefinition, DocumentStore } from './port.ts';

/** Counts the reads of a store: each call of getMany, page, pages, count and counts is one. */
export function countReads(store: DocumentStore): CountedReads {
  let reads = 0;
  const counted = <T extends object>(collection: Collection<T>): Collection<T> => ({
    name: collection.name,
    commit: (changes) => collection.commit(changes),
    remove: (ids) => collection.remove(ids),
    getMany: (ids) => (reads++, collection.getMany(ids)),
    page: (query) => (reads++, collection.page(query)),
    pages: (query, keys) => (reads++, collection.pages(query, keys)),
    count: (where) => (reads++, collection.count(where)),
    counts: (where, keys) => (reads++, collection.counts(where, keys)),
  });
  return {
    store: {
      outbox: store.outbox,
      shared: store.shared,
      check: () => store.check(),
      collection: async <T extends object>(definition: CollectionDefinition<T>) =>
        counted(await store.collection(definition)),
      close: () => store.close(),
    },
    reads: () => reads,
    reset: () => {
      reads = 0;
    },
  };
}

interface CountedReads {
  readonly store: DocumentStore;
  readonly reads: () => number;
  readonly reset: () => void;
}
