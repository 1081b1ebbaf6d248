import { cloudEventsHttp } from '@takt/connector-cloudevents-http';
import { runDomain } from '@takt/subgraph-server';
import { productionOrders } from './domain.ts';

await runDomain(productionOrders, [cloudEventsHttp]);
