import type { EventLog } from '@takt/event-log';
import type { Clock, Governed, OpenIntake } from '@takt/intake';
import {
  documentLoader,
  pageLoader,
  type DocumentLoader,
  type DomainRuntime,
  type PageLoader,
} from '@takt/subgraph-server';
import { WORK_CENTER_LOADS } from './load-follower.ts';
import type { WorkCenterLoad } from './load.ts';
import type { ProductionOrder } from './order.ts';
import { productionOrder } from './production-order.ts';
import { rememberingAvailableMinutes, type availableMinutes } from './utilization.ts';

/** Everything that one request may reach; loaders live as long as the request. */
export interface ProductionOrdersContext {
  readonly intake: OpenIntake;
  readonly log: EventLog;
  readonly clock: Clock;
  readonly orders: DocumentLoader<Governed<ProductionOrder>>;
  readonly orderPages: PageLoader<Governed<ProductionOrder>>;
  readonly loads: DocumentLoader<WorkCenterLoad>;
  readonly availableMinutes: typeof availableMinutes;
}

export async function connect(runtime: DomainRuntime): Promise<{ createContext(): ProductionOrdersContext }> {
  const { store, log, intake, clock } = runtime;
  const orders = await store.collection(productionOrder.collection);
  const loads = await store.collection(WORK_CENTER_LOADS);
  const remembered = rememberingAvailableMinutes(ANSWERS_KEPT);
  return {
    createContext: () => ({
      intake,
      log,
      clock,
      orders: documentLoader(orders),
      orderPages: pageLoader(orders),
      loads: documentLoader(loads),
      availableMinutes: remembered,
    }),
  };
}

/** Each is the key text of one work center's calendars and a number: some kilobytes. */
const ANSWERS_KEPT = 2000;
