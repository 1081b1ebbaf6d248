import { MongoServerError } from 'mongodb';
import type { Collection as MongoRows, IndexDescriptionInfo } from 'mongodb';
import type { MongoRow } from './mongodb-collection.ts';
import { pathOf } from './mongodb-filter.ts';

/**
 * Makes the indexes of a collection be those that are declared, and verifies that they are. An index holds nothing that is
 * not in the documents: one that somebody changed is built again, and one of ours that is no longer declared is dropped.
 * Other indexes stay, unless they refuse or remove documents. Throws an error that says what to do if something else
 * changes the indexes too. `build` creates indexes, however long that takes.
 */
export async function ensureIndexes(
  rows: MongoRows<MongoRow>,
  indexes: readonly (readonly string[])[],
  build: (missing: readonly Index[]) => Promise<unknown>,
): Promise<void> {
  const wanted: Index[] = [
    ...indexes.map((fields) => ({ name: `by ${fields.join(', ')}`, key: ascending([...fields.map(pathOf), '_id']) })),
    { name: 'outbox sequence', key: ascending(['_outbox.seq']), sparse: true },
    { name: 'outbox event', key: ascending(['_outbox.event.id']), sparse: true },
  ];
  const existing = await indexesOf(rows);
  const foreign = existing.filter((index) => !isOurs(index) && !wanted.some(({ key }) => isSameKey(index, key)));
  const harmful = foreign.find(({ unique, expireAfterSeconds }) => unique === true || expireAfterSeconds !== undefined);
  if (harmful) {
    throw new Error(
      `Index ${String(harmful.name)} of collection ${rows.collectionName} is not Takt's and refuses or removes documents: drop it.`,
    );
  }
  for (const index of existing) {
    if (!foreign.includes(index) && !wanted.some((each) => isAsWanted(index, each))) await drop(rows, index.name);
  }
  const missing = wanted.filter((each) => !existing.some((index) => isAsWanted(index, each)));
  if (missing.length === 0) return;
  await build(missing);
  const built = await indexesOf(rows);
  const absent = wanted.find((each) => !built.some((index) => isAsWanted(index, each)));
  if (absent) {
    throw new Error(
      `Index ${absent.name} of collection ${rows.collectionName} was created and is not there: something else changes ` +
        `the indexes of this database. Stop that and start again.`,
    );
  }
}

export interface Index {
  readonly name: string;
  readonly key: Readonly<Record<string, 1>>;
  readonly sparse?: boolean;
}

/** All but the index of ids, which is always there. */
async function indexesOf(rows: MongoRows<MongoRow>): Promise<IndexDescriptionInfo[]> {
  try {
    return (await rows.indexes()).filter(({ name }) => name !== '_id_');
  } catch (error) {
    if (error instanceof MongoServerError && error.codeName === 'NamespaceNotFound') return [];
    throw error;
  }
}

/** Another process may have dropped it meanwhile. */
async function drop(rows: MongoRows<MongoRow>, name = ''): Promise<void> {
  try {
    await rows.dropIndex(name);
  } catch (error) {
    if (!(error instanceof MongoServerError && error.codeName === 'IndexNotFound')) throw error;
  }
}

function isOurs({ name = '' }: IndexDescriptionInfo): boolean {
  return name.startsWith('by ') || name.startsWith('outbox ');
}

function isSameKey(index: IndexDescriptionInfo, key: Index['key']): boolean {
  return JSON.stringify(Object.entries(index.key)) === JSON.stringify(Object.entries(key));
}

/** FerretDB does not tell that an index is sparse. */
function isAsWanted(index: IndexDescriptionInfo, { name, key, sparse = false }: Index): boolean {
  const options = [
    index.unique,
    index.hidden,
    index.partialFilterExpression,
    index.expireAfterSeconds,
    index.collation,
    index.sparse === true && !sparse,
  ];
  return (
    index.name === name && isSameKey(index, key) && options.every((option) => option === undefined || option === false)
  );
}

function ascending(paths: readonly string[]): Record<string, 1> {
  return Object.fromEntries(paths.map((path) => [path, 1]));
}
