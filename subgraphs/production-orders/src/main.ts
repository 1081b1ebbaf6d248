import { readBackingSystems } from '@takt/connector-registry';
import { runDomain } from '@takt/subgraph-server';
import { productionOrders } from './domain.ts';

await runDomain(productionOrders, ({ connectors }) => readBackingSystems(connectors, process.env));
