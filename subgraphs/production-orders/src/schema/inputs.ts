import {
  Cause,
  DateTimeScalar,
  DecimalScalar,
  enumOf,
  OrderDirection,
  QuantityInput,
  SKU,
} from '@takt/subgraph-server';
import { Field, Float, ID, InputType, Int } from 'type-graphql';
import { QualityDisposition, QualityHoldScope } from './history.ts';
import { ProductionOrderState } from './production-order.ts';

export const ProductionOrderSortField = enumOf(
  'ProductionOrderSortField',
  ['SCHEDULED_START', 'SCHEDULED_END'],
  'What production orders can be sorted by.',
);
export const NewProductionOrderState = enumOf(
  'NewProductionOrderState',
  ['PROPOSED', 'PLANNED', 'FIRMED'],
  'How far an order can be when it is created.',
  {
    PROPOSED: 'Suggested by planning, nobody has looked at it.',
    PLANNED: 'Somebody wants it, planning may still change it.',
    FIRMED: 'Planning no longer changes it by itself.',
  },
);

@InputType({ description: 'Names the order that a command is about.' })
export class ProductionOrderCommandInput {
  @Field(() => ID)
  id!: string;
}

@InputType({ description: 'What production orders are sorted by, and which way.' })
export class ProductionOrderSort {
  @Field(() => ProductionOrderSortField)
  field!: keyof typeof ProductionOrderSortField;

  @Field(() => OrderDirection, { defaultValue: OrderDirection.ASC })
  direction!: keyof typeof OrderDirection;
}

@InputType({ description: 'Half-open: `from` is inside, `to` is not.' })
export class DateTimeRange {
  @Field(() => DateTimeScalar, { nullable: true, description: 'First instant that is inside; null: open.' })
  from?: string | null;

  @Field(() => DateTimeScalar, { nullable: true, description: 'First instant that is no longer inside; null: open.' })
  to?: string | null;
}

@InputType({ description: 'Every condition must hold; a list means any of its values.' })
export class ProductionOrderStatusFilter {
  @Field(() => [ProductionOrderState], { nullable: true })
  state?: (keyof typeof ProductionOrderState)[] | null;

  @Field(() => Boolean, { nullable: true })
  onHold?: boolean | null;

  @Field(() => Boolean, { nullable: true })
  materialShortage?: boolean | null;

  @Field(() => DateTimeRange, { nullable: true })
  scheduledStart?: DateTimeRange | null;
}

@InputType({ description: 'Every condition must hold; a list means any of its values.' })
export class ProductionOrderFilter extends ProductionOrderStatusFilter {
  @Field(() => [String], { nullable: true })
  location?: string[] | null;

  @Field(() => [String], { nullable: true, description: 'Any of these items.' })
  sku?: string[] | null;

  @Field(() => [String], { nullable: true, description: 'Where one of its operations is done.' })
  workCenter?: string[] | null;
}

@InputType({ description: 'One step of a new order.' })
export class PlannedOperationInput {
  @Field(() => Int, { description: 'Operations are done in this order.' })
  sequence!: number;

  @Field(() => String, { nullable: true })
  name?: string | null;

  @Field(() => String, { nullable: true, description: 'Code of the work center.' })
  workCenter?: string | null;

  @Field(() => Float, { nullable: true, description: 'Working time that it takes, set-up included.' })
  plannedMinutes?: number | null;

  @Field(() => DateTimeScalar, { nullable: true })
  scheduledStart?: string | null;

  @Field(() => DateTimeScalar, { nullable: true })
  scheduledEnd?: string | null;
}

@InputType({ description: 'What a new order needs of one material.' })
export class PlannedComponentInput {
  @Field(() => Int, { description: 'Number of the component, unique within the order.' })
  position!: number;

  @Field(() => String, { description: SKU })
  sku!: string;

  @Field(() => QuantityInput, { description: 'For the whole order.' })
  required!: QuantityInput;

  @Field(() => Int, { nullable: true, description: 'Sequence of the operation that consumes it.' })
  operation?: number | null;

  @Field(() => DateTimeScalar, { nullable: true })
  requiredAt?: string | null;
}

@InputType({
  description:
    'An order to make a quantity of a product at a location. What is left out of operations and components is not planned.',
})
export class CreateProductionOrderInput {
  @Field(() => ID, { description: 'Must not be that of another order.' })
  id!: string;

  @Field(() => String, { description: SKU })
  sku!: string;

  @Field(() => String)
  location!: string;

  @Field(() => QuantityInput)
  quantity!: QuantityInput;

  @Field(() => DateTimeScalar)
  scheduledStart!: string;

  @Field(() => DateTimeScalar)
  scheduledEnd!: string;

  @Field(() => Int, { nullable: true })
  priority?: number | null;

  @Field(() => String, { nullable: true, description: 'Id of the routing that it follows.' })
  routing?: string | null;

  @Field(() => [PlannedOperationInput], { defaultValue: [] })
  operations!: PlannedOperationInput[];

  @Field(() => [PlannedComponentInput], { defaultValue: [] })
  components!: PlannedComponentInput[];

  @Field(() => NewProductionOrderState, { defaultValue: NewProductionOrderState.PLANNED })
  state!: keyof typeof NewProductionOrderState;
}

