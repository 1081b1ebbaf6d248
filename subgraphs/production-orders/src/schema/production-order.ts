import {
  CommandRefused,
  connectionOf,
  DateTimeScalar,
  enumOf,
  LiveChange,
  Quantity,
  RevisionConflict,
} from '@takt/subgraph-server';
import { createUnionType, Directive, Field, Float, ID, Int, ObjectType } from 'type-graphql';
import { ItemLocation, Location, Product } from './references.ts';
import { Events } from '../events.ts';
import { ScheduleRevision } from './history.ts';
import { OPERATION_STATES, ORDER_STATES } from '../messages.ts';
import { WorkCenter } from './work-center.ts';

export const ProductionOrderState = enumOf(
  'ProductionOrderState',
  ORDER_STATES,
  'How far an order is; CLOSED and CANCELLED are final.',
  {
    PROPOSED: 'Suggested by planning, nobody has looked at it.',
    FIRMED: 'Planning no longer changes it by itself.',
    IN_PROGRESS: 'Something is confirmed, but no output yet.',
    PARTIALLY_CONFIRMED: 'Part of its output is confirmed.',
    CONFIRMED: 'Every operation is done.',
  },
);
export const ProductionOrderOperationState = enumOf(
  'ProductionOrderOperationState',
  OPERATION_STATES,
  'How far an operation is.',
);
export const ProductionOrderEventType = enumOf(
  'ProductionOrderEventType',
  Object.keys(Events) as (keyof typeof Events)[],
  'What happened to an order: the type of the canonical event.',
);

@ObjectType({ simpleResolvers: true, description: 'What confirmations add up to, without those that were reversed.' })
export class ConfirmedQuantities {
  @Field(() => Quantity)
  yield!: Quantity;

  @Field(() => Quantity)
  scrap!: Quantity;

  @Field(() => Quantity)
  rework!: Quantity;
}

@ObjectType({ simpleResolvers: true })
export class ProductionOrderOperation {
  @Field(() => Int, { description: 'Operations are done in this order.' })
  sequence!: number;

  @Field(() => String, { nullable: true })
  name?: string;

  @Field(() => ProductionOrderOperationState)
  state!: keyof typeof ProductionOrderOperationState;

  @Field(() => WorkCenter, { nullable: true })
  workCenter!: WorkCenter | null;

  @Field(() => Float, { nullable: true, description: 'Working time that it takes, set-up included.' })
  plannedMinutes?: number;

  @Field(() => DateTimeScalar, { nullable: true })
  scheduledStart?: string;

  @Field(() => DateTimeScalar, { nullable: true })
  scheduledEnd?: string;

  @Field(() => DateTimeScalar, { nullable: true })
  actualStart?: string;

  @Field(() => DateTimeScalar, { nullable: true })
  actualEnd?: string;

  @Field(() => ConfirmedQuantities)
  confirmed!: ConfirmedQuantities;
}

@ObjectType({ simpleResolvers: true, description: 'What the order needs of one material.' })
export class ProductionOrderComponent {
  @Field(() => Int)
  position!: number;

  @Field(() => Product)
  product!: Product;

  @Field(() => Quantity)
  required!: Quantity;

  @Field(() => Quantity, { nullable: true })
  withdrawn?: Quantity;

  @Field(() => Quantity, { nullable: true, description: 'What the source could confirm of it.' })
  available?: Quantity;

  @Field(() => Int, { nullable: true, description: 'Sequence of the operation that consumes it.' })
  operation?: number;

  @Field(() => DateTimeScalar, { nullable: true })
  requiredAt?: string;

  @Field(() => Product, { nullable: true, description: 'What was required before a substitution.' })
  substitutedFor!: Product | null;
}

@Directive('@key(fields: "id")')
@ObjectType({ simpleResolvers: true, description: 'An order to make a quantity of a product at a location.' })
export class ProductionOrder {
  @Field(() => ID)
  id!: string;

  @Field(() => Product)
  product!: Product;

  @Field(() => Location)
  location!: Location;

  @Field(() => ItemLocation)
  itemLocation!: ItemLocation;

  @Field(() => Quantity)
  quantity!: Quantity;

  @Field(() => ProductionOrderState)
  state!: keyof typeof ProductionOrderState;

  @Field(() => [String], { description: 'The source’s own statuses, as they came.' })
  sourceStatuses!: readonly string[];

  @Field(() => Boolean, { description: 'A quality hold is open.' })
  onHold!: boolean;

  @Field(() => Boolean)
  materialShortage!: boolean;

  @Field(() => Boolean, { description: 'Its schedule changes only by an approved revision for QUALITY or MANUAL.' })
  frozen!: boolean;

  @Field(() => Int, { nullable: true, description: 'On the source’s own scale.' })
  priority?: number;

  @Field(() => String, { nullable: true })
  routing?: string;

  @Field(() => DateTimeScalar)
  scheduledStart!: string;

  @Field(() => DateTimeScalar)
  scheduledEnd!: string;

  @Field(() => DateTimeScalar, { nullable: true })
  actualStart?: string;

  @Field(() => DateTimeScalar, {
    nullable: true,
    description: 'When the last operation ended, once the order is finished.',
  })
  actualEnd?: string;

  @Field(() => ConfirmedQuantities, { description: 'Output of the last operation; scrap and rework of all.' })
  confirmed!: ConfirmedQuantities;

  @Field(() => Quantity, { nullable: true, description: 'Put into stock, as the source counts it.' })
  delivered?: Quantity;

  @Field(() => [ProductionOrderOperation])
  operations!: readonly ProductionOrderOperation[];

  @Field(() => [ProductionOrderComponent])
  components!: readonly ProductionOrderComponent[];

  @Field(() => String, { nullable: true })
  cancellationReason?: string;

  @Field(() => Int, { description: 'Grows by one with each change.' })
  revision!: number;
}

export const ProductionOrderConnection = connectionOf(ProductionOrder);

@ObjectType({ simpleResolvers: true })
export class ProductionOrderAccepted {
  @Field(() => ProductionOrder)
  productionOrder!: ProductionOrder;
}

export const ProductionOrderResult = createUnionType({
  name: 'ProductionOrderResult',
  types: () => [ProductionOrderAccepted, CommandRefused, RevisionConflict] as const,
  resolveType: (value) => value.constructor.name,
});

@ObjectType({ simpleResolvers: true, description: 'What is made, when, where or of what is not as it was.' })
export class ScheduleChanged extends LiveChange {
  @Field(() => ProductionOrder)
  productionOrder!: ProductionOrder;

  @Field(() => ProductionOrderEventType)
  event!: keyof typeof ProductionOrderEventType;

  @Field(() => ScheduleRevision, {
    nullable: true,
    description: 'The revision that was made, sent, applied or rejected.',
  })
  revision!: ScheduleRevision | null;
}
