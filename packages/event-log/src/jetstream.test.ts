import { jetstreamManager } from '@nats-io/jetstream';
import { connect } from '@nats-io/transport-node';
import { basename } from 'node:path';
import { describe } from 'vitest';
import { describeEventLog } from './contract.ts';
import { openJetStreamLog } from './jetstream.ts';

const url = process.env['NATS_URL'];

if (url === undefined) {
  console.warn('NATS_URL is not set: the contract of the event log was NOT run over JetStream.');
}

describe.skipIf(url === undefined)('JetStream', () => {
  describeEventLog(
    'The JetStream log',
    ({ directory, ...options }) => openJetStreamLog({ url: url ?? '', stream: basename(directory), ...options }),
    async (directory) => {
      const connection = await connect({ servers: (url ?? '').replace(/^\w+:\/\//, '') });
      const jsm = await jetstreamManager(connection);
      await jsm.streams.delete(basename(directory)).catch(() => undefined);
      await connection.close();
    },
  );
});
