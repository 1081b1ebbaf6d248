import { connectionOf, Provenance, Quantity } from '@takt/subgraph-server';
import { Directive, Field, Float, ID, InputType, Int, ObjectType } from 'type-graphql';
import { Location } from './location.ts';
import { orderByOf } from './order-by.ts';
import { Product } from './product.ts';

@Directive('@key(fields: "id")')
@ObjectType({ simpleResolvers: true, description: 'An item may be moved from one location to another.' })
export class DistributionLane {
  @Field(() => ID)
  id!: string;

  @Field(() => Product)
  product!: () => Promise<Product>;

  @Field(() => Location)
  origin!: () => Promise<Location>;

  @Field(() => Location)
  destination!: () => Promise<Location>;

  @Field(() => Float)
  leadTimeDays!: number;

  @Field(() => Quantity, { nullable: true })
  minimum?: Quantity;

  @Field(() => Quantity, { nullable: true })
  multiple?: Quantity;

  @Field(() => Int, { nullable: true, description: 'Among the lanes to a location the lowest number is taken first.' })
  priority?: number;

  @Field(() => Int)
  revision!: number;

  @Field(() => Provenance)
  provenance!: Provenance;
}

export const DistributionLaneConnection = connectionOf(DistributionLane);
export const DistributionLaneSort = orderByOf('DistributionLane', ['ID'], 'What distribution lanes can be sorted by.');

@InputType()
export class DistributionLaneFilter {
  @Field(() => [String], { nullable: true })
  sku?: string[] | null;

  @Field(() => [String], { nullable: true })
  origin?: string[] | null;

  @Field(() => [String], { nullable: true })
  destination?: string[] | null;
}
