import { readBackingSystems } from '@takt/connector-registry';
import { runDomain } from '@takt/subgraph-server';
import { synchronization } from './domain.ts';

await runDomain(synchronization, ({ connectors }) => readBackingSystems(connectors, process.env));
