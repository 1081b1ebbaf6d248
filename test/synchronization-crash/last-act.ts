import type { Collection, DocumentStore } from '@takt/document-store';
import type { EventLog } from '@takt/event-log';
import type { Intake } from '@takt/intake';
import type { Neighbours } from '@takt/subgraph-server';

/** What a process does last: something is written for the n-th time in its life, and that is still done, or not. */
export interface LastAct {
  /** Name of a collection, `log`, or `command` for what is sent to another domain. */
  readonly writes: string;
  readonly time: number;
  readonly isDone: boolean;
}

/** Counts what a process writes, and calls `die` at the last act, which must not return. */
export function mortal(last: LastAct | undefined, die: () => never) {
  let times = 0;
  const write = async <T>(what: string, act: () => Promise<T>): Promise<T> => {
    if (what === last?.writes) times += 1;
    const isLast = what === last?.writes && times === last.time;
    if (isLast && !last.isDone) die();
    const result = await act();
    if (isLast) die();
    return result;
  };
  const collection = <T extends object>(given: Collection<T>): Collection<T> => ({
    name: given.name,
    getMany: (ids) => given.getMany(ids),
    commit: (changes) => write(given.name, () => given.commit(changes)),
    remove: (ids) => write(given.name, () => given.remove(ids)),
    page: (query) => given.page(query),
    pages: (query, keys) => given.pages(query, keys),
    count: (where) => given.count(where),
    counts: (where, keys) => given.counts(where, keys),
  });
  return {
    store: (store: DocumentStore): DocumentStore => ({
      shared: store.shared,
      outbox: store.outbox,
      check: () => store.check(),
      collection: async (definition) => collection(await store.collection(definition)),
      close: () => store.close(),
    }),
    log: (log: EventLog): EventLog => ({
      id: log.id,
      append: (events) => write('log', () => log.append(events)),
      read: (after, limit) => log.read(after, limit),
      head: () => log.head(),
      follow: (after, signal) => log.follow(after, signal),
      check: () => log.check(),
      close: () => log.close(),
    }),
    neighbours: (neighbours: Neighbours): Neighbours => ({
      ...neighbours,
      intake: (domain): Intake => ({
        receive: (messages) => write('command', () => neighbours.intake(domain).receive(messages)),
      }),
    }),
  };
}
