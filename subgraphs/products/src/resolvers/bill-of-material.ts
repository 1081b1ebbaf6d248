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
import type { BillOfMaterialRecord } from '../bill-of-material.ts';
import {
  BillOfMaterial,
  BillOfMaterialConnection,
  BillOfMaterialFilter,
  BillOfMaterialSort,
} from '../schema/bill-of-material.ts';
import type { PageOf, ProductsContext } from '../store.ts';
import { loadItemLocation } from './item-location.ts';
import { loadLocation } from './location.ts';
import { loadProduct } from './product.ts';
import { loadRouting } from './routing.ts';

@Resolver(() => BillOfMaterial)
export class BillOfMaterialResolver {
  @Query(() => BillOfMaterial, { nullable: true, description: 'One bill of material by its id.' })
  async billOfMaterial(
    @Arg('id', () => ID, { description: 'Id of the bill of material, as its source writes it.' }) id: string,
    @Ctx() context: ProductsContext,
  ) {
    return loadBillOfMaterial(id, context);
  }

  @Query(() => BillOfMaterialConnection, { description: 'What it takes to make what, where.' })
  async billsOfMaterial(
    @Args(() => PageArgs) page: PageArgs,
    @Arg('filter', () => BillOfMaterialFilter, { nullable: true, description: FILTER })
    filter: BillOfMaterialFilter | null,
    @Arg('orderBy', () => BillOfMaterialSort, { nullable: true, description: ORDER_BY })
    orderBy: BillOfMaterialOrderInput | null,
    @Ctx() context: ProductsContext,
  ) {
    const request = {
      page,
      where: filterConditions<Governed<BillOfMaterialRecord>>({
        sku: filter?.sku,
        location: filter?.location,
        'lines.component': filter?.component,
      }),
      orderBy: ORDERS[orderBy?.field ?? 'ID'],
      descending: orderBy?.direction === OrderDirection.DESC,
    };
    return billOfMaterialPage(request, context);
  }
}

type BillOfMaterialOrderInput = InstanceType<typeof BillOfMaterialSort>;

const ORDERS: Readonly<Record<BillOfMaterialOrderInput['field'], PageOf<BillOfMaterialRecord>['orderBy']>> = {
  ID: ['id'],
  SKU: ['sku', 'location', 'id'],
  LOCATION: ['location', 'id'],
};

export function billOfMaterialPage(
  request: PageOf<BillOfMaterialRecord>,
  context: ProductsContext,
): Promise<Connection<BillOfMaterial>> {
  return connectionPage(context.billsOfMaterial.pages, {
    ...request,
    node: ({ document }) => toBillOfMaterial(document, context),
  });
}

export async function loadBillOfMaterial(id: string, context: ProductsContext): Promise<BillOfMaterial | null> {
  const stored = await context.billsOfMaterial.byId.load(id);
  return stored ? toBillOfMaterial(stored.document, context) : null;
}

function toBillOfMaterial(document: Governed<BillOfMaterialRecord>, context: ProductsContext): BillOfMaterial {
  const { sku, location, routing, lines, outputs = [], provenance, ...record } = document;
  const product = (named: string) => () => loadProduct(named, context);
  return {
    ...record,
    product: sku === undefined ? null : product(sku),
    location: () => loadLocation(location, context),
    itemLocation: sku === undefined ? null : () => loadItemLocation(sku, location, context),
    routing: routing === undefined ? null : () => loadRouting(routing, context),
    lines: lines.map(({ component, fixed = false, phantom = false, substitutes = [], ...line }) => ({
      ...line,
      fixed,
      phantom,
      component: product(component),
      substitutes: substitutes.map((substitute) => ({ ...substitute, component: product(substitute.component) })),
    })),
    outputs: outputs.map(({ sku: made, ...output }) => ({ ...output, product: product(made) })),
    provenance: provenanceOf(provenance, context),
  };
}
