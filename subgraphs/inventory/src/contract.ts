export { inventoryPositionId } from './inventory-position.ts';
export { AllocateStock, StockMovement, StockReport, type InventoryChange } from './messages.ts';
export { TransferOrderRecord } from './transfer-order.ts';
