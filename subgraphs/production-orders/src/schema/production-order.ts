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
    PLANNED: 'Somebody wants it, planning may still change it.',
    RELEASED: 'Work may begin.',
    DELIVERED: 'All of it was put into stock.',
    TECHNICALLY_COMPLETE: 'Nothing more is made, costs may still come.',
    CLOSED: 'Nothing more comes.',
    CANCELLED: 'Not to be made.',
  },
);
export const ProductionOrderOperationState = enumOf(
  'ProductionOrderOperationState',
  OPERATION_STATES,
  'How far an operation is.',
  {
    PLANNED: 'Its order is not released.',
    RELEASED: 'Work may begin.',
    SETUP: 'The work center is being made ready.',
    IN_PROGRESS: 'Work has begun.',
    PARTIALLY_CONFIRMED: 'Part of it is confirmed.',
    CONFIRMED: 'It is done.',
    CANCELLED: 'Not to be done.',
  },
);
export const ProductionOrderEventType = enumOf(
  'ProductionOrderEventType',
  Object.keys(Events) as (keyof typeof Events)[],
  'What happened to an order: the type of the canonical event.',
  {
    CompletionConfirmed: 'Output of an operation was confirmed.',
    ConfirmationReversed: 'A confirmation was taken back.',
    MaterialSubstituted: 'A component was replaced by another material.',
    ProductionOrderAdopted: 'A source has reported an order that was proposed here as its own.',
    ProductionOrderAmended: 'Quantity, priority, routing or the like changed.',
    ProductionOrderCancelled: 'It is not to be made.',
    ProductionOrderClosed: 'Nothing more comes.',
    ProductionOrderComponentsChanged: 'What it needs of materials changed.',
    ProductionOrderCreated: 'It is new.',
    ProductionOrderFirmed: 'Planning no longer changes it by itself.',
    ProductionOrderOperationsChanged: 'Its steps changed.',
    ProductionOrderReleased: 'Work may begin.',
    ProductionOrderRescheduled: 'The source reports other times.',
    ProductionOrderStatusChanged: 'The source reports another status.',
    QualityHoldPlaced: 'Quality holds it, or a part of it.',
    QualityHoldReleased: 'Quality has decided about what was held.',
    ScheduleRevisionApplied: 'The system that owns it has taken over a revision.',
    ScheduleRevisionRejected: 'The system that owns it has refused a revision.',
    ScheduleRevisionSent: 'The system that owns it has heard of a revision.',
    WriteBackSettled: 'The system that owns it has taken or refused what it was told.',
  },
);

@ObjectType({ simpleResolvers: true, description: 'What confirmations add up to, without those that were reversed.' })
export class ConfirmedQuantities {
  @Field(() => Quantity, { description: 'Good output.' })
  yield!: Quantity;

  @Field(() => Quantity, { description: 'Output that was thrown away.' })
  scrap!: Quantity;

  @Field(() => Quantity, { description: 'Output that is worked on again.' })
  rework!: Quantity;
}

@ObjectType({ simpleResolvers: true, description: 'One step of an order, at one work center.' })
export class ProductionOrderOperation {
  @Field(() => Int, { description: 'Operations are done in this order.' })
  sequence!: number;

  @Field(() => String, { nullable: true, description: 'What is done, in the source’s words.' })
  name?: string;

  @Field(() => ProductionOrderOperationState)
  state!: keyof typeof ProductionOrderOperationState;

  @Field(() => WorkCenter, { nullable: true, description: 'Where it is done; null if that is not known yet.' })
  workCenter!: WorkCenter | null;

  @Field(() => Float, { nullable: true, description: 'Working time that it takes, set-up included.' })
  plannedMinutes?: number;

  @Field(() => DateTimeScalar, { nullable: true, description: 'When it is to begin; null if it is not scheduled.' })
  scheduledStart?: string;

  @Field(() => DateTimeScalar, { nullable: true, description: 'When it is to end; null if it is not scheduled.' })
  scheduledEnd?: string;

  @Field(() => DateTimeScalar, { nullable: true, description: 'When it began; null before.' })
  actualStart?: string;

