import { randomUUID } from 'node:crypto';
import { MongoClient } from 'mongodb';
import type { Db } from 'mongodb';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openMongoStore } from './mongodb.ts';
import type { CollectionDefinition, DocumentStore } from './port.ts';

interface Thing {
  readonly name: string;
  readonly [field: string]: unknown;
}

const definition: CollectionDefinition<Thing> = { name: 'things', indexes: [['name']] };
const uri = process.env.MONGODB_URI;

if (uri === undefined) {
  console.warn('MONGODB_URI is not set: what a database of MongoDB holds was NOT tested.');
}

describe.skipIf(uri === undefined)('a database of MongoDB', () => {
  let client: MongoClient;
  let database: Db;
  let store: DocumentStore | undefined;

  beforeEach(async () => {
    client = await MongoClient.connect(uri ?? '');
    database = client.db(`takt-database-${randomUUID()}`);
  });

  afterEach(async () => {
    await store?.close();
    store = undefined;
    await database.dropDatabase();
    await client.close();
  });

  async function open(): Promise<DocumentStore> {
    store = await openMongoStore({ uri: uri ?? '', database: database.databaseName });
    return store;
  }

  async function reopen() {
    await store?.close();
    return (await open()).collection(definition);
  }

  async function indexes(): Promise<unknown> {
    const found = await database.collection('things').indexes();
    return Object.fromEntries(found.map(({ name, key }) => [String(name), key]));
  }

  it('is refused if it holds something else, and left as it is', async () => {
    await database.collection('letters').insertOne({ to: 'planner' });
    await expect(open()).rejects.toThrow(/it is not empty and not a Takt document store.*Choose another database/);
    expect((await database.listCollections().toArray()).map(({ name }) => name)).toEqual(['letters']);
  });

  it('is refused if its format makes no sense', async () => {
    await database.collection<{ _id: string }>('_takt').insertOne({ _id: 'format' });
    await expect(open()).rejects.toThrow(/is no Takt document store or damaged/);
  });

  it('may be opened for the first time by several at once', async () => {
    const given = { uri: uri ?? '', database: database.databaseName };
    const stores = await Promise.all(Array.from({ length: 5 }, () => openMongoStore(given)));
    await Promise.all(stores.map((one) => one.close()));
    expect(await database.collection('_takt').countDocuments()).toBe(1);
  });

  it('gets back indexes that somebody changed or dropped, and keeps those that are not ours', async () => {
    await reopen();
    const wanted = await indexes();
    const rows = database.collection('things');
    await rows.dropIndex('by name');
    await rows.createIndexes([{ key: { 'document.other': 1 }, name: 'by name' }]);
    await rows.dropIndex('outbox event');
    await rows.dropIndex('outbox sequence');
    await rows.createIndexes([{ key: { '_outbox.seq': 1 }, name: 'mine' }]);
    await rows.createIndexes([{ key: { 'document.size': 1 }, name: 'reporting' }]);
    await reopen();
    expect(await indexes()).toEqual({ ...(wanted as object), reporting: { 'document.size': 1 } });
  });

  it('refuses an index that would refuse documents, and says what to do', async () => {
    await reopen();
    await database.collection('things').createIndexes([{ key: { 'document.size': 1 }, name: 'odd', unique: true }]);
    await expect(reopen()).rejects.toThrow(/Index odd of collection things is not Takt's and refuses.*drop it/);
  });

  it.each([
    ['more than 16 MB', { text: 'x'.repeat(16 * 1024 * 1024) }, /Document 1 has \d+ bytes/],
    ['a name with a NUL', { 'a\0b': 1 }, /must not contain null bytes/],
  ])('can never take %s: whoever commits it is told so', async (_, part, message) => {
    const things = await reopen();
    await things.commit([{ id: '2', document: { name: 'b' }, events: [], messageIds: [] }]);
    for (const expected of [{ expectedVersion: 0 }, {}]) {
      const change = { id: '1', document: { name: 'a', ...part }, events: [], messageIds: [], ...expected };
      const failure = await things.commit([change]).catch((error: unknown) => error);
      expect(failure instanceof TypeError || failure instanceof RangeError).toBe(true);
      expect((failure as Error).message).toMatch(message);
    }
    expect(await things.count({})).toBe(1);
  });
});
