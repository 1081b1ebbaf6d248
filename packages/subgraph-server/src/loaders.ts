import DataLoader from 'dataloader';
import { matcherOf, valueAt } from '@takt/document-store';
import type { Collection, Condition, Conditions, Page, PageQuery, Scalar, Stored } from '@takt/document-store';

/** Documents by id; all ids asked for in one turn of the event loop are one store read. */
export type DocumentLoader<T extends object> = DataLoader<string, Stored<T> | undefined>;

export function documentLoader<T extends object>(collection: Collection<T>): DocumentLoader<T> {
  return new DataLoader(async (ids) => collection.getMany(ids));
}

/** Values by key; all keys asked for in one turn of the event loop are read at once, each once. */
export type BatchLoader<Key, Value> = Pick<DataLoader<Key, Value, string>, 'load' | 'loadMany'>;

/** `read` answers in the order asked; `nameOf` tells keys apart. */
export function batchLoader<Key, Value>(
  read: (keys: readonly Key[]) => Promise<readonly Value[]>,
  nameOf: (key: Key) => string,
): BatchLoader<Key, Value> {
  return new DataLoader(read, { cacheKeyFn: nameOf });
}

/** Pages and counts that differ in `key` alone are one store read, however many rows ask for them. */
export interface PageLoader<T extends object> {
  page(query: PageQuery<T>, key?: Conditions<T>): Promise<Page<T>>;
  count(where: Conditions<T>, key?: Conditions<T>): Promise<number>;
  /** Those of these documents that meet `where`, in the order given; one store read. */
  select(ids: readonly string[], query: Pick<PageQuery<T>, 'where' | 'orderBy'>): Promise<Page<T>>;
  /** Name of what it reads. */
  readonly collection: string;
}

export function pageLoader<T extends object>(collection: Collection<T>): PageLoader<T> {
  const pages = batchedByShape<PageQuery<T>, Conditions<T>, Page<T>>((query, keys) => collection.pages(query, keys));
  const counts = batchedByShape<Conditions<T>, Conditions<T>, number>((where, keys) => collection.counts(where, keys));
  return {
    page: (query, key = {}) => pages.load({ shape: query, key }),
    count: (where, key = {}) => counts.load({ shape: where, key }),
    async select(ids, { where = {}, orderBy }) {
      const meets = matcherOf(where as Readonly<Record<string, Condition>>);
      const found = await collection.getMany(ids);
      const entries = found.flatMap((stored) =>
        stored && meets(stored.document) ? [{ ...stored, key: keyOf(stored, orderBy) }] : [],
      );
      return { entries, hasNextPage: false };
    },
    collection: collection.name,
  };
}

function keyOf<T extends object>({ id, document }: Stored<T>, orderBy: PageQuery<T>['orderBy']): readonly Scalar[] {
  return [...orderBy.map((field) => valueAt(document, field)), id];
}

interface ShapedKey<Shape, Key> {
  readonly shape: Shape;
  readonly key: Key;
}

function batchedByShape<Shape, Key, Value>(read: (shape: Shape, keys: Key[]) => Promise<Value[]>) {
  return new DataLoader<ShapedKey<Shape, Key>, Value, string>(
    async (asked) => {
      const groups = new Map<string, { shape: Shape; places: number[]; keys: Key[] }>();
      asked.forEach(({ shape, key }, place) => {
        const name = JSON.stringify(shape);
        const group = groups.get(name) ?? { shape, places: [], keys: [] };
        groups.set(name, group);
        group.places.push(place);
        group.keys.push(key);
      });
      const answers = new Array<Value | Error>(asked.length);
      await Promise.all(
        [...groups.values()].map(async ({ shape, places, keys }) => {
          try {
            const values = await read(shape, keys);
            places.forEach((place, index) => (answers[place] = values[index] as Value));
          } catch (error) {
            places.forEach((place) => (answers[place] = error as Error));
          }
        }),
      );
      return answers;
    },
    { cacheKeyFn: ({ shape, key }) => JSON.stringify([shape, key]) },
  );
}
