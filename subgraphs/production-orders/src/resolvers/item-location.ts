import { PageArgs, type Connection, FILTER, ORDER_BY } from '@takt/subgraph-server';
import { Arg, Args, Ctx, FieldResolver, Resolver, Root } from 'type-graphql';
import { ProductionOrderSort, ProductionOrderStatusFilter } from '../schema/inputs.ts';
import { ProductionOrderConnection, type ProductionOrder } from '../schema/production-order.ts';
import { ItemLocation } from '../schema/references.ts';
import type { ProductionOrdersContext } from '../store.ts';
import { ordersPage, statusConditions } from './production-order.ts';

@Resolver(() => ItemLocation)
export class ItemLocationResolver {
  @FieldResolver(() => ProductionOrderConnection, { description: 'Orders that make it here.' })
  async productionOrders(
    @Root() { sku, location }: ItemLocation,
    @Args(() => PageArgs) page: PageArgs,
    @Arg('filter', () => ProductionOrderStatusFilter, { nullable: true, description: FILTER })
    filter: ProductionOrderStatusFilter | null,
    @Arg('orderBy', () => ProductionOrderSort, { nullable: true, description: ORDER_BY })
    orderBy: ProductionOrderSort | null,
    @Ctx() context: ProductionOrdersContext,
  ): Promise<Connection<ProductionOrder>> {
    return ordersPage(context, page, statusConditions(filter), orderBy, { sku, location: location.code });
  }
}
