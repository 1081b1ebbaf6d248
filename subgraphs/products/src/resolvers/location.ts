import type { Governed } from '@takt/intake';
import {
  connectionPage,
  filterConditions,
  OrderDirection,
  PageArgs,
  provenanceOf,
  type Connection,
  FILTER,
  LOCATION_CODE,
  ORDER_BY,
} from '@takt/subgraph-server';
import { Arg, Args, Ctx, FieldResolver, Query, Resolver, Root } from 'type-graphql';
import type { ItemLocationRecord } from '../item-location.ts';
import type { LocationRecord } from '../location.ts';
import { AlternativeId } from '../schema/alternative-id.ts';
import { ItemLocationConnection } from '../schema/item-location.ts';
import { Location, LocationConnection, LocationFilter, LocationItemFilter, LocationSort } from '../schema/location.ts';
import type { PageOf, ProductsContext } from '../store.ts';
import { loadCalendar } from './calendar.ts';
import { alternativeIdsOf } from './cross-reference.ts';
import { itemLocationPage } from './item-location.ts';

@Resolver(() => Location)
export class LocationResolver {
  @Query(() => Location, { nullable: true, description: 'One location by its code.' })
  async location(
    @Arg('code', () => String, { description: LOCATION_CODE }) code: string,
    @Ctx() context: ProductsContext,
  ) {
    const stored = await context.locations.byId.load(code);
    return stored ? toLocation(code, stored.document, context) : null;
  }

  @Query(() => LocationConnection, { description: 'Plants, warehouses, suppliers’ sites and what groups them.' })
  async locations(
    @Args(() => PageArgs) page: PageArgs,
    @Arg('filter', () => LocationFilter, { nullable: true, description: FILTER }) filter: LocationFilter | null,
    @Arg('orderBy', () => LocationSort, { nullable: true, description: ORDER_BY }) orderBy: LocationOrderInput | null,
    @Ctx() context: ProductsContext,
  ): Promise<Connection<Location>> {
    const request = {
      page,
      where: filterConditions({
        code: filter?.code,
        type: filter?.type,
        region: filter?.region,
        parent: filter?.parent,
      }),
      orderBy: ORDERS[orderBy?.field ?? 'CODE'],
      descending: orderBy?.direction === OrderDirection.DESC,
    };
    return locationPage(request, context);
  }

  @FieldResolver(() => ItemLocationConnection, { description: 'What is planned here, by sku.' })
  async items(
    @Root() { code }: Location,
    @Args(() => PageArgs) page: PageArgs,
    @Arg('filter', () => LocationItemFilter, { nullable: true, description: FILTER }) filter: LocationItemFilter | null,
    @Ctx() context: ProductsContext,
  ) {
    const where = filterConditions<Governed<ItemLocationRecord>>({
      sku: filter?.sku,
      type: filter?.type,
      planner: filter?.planner,
    });
    return itemLocationPage({ page, key: { location: code }, where, orderBy: ['sku'] }, context);
  }

  @FieldResolver(() => [AlternativeId], { description: 'How each system calls it.' })
  async crossReferences(@Root() { code }: Location, @Ctx() context: ProductsContext) {
    return alternativeIdsOf('LOCATION', code, [], context);
  }

  @FieldResolver(() => LocationConnection, { description: 'The locations right below, by code.' })
  async children(@Root() { code }: Location, @Args(() => PageArgs) page: PageArgs, @Ctx() context: ProductsContext) {
    return locationPage({ page, key: { parent: code }, orderBy: ['code'] }, context);
  }
}

type LocationOrderInput = InstanceType<typeof LocationSort>;

const ORDERS: Readonly<Record<LocationOrderInput['field'], PageOf<LocationRecord>['orderBy']>> = {
  CODE: ['code'],
  NAME: ['name', 'code'],
};

function locationPage(request: PageOf<LocationRecord>, context: ProductsContext): Promise<Connection<Location>> {
  return connectionPage(context.locations.pages, {
    ...request,
    node: ({ document }) => toLocation(document.code, document, context),
  });
}

/** The location, or one of which nothing but the code is known. */
export async function loadLocation(code: string, context: ProductsContext): Promise<Location> {
  const stored = await context.locations.byId.load(code);
  return toLocation(code, stored?.document, context);
}

function toLocation(code: string, document: Governed<LocationRecord> | undefined, context: ProductsContext): Location {
  const { calendar, parent, provenance, ...record }: Partial<Governed<LocationRecord>> = document ?? {};
  return {
    ...record,
    code,
    calendar: calendar === undefined ? null : () => loadCalendar(calendar, context),
    parent: parent === undefined ? null : () => loadLocation(parent, context),
    provenance: provenance ? provenanceOf(provenance, context) : null,
  };
}
