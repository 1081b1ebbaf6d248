import { randomUUID } from 'node:crypto';
import { it } from 'vitest';
import { killAndAccount } from './kill-and-account.ts';

const { MONGODB_URI: mongodbUri, NATS_URL: natsUrl } = process.env;
const isThere = mongodbUri !== undefined && natsUrl !== undefined;
if (!isThere) console.warn('MONGODB_URI or NATS_URL is not set: crashes were NOT tried over MongoDB and JetStream.');

it.skipIf(!isThere)(
  'loses, doubles and disorders nothing over MongoDB and JetStream, killed at any point on the way of a message',
  { timeout: 900_000 },
  () => killAndAccount({ mongodbUri, natsUrl, namespace: `t${randomUUID().slice(0, 8)}` }),
);
