import { openStatusReader, type Health, type StatusReader } from '@takt/backing-system';
import type { EventLog } from '@takt/event-log';
import type { Clock, Governed, OpenIntake } from '@takt/intake';
import {
  documentLoader,
  pageLoader,
  type DocumentLoader,
  type DomainRuntime,
  type PageLoader,
  type Sources,
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
  readonly sources: Sources;
  readonly orders: DocumentLoader<Governed<ProductionOrder>>;
  readonly orderPages: PageLoader<Governed<ProductionOrder>>;
  readonly loads: DocumentLoader<WorkCenterLoad>;
  readonly availableMinutes: typeof availableMinutes;
  readonly backingSystems: StatusReader;
  /** How the backing systems do, by `system/instance`: read once. */
  readonly healths: () => Promise<ReadonlyMap<string, Health>>;
}

export async function connect(runtime: DomainRuntime): Promise<{ createContext(): ProductionOrdersContext }> {
  const { store, log, intake, clock, sources, backingSystems } = runtime;
  const orders = await store.collection(productionOrder.collection);
  const loads = await store.collection(WORK_CENTER_LOADS);
  const remembered = rememberingAvailableMinutes(ANSWERS_KEPT);
  const statuses = await openStatusReader(
    store,
    backingSystems.map(({ system }) => system),
  );
  return {
    createContext: () => ({
      intake,
      log,
      clock,
      sources,
      orders: documentLoader(orders),
      orderPages: pageLoader(orders),
      loads: documentLoader(loads),
      availableMinutes: remembered,
      backingSystems: statuses,
      healths: once(() => statuses.healths()),
    }),
  };
}

function once<Value>(read: () => Value): () => Value {
  let kept: { readonly value: Value } | undefined;
  return () => (kept ??= { value: read() }).value;
}

/** Each is the key text of one work center's calendars and a number: some kilobytes. */
const ANSWERS_KEPT = 2000;
