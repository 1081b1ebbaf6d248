import {
  connectionOf,
  DateScalar,
  DecimalScalar,
  Provenance,
  Quantity,
  FILTER,
  PROVENANCE,
  REVISION,
} from '@takt/subgraph-server';
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

  @Field(() => Boolean, { description: 'Somebody has to agree each time.' })
  approvalNeeded!: boolean;
}

@ObjectType({ simpleResolvers: true, description: 'What goes into a product.' })
class BillOfMaterialLine {
  @Field(() => Int, { description: 'Number of the line, unique within the bill.' })
  position!: number;

  @Field(() => Product)
  component!: () => Promise<Product>;

  @Field(() => Quantity, { description: 'Per base quantity.' })
  quantity!: Quantity;

  @Field(() => Boolean, { description: 'The same whatever the order’s quantity.' })
  fixed!: boolean;

  @Field(() => Float, { nullable: true, description: 'What of the component is lost on the way, in percent.' })
  scrapPercent?: number;

  @Field(() => ID, { nullable: true, description: 'Id of the routing operation that consumes it.' })
  operation?: string;

  @Field(() => DateScalar, { nullable: true, description: 'First day on which it is taken; null: it always was.' })
  effectiveFrom?: string;

  @Field(() => DateScalar, { nullable: true, description: 'The first day on which it is no longer taken; null: open.' })
  effectiveTo?: string;

  @Field(() => Boolean, { description: 'Never stocked: its own components are taken.' })
  phantom!: boolean;

  @Field(() => [ComponentSubstitute], { description: 'What may be taken instead, the first choice first.' })
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
  @Field(() => ID, { description: 'As its source writes it.' })
  id!: string;

  @Field(() => Product, { nullable: true, description: 'What it makes; null where something is only consumed.' })
  product!: (() => Promise<Product>) | null;

  @Field(() => Location)
  location!: () => Promise<Location>;

  @Field(() => ItemLocation, {
    nullable: true,
    description: 'What it makes at its location; null where something is only consumed.',
  })
  itemLocation!: (() => Promise<ItemLocation>) | null;

  @Field(() => String, { description: 'Which of several ways to make it, as its source writes it.' })
  version!: string;

  @Field(() => DateScalar, { nullable: true, description: 'First day on which it holds; null: it always did.' })
  validFrom?: string;

  @Field(() => DateScalar, { nullable: true, description: 'The first day on which it no longer holds; null: open.' })
  validTo?: string;

  @Field(() => Routing, { nullable: true, description: 'Its operations consume the lines.' })
  routing!: (() => Promise<Routing | null>) | null;

  @Field(() => Quantity, { description: 'What the quantities of the lines make.' })
  baseQuantity!: Quantity;

  @Field(() => [BillOfMaterialLine], { description: 'What goes in, by position.' })
  lines!: readonly BillOfMaterialLine[];

  @Field(() => [BillOfMaterialOutput], { description: 'What comes out, co-products included.' })
  outputs!: readonly BillOfMaterialOutput[];

  @Field(() => Int, { description: REVISION })
  revision!: number;

  @Field(() => Provenance, { description: PROVENANCE })
  provenance!: Provenance;
}

export const BillOfMaterialConnection = connectionOf(BillOfMaterial);
export const BillOfMaterialSort = orderByOf(
  'BillOfMaterial',
  ['ID', 'SKU', 'LOCATION'],
  'What bills of material can be sorted by.',
);

@InputType({ description: FILTER })
export class BillOfMaterialFilter {
  @Field(() => [String], { nullable: true, description: 'Any of these items.' })
  sku?: string[] | null;

  @Field(() => [String], { nullable: true })
  location?: string[] | null;

  @Field(() => [String], { nullable: true, description: 'Skus that one of its lines consumes.' })
  component?: string[] | null;
}
