import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openLmdbStore, openMongoStore, type DocumentStore } from '@takt/document-store';
import { MongoClient } from 'mongodb';
import { onTestFinished } from 'vitest';

/** Every engine that keeps documents; each opens an empty store that is gone when the test ends. */
export function stores(what: string) {
  const uri = process.env['MONGODB_URI'];
  if (uri === undefined) console.warn(`MONGODB_URI is not set: ${what} was NOT tested over MongoDB.`);
  return [
    { engine: 'the embedded store', isThere: true, open: embedded },
    { engine: 'MongoDB', isThere: uri !== undefined, open: () => mongodb(uri ?? '') },
  ];
}

async function embedded(): Promise<DocumentStore> {
  const directory = await mkdtemp(join(tmpdir(), 'takt-store-'));
  const store = await openLmdbStore({ directory });
  onTestFinished(async () => {
    await store.close();
    await rm(directory, { recursive: true });
  });
  return store;
}

async function mongodb(uri: string): Promise<DocumentStore> {
  const database = `takt-synchronization-${randomUUID()}`;
  const store = await openMongoStore({ uri, database });
  onTestFinished(async () => {
    await store.close();
    await using client = await MongoClient.connect(uri);
    await client.db(database).dropDatabase();
  });
  return store;
}
