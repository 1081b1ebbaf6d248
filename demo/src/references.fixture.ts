import type { InboundMessage } from '@takt/intake';
import type {
  BillOfMaterialRecord,
  CustomerOrderRecord,
  CustomerRecord,
  DistributionLaneRecord,
  ForecastReport,
  CrossReferenceRecord,
  ItemLocationRecord,
  LocationRecord,
  ProductionOrderReport,
  ProductRecord,
  RoutingRecord,
  StockReport,
  SupplierCommitmentReport,
  SupplierRecord,
  SupplyAgreementRecord,
  TransferOrderRecord,
  WorkCenterReport,
} from './contracts.ts';

/** What is named before, or without, a message that brings it. */
export function danglingReferences(messages: readonly InboundMessage[]): string[] {
  const known = new Set<string>();
  const missing: string[] = [];
  const need = (kind: string, code: string | undefined) => {
    if (code !== undefined && !known.has(`${kind} ${code}`)) missing.push(`${kind} ${code}`);
  };
  for (const message of messages) {
    const { data } = message;
    switch (message.type) {
      case 'CalendarReported':
        known.add(`calendar ${(data as { code: string }).code}`);
        break;
      case 'LocationReported': {
        const { code, parent, calendar } = data as LocationRecord;
        need('location', parent);
        need('calendar', calendar);
        known.add(`location ${code}`);
        break;
      }
      case 'ProductReported':
        known.add(`product ${(data as ProductRecord).sku}`);
        break;
      case 'ItemLocationReported': {
        const { sku, location } = data as ItemLocationRecord;
        need('product', sku);
        need('location', location);
        known.add(`item ${sku}@${location}`);
        break;
      }
      case 'CrossReferenceReported':
        need('product', (data as CrossReferenceRecord).canonicalId);
        break;
      case 'WorkCenterReported': {
        const { code, parent, calendar, location, alternates = [] } = data as WorkCenterReport;
        need('work center', parent);
        need('calendar', calendar);
        need('location', location);
        for (const alternate of alternates) need('work center', alternate);
        known.add(`work center ${code}`);
        break;
      }
      case 'WorkCenterStateReported':
        need('work center', (data as { code: string }).code);
        break;
      case 'RoutingReported': {
        const { id, sku, location, operations } = data as RoutingRecord;
        need('item', `${sku ?? ''}@${location}`);
        known.add(`routing ${id}`);
        for (const operation of operations) {
          known.add(`operation ${operation.id}`);
          for (const { code } of operation.workCenters) need('work center', code);
        }
        break;
      }
      case 'BillOfMaterialReported': {
        const { sku, location, routing, lines } = data as BillOfMaterialRecord;
        need('item', `${sku}@${location}`);
        need('routing', routing);
        for (const { component, operation, substitutes = [] } of lines) {
          need('item', `${component}@${location}`);
          need('operation', operation);
          for (const substitute of substitutes) need('item', `${substitute.component}@${location}`);
        }
        break;
      }
      case 'DistributionLaneReported': {
        const { sku, origin, destination } = data as DistributionLaneRecord;
        need('item', `${sku}@${origin}`);
        need('item', `${sku}@${destination}`);
        break;
      }
      case 'SupplierReported': {
        const { id, site } = data as SupplierRecord;
        need('location', site);
        known.add(`supplier ${id}`);
        break;
      }
      case 'SupplyAgreementReported': {
        const { id, supplier, sku, location } = data as SupplyAgreementRecord;
        need('supplier', supplier);
        need('item', `${sku}@${location ?? ''}`);
        known.add(`agreement ${id}`);
        break;
      }
      case 'SupplierCommitmentReported': {
        const { id, agreement, supplier, sku, location } = data as SupplierCommitmentReport;
        need('agreement', agreement);
        need('supplier', supplier);
        need('item', `${sku}@${location}`);
        known.add(`commitment ${id}`);
        break;
      }
      case 'ShipmentNotified':
      case 'ReceiptPosted':
        need('commitment', (data as { id: string }).id);
        break;
      case 'CustomerReported': {
        const { id, parent } = data as CustomerRecord;
        need('customer', parent);
        known.add(`customer ${id}`);
        break;
      }
      case 'CustomerOrderReported': {
        const order = data as CustomerOrderRecord;
        need('customer', order.customer);
        need('item', key(order));
        break;
      }
      case 'TransferOrderReported': {
        const { sku, origin, destination } = data as TransferOrderRecord;
        need('item', `${sku}@${origin}`);
        need('item', `${sku}@${destination}`);
        break;
      }
      case 'StockReported':
      case 'ForecastReported':
        need('item', key(data as StockReport | ForecastReport));
        if (message.type === 'ForecastReported') known.add(`forecast ${key(data as ForecastReport)}`);
        break;
      case 'OverrideForecast':
        need('forecast', decodeURIComponent((data as { id: string }).id));
        break;
      case 'ProductionOrderReported': {
        const order = data as ProductionOrderReport;
        need('item', key(order));
        need('routing', order.routing);
        for (const { workCenter } of order.operations) need('work center', workCenter);
        for (const { sku } of order.components) need('item', `${sku}@${order.location}`);
        known.add(`order ${order.id}`);
        break;
      }
      case 'PlaceQualityHold':
        need('order', (data as { id: string }).id);
        break;
      default:
        missing.push(`what ${message.type} refers to`);
    }
  }
  return missing;
}

function key({ sku, location }: { readonly sku: string; readonly location: string }): string {
  return `${sku}@${location}`;
}
