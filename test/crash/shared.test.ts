import { it } from 'vitest';
import { serversFor, temporaryNamespace } from '../servers.ts';
import { killAndAccount } from './kill-and-account.ts';

const servers = serversFor('a crash');

it.skipIf(!servers)(
  'loses, doubles and disorders nothing over MongoDB and JetStream, killed at any point on the way of a message',
  { timeout: 900_000 },
  () => killAndAccount({ ...servers, namespace: temporaryNamespace(servers!, ['inventory']) }),
);
