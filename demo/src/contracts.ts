/** The data of the messages that the six domains understand, as the demo plant sends them. */
export type { CustomerOrderRecord, CustomerRecord, ForecastReport, OverrideForecast } from '@takt/forecasts/contract';
export type { StockMovement, StockReport, TransferOrderRecord } from '@takt/inventory/contract';
export type { CommandData, ProductionOrderReport } from '@takt/production-orders/contract';
export type {
  BillOfMaterialRecord,
  CalendarRecord,
  DistributionLaneRecord,
  CrossReferenceRecord,
  ItemLocationRecord,
  LocationRecord,
  ProductRecord,
  RoutingRecord,
} from '@takt/products/contract';
export type {
  CommitSupply,
  ShipmentNotice,
  SupplierCommitmentReport,
  SupplierRecord,
  SupplyAgreementRecord,
  SupplyReceipt,
} from '@takt/supplier-commitments/contract';
export type { WorkCenterReport, WorkCenterStateReport } from '@takt/work-centers/contract';
