import {
  connectionOf,
  DateScalar,
  DecimalScalar,
  enumOf,
  Provenance,
  FILTER,
  PROVENANCE,
  REVISION,
} from '@takt/subgraph-server';
import { Directive, Field, InputType, Int, ObjectType } from 'type-graphql';
import {
  ABC_CLASSES,
  CRITICALITIES,
  LIFECYCLE_STATES,
  PROCUREMENT_TYPES,
  PRODUCT_TYPES,
  XYZ_CLASSES,
} from '../product.ts';
import { AlternativeId } from './alternative-id.ts';
import { orderByOf } from './order-by.ts';

export const ProductType = enumOf('ProductType', PRODUCT_TYPES, 'What a product is in the chain.', {
  PHANTOM: 'Never stocked: its components go straight into what it is part of.',
  FAMILY: 'A group of products, for planning.',
  FINISHED: 'Sold to customers.',
  SEMI_FINISHED: 'Made here, and used to make others.',
  RAW: 'Bought, and used to make others.',
  PACKAGING: 'What others are packed in.',
  TOOL: 'Used in making, not used up.',
});
const LifecycleState = enumOf('LifecycleState', LIFECYCLE_STATES, 'Where a product is between launch and end.', {
  NEW: 'Being introduced.',
  ACTIVE: 'Made and sold.',
  PHASE_OUT: 'Used up, not to be built up again.',
  OBSOLETE: 'No longer made or sold.',
});
const ProcurementType = enumOf('ProcurementType', PROCUREMENT_TYPES, 'Whether we make or buy it.', {
  MAKE: 'In a plant of ours.',
  BUY: 'From suppliers.',
  MAKE_OR_BUY: 'Either.',
});
const AbcClass = enumOf('AbcClass', ABC_CLASSES, 'By value: A is the most valuable.', {
  A: 'The few that make most of the value.',
  B: 'Those between.',
  C: 'The many that make little of it.',
});
const XyzClass = enumOf('XyzClass', XYZ_CLASSES, 'By regularity of demand: X is the steadiest.', {
  X: 'Steady demand.',
  Y: 'Demand that varies, e.g. with the season.',
  Z: 'Demand that comes now and then.',
});
const Criticality = enumOf('Criticality', CRITICALITIES, 'How much a shortage of it hurts.', {
  LOW: 'Others can take its place.',
  NORMAL: 'As of most.',
  HIGH: 'Orders are late at once.',
  CRITICAL: 'The plant or a customer stands still.',
});

@ObjectType({ simpleResolvers: true, description: 'One `unit` is `numerator / denominator` base units.' })
class UnitConversion {
  @Field(() => String, { description: 'The other unit.' })
  unit!: string;

  @Field(() => DecimalScalar, { description: 'Base units for `denominator` of the other unit.' })
  numerator!: string;

  @Field(() => DecimalScalar, { description: 'Other units that make `numerator` base units.' })
  denominator!: string;
}

@ObjectType({ simpleResolvers: true, description: 'Where a product is between launch and end, and what takes over.' })
class Lifecycle {
  @Field(() => LifecycleState)
  state!: keyof typeof LifecycleState;

  @Field(() => DateScalar, { nullable: true, description: 'First day of this state; null: it always was.' })
  effectiveFrom?: string;

  @Field(() => DateScalar, { nullable: true, description: 'The first day on which it no longer holds; null: open.' })
  effectiveTo?: string;

  @Field(() => Product, { nullable: true, description: 'What takes over.' })
  successor!: (() => Promise<Product>) | null;
}

@Directive('@key(fields: "sku")')
@ObjectType({
  simpleResolvers: true,
  description: 'What is made, bought or sold. One that others refer to and no source has reported has a sku only.',
})
export class Product {
  @Field(() => String, { description: 'Stock keeping unit: what the product is called throughout the graph.' })
  sku!: string;

