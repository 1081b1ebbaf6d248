import type { TSchema } from '@sinclair/typebox';
import { ForecastReport } from '@takt/forecasts/contract';
import { StockMovement, StockReport } from '@takt/inventory/contract';
import type { MessagesOfDomain } from '@takt/mapping';
import { mappingFixture, type MappingFixture } from '@takt/mapping/testing';
import { ProductionOrderReport } from '@takt/production-orders/contract';
import { ItemLocationRecord, ProductRecord } from '@takt/products/contract';

/** A shipped mapping with what the domains understand. */
export function shipped(
  name: 'sap-s4' | 'business-central',
  references = {},
  timeZone = 'UTC',
): Promise<MappingFixture> {
  const file = new URL(`../mappings/${name}.yml`, import.meta.url);
  const document = { attributes: { timeZone } };
  return mappingFixture({ file, connector: 'erp-odata', domains: DOMAINS, references, document });
}

const DOMAINS: readonly MessagesOfDomain[] = [
  domain('forecasts', { ForecastReported: ForecastReport }),
  domain('inventory', { StockReported: StockReport, StockMoved: StockMovement }),
  domain('production-orders', { ProductionOrderReported: ProductionOrderReport }),
  domain('products', { ProductReported: ProductRecord, ItemLocationReported: ItemLocationRecord }),
];

function domain(name: string, messages: Readonly<Record<string, TSchema>>): MessagesOfDomain {
  return { name, aggregates: [{ messages }] };
}
