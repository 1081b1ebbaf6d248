import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openLmdbStore } from '@takt/document-store';
import type { Collection, DocumentStore, PageEntry } from '@takt/document-store';
import type { LogConsumer } from './log-consumer.ts';

export interface Rehearsal<Result> {
  readonly store: DocumentStore;
  readonly consumer: LogConsumer;
  /** The same consumer over another store. */
  readonly over: (store: DocumentStore) => Promise<LogConsumer>;
  /** Whether it starts from what is there, or from nothing. */
  readonly startsFrom: 'WHAT_IS_THERE' | 'NOTHING';
  readonly signal: AbortSignal;
  /** What is rehearsed; `store` is the one in which it may write. */
  readonly act: (stage: { readonly store: DocumentStore; readonly consumer: LogConsumer }) => Promise<Result>;
}

export interface Rehearsed<Result> {
  readonly result: Result;
  readonly difference: Difference;
}

/** Documents that would be others afterwards: changed, new or gone. */
export interface Difference {
  readonly documents: number;
  /** The first few, as `<collection> <id>`. */
  readonly first: readonly string[];
}

/**
 * Lets a consumer do something on a stage of its own: it reads what there is, but what it writes goes into a folder that
 * is removed afterwards. Answers what would have changed. Nobody else may feed the consumer meanwhile.
 */
export async function rehearse<Result>(rehearsal: Rehearsal<Result>): Promise<Rehearsed<Result>> {
  const { store, consumer, over, startsFrom, signal, act } = rehearsal;
  const definitions = consumer.replay && 'collections' in consumer.replay ? consumer.replay.collections : [];
  const directory = await mkdtemp(join(tmpdir(), 'takt-dry-run-'));
  try {
    const stage = await openLmdbStore({ directory });
    try {
      const own = new Set([...definitions.map(({ name }) => name), 'consumer-checkpoints']);
      const staged: DocumentStore = {
        outbox: store.outbox,
        shared: false,
        check: () => store.check(),
        close: () => Promise.resolve(),
        collection: async (definition) =>
          own.has(definition.name) ? stage.collection(definition) : readOnly(await store.collection(definition)),
      };
      const pairs = await Promise.all(
        definitions.map(async (definition) => ({
          real: await store.collection(definition),
          staged: await stage.collection(definition),
        })),
      );
      if (startsFrom === 'WHAT_IS_THERE') for (const { real, staged } of pairs) await copy(real, staged, signal);
      const result = await act({ store: staged, consumer: await over(staged) });
      const ids: string[] = [];
      let documents = 0;
      for (const { real, staged } of pairs) {
        for await (const id of differing(real, staged, signal)) {
          documents += 1;
          if (ids.length < SHOWN) ids.push(`${real.name} ${id}`);
        }
      }
      return { result, difference: { documents, first: ids } };
    } finally {
      await stage.close();
    }
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

function readOnly<T extends object>(collection: Collection<T>): Collection<T> {
  const refuse = () => Promise.reject(new Error(`${collection.name} does not belong to what is rehearsed.`));
  return {
    name: collection.name,
    getMany: (ids) => collection.getMany(ids),
    page: (query) => collection.page(query),
    pages: (query, keys) => collection.pages(query, keys),
    count: (where) => collection.count(where),
    counts: (where, keys) => collection.counts(where, keys),
    commit: refuse,
    remove: refuse,
  };
}

async function copy<T extends object>(from: Collection<T>, to: Collection<T>, signal: AbortSignal): Promise<void> {
  for await (const page of pagesOf(from, signal)) {
    await to.commit(page.map(({ id, document }) => ({ id, document, events: [], messageIds: [] })));
  }
}

/** Ids of documents that are not the same, byte for byte, in two collections. */
async function* differing<T extends object>(
  one: Collection<T>,
  other: Collection<T>,
  signal: AbortSignal,
): AsyncGenerator<string, void, undefined> {
  for await (const page of pagesOf(one, signal)) {
    const others = await other.getMany(page.map(({ id }) => id));
    for (const [index, { id, document }] of page.entries()) {
      if (JSON.stringify(document) !== JSON.stringify(others[index]?.document)) yield id;
    }
  }
  for await (const page of pagesOf(other, signal)) {
    const known = await one.getMany(page.map(({ id }) => id));
    yield* page.filter((_, index) => !known[index]).map(({ id }) => id);
  }
}

async function* pagesOf<T extends object>(
  collection: Collection<T>,
  signal: AbortSignal,
): AsyncGenerator<readonly PageEntry<T>[], void, undefined> {
  for (let after: PageEntry<T>['key'] | undefined; ;) {
    signal.throwIfAborted();
    const page = await collection.page({ orderBy: [], first: PAGE, ...(after && { after }) });
    yield page.entries;
    after = page.entries.at(-1)?.key;
    if (!page.hasNextPage || !after) return;
  }
}

const PAGE = 512;
const SHOWN = 5;
