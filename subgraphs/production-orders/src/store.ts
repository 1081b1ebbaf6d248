import type { EventLog } from '@takt/event-log';
import type { Clock, Governed, OpenIntake } from '@takt/intake';
import {
  documentLoader,
  pageLoader,
  type DocumentLoader,
  type DomainRuntime,
  type PageLoader,
} from '@takt/subgraph-server';
import { followLoads, WORK_CENTER_LOADS } from './load-follower.ts';
import type { WorkCenterLoad } from './load.ts';
import type { ProductionOrder } from './order.ts';
import { productionOrder } from './production-order.ts';

/** Everything that one request may reach; loaders live as long as the request. */
export interface ProductionOrdersContext {
  readonly intake: OpenIntake;
  readonly log: EventLog;
  readonly clock: Clock;
  readonly orders: DocumentLoader<Governed<ProductionOrder>>;
  readonly orderPages: PageLoader<Governed<ProductionOrder>>;
  readonly loads: DocumentLoader<WorkCenterLoad>;
}

export async function connect(
  runtime: DomainRuntime,
): Promise<{ createContext(): ProductionOrdersContext; close(): Promise<void> }> {
  const { store, log, intake, clock } = runtime;
  const orders = await store.collection(productionOrder.collection);
  const loads = await store.collection(WORK_CENTER_LOADS);
  const projection = await followLoads(store, log);
  return {
    createContext: () => ({
      intake,
      log,
      clock,
      orders: documentLoader(orders),
      orderPages: pageLoader(orders),
      loads: documentLoader(loads),
    }),
    close: () => projection.close(),
  };
}