  @Field(() => DateTimeScalar, { nullable: true, description: 'When it ended; null before.' })
  actualEnd?: string;

  @Field(() => ConfirmedQuantities, { description: 'What its confirmations add up to.' })
  confirmed!: ConfirmedQuantities;
}

@ObjectType({ simpleResolvers: true, description: 'What the order needs of one material.' })
export class ProductionOrderComponent {
  @Field(() => Int, { description: 'Number of the component, unique within the order.' })
  position!: number;

  @Field(() => Product)
  product!: Product;

  @Field(() => Quantity, { description: 'For the whole order, what was withdrawn included.' })
  required!: Quantity;

  @Field(() => Quantity, {
    nullable: true,
    description: 'Taken out of stock already; null if its source says nothing.',
  })
  withdrawn?: Quantity;

  @Field(() => Quantity, { nullable: true, description: 'What the source could confirm of it.' })
  available?: Quantity;

  @Field(() => Int, { nullable: true, description: 'Sequence of the operation that consumes it.' })
  operation?: number;

  @Field(() => DateTimeScalar, {
    nullable: true,
    description: 'When it is needed; null: at the start of its operation.',
  })
  requiredAt?: string;

  @Field(() => Product, { nullable: true, description: 'What was required before a substitution.' })
  substitutedFor!: Product | null;
}

@Directive('@key(fields: "id")')
@ObjectType({ simpleResolvers: true, description: 'An order to make a quantity of a product at a location.' })
export class ProductionOrder {
  @Field(() => ID, { description: 'As the system that owns the order writes it.' })
  id!: string;

  @Field(() => Product)
  product!: Product;

  @Field(() => Location)
  location!: Location;

  @Field(() => ItemLocation, { description: 'The planning unit that it belongs to: its item at its location.' })
  itemLocation!: ItemLocation;

  @Field(() => Quantity, { description: 'What is to be made in all.' })
  quantity!: Quantity;

  @Field(() => ProductionOrderState, { description: 'How far it is, in the graph’s own terms.' })
  state!: keyof typeof ProductionOrderState;

  @Field(() => [String], { description: 'The source’s own statuses, as they came.' })
  sourceStatuses!: readonly string[];

  @Field(() => Boolean, { description: 'A quality hold is open.' })
  onHold!: boolean;

  @Field(() => Boolean, { description: 'Its source could not confirm enough of a component.' })
  materialShortage!: boolean;

  @Field(() => Boolean, { description: 'Its schedule changes only by an approved revision for QUALITY or MANUAL.' })
  frozen!: boolean;

  @Field(() => Int, { nullable: true, description: 'On the source’s own scale.' })
  priority?: number;

  @Field(() => String, {
    nullable: true,
    description: 'Id of the routing that it follows; null if its source says nothing.',
  })
  routing?: string;

  @Field(() => DateTimeScalar, { description: 'When its first operation is to begin.' })
  scheduledStart!: string;

  @Field(() => DateTimeScalar, { description: 'When its last operation is to end.' })
  scheduledEnd!: string;

  @Field(() => DateTimeScalar, { nullable: true, description: 'When work on it began; null before.' })
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

  @Field(() => [ProductionOrderOperation], { description: 'By sequence; empty if its source plans none.' })
  operations!: readonly ProductionOrderOperation[];

  @Field(() => [ProductionOrderComponent], { description: 'By position; empty if its source plans none.' })
  components!: readonly ProductionOrderComponent[];

  @Field(() => String, { nullable: true, description: 'Null while it is not cancelled, and if nobody said why.' })
  cancellationReason?: string;

  @Field(() => Int, { description: 'Grows by one with each change.' })
  revision!: number;
}

export const ProductionOrderConnection = connectionOf(ProductionOrder);

@ObjectType({ simpleResolvers: true, description: 'The command was carried out; the order is this now.' })
export class ProductionOrderAccepted {
  @Field(() => ProductionOrder)
  productionOrder!: ProductionOrder;
}

export const ProductionOrderResult = createUnionType({
  name: 'ProductionOrderResult',
  description: 'What became of a command on a production order.',
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
