import type { DomainDefinition } from '@takt/subgraph-server';
import { inventoryPosition } from './inventory-position.ts';
import {
  InventoryChangedResolver,
  InventoryPositionResolver,
  ItemLocationResolver,
  references,
  TransferOrderResolver,
} from './resolvers.ts';
import { connect, type InventoryContext } from './store.ts';
import { transferOrder } from './transfer-order.ts';

/** Stock by item and location, its movements, and what is on its way between locations. */
export const inventory: DomainDefinition<InventoryContext> = {
  name: 'inventory',
  aggregates: [inventoryPosition, transferOrder],
  resolvers: [InventoryPositionResolver, ItemLocationResolver, TransferOrderResolver, InventoryChangedResolver],
  references,
  connect,
};
