import { parse } from 'graphql';
import type { OperationDefinitionNode } from 'graphql';
import { recordedOperation } from './recorded-operation.ts';
import { openUsage } from './usage.ts';

/** A gateway's process: counts one run at each line it is told, and says so when what it counted is written. */
const [folder = '', name = ''] = process.argv.slice(2);
const usage = await openUsage({ folder });
const document = parse('query Parts { parts { sku } }');
const operation = recordedOperation(document, document.definitions[0] as OperationDefinitionNode);
process.stdout.write('ready\n');
process.stdin.on('data', (told: Buffer) => {
  for (let runs = 0; runs < told.length; runs++) {
    usage.record({
      contract: '2026-11',
      isPinned: true,
      client: { name, version: undefined },
      operation,
      failed: false,
    });
  }
  void usage.flush().then(() => process.stdout.write('written\n'));
});
