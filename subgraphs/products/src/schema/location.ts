import { connectionOf, enumOf, Provenance, FILTER, PROVENANCE, REVISION } from '@takt/subgraph-server';
import { Directive, Field, InputType, Int, ObjectType } from 'type-graphql';
import { LOCATION_TYPES } from '../location.ts';
import { Calendar } from './calendar.ts';
import { orderByOf } from './order-by.ts';
import { ProductType } from './product.ts';

const LocationType = enumOf('LocationType', LOCATION_TYPES, 'What kind of place it is.', {
  PLANT: 'Things are made here.',
  WAREHOUSE: 'Things are stored here.',
  STORE: 'Things are sold here.',
  SUPPLIER_SITE: 'A supplier ships from here.',
  REGION: 'A group of locations.',
});

@Directive('@key(fields: "code")')
@ObjectType({
  simpleResolvers: true,
  description:
    'A plant, a warehouse, a supplier’s site. One that others refer to and no source has reported has a code only.',
})
export class Location {
  @Field(() => String, { description: 'What the location is called throughout the graph, e.g. `P100`.' })
  code!: string;

  @Field(() => String, { nullable: true })
  name?: string;

  @Field(() => String, { nullable: true })
  description?: string;

  @Field(() => LocationType, { nullable: true })
  type?: keyof typeof LocationType;

  @Field(() => String, { nullable: true, description: 'Name of the region that it is measured and owned with.' })
  region?: string;

  @Field(() => String, { nullable: true, description: 'IANA time zone: what days mean here.' })
  timeZone?: string;

  @Field(() => Calendar, { nullable: true, description: 'Its working days.' })
  calendar!: (() => Promise<Calendar>) | null;

  @Field(() => Location, { nullable: true, description: 'The location above it.' })
  parent!: (() => Promise<Location>) | null;

  @Field(() => Int, { nullable: true, description: REVISION })
  revision?: number;

  @Field(() => Provenance, { nullable: true, description: PROVENANCE })
  provenance!: Provenance | null;
}

export const LocationConnection = connectionOf(Location);
export const LocationSort = orderByOf('Location', ['CODE', 'NAME'], 'What locations can be sorted by.');

@InputType({ description: FILTER })
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

@InputType({ description: FILTER })
export class LocationItemFilter {
  @Field(() => [String], { nullable: true, description: 'Any of these items.' })
  sku?: string[] | null;

  @Field(() => [ProductType], { nullable: true, description: 'What the item is at this location.' })
  type?: (keyof typeof ProductType)[] | null;

  @Field(() => [String], { nullable: true })
  planner?: string[] | null;
}
