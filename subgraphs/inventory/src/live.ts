import type { EventLog } from '@takt/event-log';
import { liveChanges } from '@takt/subgraph-server';
import { inventoryPosition, inventoryPositionId } from './inventory-position.ts';
import type { InventoryChange } from './messages.ts';

export interface InventoryChangesAsked {
  readonly plant?: string | null;
  readonly sku?: string | null;
  readonly after?: string | null;
}

/** Changes of stock, of one plant or one item if so asked. The payload is what the resolvers turn into `InventoryChanged`. */
export function inventoryChanges(log: EventLog, asked: InventoryChangesAsked) {
  return liveChanges(log, asked.after, (event) => {
    if (!(event.type in inventoryPosition.events)) return undefined;
    const change = event.data as InventoryChange;
    if (asked.plant != null && change.location !== asked.plant) return undefined;
    if (asked.sku != null && change.sku !== asked.sku) return undefined;
    return { id: inventoryPositionId(change.sku, change.location), change };
  });
}
