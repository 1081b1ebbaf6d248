import { MongoClient, MongoServerError } from 'mongodb';
import type { Db, Collection as MongoRows } from 'mongodb';
import { DeclaredCollections } from './declared-collections.ts';
import { MongoCollection } from './mongodb-collection.ts';
import type { MongoRow } from './mongodb-collection.ts';
import { pathOf } from './mongodb-filter.ts';
import { MongoOutbox } from './mongodb-outbox.ts';
import { isCollectionName } from './plan.ts';
import { StoreUnavailableError } from './port.ts';
import type { Collection, CollectionDefinition, DocumentStore } from './port.ts';

/**
 * Opens a store in a database of MongoDB, standalone or a replica set; it needs no transactions. Commits are
 * acknowledged by a majority that has them in the journal. Throws if no server answers within five seconds, or
 * as long as the uri says; no error message repeats the credentials of the uri.
 */
export async function openMongoStore({ uri, database }: { uri: string; database: string }): Promise<DocumentStore> {
  let client: MongoClient | undefined;
  try {
    client = new MongoClient(uri, {
      ignoreUndefined: true,
      ...(!/[?&]serverSelectionTimeoutMS=/i.test(uri) && { serverSelectionTimeoutMS: 5_000 }),
      writeConcern: { w: 'majority', journal: true },
      readConcern: { level: 'local' },
    });
    const db = client.db(database);
    const existing = await db.listCollections({}, { nameOnly: true }).toArray();
    return new MongoStore(client, db, uri, existing.map(({ name }) => name).filter(isCollectionName));
  } catch (error) {
    await client?.close();
    // eslint-disable-next-line preserve-caught-error -- the driver's error may repeat the credentials
    throw new Error(`Cannot open database ${database} of MongoDB: ${redacted(error, uri)}`);
  }
}

class MongoStore implements DocumentStore {
  readonly outbox: MongoOutbox;
  readonly shared = true;
  private readonly collections = new DeclaredCollections();

  constructor(
    private readonly client: MongoClient,
    private readonly database: Db,
    private readonly uri: string,
    existing: readonly string[],
  ) {
    this.outbox = new MongoOutbox(database, existing);
  }

  collection<T extends object>(definition: CollectionDefinition<T>): Promise<Collection<T>> {
    return this.collections.declare(definition, async () => {
      const rows = this.database.collection<MongoRow>(definition.name);
      await ensureIndexes(rows, definition.indexes);
      this.outbox.include(definition.name);
      return new MongoCollection<T>(definition, rows, this.outbox);
    });
  }

  async check(): Promise<void> {
    try {
      await this.database.command({ ping: 1 }, { timeoutMS: CHECK_MS });
    } catch (error) {
      throw new StoreUnavailableError(redacted(error, this.uri));
    }
  }

  close(): Promise<void> {
    return this.client.close();
  }
}

const CHECK_MS = 2_000;

/** Indexes end with the id, which breaks ties in the order; those that are no longer declared are dropped. */
async function ensureIndexes(rows: MongoRows<MongoRow>, indexes: readonly (readonly string[])[]): Promise<void> {
  const wanted = [
    ...indexes.map((fields) => ({ name: `by ${fields.join(', ')}`, key: ascending([...fields.map(pathOf), '_id']) })),
    { name: 'outbox sequence', key: ascending(['_outbox.seq']), sparse: true },
    { name: 'outbox event', key: ascending(['_outbox.event.id']), sparse: true },
  ];
  const existing = (await indexNames(rows)).filter((name) => name !== '_id_');
  const missing = wanted.filter(({ name }) => !existing.includes(name));
  if (missing.length > 0) await rows.createIndexes(missing);
  for (const name of existing) if (!wanted.some((index) => index.name === name)) await rows.dropIndex(name);
}

async function indexNames(rows: MongoRows<MongoRow>): Promise<string[]> {
  try {
    return (await rows.indexes()).flatMap(({ name }) => name ?? []);
  } catch (error) {
    if (error instanceof MongoServerError && error.codeName === 'NamespaceNotFound') return [];
    throw error;
  }
}

function ascending(paths: readonly string[]): Record<string, 1> {
  return Object.fromEntries(paths.map((path) => [path, 1]));
}

/** The message of an error without the uri, its user, its password and the values of its options. */
function redacted(error: unknown, uri: string): string {
  const [, credentials = '', , options = ''] = /^[^:]*:\/\/(?:(.*)@)?([^?]*)(?:\?(.*))?$/s.exec(uri) ?? [];
  const parts = [
    ...credentials.split(':'),
    credentials,
    ...options.split('&').map((option) => option.replace(/^[^=]*=/, '')),
  ];
  const secrets = parts.flatMap((part) => [part, decoded(part)]).filter((part) => part.length > 0);
  const message = error instanceof Error ? error.message : String(error);
  return [uri, ...secrets.sort((a, b) => b.length - a.length)].reduce(
    (text, secret) => text.replaceAll(secret, '***'),
    message,
  );
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
