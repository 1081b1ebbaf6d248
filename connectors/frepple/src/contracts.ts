import type { TSchema } from '@sinclair/typebox';
import { CustomerOrderRecord, CustomerRecord, ForecastReport } from '@takt/forecasts/contract';
import { StockReport, TransferOrderRecord } from '@takt/inventory/contract';
import { ProductionOrderReport } from '@takt/production-orders/contract';
import {
  BillOfMaterialRecord,
  CalendarRecord,
  DistributionLaneRecord,
  ItemLocationRecord,
  LocationRecord,
  ProductRecord,
  RoutingRecord,
} from '@takt/products/contract';
import { SupplierCommitmentReport, SupplierRecord, SupplyAgreementRecord } from '@takt/supplier-commitments/contract';
import { WorkCenterReport } from '@takt/work-centers/contract';

/** The messages that an import sends, each with the domain that takes it and the schema of its data. */
export const CONTRACTS = {
  LocationReported: { domain: 'products', noun: 'Location', schema: LocationRecord },
  CalendarReported: { domain: 'products', noun: 'Calendar', schema: CalendarRecord },
  ProductReported: { domain: 'products', noun: 'Product', schema: ProductRecord },
  ItemLocationReported: { domain: 'products', noun: 'ItemLocation', schema: ItemLocationRecord },
  RoutingReported: { domain: 'products', noun: 'Routing', schema: RoutingRecord },
  BillOfMaterialReported: { domain: 'products', noun: 'BillOfMaterial', schema: BillOfMaterialRecord },
  DistributionLaneReported: { domain: 'products', noun: 'DistributionLane', schema: DistributionLaneRecord },
  WorkCenterReported: { domain: 'work-centers', noun: 'WorkCenter', schema: WorkCenterReport },
  SupplierReported: { domain: 'supplier-commitments', noun: 'Supplier', schema: SupplierRecord },
  SupplyAgreementReported: { domain: 'supplier-commitments', noun: 'SupplyAgreement', schema: SupplyAgreementRecord },
  SupplierCommitmentReported: {
    domain: 'supplier-commitments',
    noun: 'SupplierCommitment',
    schema: SupplierCommitmentReport,
  },
  CustomerReported: { domain: 'forecasts', noun: 'Customer', schema: CustomerRecord },
  CustomerOrderReported: { domain: 'forecasts', noun: 'CustomerOrder', schema: CustomerOrderRecord },
  ForecastReported: { domain: 'forecasts', noun: 'Forecast', schema: ForecastReport },
  StockReported: { domain: 'inventory', noun: 'InventoryPosition', schema: StockReport },
  TransferOrderReported: { domain: 'inventory', noun: 'TransferOrder', schema: TransferOrderRecord },
  ProductionOrderReported: { domain: 'production-orders', noun: 'ProductionOrder', schema: ProductionOrderReport },
} as const satisfies Record<string, { domain: string; noun: string; schema: TSchema }>;

export type MessageType = keyof typeof CONTRACTS;
export type Domain = (typeof CONTRACTS)[MessageType]['domain'];
