import { setTimeout as pass } from 'node:timers/promises';
import type { Collection, CollectionDefinition, DocumentStore } from '@takt/document-store';
import { expect, it } from 'vitest';
import { planningPlant } from './planning-plant.ts';

it('goes on in time behind all that was told, however slowly it is heard: a unit begins with what it was told before', async () => {
  // given a plant that is slow to hear of orders of customers
  const plant = await planningPlant({
    decorateStore: (store, domain) => (domain === 'synchronization' ? hearingSlowly(store, 'customer-orders') : store),
  });
  await plant.customerOrder('CO-1', 50, '2026-12-21');

  // when a day passes
  await plant.advance(24 * 60);
  await plant.settle();

  // then what was ordered before is no change
  expect(await plant.decisions('PUMP')).toMatchObject([{ outcome: 'SUPPRESS', lines: [] }]);
});

/** A store that takes longer to read the replica of a collection than it takes to see what is due. */
function hearingSlowly(store: DocumentStore, name: string): DocumentStore {
  const slowly = <T extends object>(collection: Collection<T>): Collection<T> => ({
    name: collection.name,
    commit: (changes) => collection.commit(changes),
    remove: (ids) => collection.remove(ids),
    getMany: async (ids) => {
      await pass(SLOW_MS);
      return collection.getMany(ids);
    },
    page: (query) => collection.page(query),
    pages: (query, keys) => collection.pages(query, keys),
    count: (where) => collection.count(where),
    counts: (where, keys) => collection.counts(where, keys),
  });
  return {
    outbox: store.outbox,
    shared: store.shared,
    check: () => store.check(),
    async collection<T extends object>(definition: CollectionDefinition<T>) {
      const collection = await store.collection(definition);
      return definition.name === `replica-${name}` ? slowly(collection) : collection;
    },
    close: () => store.close(),
  };
}

const SLOW_MS = 1_000;
