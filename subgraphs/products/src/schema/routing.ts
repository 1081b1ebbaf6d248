import { connectionOf, DecimalScalar, enumOf, Provenance, Quantity } from '@takt/subgraph-server';
import { Directive, Field, ID, InputType, Int, ObjectType } from 'type-graphql';
import { ROUTING_KINDS } from '../routing.ts';
import { Location } from './location.ts';
import { orderByOf } from './order-by.ts';
import { Product } from './product.ts';

const RoutingKind = enumOf('RoutingKind', ROUTING_KINDS, 'How the operations belong together.', {
  SEQUENCE: 'One after the other.',
  ALTERNATES: 'One of them is chosen, the lowest priority first.',
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

  @Field(() => String, { nullable: true })
  skill?: string;

  @Field(() => Int, { nullable: true })
  priority?: number;
}

@ObjectType({ simpleResolvers: true, description: 'One step in making something.' })
class RoutingOperation {
  @Field(() => ID)
  id!: string;

  @Field(() => Int)
  sequence!: number;

  @Field(() => String)
  name!: string;

  @Field(() => String, { nullable: true })
  category?: string;

  @Field(() => String, { nullable: true })
  subcategory?: string;

  @Field(() => DecimalScalar, { nullable: true })
  setupSeconds?: string;

  @Field(() => DecimalScalar, { nullable: true, description: 'Whatever the quantity.' })
  fixedSeconds?: string;

  @Field(() => DecimalScalar, { nullable: true })
  secondsPerUnit?: string;

  @Field(() => DecimalScalar, { nullable: true })
  queueSeconds?: string;

  @Field(() => DecimalScalar, { nullable: true })
  moveSeconds?: string;

  @Field(() => [RoutingWorkCenter])
  workCenters!: readonly RoutingWorkCenter[];
}

@Directive('@key(fields: "id")')
@ObjectType({ simpleResolvers: true, description: 'The operations that make an item at a location.' })
export class Routing {
  @Field(() => ID)
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

  @Field(() => Quantity, { nullable: true })
  lotSizeMinimum?: Quantity;

  @Field(() => Quantity, { nullable: true })
  lotSizeMultiple?: Quantity;

  @Field(() => Quantity, { nullable: true })
  lotSizeMaximum?: Quantity;

  @Field(() => [RoutingOperation])
  operations!: readonly RoutingOperation[];

  @Field(() => Int)
  revision!: number;

  @Field(() => Provenance)
  provenance!: Provenance;
}

export const RoutingConnection = connectionOf(Routing);
export const RoutingSort = orderByOf('Routing', ['ID', 'SKU', 'LOCATION'], 'What routings can be sorted by.');

@InputType()
export class RoutingFilter {
  @Field(() => [String], { nullable: true })
  sku?: string[] | null;

  @Field(() => [String], { nullable: true })
  location?: string[] | null;

  @Field(() => [String], { nullable: true, description: 'Codes of work centers that one of its operations occupies.' })
  workCenter?: string[] | null;
}
