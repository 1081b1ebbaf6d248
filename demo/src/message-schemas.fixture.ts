import type { TSchema } from '@sinclair/typebox';
import { EventSchemas } from '@takt/event-log';
import type { InboundMessage } from '@takt/intake';
import { CustomerOrderRecord, CustomerRecord, ForecastReport, OverrideForecast } from '@takt/forecasts/contract';
import { StockMovement, StockReport, TransferOrderRecord } from '@takt/inventory/contract';
import { Commands, ProductionOrderReport } from '@takt/production-orders/contract';
import {
  BillOfMaterialRecord,
  CalendarRecord,
  CrossReferenceRecord,
  DistributionLaneRecord,
  ItemLocationRecord,
  LocationRecord,
  ProductRecord,
  RoutingRecord,
} from '@takt/products/contract';
import { WorkCenterReport, WorkCenterStateReport } from '@takt/work-centers/contract';
import {
  CommitSupply,
  ShipmentNotice,
  SupplierCommitmentReport,
  SupplierRecord,
  SupplyAgreementRecord,
  SupplyReceipt,
} from '@takt/supplier-commitments/contract';

/** One line for each message whose envelope or data its domain would not understand. */
export function faults(messages: readonly InboundMessage[]): string[] {
  const schemas = new EventSchemas(Object.entries(messageSchemas).map(([type, data]) => ({ type, data })));
  return messages.flatMap((message) => {
    const fault = schemas.fault(message);
    return fault ? [`${message.id}: ${fault.reason}`] : [];
  });
}

/** JSON Schema of the data of each message type that the demo plant sends. */
const messageSchemas: Readonly<Record<string, TSchema>> = {
  ...Commands,
  BillOfMaterialReported: BillOfMaterialRecord,
  CalendarReported: CalendarRecord,
  CrossReferenceReported: CrossReferenceRecord,
  CommitSupply,
  CustomerOrderReported: CustomerOrderRecord,
  CustomerReported: CustomerRecord,
  DistributionLaneReported: DistributionLaneRecord,
  ForecastReported: ForecastReport,
  ItemLocationReported: ItemLocationRecord,
  LocationReported: LocationRecord,
  OverrideForecast,
  ProductReported: ProductRecord,
  ProductionOrderReported: ProductionOrderReport,
  ReceiptPosted: SupplyReceipt,
  RoutingReported: RoutingRecord,
  ShipmentNotified: ShipmentNotice,
  StockMoved: StockMovement,
  StockReported: StockReport,
  SupplierCommitmentReported: SupplierCommitmentReport,
  SupplierReported: SupplierRecord,
  SupplyAgreementReported: SupplyAgreementRecord,
  TransferOrderReported: TransferOrderRecord,
  WorkCenterReported: WorkCenterReport,
  WorkCenterStateReported: WorkCenterStateReport,
};
