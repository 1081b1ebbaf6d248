import { runDomain } from '@takt/subgraph-server';
import { productionOrders } from './domain.ts';

await runDomain(productionOrders);
