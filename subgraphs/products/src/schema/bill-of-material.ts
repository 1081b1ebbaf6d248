import { connectionOf, DateScalar, DecimalScalar, Provenance, Quantity } from '@takt/subgraph-server';
import { Directive, Field, Float, ID, InputType, Int, ObjectType } from 'type-graphql';
import { ItemLocation } from './item-location.ts';
import { Location } from './location.ts';
import { orderByOf } from './order-by.ts';
import { Product } from './product.ts';
import { Routing } from './routing.ts';

@ObjectType({ simpleResolvers: true, description: 'What may be taken instead of a component.' })
class ComponentSubstitute {
  @Field(() => Product)
  component!: () => Promise<Product>;

  @Field(() => String, { description: 'What is of one group can stand in for each other.' })
  group!: string;

  @Field(() => Int, { description: 'The lowest number is taken first.' })
  priority!: number;

  @Field(() => DecimalScalar, { description: 'Units of the substitute for one unit of the component.' })
  ratio!: string;

  @Field(() => Boolean)
  approvalNeeded!: boolean;
}

@ObjectType({ simpleResolvers: true, description: 'What goes into a product.' })
class BillOfMaterialLine {
  @Field(() => Int)
  position!: number;

  @Field(() => Product)
  component!: () => Promise<Product>;

  @Field(() => Quantity, { description: 'Per base quantity.' })
  quantity!: Quantity;

  @Field(() => Boolean, { description: 'The same whatever the order’s quantity.' })
  fixed!: boolean;

  @Field(() => Float, { nullable: true })
  scrapPercent?: number;

  @Field(() => ID, { nullable: true, description: 'Id of the routing operation that consumes it.' })
  operation?: string;

  @Field(() => DateScalar, { nullable: true })
  effectiveFrom?: string;

  @Field(() => DateScalar, { nullable: true })
  effectiveTo?: string;

  @Field(() => Boolean, { description: 'Never stocked: its own components are taken.' })
  phantom!: boolean;

  @Field(() => [ComponentSubstitute])
  substitutes!: readonly ComponentSubstitute[];
}

@ObjectType({ simpleResolvers: true, description: 'What comes out: the item itself or a co-product.' })
class BillOfMaterialOutput {
  @Field(() => Product)
  product!: () => Promise<Product>;

  @Field(() => Quantity, { description: 'Per base quantity.' })
  quantity!: Quantity;

  @Field(() => ID, { nullable: true, description: 'Id of the routing operation that yields it.' })
  operation?: string;
}

@Directive('@key(fields: "id")')
@ObjectType({ simpleResolvers: true, description: 'What it takes to make an item at a location.' })
export class BillOfMaterial {
  @Field(() => ID)
  id!: string;

  @Field(() => Product, { nullable: true, description: 'What it makes; null where something is only consumed.' })
  product!: (() => Promise<Product>) | null;

  @Field(() => Location)
  location!: () => Promise<Location>;

  @Field(() => ItemLocation, { nullable: true })
  itemLocation!: (() => Promise<ItemLocation>) | null;

  @Field(() => String)
  version!: string;

  @Field(() => DateScalar, { nullable: true })
  validFrom?: string;

  @Field(() => DateScalar, { nullable: true })
  validTo?: string;

  @Field(() => Routing, { nullable: true, description: 'Its operations consume the lines.' })
  routing!: (() => Promise<Routing | null>) | null;

  @Field(() => Quantity, { description: 'What the quantities of the lines make.' })
  baseQuantity!: Quantity;

  @Field(() => [BillOfMaterialLine])
  lines!: readonly BillOfMaterialLine[];

  @Field(() => [BillOfMaterialOutput])
  outputs!: readonly BillOfMaterialOutput[];

  @Field(() => Int)
  revision!: number;

  @Field(() => Provenance)
  provenance!: Provenance;
}

export const BillOfMaterialConnection = connectionOf(BillOfMaterial);
export const BillOfMaterialSort = orderByOf(
  'BillOfMaterial',
  ['ID', 'SKU', 'LOCATION'],
  'What bills of material can be sorted by.',
);

@InputType()
export class BillOfMaterialFilter {
  @Field(() => [String], { nullable: true })
  sku?: string[] | null;

  @Field(() => [String], { nullable: true })
  location?: string[] | null;

  @Field(() => [String], { nullable: true, description: 'Skus that one of its lines consumes.' })
  component?: string[] | null;
}
