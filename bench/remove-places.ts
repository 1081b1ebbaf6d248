import { jetstreamManager } from '@nats-io/jetstream';
import { connect } from '@nats-io/transport-node';
import { MongoClient } from 'mongodb';

/** Removes the databases and streams of a benchmark: remove-places.ts NAMESPACE */
const [namespace] = process.argv.slice(2);
if (!/^bench-[0-9a-f]{8}$/.test(namespace ?? '')) throw new Error('Usage: remove-places.ts NAMESPACE');
const { MONGODB_URI, NATS_URL } = process.env;
await Promise.all([
  MONGODB_URI && removeDatabases(MONGODB_URI, `${namespace}-`),
  NATS_URL && removeStreams(NATS_URL, `${namespace}-`),
]);

async function removeDatabases(uri: string, prefix: string): Promise<void> {
  await using client = await MongoClient.connect(uri);
  const { databases } = await client.db('admin').admin().listDatabases({ nameOnly: true });
  for (const { name } of databases) if (name.startsWith(prefix)) await client.db(name).dropDatabase();
}

async function removeStreams(url: string, prefix: string): Promise<void> {
  const { host, username: user, password: pass } = new URL(url);
  const nats = await connect({ servers: host, ...(user && { user, pass }) });
  const { streams } = await jetstreamManager(nats);
  for await (const name of streams.names()) if (name.startsWith(prefix)) await streams.delete(name);
  await nats.close();
}
