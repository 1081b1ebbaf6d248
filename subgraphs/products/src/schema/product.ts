import { connectionOf, DateScalar, DecimalScalar, enumOf, Provenance } from '@takt/subgraph-server';
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
});
const LifecycleState = enumOf('LifecycleState', LIFECYCLE_STATES, 'Where a product is between launch and end.');
const ProcurementType = enumOf('ProcurementType', PROCUREMENT_TYPES, 'Whether we make or buy it.');
const AbcClass = enumOf('AbcClass', ABC_CLASSES, 'By value: A is the most valuable.');
const XyzClass = enumOf('XyzClass', XYZ_CLASSES, 'By regularity of demand: X is the steadiest.');
const Criticality = enumOf('Criticality', CRITICALITIES, 'How much a shortage of it hurts.');

@ObjectType({ simpleResolvers: true, description: 'One `unit` is `numerator / denominator` base units.' })
class UnitConversion {
  @Field(() => String)
  unit!: string;

  @Field(() => DecimalScalar)
  numerator!: string;

  @Field(() => DecimalScalar)
  denominator!: string;
}

@ObjectType({ simpleResolvers: true })
class Lifecycle {
  @Field(() => LifecycleState)
  state!: keyof typeof LifecycleState;

  @Field(() => DateScalar, { nullable: true })
  effectiveFrom?: string;

  @Field(() => DateScalar, { nullable: true })
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
  @Field(() => String)
  sku!: string;

  @Field(() => String, { nullable: true })
  name?: string;

  @Field(() => String, { nullable: true })
  description?: string;

  @Field(() => ProductType, { nullable: true })
  type?: keyof typeof ProductType;

  @Field(() => String, { nullable: true })
  baseUnit?: string;

  @Field(() => [UnitConversion])
  unitConversions!: readonly UnitConversion[];

  @Field(() => [AlternativeId], { description: 'How each system calls it, as told with the product itself.' })
  alternativeIds!: readonly AlternativeId[];

  @Field(() => String, { nullable: true })
  family?: string;

  @Field(() => Product, { nullable: true, description: 'The product group above it.' })
  parent!: (() => Promise<Product>) | null;

  @Field(() => String, { nullable: true })
  category?: string;

  @Field(() => String, { nullable: true })
  subcategory?: string;

  @Field(() => Lifecycle, { nullable: true })
  lifecycle!: Lifecycle | null;

  @Field(() => ProcurementType, { nullable: true })
  procurement?: keyof typeof ProcurementType;

  @Field(() => AbcClass, { nullable: true })
  abcClass?: keyof typeof AbcClass;

  @Field(() => XyzClass, { nullable: true })
  xyzClass?: keyof typeof XyzClass;

  @Field(() => Criticality, { nullable: true })
  criticality?: keyof typeof Criticality;

  @Field(() => Int, { nullable: true })
  shelfLifeDays?: number;

  @Field(() => Boolean, { nullable: true })
  lotControlled?: boolean;

  @Field(() => Boolean, { nullable: true })
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

  @Field(() => Int, { nullable: true })
  revision?: number;

  @Field(() => Provenance, { nullable: true })
  provenance!: Provenance | null;
}

export const ProductConnection = connectionOf(Product);
export const ProductSort = orderByOf('Product', ['SKU', 'NAME', 'FAMILY'], 'What products can be sorted by.');

@InputType()
export class ProductFilter {
  @Field(() => [String], { nullable: true })
  sku?: string[] | null;

  @Field(() => [ProductType], { nullable: true })
  type?: (keyof typeof ProductType)[] | null;

  @Field(() => [String], { nullable: true })
  family?: string[] | null;

  @Field(() => [AbcClass], { nullable: true })
  abcClass?: (keyof typeof AbcClass)[] | null;
}
