import type { Collection, DocumentStore } from '@takt/document-store';
import type { EventLog } from '@takt/event-log';

/**
 * Stands for a process that dies at its n-th step of store or log: the step is not done, or done and nobody hears of it;
 * after that no step is done at all.
 */
export class Fuse {
  #left: number;
  #blown = false;

  constructor(
    steps: number,
    private readonly afterStep: boolean,
  ) {
    this.#left = steps;
  }

  get blown(): boolean {
    return this.#blown;
  }

  wrapStore(store: DocumentStore): DocumentStore {
    const { outbox } = store;
    return {
      collection: async (definition) => this.#wrapCollection(await store.collection(definition)),
      outbox: {
        pending: (limit) => this.#step(() => outbox.pending(limit)),
        count: () => this.#step(() => outbox.count()),
        remove: (ids) => this.#step(() => outbox.remove(ids)),
        onCommit: (callback) => outbox.onCommit(callback),
      },
      shared: store.shared,
      check: () => store.check(),
      close: () => store.close(),
    };
  }

  wrapLog(log: EventLog): EventLog {
    return {
      id: log.id,
      append: (events) => this.#step(() => log.append(events)),
      read: (after, limit) => log.read(after, limit),
      head: () => log.head(),
      check: () => log.check(),
      follow: (after, signal) => log.follow(after, signal),
      close: () => log.close(),
    };
  }

  #wrapCollection<T extends object>(collection: Collection<T>): Collection<T> {
    return {
      name: collection.name,
      getMany: (ids) => this.#step(() => collection.getMany(ids)),
      commit: (changes) => this.#step(() => collection.commit(changes)),
      remove: (ids) => this.#step(() => collection.remove(ids)),
      page: (query) => this.#step(() => collection.page(query)),
      pages: (query, keys) => this.#step(() => collection.pages(query, keys)),
      count: (where) => this.#step(() => collection.count(where)),
      counts: (where, keys) => this.#step(() => collection.counts(where, keys)),
    };
  }

  async #step<T>(step: () => Promise<T>): Promise<T> {
    this.#left -= 1;
    if (this.#blown) throw new Error('This process is dead.');
    this.#blown = this.#left < 0;
    if (!this.#blown) return step();
    if (this.afterStep) await step();
    throw new Error('This process dies.');
  }
}
