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
  SKU,
} from '@takt/subgraph-server';
import { Arg, Args, Ctx, FieldResolver, Query, Resolver, Root } from 'type-graphql';
import type { ProductRecord } from '../product.ts';
import { AlternativeId } from '../schema/alternative-id.ts';
import { BillOfMaterialConnection } from '../schema/bill-of-material.ts';
import { ItemLocationConnection } from '../schema/item-location.ts';
import { Product, ProductConnection, ProductFilter, ProductSort } from '../schema/product.ts';
import { RoutingConnection } from '../schema/routing.ts';
import type { PageOf, ProductsContext } from '../store.ts';
import { billOfMaterialPage } from './bill-of-material.ts';
import { alternativeIdsOf } from './cross-reference.ts';
import { itemLocationPage } from './item-location.ts';
import { routingPage } from './routing.ts';

@Resolver(() => Product)
export class ProductResolver {
  @Query(() => Product, { nullable: true, description: 'One product by its sku.' })
  async product(@Arg('sku', () => String, { description: SKU }) sku: string, @Ctx() context: ProductsContext) {
    const stored = await context.products.byId.load(sku);
    return stored ? toProduct(sku, stored.document, context) : null;
  }

  @Query(() => ProductConnection, { description: 'What is made, bought and sold.' })
  async products(
    @Args(() => PageArgs) page: PageArgs,
    @Arg('filter', () => ProductFilter, { nullable: true, description: FILTER }) filter: ProductFilter | null,
    @Arg('orderBy', () => ProductSort, { nullable: true, description: ORDER_BY }) orderBy: ProductOrderInput | null,
    @Ctx() context: ProductsContext,
  ): Promise<Connection<Product>> {
    return connectionPage(context.products.pages, {
      page,
      where: filterConditions({
        sku: filter?.sku,
        type: filter?.type,
        family: filter?.family,
        abcClass: filter?.abcClass,
      }),
      orderBy: ORDERS[orderBy?.field ?? 'SKU'],
      descending: orderBy?.direction === OrderDirection.DESC,
      node: ({ document }) => toProduct(document.sku, document, context),
    });
  }

  @FieldResolver(() => ItemLocationConnection, { description: 'Where it is planned, by location.' })
  async locations(@Root() { sku }: Product, @Args(() => PageArgs) page: PageArgs, @Ctx() context: ProductsContext) {
    return itemLocationPage({ page, key: { sku }, orderBy: ['location'] }, context);
  }

  @FieldResolver(() => BillOfMaterialConnection, { description: 'What it takes to make it, by location.' })
  async billsOfMaterial(
    @Root() { sku }: Product,
    @Args(() => PageArgs) page: PageArgs,
    @Ctx() context: ProductsContext,
  ) {
    return billOfMaterialPage({ page, key: { sku }, orderBy: ['location', 'id'] }, context);
  }

  @FieldResolver(() => BillOfMaterialConnection, { description: 'The bills of material that consume it.' })
  async usedIn(@Root() { sku }: Product, @Args(() => PageArgs) page: PageArgs, @Ctx() context: ProductsContext) {
    return billOfMaterialPage({ page, key: { 'lines.component': sku }, orderBy: ['id'] }, context);
  }

  @FieldResolver(() => [AlternativeId], {
    description: 'How each system calls it: as told with the product, and by cross-references.',
  })
  async crossReferences(@Root() { sku, alternativeIds }: Product, @Ctx() context: ProductsContext) {
    return alternativeIdsOf('PRODUCT', sku, alternativeIds, context);
  }

  @FieldResolver(() => RoutingConnection, { description: 'How it is made, by location.' })
  async routings(@Root() { sku }: Product, @Args(() => PageArgs) page: PageArgs, @Ctx() context: ProductsContext) {
    return routingPage({ page, key: { sku }, orderBy: ['location', 'id'] }, context);
  }
}

type ProductOrderInput = InstanceType<typeof ProductSort>;

const ORDERS: Readonly<Record<ProductOrderInput['field'], PageOf<ProductRecord>['orderBy']>> = {
  SKU: ['sku'],
  NAME: ['name', 'sku'],
  FAMILY: ['family', 'sku'],
};

/** The product, or one of which nothing but the sku is known. */
export async function loadProduct(sku: string, context: ProductsContext): Promise<Product> {
  const stored = await context.products.byId.load(sku);
  return toProduct(sku, stored?.document, context);
}

function toProduct(sku: string, document: Governed<ProductRecord> | undefined, context: ProductsContext): Product {
  const { parent, lifecycle, provenance, ...record }: Partial<Governed<ProductRecord>> = document ?? {};
  const reference = (other: string | undefined) => (other === undefined ? null : () => loadProduct(other, context));
  return {
    unitConversions: [],
    alternativeIds: [],
    ...record,
    sku,
    parent: reference(parent),
    lifecycle: lifecycle ? { ...lifecycle, successor: reference(lifecycle.successor) } : null,
    provenance: provenance ? provenanceOf(provenance, context) : null,
  };
}
