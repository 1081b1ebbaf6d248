import { randomUUID } from 'node:crypto';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { jetstreamManager } from '@nats-io/jetstream';
import { connect } from '@nats-io/transport-node';
import { openLmdbStore } from '@takt/document-store';
import { openEmbeddedLog } from '@takt/event-log';
import { MongoClient } from 'mongodb';
import { expect, it, onTestFinished } from 'vitest';
import { taktProcess, temporaryFolder } from '../system.ts';

const { MONGODB_URI: mongodbUri, NATS_URL: natsUrl } = process.env;
if (mongodbUri === undefined) console.warn('MONGODB_URI is not set: a newer database was NOT tested.');
if (natsUrl === undefined) console.warn('NATS_URL is not set: a newer stream was NOT tested.');

async function refusalOf(env: Record<string, string>): Promise<string> {
  const started = taktProcess(['start'], { PORT: '0', TAKT_DEMO: 'off', ...env });
  expect(await started.ended()).toBe(1);
  expect(started.output()).not.toMatch(/\n\s+at /);
  return started.output();
}

it.each([
  ['documents', (directory: string) => openLmdbStore({ directory })],
  ['log', (directory: string) => openEmbeddedLog({ directory })],
])('does not start on %s of a newer version, and leaves them as they are', async (part, open) => {
  const dataDir = join(await temporaryFolder(), 'data');
  const folder = join(dataDir, 'products', part);
  await mkdir(folder, { recursive: true });
  await writeFile(join(dataDir, 'takt.json'), JSON.stringify({ kind: 'takt', format: 1 }));
  await (await open(folder)).close();
  const marker = join(folder, (await readdir(folder)).find((name) => name.endsWith('.json')) ?? '');
  const before = await readFile(marker, 'utf8');
  await writeFile(marker, before.replace('"format":1', '"format":2'));
  const contents = () => readFile(join(folder, 'data.mdb'));
  const data = await contents();
  expect(await refusalOf({ TAKT_DATA_DIR: dataDir })).toMatch(
    /has format 2, this version of Takt reads 1\. Run the version/,
  );
  expect(await contents()).toEqual(data);
  expect(await readFile(marker, 'utf8')).toContain('"format":2');
});

it.skipIf(mongodbUri === undefined)(
  'does not start on a database of a newer version, and leaves it as it is',
  async () => {
    const namespace = `t${randomUUID().slice(0, 8)}`;
    const client = await MongoClient.connect(mongodbUri ?? '');
    onTestFinished(() => client.close());
    const database = client.db(`${namespace}-products`);
    onTestFinished(async () => {
      await database.dropDatabase();
    });
    const marker = { _id: 'format' as never, kind: 'documents', format: 2 };
    await database.collection('_takt').insertOne(marker);
    const env = { TAKT_DATA_DIR: join(await temporaryFolder(), 'data'), TAKT_NAMESPACE: namespace };
    const output = await refusalOf({ ...env, MONGODB_URI: mongodbUri ?? '' });
    expect(output).toMatch(/database t\w+-products .* has format 2, this version of Takt reads 1\. Run the version/);
    expect((await database.collections()).map(({ collectionName }) => collectionName)).toEqual(['_takt']);
    expect(await database.collection('_takt').find().toArray()).toEqual([marker]);
  },
);

it.skipIf(natsUrl === undefined)('does not start on a stream of a newer version, and leaves it as it is', async () => {
  const namespace = `t${randomUUID().slice(0, 8)}`;
  const nats = await connect({ servers: natsUrl ?? '' });
  onTestFinished(() => nats.close());
  const { streams } = await jetstreamManager(nats);
  const name = `${namespace}-products`;
  await streams.add({ name, subjects: [`${name}.*`], description: 'Takt event log, format 2, id abc' });
  onTestFinished(async () => {
    await streams.delete(name);
  });
  const { config } = await streams.info(name);
  const env = { TAKT_DATA_DIR: join(await temporaryFolder(), 'data'), TAKT_NAMESPACE: namespace };
  expect(await refusalOf({ ...env, NATS_URL: natsUrl ?? '' })).toMatch(
    /stream t\w+-products has format 2, this version of Takt reads 1\. Run the version/,
  );
  expect((await streams.info(name)).config).toEqual(config);
});
