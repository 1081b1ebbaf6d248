import type { Collection, DocumentStore } from '@takt/document-store';
import type { EventLog } from '@takt/event-log';

/** At which step of store or log a process dies, and whether that step is still done. */
export interface LastStep {
  readonly step: number;
  readonly isDone: boolean;
}

/**
 * Counts the steps that a domain takes with its store and its log, and calls `die` at the last one, which must not
 * return. Delivering an event to a follower is a step as well.
 */
export class StepCounter {
  #taken = 0;

  constructor(
    private readonly last: LastStep | undefined,
    private readonly die: () => never,
  ) {}

  wrapStore(store: DocumentStore): DocumentStore {
    const { outbox } = store;
    return {
      shared: store.shared,
      check: () => store.check(),
      collection: async (definition) => this.#wrapCollection(await store.collection(definition)),
      outbox: {
        pending: (limit) => this.#step(() => outbox.pending(limit)),
        count: () => this.#step(() => outbox.count()),
        remove: (ids) => this.#step(() => outbox.remove(ids)),
        onCommit: (callback) => outbox.onCommit(callback),
      },
      close: () => store.close(),
    };
  }

  wrapLog(log: EventLog): EventLog {
    return {
      id: log.id,
      append: (events) => this.#step(() => log.append(events)),
      read: (after, limit) => this.#step(() => log.read(after, limit)),
      head: () => log.head(),
      follow: (after, signal) => this.#deliveries(log.follow(after, signal)),
      check: () => log.check(),
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

  async *#deliveries<Event>(events: AsyncIterable<Event>): AsyncGenerator<Event, void, undefined> {
    for await (const event of events) {
      await this.#step(() => Promise.resolve());
      yield event;
    }
  }

  async #step<T>(step: () => Promise<T>): Promise<T> {
    this.#taken += 1;
    const isLast = this.#taken === this.last?.step;
    if (isLast && !this.last?.isDone) this.die();
    const result = await step();
    if (isLast) this.die();
    return result;
  }
}
