import { randomUUID } from 'node:crypto';
import { jetstreamManager } from '@nats-io/jetstream';
import { connect } from '@nats-io/transport-node';
import { MongoClient } from 'mongodb';
import { onTestFinished } from 'vitest';

/** Where a MongoDB and a NATS are that a test may use. */
export interface Servers {
  readonly mongodbUri: string;
  readonly natsUrl: string;
}

/** The servers that MONGODB_URI and NATS_URL name; undefined, and said aloud, if either is missing. */
export function serversFor(what: string): Servers | undefined {
  const { MONGODB_URI: mongodbUri, NATS_URL: natsUrl } = process.env;
  if (mongodbUri !== undefined && natsUrl !== undefined) return { mongodbUri, natsUrl };
  console.warn(`MONGODB_URI or NATS_URL is not set: ${what} was NOT tried over MongoDB and JetStream.`);
  return undefined;
}

/** A namespace of the test's own; what these domains keep in it is removed when the test ends. */
export function temporaryNamespace({ mongodbUri, natsUrl }: Servers, domains: readonly string[]): string {
  const namespace = `t${randomUUID().slice(0, 8)}`;
  onTestFinished(async () => {
    await using client = await MongoClient.connect(mongodbUri);
    const nats = await connect({ servers: natsUrl });
    const { streams } = await jetstreamManager(nats);
    for (const domain of domains) {
      await client.db(`${namespace}-${domain}`).dropDatabase();
      await streams.delete(`${namespace}-${domain}`).catch(() => false);
    }
    await nats.close();
  });
  return namespace;
}
