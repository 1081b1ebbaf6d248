import { connectionOf, enumOf, Provenance } from '@takt/subgraph-server';
import { Directive, Field, InputType, Int, ObjectType } from 'type-graphql';
import { LOCATION_TYPES } from '../location.ts';
import { Calendar } from './calendar.ts';
import { orderByOf } from './order-by.ts';
import { ProductType } from './product.ts';

const LocationType = enumOf('LocationType', LOCATION_TYPES, 'What kind of place it is.');

@Directive('@key(fields: "code")')
@ObjectType({
  simpleResolvers: true,
  description:
    'A plant, a warehouse, a supplier’s site. One that others refer to and no source has reported has a code only.',
})
export class Location {
  @Field(() => String)
  code!: string;

  @Field(() => String, { nullable: true })
  name?: string;

  @Field(() => String, { nullable: true })
  description?: string;

  @Field(() => LocationType, { nullable: true })
  type?: keyof typeof LocationType;

  @Field(() => String, { nullable: true })
  region?: string;

  @Field(() => String, { nullable: true, description: 'IANA time zone: what days mean here.' })
  timeZone?: string;

  @Field(() => Calendar, { nullable: true, description: 'Its working days.' })
  calendar!: (() => Promise<Calendar>) | null;

  @Field(() => Location, { nullable: true, description: 'The location above it.' })
  parent!: (() => Promise<Location>) | null;

  @Field(() => Int, { nullable: true })
  revision?: number;

  @Field(() => Provenance, { nullable: true })
  provenance!: Provenance | null;
}

export const LocationConnection = connectionOf(Location);
export const LocationSort = orderByOf('Location', ['CODE', 'NAME'], 'What locations can be sorted by.');

@InputType()
export class LocationFilter {
  @Field(() => [String], { nullable: true })
  code?: string[] | null;

  @Field(() => [LocationType], { nullable: true })
  type?: (keyof typeof LocationType)[] | null;

  @Field(() => [String], { nullable: true })
  region?: string[] | null;

  @Field(() => [String], { nullable: true, description: 'Codes of the locations right above.' })
  parent?: string[] | null;
}

@InputType()
export class LocationItemFilter {
  @Field(() => [String], { nullable: true })
  sku?: string[] | null;

  @Field(() => [ProductType], { nullable: true, description: 'What the item is at this location.' })
  type?: (keyof typeof ProductType)[] | null;

  @Field(() => [String], { nullable: true })
  planner?: string[] | null;
}
