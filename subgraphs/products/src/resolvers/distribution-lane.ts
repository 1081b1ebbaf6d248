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
import type { DistributionLaneRecord } from '../distribution-lane.ts';
import {
  DistributionLane,
  DistributionLaneConnection,
  DistributionLaneFilter,
  DistributionLaneSort,
} from '../schema/distribution-lane.ts';
import type { PageOf, ProductsContext } from '../store.ts';
import { loadLocation } from './location.ts';
import { loadProduct } from './product.ts';

@Resolver(() => DistributionLane)
export class DistributionLaneResolver {
  @Query(() => DistributionLane, { nullable: true, description: 'One distribution lane by its id.' })
  async distributionLane(
    @Arg('id', () => ID, { description: 'Id of the lane, as its source writes it.' }) id: string,
    @Ctx() context: ProductsContext,
  ) {
    return loadDistributionLane(id, context);
  }

  @Query(() => DistributionLaneConnection, { description: 'What may be moved from where to where.' })
  async distributionLanes(
    @Args(() => PageArgs) page: PageArgs,
    @Arg('filter', () => DistributionLaneFilter, { nullable: true, description: FILTER })
    filter: DistributionLaneFilter | null,
    @Arg('orderBy', () => DistributionLaneSort, { nullable: true, description: ORDER_BY })
    orderBy: InstanceType<typeof DistributionLaneSort> | null,
    @Ctx() context: ProductsContext,
  ) {
    const request = {
      page,
      where: filterConditions<Governed<DistributionLaneRecord>>({
        sku: filter?.sku,
        origin: filter?.origin,
        destination: filter?.destination,
      }),
      orderBy: ['id'] as const,
      descending: orderBy?.direction === OrderDirection.DESC,
    };
    return distributionLanePage(request, context);
  }
}

export function distributionLanePage(
  request: PageOf<DistributionLaneRecord>,
  context: ProductsContext,
): Promise<Connection<DistributionLane>> {
  return connectionPage(context.distributionLanes.pages, {
    ...request,
    node: ({ document }) => toDistributionLane(document, context),
  });
}

export async function loadDistributionLane(id: string, context: ProductsContext): Promise<DistributionLane | null> {
  const stored = await context.distributionLanes.byId.load(id);
  return stored ? toDistributionLane(stored.document, context) : null;
}

function toDistributionLane(document: Governed<DistributionLaneRecord>, context: ProductsContext): DistributionLane {
  const { sku, origin, destination, provenance, ...record } = document;
  return {
    ...record,
    product: () => loadProduct(sku, context),
    origin: () => loadLocation(origin, context),
    destination: () => loadLocation(destination, context),
    provenance: provenanceOf(provenance, context),
  };
}
