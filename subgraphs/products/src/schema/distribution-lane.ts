import { connectionOf, Provenance, Quantity, FILTER, PROVENANCE, REVISION } from '@takt/subgraph-server';
import { Directive, Field, Float, ID, InputType, Int, ObjectType } from 'type-graphql';
import { Location } from './location.ts';
import { orderByOf } from './order-by.ts';
import { Product } from './product.ts';

@Directive('@key(fields: "id")')
@ObjectType({ simpleResolvers: true, description: 'An item may be moved from one location to another.' })
export class DistributionLane {
  @Field(() => ID, { description: 'As its source writes it.' })
  id!: string;

  @Field(() => Product)
  product!: () => Promise<Product>;

  @Field(() => Location, { description: 'Where it leaves.' })
  origin!: () => Promise<Location>;

  @Field(() => Location, { description: 'Where it arrives.' })
  destination!: () => Promise<Location>;

  @Field(() => Float, { description: 'Calendar days on the road.' })
  leadTimeDays!: number;

  @Field(() => Quantity, { nullable: true, description: 'No transfer is smaller; null: none is too small.' })
  minimum?: Quantity;

  @Field(() => Quantity, { nullable: true, description: 'Transfers are whole multiples of it; null: any quantity.' })
  multiple?: Quantity;

  @Field(() => Int, { nullable: true, description: 'Among the lanes to a location the lowest number is taken first.' })
  priority?: number;

  @Field(() => Int, { description: REVISION })
  revision!: number;

  @Field(() => Provenance, { description: PROVENANCE })
  provenance!: Provenance;
}

export const DistributionLaneConnection = connectionOf(DistributionLane);
export const DistributionLaneSort = orderByOf('DistributionLane', ['ID'], 'What distribution lanes can be sorted by.');

@InputType({ description: FILTER })
export class DistributionLaneFilter {
  @Field(() => [String], { nullable: true, description: 'Any of these items.' })
  sku?: string[] | null;

  @Field(() => [String], { nullable: true })
  origin?: string[] | null;

  @Field(() => [String], { nullable: true })
  destination?: string[] | null;
}
