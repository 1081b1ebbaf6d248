export { inventoryPositionId } from './inventory-position.ts';
export { AllocateStock, StockMovement, StockReport, type InventoryChange } from './messages.ts';
export { TransferOrderRecord } from './transfer-order.ts';
export { inventoryPosition, available, onHand, plannable, type InventoryPosition } from './inventory-position.ts';
export { transferOrder } from './transfer-order.ts';