@InputType({ description: 'Where and when one operation is to be done; what is absent stays as it is.' })
export class OperationScheduleInput {
  @Field(() => Int, { description: 'Of the operation.' })
  sequence!: number;

  @Field(() => String, { nullable: true, description: 'Code of the work center.' })
  workCenter?: string | null;

  @Field(() => DateTimeScalar, { nullable: true })
  scheduledStart?: string | null;

  @Field(() => DateTimeScalar, { nullable: true })
  scheduledEnd?: string | null;
}

@InputType({ description: 'What is absent stays as it is.' })
export class ReviseScheduleInput {
  @Field(() => ID)
  id!: string;

  @Field(() => DateTimeScalar, { nullable: true })
  scheduledStart?: string | null;

  @Field(() => DateTimeScalar, { nullable: true })
  scheduledEnd?: string | null;

  @Field(() => QuantityInput, { nullable: true, description: 'What is to be made in all.' })
  quantity?: QuantityInput | null;

  @Field(() => [OperationScheduleInput], { nullable: true })
  operations?: OperationScheduleInput[] | null;

  @Field(() => Cause, { description: 'Why: QUALITY and MANUAL may change a frozen order.' })
  cause!: keyof typeof Cause;

  @Field(() => String, { nullable: true })
  reason?: string | null;

  @Field(() => ID, { nullable: true, description: 'Id of the decision that led to it.' })
  policyDecision?: string | null;

  @Field(() => String, { nullable: true, description: 'Who agreed to it: needed for a frozen order.' })
  approvedBy?: string | null;
}

@InputType({ description: 'Replaces what has not been withdrawn of a component.' })
export class SubstituteMaterialInput {
  @Field(() => ID)
  id!: string;

  @Field(() => Int, { description: 'Of the component.' })
  position!: number;

  @Field(() => String, { description: 'Sku.' })
  substitute!: string;

  @Field(() => String, { nullable: true })
  group?: string | null;

  @Field(() => Int, { nullable: true })
  priority?: number | null;

  @Field(() => DecimalScalar, { description: 'Units of the substitute for one unit of the component.' })
  ratio!: string;

  @Field(() => String, { nullable: true, description: 'Unit of the substitute where it is not the component’s.' })
  unit?: string | null;

  @Field(() => String)
  reason!: string;

  @Field(() => String)
  approvedBy!: string;
}

@InputType({ description: 'What is to be held until quality has decided, and why.' })
export class PlaceQualityHoldInput {
  @Field(() => ID)
  id!: string;

  @Field(() => ID, { nullable: true, description: 'Unique within the order; null: the idempotency key.' })
  hold?: string | null;

  @Field(() => QualityHoldScope, { defaultValue: QualityHoldScope.ORDER })
  scope!: keyof typeof QualityHoldScope;

  @Field(() => Int, { nullable: true, description: 'For scope OPERATION.' })
  operation?: number | null;

  @Field(() => String, { nullable: true, description: 'For scope LOT.' })
  lot?: string | null;

  @Field(() => String)
  reason!: string;

  @Field(() => String)
  placedBy!: string;
}

@InputType({ description: 'What quality has decided about what is held.' })
export class ReleaseQualityHoldInput {
  @Field(() => ID)
  id!: string;

  @Field(() => ID, { description: 'Id of the hold, unique within the order.' })
  hold!: string;

  @Field(() => QualityDisposition)
  disposition!: keyof typeof QualityDisposition;

  @Field(() => String)
  releasedBy!: string;

  @Field(() => String, { nullable: true })
  remark?: string | null;
}

@InputType({ description: 'What came out of an operation of an order.' })
export class ConfirmCompletionInput {
  @Field(() => ID)
  id!: string;

  @Field(() => ID, { nullable: true, description: 'Unique within the order; null: the idempotency key.' })
  confirmation?: string | null;

  @Field(() => Int, { description: 'Sequence of the operation; 0 for an order without operations.' })
  operation!: number;

  @Field(() => QuantityInput, { description: 'Good output; zero is allowed.' })
  yield!: QuantityInput;

  @Field(() => QuantityInput, { nullable: true, description: 'Output that was thrown away; null: none.' })
  scrap?: QuantityInput | null;

  @Field(() => QuantityInput, { nullable: true, description: 'Output that is worked on again; null: none.' })
  rework?: QuantityInput | null;

  @Field(() => String, { nullable: true, description: 'Why there is scrap or rework.' })
  reason?: string | null;

  @Field(() => String, { nullable: true, description: 'Name of the shift that did it.' })
  shift?: string | null;

  @Field(() => DateTimeScalar, { nullable: true, description: 'When this part of the work began.' })
  startedAt?: string | null;

  @Field(() => DateTimeScalar, { nullable: true, description: 'When this part of the work ended.' })
  endedAt?: string | null;

  @Field(() => Boolean, { defaultValue: false, description: 'The operation is done, whatever was confirmed.' })
  final!: boolean;
}

@InputType({ description: 'The confirmation that is to be taken back, and why.' })
export class ReverseConfirmationInput {
  @Field(() => ID)
  id!: string;

  @Field(() => ID, { description: 'Id of the confirmation, unique within the order.' })
  confirmation!: string;

  @Field(() => String)
  reason!: string;
}

@InputType({ description: 'The order that is not to be made any more, and why.' })
export class CancelProductionOrderInput {
  @Field(() => ID)
  id!: string;

  @Field(() => String)
  reason!: string;
}
