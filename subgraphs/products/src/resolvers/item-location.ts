import type { Governed } from '@takt/intake';
import {
  CommandArgs,
  connectionPage,
  filterConditions,
  OrderDirection,
  PageArgs,
  provenanceOf,
  runCommand,
  type Connection,
  COMMAND_INPUT,
  FILTER,
  LOCATION_CODE,
  ORDER_BY,
  SKU,
  COMMAND,
} from '@takt/subgraph-server';
import { Directive, Arg, Args, Ctx, FieldResolver, Mutation, Query, Resolver, Root } from 'type-graphql';
import { itemLocationId, type ItemLocationRecord } from '../item-location.ts';
import { BillOfMaterialConnection } from '../schema/bill-of-material.ts';
import { DistributionLaneConnection } from '../schema/distribution-lane.ts';
import {
  ItemLocation,
  ItemLocationAccepted,
  ItemLocationConnection,
  ItemLocationFilter,
  ItemLocationSort,
  ItemLocationResult,
  SetSafetyStockInput,
} from '../schema/item-location.ts';
import { lotSizeOf } from '../schema/lot-size.ts';
import { RoutingConnection } from '../schema/routing.ts';
import type { PageOf, ProductsContext } from '../store.ts';
import { billOfMaterialPage } from './bill-of-material.ts';
import { distributionLanePage } from './distribution-lane.ts';
import { loadLocation } from './location.ts';
import { loadProduct } from './product.ts';
import { routingPage } from './routing.ts';

@Resolver(() => ItemLocation)
export class ItemLocationResolver {
  @Query(() => ItemLocation, {
    nullable: true,
    description: 'One item at one location; null if no source has reported it there.',
  })
  async itemLocation(
    @Arg('sku', () => String, { description: SKU }) sku: string,
    @Arg('location', () => String, { description: LOCATION_CODE }) location: string,
    @Ctx() context: ProductsContext,
  ) {
    const stored = await context.itemLocations.byId.load(itemLocationId(sku, location));
    return stored ? toItemLocation(sku, location, stored.document, context) : null;
  }

  @Query(() => ItemLocationConnection, { description: 'What is planned where.' })
  async itemLocations(
    @Args(() => PageArgs) page: PageArgs,
    @Arg('filter', () => ItemLocationFilter, { nullable: true, description: FILTER }) filter: ItemLocationFilter | null,
    @Arg('orderBy', () => ItemLocationSort, { nullable: true, description: ORDER_BY })
    orderBy: ItemLocationOrderInput | null,
    @Ctx() context: ProductsContext,
  ): Promise<Connection<ItemLocation>> {
    const request = {
      page,
      where: filterConditions({
        sku: filter?.sku,
        location: filter?.location,
        type: filter?.type,
        planner: filter?.planner,
      }),
      orderBy: ORDERS[orderBy?.field ?? 'SKU'],
      descending: orderBy?.direction === OrderDirection.DESC,
    };
    return itemLocationPage(request, context);
  }

  @Directive(COMMAND)
  @Mutation(() => ItemLocationResult, { description: 'Decides how much safety stock an item has at a location.' })
  async setSafetyStock(
    @Args(() => CommandArgs) args: CommandArgs,
    @Arg('input', () => SetSafetyStockInput, { description: COMMAND_INPUT }) input: SetSafetyStockInput,
    @Ctx() context: ProductsContext,
  ) {
    return runCommand(context, { type: 'SetSafetyStock', data: input, args }, async (id) => {
      context.itemLocations.byId.clear(id);
      const itemLocation = await loadItemLocation(input.sku, input.location, context);
      return Object.assign(new ItemLocationAccepted(), { itemLocation });
    });
  }

  @FieldResolver(() => BillOfMaterialConnection, { description: 'What it takes to make the item here.' })
  async billsOfMaterial(
    @Root() { sku, locationCode }: ItemLocation,
    @Args(() => PageArgs) page: PageArgs,
    @Ctx() context: ProductsContext,
  ) {
    return billOfMaterialPage({ page, key: { sku, location: locationCode }, orderBy: ['id'] }, context);
  }

  @FieldResolver(() => RoutingConnection, { description: 'How the item is made here.' })
  async routings(
    @Root() { sku, locationCode }: ItemLocation,
    @Args(() => PageArgs) page: PageArgs,
    @Ctx() context: ProductsContext,
  ) {
    return routingPage({ page, key: { sku, location: locationCode }, orderBy: ['id'] }, context);
  }

  @FieldResolver(() => DistributionLaneConnection, { description: 'From where the item can be brought here.' })
  async inboundLanes(
    @Root() { sku, locationCode }: ItemLocation,
    @Args(() => PageArgs) page: PageArgs,
    @Ctx() context: ProductsContext,
  ) {
    return distributionLanePage({ page, key: { sku, destination: locationCode }, orderBy: ['id'] }, context);
  }

  @FieldResolver(() => DistributionLaneConnection, { description: 'To where the item can be brought from here.' })
  async outboundLanes(
    @Root() { sku, locationCode }: ItemLocation,
    @Args(() => PageArgs) page: PageArgs,
    @Ctx() context: ProductsContext,
  ) {
    return distributionLanePage({ page, key: { sku, origin: locationCode }, orderBy: ['id'] }, context);
  }
}

type ItemLocationOrderInput = InstanceType<typeof ItemLocationSort>;

const ORDERS: Readonly<Record<ItemLocationOrderInput['field'], PageOf<ItemLocationRecord>['orderBy']>> = {
  SKU: ['sku', 'location'],
  LOCATION: ['location', 'sku'],
  PLANNER: ['planner', 'sku', 'location'],
};

export function itemLocationPage(
  request: PageOf<ItemLocationRecord>,
  context: ProductsContext,
): Promise<Connection<ItemLocation>> {
  return connectionPage(context.itemLocations.pages, {
    ...request,
    node: ({ document }) => toItemLocation(document.sku, document.location, document, context),
  });
}

/** The item at the location, or one of which nothing but sku and location is known. */
export async function loadItemLocation(sku: string, location: string, context: ProductsContext): Promise<ItemLocation> {
  const stored = await context.itemLocations.byId.load(itemLocationId(sku, location));
  return toItemLocation(sku, location, stored?.document, context);
}

function toItemLocation(
  sku: string,
  location: string,
  document: Governed<ItemLocationRecord> | undefined,
  context: ProductsContext,
): ItemLocation {
  return {
    sku,
    location: () => loadLocation(location, context),
    locationCode: location,
    product: () => loadProduct(sku, context),
    planning: document ? { ...document, lotSize: lotSizeOf(document) } : null,
    provenance: document ? provenanceOf(document.provenance, context) : null,
    ...(document && { type: document.type, revision: document.revision }),
  };
}
