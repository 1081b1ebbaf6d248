import {
  connectionOf,
  DateScalar,
  DecimalScalar,
  enumOf,
  OrderDirection,
  Provenance,
  Quantity,
  FILTER,
  PROVENANCE,
  REVISION,
} from '@takt/subgraph-server';
import { ArgsType, Directive, Field, Float, ID, InputType, Int, ObjectType } from 'type-graphql';

export const SupplierSortField = enumOf(
  'SupplierSortField',
  ['ID', 'NAME', 'COUNTRY'],
  'What suppliers can be sorted by.',
);

@Directive('@key(fields: "sku")')
@ObjectType({ simpleResolvers: true })
export class Product {
  @Field(() => String)
  sku!: string;
}

@Directive('@key(fields: "code")')
@ObjectType({ simpleResolvers: true })
export class Location {
  @Field(() => String)
  code!: string;
}

@Directive('@key(fields: "sku location { code }")')
@ObjectType({ simpleResolvers: true })
export class ItemLocation {
  @Field(() => String)
  sku!: string;

  @Field(() => Location)
  location!: Location;
}

@Directive('@key(fields: "id")')
@ObjectType({ simpleResolvers: true, description: 'Somebody who delivers.' })
export class Supplier {
  @Field(() => ID, { description: 'As its source writes it.' })
  id!: string;

  @Field(() => String, { nullable: true, description: 'Null if no system has told about this supplier.' })
  name!: string | null;

  @Field(() => String, { nullable: true })
  description!: string | null;

  @Field(() => String, { nullable: true, description: 'ISO 3166-1 alpha-2.' })
  country!: string | null;

  @Field(() => Location, { nullable: true, description: 'Where it ships from.' })
  site!: Location | null;

  @Field(() => Provenance, { nullable: true, description: PROVENANCE })
  provenance!: Provenance | null;

  @Field(() => Int, { description: '0 if no system has told about this supplier.' })
  revision!: number;
}

@Directive('@key(fields: "id")')
@ObjectType({ simpleResolvers: true, description: 'The terms under which a supplier delivers an item.' })
export class SupplyAgreement {
  @Field(() => ID, { description: 'As its source writes it.' })
  id!: string;

  @Field(() => Supplier)
  supplier!: () => Promise<Supplier>;

  @Field(() => Product)
  product!: Product;

  @Field(() => Location, { nullable: true, description: 'Null: to any location.' })
  location!: Location | null;

  @Field(() => Float, { description: 'Calendar days from the order until it is there.' })
  leadTimeDays!: number;

  @Field(() => Quantity, { nullable: true, description: 'No order is smaller; null: none is too small.' })
  minimum?: Quantity;

  @Field(() => Quantity, { nullable: true, description: 'Orders are whole multiples of it; null: any quantity.' })
  multiple?: Quantity;

  @Field(() => Int, { nullable: true, description: 'The lowest number is asked first.' })
  priority?: number;

  @Field(() => DecimalScalar, { nullable: true, description: 'Of one unit, in the plant’s currency.' })
  unitCost?: string;

  @Field(() => Int, { nullable: true, description: 'Within so many days the quantities bind both sides.' })
  firmZoneDays?: number;

  @Field(() => Int, { nullable: true, description: 'Within so many days material is bought, work is not begun.' })
  tradeOffZoneDays?: number;

  @Field(() => Provenance, { description: PROVENANCE })
  provenance!: Provenance;

  @Field(() => Int, { description: REVISION })
  revision!: number;
}

@ArgsType()
export class RequiredDaysArgs {
  @Field(() => DateScalar, {
    nullable: true,
    description: 'First required day that counts; unless given, from the first line on.',
  })
  from?: string | null;

  @Field(() => DateScalar, {
    nullable: true,
    description: 'First required day that no longer counts; unless given, to the last line.',
  })
  to?: string | null;
}

export const SupplierConnection = connectionOf(Supplier);
export const SupplyAgreementConnection = connectionOf(SupplyAgreement);

@InputType({ description: FILTER })
export class SupplierFilter {
  @Field(() => [String], { nullable: true })
  country?: string[] | null;
}

@InputType({ description: 'What suppliers are sorted by, and which way.' })
export class SupplierSort {
  @Field(() => SupplierSortField)
  field!: keyof typeof SupplierSortField;

  @Field(() => OrderDirection, { defaultValue: OrderDirection.ASC })
  direction!: keyof typeof OrderDirection;
}

@InputType({ description: FILTER })
export class SupplyAgreementFilter {
  @Field(() => [ID], { nullable: true })
  supplier?: string[] | null;

  @Field(() => [String], { nullable: true, description: 'Any of these items.' })
  sku?: string[] | null;

  @Field(() => [String], { nullable: true })
  location?: string[] | null;
}
