import { randomUUID } from 'node:crypto';
import { MongoClient } from 'mongodb';
import { describe, expect, it } from 'vitest';
import { describeDocumentStore } from './contract.ts';
import { openMongoStore } from './mongodb.ts';

const uri = process.env.MONGODB_URI;

if (uri === undefined) {
  console.warn('MONGODB_URI is not set: the contract of the document store was NOT run over MongoDB.');
}

describe.skipIf(uri === undefined)('MongoDB', () => {
  describeDocumentStore('the MongoDB store', async () => {
    const given = { uri: uri ?? '', database: `takt-contract-${randomUUID()}` };
    let store = await openMongoStore(given);
    return {
      store,
      reopen: async () => {
        await store.close();
        store = await openMongoStore(given);
        return store;
      },
      becomeNewer: async () => {
        await store.close();
        await using client = await MongoClient.connect(given.uri);
        const settings = client.db(given.database).collection<{ _id: string; format: number }>('_takt');
        await settings.updateOne({ _id: 'format' }, { $set: { format: 2 } });
      },
      dispose: async () => {
        await store.close();
        await using client = await MongoClient.connect(given.uri);
        await client.db(given.database).dropDatabase();
      },
    };
  });
});

describe('opening MongoDB', () => {
  it.each([
    'mongodb://someone:s3cr%40t@localhost:1/?serverSelectionTimeoutMS=50',
    'mongodb://someone:s3cr@t@localhost:1,/?x=s3cr%40t',
    'mongodb://localhost:notaport/?tlsCertificateKeyFilePassword=s3cr@t',
  ])('fails without repeating a secret of %j', async (given) => {
    const failure = await openMongoStore({ uri: given, database: 'takt' }).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(Error);
    expect(String(failure)).toMatch(/^Error: Cannot open database takt of MongoDB: ./);
    expect(String(failure)).not.toMatch(/s3cr/);
  });
});
