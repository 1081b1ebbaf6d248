import type { Collection, DocumentStore } from '@takt/document-store';

/** The same store, but for some methods of one of its collections. */
export function withMethods(
  store: DocumentStore,
  change: (tanks: Collection<object>) => Partial<Collection<object>>,
  name = 'tanks',
): DocumentStore {
  return {
    outbox: store.outbox,
    shared: store.shared,
    check: () => store.check(),
    close: () => store.close(),
    collection: async (definition) => {
      const collection = await store.collection(definition);
      if (definition.name !== name) return collection;
      const tanks = collection as Collection<object>;
      const methods: Collection<object> = {
        name: tanks.name,
        getMany: (ids) => tanks.getMany(ids),
        commit: (changes) => tanks.commit(changes),
        remove: (ids) => tanks.remove(ids),
        page: (query) => tanks.page(query),
        pages: (query, keys) => tanks.pages(query, keys),
        count: (where) => tanks.count(where),
        counts: (where, keys) => tanks.counts(where, keys),
        ...change(tanks),
      };
      return methods as typeof collection;
    },
  };
}
