import type { Governed } from '@takt/intake';
import {
  connectionPage,
  filterConditions,
  OrderDirection,
  PageArgs,
  provenanceOf,
  type Connection,
  FILTER,
  ORDER_BY,
} from '@takt/subgraph-server';
import { Arg, Args, Ctx, ID, Query, Resolver } from 'type-graphql';
import type { RoutingRecord } from '../routing.ts';
import { lotSizeOf } from '../schema/lot-size.ts';
import { Routing, RoutingConnection, RoutingFilter, RoutingSort } from '../schema/routing.ts';
import type { PageOf, ProductsContext } from '../store.ts';
import { loadLocation } from './location.ts';
import { loadProduct } from './product.ts';

@Resolver(() => Routing)
export class RoutingResolver {
  @Query(() => Routing, { nullable: true, description: 'One routing by its id.' })
  async routing(
    @Arg('id', () => ID, { description: 'Id of the routing, as its source writes it.' }) id: string,
    @Ctx() context: ProductsContext,
  ) {
    return loadRouting(id, context);
  }

  @Query(() => RoutingConnection, { description: 'How what is made, where.' })
  async routings(
    @Args(() => PageArgs) page: PageArgs,
    @Arg('filter', () => RoutingFilter, { nullable: true, description: FILTER }) filter: RoutingFilter | null,
    @Arg('orderBy', () => RoutingSort, { nullable: true, description: ORDER_BY }) orderBy: RoutingOrderInput | null,
    @Ctx() context: ProductsContext,
  ) {
    const request = {
      page,
      where: filterConditions<Governed<RoutingRecord>>({
        sku: filter?.sku,
        location: filter?.location,
        'operations.workCenters.code': filter?.workCenter,
      }),
      orderBy: ORDERS[orderBy?.field ?? 'ID'],
      descending: orderBy?.direction === OrderDirection.DESC,
    };
    return routingPage(request, context);
  }
}

type RoutingOrderInput = InstanceType<typeof RoutingSort>;

const ORDERS: Readonly<Record<RoutingOrderInput['field'], PageOf<RoutingRecord>['orderBy']>> = {
  ID: ['id'],
  SKU: ['sku', 'location', 'id'],
  LOCATION: ['location', 'id'],
};

export function routingPage(request: PageOf<RoutingRecord>, context: ProductsContext): Promise<Connection<Routing>> {
  return connectionPage(context.routings.pages, {
    ...request,
    node: ({ document }) => toRouting(document, context),
  });
}

export async function loadRouting(id: string, context: ProductsContext): Promise<Routing | null> {
  const stored = await context.routings.byId.load(id);
  return stored ? toRouting(stored.document, context) : null;
}

function toRouting(document: Governed<RoutingRecord>, context: ProductsContext): Routing {
  const { sku, location, operations, provenance, ...record } = document;
  return {
    ...record,
    lotSize: lotSizeOf(record),
    product: sku === undefined ? null : () => loadProduct(sku, context),
    location: () => loadLocation(location, context),
    operations: operations.map(({ workCenters, ...operation }) => ({
      ...operation,
      workCenters: workCenters.map(({ code, ...occupied }) => ({ ...occupied, workCenter: { code } })),
    })),
    provenance: provenanceOf(provenance, context),
  };
}
