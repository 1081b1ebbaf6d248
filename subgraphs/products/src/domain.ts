import type { DomainDefinition } from '@takt/subgraph-server';
import { audienceDirectives } from './audience.ts';
import { billOfMaterial } from './bill-of-material.ts';
import { calendar } from './calendar.ts';
import { answerCrossReferences } from './cross-reference-exchange.ts';
import { crossReference } from './cross-reference.ts';
import { distributionLane } from './distribution-lane.ts';
import { itemLocation } from './item-location.ts';
import { location } from './location.ts';
import { product } from './product.ts';
import { BillOfMaterialResolver, loadBillOfMaterial } from './resolvers/bill-of-material.ts';
import { CalendarResolver, loadCalendar } from './resolvers/calendar.ts';
import { CrossReferenceResolver } from './resolvers/cross-reference.ts';
import { DistributionLaneResolver, loadDistributionLane } from './resolvers/distribution-lane.ts';
import { ItemLocationResolver, loadItemLocation } from './resolvers/item-location.ts';
import { loadLocation, LocationResolver } from './resolvers/location.ts';
import { loadProduct, ProductResolver } from './resolvers/product.ts';
import { loadRouting, RoutingResolver } from './resolvers/routing.ts';
import { routing } from './routing.ts';
import { connect, type ProductsContext } from './store.ts';

/** What is made and bought, where, of what, how, and when there is work: the master data that every domain refers to. */
export const products: DomainDefinition<ProductsContext> = {
  name: 'products',
  aggregates: [product, location, itemLocation, calendar, billOfMaterial, routing, distributionLane, crossReference],
  resolvers: [
    ProductResolver,
    LocationResolver,
    ItemLocationResolver,
    CalendarResolver,
    BillOfMaterialResolver,
    RoutingResolver,
    DistributionLaneResolver,
    CrossReferenceResolver,
  ],
  directives: audienceDirectives,
  references: {
    Product: ({ sku }: { sku: string }, context) => loadProduct(sku, context),
    Location: ({ code }: { code: string }, context) => loadLocation(code, context),
    ItemLocation: ({ sku, location: { code } }: { sku: string; location: { code: string } }, context) =>
      loadItemLocation(sku, code, context),
    Calendar: ({ code }: { code: string }, context) => loadCalendar(code, context),
    BillOfMaterial: ({ id }: { id: string }, context) => loadBillOfMaterial(id, context),
    Routing: ({ id }: { id: string }, context) => loadRouting(id, context),
    DistributionLane: ({ id }: { id: string }, context) => loadDistributionLane(id, context),
  },
  connect,
  startExchange: ({ store }) => Promise.resolve(answerCrossReferences(store)),
};