  @Field(() => String, {
    nullable: true,
    description: 'What people call it, in the source’s language; null if no source has reported the product.',
  })
  name?: string;

  @Field(() => String, { nullable: true })
  description?: string;

  @Field(() => ProductType, {
    nullable: true,
    description: 'What it is in the chain, where a location does not say otherwise.',
  })
  type?: keyof typeof ProductType;

  @Field(() => String, {
    nullable: true,
    description: 'Unit of measure that stock and plans are kept in; null if no source has reported the product.',
  })
  baseUnit?: string;

  @Field(() => [UnitConversion], {
    description: 'What other units are in base units; without one, quantities in another unit cannot be planned.',
  })
  unitConversions!: readonly UnitConversion[];

  @Field(() => [AlternativeId], { description: 'How each system calls it, as told with the product itself.' })
  alternativeIds!: readonly AlternativeId[];

  @Field(() => String, {
    nullable: true,
    description: 'Name of the product family that it is planned and measured with.',
  })
  family?: string;

  @Field(() => Product, { nullable: true, description: 'The product group above it.' })
  parent!: (() => Promise<Product>) | null;

  @Field(() => String, { nullable: true, description: 'The source’s own classification, first level.' })
  category?: string;

  @Field(() => String, { nullable: true, description: 'The source’s own classification, second level.' })
  subcategory?: string;

  @Field(() => Lifecycle, { nullable: true, description: 'Null if its source says nothing.' })
  lifecycle!: Lifecycle | null;

  @Field(() => ProcurementType, {
    nullable: true,
    description: 'Whether we make or buy it; null if its source says nothing.',
  })
  procurement?: keyof typeof ProcurementType;

  @Field(() => AbcClass, {
    nullable: true,
    description: 'Share in the value that is turned over, as its source classifies it.',
  })
  abcClass?: keyof typeof AbcClass;

  @Field(() => XyzClass, { nullable: true, description: 'Regularity of its demand, as its source classifies it.' })
  xyzClass?: keyof typeof XyzClass;

  @Field(() => Criticality, {
    nullable: true,
    description: 'Decides with others how severe an exception about it is; null counts as NORMAL.',
  })
  criticality?: keyof typeof Criticality;

  @Field(() => Int, {
    nullable: true,
    description: 'Days from its making until it must not be used any more; null: it keeps.',
  })
  shelfLifeDays?: number;

  @Field(() => Boolean, { nullable: true, description: 'Whether stock is kept by lot.' })
  lotControlled?: boolean;

  @Field(() => Boolean, { nullable: true, description: 'Whether each piece has a number of its own.' })
  serialControlled?: boolean;

  @Field(() => DecimalScalar, {
    nullable: true,
    description: 'Standard cost of one base unit, in the plant’s currency.',
  })
  unitCost?: string;

  @Field(() => DecimalScalar, { nullable: true, description: 'Of one base unit, in the source’s unit of weight.' })
  weight?: string;

  @Field(() => DecimalScalar, { nullable: true, description: 'Of one base unit, in the source’s unit of volume.' })
  volume?: string;

  @Field(() => Int, { nullable: true, description: REVISION })
  revision?: number;

  @Field(() => Provenance, { nullable: true, description: PROVENANCE })
  provenance!: Provenance | null;
}

export const ProductConnection = connectionOf(Product);
export const ProductSort = orderByOf('Product', ['SKU', 'NAME', 'FAMILY'], 'What products can be sorted by.');

@InputType({ description: FILTER })
export class ProductFilter {
  @Field(() => [String], { nullable: true, description: 'Any of these items.' })
  sku?: string[] | null;

  @Field(() => [ProductType], { nullable: true })
  type?: (keyof typeof ProductType)[] | null;

  @Field(() => [String], { nullable: true })
  family?: string[] | null;

  @Field(() => [AbcClass], { nullable: true })
  abcClass?: (keyof typeof AbcClass)[] | null;
}
