import { Cause, DateTimeScalar, DecimalScalar, enumOf, OrderDirection, QuantityInput } from '@takt/subgraph-server';
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
);

@InputType({ description: 'Names the order that a command is about.' })
export class ProductionOrderCommandInput {
  @Field(() => ID)
  id!: string;
}

@InputType()
export class ProductionOrderSort {
  @Field(() => ProductionOrderSortField)
  field!: keyof typeof ProductionOrderSortField;

  @Field(() => OrderDirection, { defaultValue: OrderDirection.ASC })
  direction!: keyof typeof OrderDirection;
}

@InputType({ description: 'Half-open: `from` is inside, `to` is not.' })
export class DateTimeRange {
  @Field(() => DateTimeScalar, { nullable: true })
  from?: string | null;

  @Field(() => DateTimeScalar, { nullable: true })
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

  @Field(() => [String], { nullable: true })
  sku?: string[] | null;

  @Field(() => [String], { nullable: true, description: 'Where one of its operations is done.' })
  workCenter?: string[] | null;
}

@InputType()
export class PlannedOperationInput {
  @Field(() => Int)
  sequence!: number;

  @Field(() => String, { nullable: true })
  name?: string | null;

  @Field(() => String, { nullable: true })
  workCenter?: string | null;

  @Field(() => Float, { nullable: true })
  plannedMinutes?: number | null;

  @Field(() => DateTimeScalar, { nullable: true })
  scheduledStart?: string | null;

  @Field(() => DateTimeScalar, { nullable: true })
  scheduledEnd?: string | null;
}

@InputType()
export class PlannedComponentInput {
  @Field(() => Int)
  position!: number;

  @Field(() => String)
  sku!: string;

  @Field(() => QuantityInput)
  required!: QuantityInput;

  @Field(() => Int, { nullable: true })
  operation?: number | null;

  @Field(() => DateTimeScalar, { nullable: true })
  requiredAt?: string | null;
}

@InputType()
export class CreateProductionOrderInput {
  @Field(() => ID)
  id!: string;

  @Field(() => String)
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

  @Field(() => String, { nullable: true })
  routing?: string | null;

  @Field(() => [PlannedOperationInput], { defaultValue: [] })
  operations!: PlannedOperationInput[];

  @Field(() => [PlannedComponentInput], { defaultValue: [] })
  components!: PlannedComponentInput[];

  @Field(() => NewProductionOrderState, { defaultValue: NewProductionOrderState.PLANNED })
  state!: keyof typeof NewProductionOrderState;
}

@InputType()
export class OperationScheduleInput {
  @Field(() => Int)
  sequence!: number;

  @Field(() => String, { nullable: true })
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

  @Field(() => QuantityInput, { nullable: true })
  quantity?: QuantityInput | null;

  @Field(() => [OperationScheduleInput], { nullable: true })
  operations?: OperationScheduleInput[] | null;

  @Field(() => Cause)
  cause!: keyof typeof Cause;

  @Field(() => String, { nullable: true })
  reason?: string | null;

  @Field(() => ID, { nullable: true })
  policyDecision?: string | null;

  @Field(() => String, { nullable: true })
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

@InputType()
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

@InputType()
export class ReleaseQualityHoldInput {
  @Field(() => ID)
  id!: string;

  @Field(() => ID)
  hold!: string;

  @Field(() => QualityDisposition)
  disposition!: keyof typeof QualityDisposition;

  @Field(() => String)
  releasedBy!: string;

  @Field(() => String, { nullable: true })
  remark?: string | null;
}

@InputType()
export class ConfirmCompletionInput {
  @Field(() => ID)
  id!: string;

  @Field(() => ID, { nullable: true, description: 'Unique within the order; null: the idempotency key.' })
  confirmation?: string | null;

  @Field(() => Int, { description: 'Sequence of the operation; 0 for an order without operations.' })
  operation!: number;

  @Field(() => QuantityInput)
  yield!: QuantityInput;

  @Field(() => QuantityInput, { nullable: true })
  scrap?: QuantityInput | null;

  @Field(() => QuantityInput, { nullable: true })
  rework?: QuantityInput | null;

  @Field(() => String, { nullable: true })
  reason?: string | null;

  @Field(() => String, { nullable: true })
  shift?: string | null;

  @Field(() => DateTimeScalar, { nullable: true })
  startedAt?: string | null;

  @Field(() => DateTimeScalar, { nullable: true })
  endedAt?: string | null;

  @Field(() => Boolean, { defaultValue: false, description: 'The operation is done, whatever was confirmed.' })
  final!: boolean;
}

@InputType()
export class ReverseConfirmationInput {
  @Field(() => ID)
  id!: string;

  @Field(() => ID)
  confirmation!: string;

  @Field(() => String)
  reason!: string;
}

@InputType()
export class CancelProductionOrderInput {
  @Field(() => ID)
  id!: string;

  @Field(() => String)
  reason!: string;
}
