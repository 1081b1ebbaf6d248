import {
  connectionOf,
  DecimalScalar,
  enumOf,
  Provenance,
  Quantity,
  FILTER,
  PROVENANCE,
  REVISION,
} from '@takt/subgraph-server';
import { Directive, Field, ID, InputType, Int, ObjectType } from 'type-graphql';
import { ROUTING_KINDS } from '../routing.ts';
import { Location } from './location.ts';
import { gatheredInLotSize, LotSizeLimits } from './lot-size.ts';
import { orderByOf } from './order-by.ts';
import { Product } from './product.ts';

const RoutingKind = enumOf('RoutingKind', ROUTING_KINDS, 'How the operations belong together.', {
  SEQUENCE: 'One after the other.',
  ALTERNATES: 'One of them is chosen, the lowest priority first.',
  SINGLE: 'One operation alone.',
});

@Directive('@key(fields: "code")')
@ObjectType({ simpleResolvers: true })
class WorkCenter {
  @Field(() => String)
  code!: string;
}

@ObjectType({ simpleResolvers: true, description: 'A work center that an operation occupies.' })
class RoutingWorkCenter {
  @Field(() => WorkCenter)
  workCenter!: WorkCenter;

  @Field(() => DecimalScalar, { description: 'How many units of its capacity the operation occupies.' })
  quantity!: string;

  @Field(() => String, { nullable: true, description: 'What those who do it must be able to do; null: anybody.' })
  skill?: string;

  @Field(() => Int, {
    nullable: true,
    description: 'The lowest number is taken first.',
  })
  priority?: number;
}

@ObjectType({ simpleResolvers: true, description: 'One step in making something.' })
class RoutingOperation {
  @Field(() => ID, { description: 'As its source writes it, unique within the routing.' })
  id!: string;

  @Field(() => Int, { description: 'Operations are done in this order.' })
  sequence!: number;

  @Field(() => String)
  name!: string;

  @Field(() => String, { nullable: true })
  category?: string;

  @Field(() => String, { nullable: true })
  subcategory?: string;

  @Field(() => DecimalScalar, {
    nullable: true,
    description: 'Working time to make the work center ready, once an order.',
  })
  setupSeconds?: string;

  @Field(() => DecimalScalar, { nullable: true, description: 'Whatever the quantity.' })
  fixedSeconds?: string;

  @Field(() => DecimalScalar, { nullable: true, description: 'Working time for one base unit.' })
  secondsPerUnit?: string;

  @Field(() => DecimalScalar, {
    nullable: true,
    description: 'Waiting before the operation, whether or not anybody works.',
  })
  queueSeconds?: string;

  @Field(() => DecimalScalar, {
    nullable: true,
    description: 'Transport after the operation, whether or not anybody works.',
  })
  moveSeconds?: string;

  @Field(() => [RoutingWorkCenter], {
    description: 'Where it can be done: the first by priority, the others instead of it.',
  })
  workCenters!: readonly RoutingWorkCenter[];
}

@Directive('@key(fields: "id")')
@ObjectType({ simpleResolvers: true, description: 'The operations that make an item at a location.' })
export class Routing {
  @Field(() => ID, { description: 'As its source writes it.' })
  id!: string;

  @Field(() => String)
  name!: string;

  @Field(() => Product, { nullable: true, description: 'Null if it makes nothing by itself, such as a delivery.' })
  product!: (() => Promise<Product>) | null;

  @Field(() => Location)
  location!: () => Promise<Location>;

  @Field(() => RoutingKind)
  kind!: keyof typeof RoutingKind;

  @Field(() => Int, { nullable: true, description: 'Among the routings of an item the lowest number is taken first.' })
  priority?: number;

  @Directive('@lifecycle(since: "2026-11")')
  @Field(() => LotSizeLimits, { nullable: true, description: 'Which quantities an order may have; null: any.' })
  lotSize!: LotSizeLimits | null;

  @Directive(gatheredInLotSize('minimum'))
  @Field(() => Quantity, { nullable: true, description: 'No order is smaller; null: none is too small.' })
  lotSizeMinimum?: Quantity;

  @Directive(gatheredInLotSize('multiple'))
  @Field(() => Quantity, { nullable: true, description: 'Orders are whole multiples of it; null: any quantity.' })
  lotSizeMultiple?: Quantity;

  @Directive(gatheredInLotSize('maximum'))
  @Field(() => Quantity, { nullable: true, description: 'No order is larger; null: none is too large.' })
  lotSizeMaximum?: Quantity;

  @Field(() => [RoutingOperation], { description: 'By sequence.' })
  operations!: readonly RoutingOperation[];

  @Field(() => Int, { description: REVISION })
  revision!: number;

  @Field(() => Provenance, { description: PROVENANCE })
  provenance!: Provenance;
}

export const RoutingConnection = connectionOf(Routing);
export const RoutingSort = orderByOf('Routing', ['ID', 'SKU', 'LOCATION'], 'What routings can be sorted by.');

@InputType({ description: FILTER })
export class RoutingFilter {
  @Field(() => [String], { nullable: true, description: 'Any of these items.' })
  sku?: string[] | null;

  @Field(() => [String], { nullable: true })
  location?: string[] | null;

  @Field(() => [String], { nullable: true, description: 'Codes of work centers that one of its operations occupies.' })
  workCenter?: string[] | null;
}
