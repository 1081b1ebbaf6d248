import { readBackingSystems } from '@takt/connector-registry';
import { runDomain } from '@takt/subgraph-server';
import { integration } from './domain.ts';

await runDomain(integration, ({ connectors }) => readBackingSystems(connectors, process.env));
