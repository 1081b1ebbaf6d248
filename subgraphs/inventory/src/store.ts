import type { Clock, Governed, OpenIntake } from '@takt/intake';
import type { EventLog } from '@takt/event-log';
import {
  documentLoader,
  pageLoader,
  type DocumentLoader,
  type DomainRuntime,
  type PageLoader,
  type Sources,
} from '@takt/subgraph-server';
import { inventoryPosition, type InventoryPosition } from './inventory-position.ts';
import { transferOrder, type TransferOrderRecord } from './transfer-order.ts';

/** Everything that one request may reach; loaders live as long as the request. */
export interface InventoryContext {
  readonly intake: OpenIntake;
  readonly log: EventLog;
  readonly clock: Clock;
  readonly sources: Sources;
  readonly positions: DocumentLoader<Governed<InventoryPosition>>;
  readonly positionPages: PageLoader<Governed<InventoryPosition>>;
  readonly transferOrders: DocumentLoader<Governed<TransferOrderRecord>>;
  readonly transferOrderPages: PageLoader<Governed<TransferOrderRecord>>;
}

export async function connect(runtime: DomainRuntime): Promise<{ createContext(): InventoryContext }> {
  const { store, log, intake, clock, sources } = runtime;
  const positions = await store.collection(inventoryPosition.collection);
  const transferOrders = await store.collection(transferOrder.collection);
  return {
    createContext: () => ({
      intake,
      log,
      clock,
      sources,
      positions: documentLoader(positions),
      positionPages: pageLoader(positions),
      transferOrders: documentLoader(transferOrders),
      transferOrderPages: pageLoader(transferOrders),
    }),
  };
}
