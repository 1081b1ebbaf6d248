import { MongoClient } from 'mongodb';
import type { Db, MongoClientOptions } from 'mongodb';
import { DeclaredCollections } from './declared-collections.ts';
import { MongoCollection } from './mongodb-collection.ts';
import type { MongoRow } from './mongodb-collection.ts';
import { orPortError, outboxWithPortErrors, redacted, withPortErrors } from './mongodb-errors.ts';
import { claimDatabase } from './mongodb-format.ts';
import { ensureIndexes } from './mongodb-indexes.ts';
import type { Index } from './mongodb-indexes.ts';
import { MongoOutbox } from './mongodb-outbox.ts';
import type { Collection, CollectionDefinition, DocumentStore, Outbox } from './port.ts';

/**
 * Opens a store in a database of MongoDB, standalone or a replica set; it needs no transactions and no retryable writes.
 * Commits are acknowledged by a majority that has them in the journal. A server that does not answer makes calls fail after
 * about ten seconds, or as long as the uri says; they work again when it is back. Throws if no server answers within five
 * seconds, or as long as the uri says, and if the database holds something else or was written by a newer version; no
 * error message repeats the credentials of the uri.
 */
export async function openMongoStore({ uri, database }: { uri: string; database: string }): Promise<DocumentStore> {
  let client: MongoClient | undefined;
  try {
    const options = optionsFor(uri);
    client = new MongoClient(uri, options);
    const db = client.db(database);
    await claimDatabase(db);
    return new MongoStore(client, db, uri, options);
  } catch (error) {
    await client?.close();
    // eslint-disable-next-line preserve-caught-error -- the driver's error may repeat the credentials
    throw new Error(`Cannot open database ${database} of MongoDB: ${redacted(error, uri)}`);
  }
}

/** Milliseconds, unless the uri says otherwise. */
const TIMES = {
  serverSelectionTimeoutMS: 5_000,
  // Each server is asked this often, on a connection of its own, and given up when it does not answer for as long.
  heartbeatFrequencyMS: 2_000,
  connectTimeoutMS: 5_000,
  waitQueueTimeoutMS: 15_000,
  // For a server that answers to that, and to nothing else.
  socketTimeoutMS: 30_000,
};
const MAJORITY_MS = 10_000;
const CHECK_MS = 2_000;

function optionsFor(uri: string): MongoClientOptions {
  const times = Object.entries(TIMES).filter(([name]) => !new RegExp(`[?&]${name}=`, 'i').test(uri));
  return {
    ...Object.fromEntries(times),
    ignoreUndefined: true,
    writeConcern: { w: 'majority', journal: true, wtimeoutMS: MAJORITY_MS },
    readConcern: { level: 'local' },
    // Whoever decides or writes needs what was written last, whatever the uri prefers.
    readPreference: 'primary',
  };
}

class MongoStore implements DocumentStore {
  readonly outbox: Outbox;
  readonly shared = true;
  private readonly mongoOutbox: MongoOutbox;
  private readonly collections = new DeclaredCollections();

  constructor(
    private readonly client: MongoClient,
    private readonly database: Db,
    private readonly uri: string,
    private readonly options: MongoClientOptions,
  ) {
    this.mongoOutbox = new MongoOutbox(database);
    this.outbox = outboxWithPortErrors(this.mongoOutbox, uri);
  }

  collection<T extends object>(definition: CollectionDefinition<T>): Promise<Collection<T>> {
    return this.collections.declare(definition, () => orPortError(this.declare(definition), this.uri));
  }

  async check(): Promise<void> {
    await orPortError(this.database.command({ ping: 1 }, { signal: AbortSignal.timeout(CHECK_MS) }), this.uri);
  }

  close(): Promise<void> {
    return this.client.close();
  }

  private async declare<T extends object>(definition: CollectionDefinition<T>): Promise<Collection<T>> {
    const rows = this.database.collection<MongoRow>(definition.name);
    await ensureIndexes(rows, definition.indexes, (missing) => this.build(definition.name, missing));
    return withPortErrors(new MongoCollection<T>(definition, rows, this.mongoOutbox), this.uri);
  }

  /** Many documents take longer to index than any other answer may take. */
  private async build(collection: string, indexes: readonly Index[]): Promise<void> {
    await using client = new MongoClient(this.uri, { ...this.options, socketTimeoutMS: 0 });
    const rows = client.db(this.database.databaseName).collection(collection);
    await rows.createIndexes(indexes.map((index) => ({ ...index, key: { ...index.key } })));
  }
}
