import type { TSchema } from '@sinclair/typebox';
import { CustomerOrderRecord } from '../../../subgraphs/forecasts/src/customer-order.ts';
import { CustomerRecord } from '../../../subgraphs/forecasts/src/customer.ts';
import { ForecastReport } from '../../../subgraphs/forecasts/src/messages.ts';
import { StockReport } from '../../../subgraphs/inventory/src/inventory-position.ts';
import { TransferOrderRecord } from '../../../subgraphs/inventory/src/transfer-order.ts';
import { ProductionOrderReport } from '../../../subgraphs/production-orders/src/messages.ts';
import { BillOfMaterialRecord } from '../../../subgraphs/products/src/bill-of-material.ts';
import { CalendarRecord } from '../../../subgraphs/products/src/calendar.ts';
import { DistributionLaneRecord } from '../../../subgraphs/products/src/distribution-lane.ts';
import { ItemLocationRecord } from '../../../subgraphs/products/src/item-location.ts';
import { LocationRecord } from '../../../subgraphs/products/src/location.ts';
import { ProductRecord } from '../../../subgraphs/products/src/product.ts';
import { RoutingRecord } from '../../../subgraphs/products/src/routing.ts';
import { SupplierCommitmentReport } from '../../../subgraphs/supplier-commitments/src/messages.ts';
import { SupplierRecord } from '../../../subgraphs/supplier-commitments/src/supplier.ts';
import { SupplyAgreementRecord } from '../../../subgraphs/supplier-commitments/src/supply-agreement.ts';
import { WorkCenterReport } from '../../../subgraphs/work-centers/src/work-center.ts';

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
