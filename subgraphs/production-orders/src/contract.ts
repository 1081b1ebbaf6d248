export { OVER_DELIVERY_TOLERANCE_PERCENT } from './confirmation.ts';
export { Commands, ORDER_STATES, ProductionOrderReport } from './messages.ts';
export type { CommandData, CommandName, OrderState } from './messages.ts';
export { deriveState } from './source-status.ts';
export { isBefore } from './lifecycle.ts';
export { openOperations, type OperationLoad } from './load.ts';
export type { Operation, ProductionOrder } from './order.ts';
export { productionOrder } from './production-order.ts';
export {
  availableMinutes,
  capacityIntervals,
  localDays,
  occupiedMinutes,
  rememberingAvailableMinutes,
  workingCalendars,
  type WorkCenterCapacity,
} from './utilization.ts';
