export {
  AllocateStock,
  inventoryPositionId,
  StockMovement,
  StockReport,
  type InventoryChange,
} from './inventory-position.ts';
export { TransferOrderRecord } from './transfer-order.ts';
