import type { DomainDefinition } from '@takt/subgraph-server';
import { customerOrder } from './customer-order.ts';
import { customer } from './customer.ts';
import { CustomerOrderResolver, CustomerResolver } from './demand-resolvers.ts';
import { forecast } from './forecast.ts';
import { ForecastResolver, ForecastRevisedResolver, ItemLocationResolver, references } from './resolvers.ts';
import { connect, type ForecastContext } from './store.ts';

/** Expected demand by item, location and bucket, and the customer orders that consume it. */
export const forecasts: DomainDefinition<ForecastContext> = {
  name: 'forecasts',
  aggregates: [forecast, customer, customerOrder],
  resolvers: [ForecastResolver, ItemLocationResolver, CustomerResolver, CustomerOrderResolver, ForecastRevisedResolver],
  references,
  connect,
};
