import { CustomerOrderRecord, CustomerRecord, ForecastReport, WithdrawForecast } from '@takt/forecasts/contract';
import { AllocateStock, StockMovement, StockReport, TransferOrderRecord } from '@takt/inventory/contract';
import { canonicalTypes, type CanonicalTypes } from '@takt/mapping';
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
import {
  CommitSupply,
  ShipmentNotice,
  SupplierCommitmentReport,
  SupplierRecord,
  SupplyAgreementRecord,
  SupplyReceipt,
} from '@takt/supplier-commitments/contract';
import { WorkCenterReport, WorkCenterStateReport } from '@takt/work-centers/contract';

/** What a mapping may say: the messages by which backing systems tell the domains. */
export const CANONICAL_TYPES: CanonicalTypes = canonicalTypes([
  {
    name: 'products',
    aggregates: [
      {
        messages: {
          ProductReported: ProductRecord,
          LocationReported: LocationRecord,
          ItemLocationReported: ItemLocationRecord,
          CalendarReported: CalendarRecord,
          BillOfMaterialReported: BillOfMaterialRecord,
          RoutingReported: RoutingRecord,
          DistributionLaneReported: DistributionLaneRecord,
          CrossReferenceReported: CrossReferenceRecord,
        },
      },
    ],
  },
  {
    name: 'work-centers',
    aggregates: [
      { messages: { WorkCenterReported: WorkCenterReport, WorkCenterStateReported: WorkCenterStateReport } },
    ],
  },
  {
    name: 'supplier-commitments',
    aggregates: [
      {
        messages: {
          SupplierReported: SupplierRecord,
          SupplyAgreementReported: SupplyAgreementRecord,
          SupplierCommitmentReported: SupplierCommitmentReport,
          CommitSupply,
          ShipmentNotified: ShipmentNotice,
          ReceiptPosted: SupplyReceipt,
        },
      },
    ],
  },
  {
    name: 'inventory',
    aggregates: [
      {
        messages: {
          StockReported: StockReport,
          StockMoved: StockMovement,
          AllocateStock,
          TransferOrderReported: TransferOrderRecord,
        },
      },
    ],
  },
  {
    name: 'forecasts',
    aggregates: [
      {
        messages: {
          ForecastReported: ForecastReport,
          WithdrawForecast,
          CustomerReported: CustomerRecord,
          CustomerOrderReported: CustomerOrderRecord,
        },
      },
    ],
  },
  {
    name: 'production-orders',
    aggregates: [{ messages: { ProductionOrderReported: ProductionOrderReport, ...Commands } }],
  },
]);
