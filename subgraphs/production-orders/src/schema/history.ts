import { Cause, DateTimeScalar, DecimalScalar, enumOf, Quantity } from '@takt/subgraph-server';
import { Field, ID, Int, ObjectType } from 'type-graphql';
import { Product } from './references.ts';
import { DISPOSITIONS, HOLD_SCOPES, REVISION_STATES, WRITE_BACK_KINDS, WRITE_BACK_STATES } from '../messages.ts';
import { WorkCenter } from './work-center.ts';

export const ScheduleRevisionState = enumOf('ScheduleRevisionState', REVISION_STATES, 'What became of a revision.', {
  APPROVED: 'Holds here; the system that owns the order has yet to hear of it.',
  SENT: 'Holds here; the system that owns the order has taken it and has yet to apply it.',
  REJECTED: 'The system that owns the order decided otherwise.',
});
export const WriteBackKind = enumOf('WriteBackKind', WRITE_BACK_KINDS, 'What became of an order here.', {
  REVERSAL: 'A confirmation was taken back.',
});
export const WriteBackState = enumOf('WriteBackState', WRITE_BACK_STATES, 'How far a write-back is.', {
  PENDING: 'The system that owns the order has yet to hear of it.',
  SENT: 'The system that owns the order has taken it, and will report what becomes of it.',
  REJECTED: 'The system that owns the order refused it: a release is taken back, a confirmation stands here alone.',
});
export const QualityDisposition = enumOf('QualityDisposition', DISPOSITIONS, 'What becomes of material that was held.');
export const QualityHoldScope = enumOf('QualityHoldScope', HOLD_SCOPES, 'What a hold stops.', {
  LOT: 'A mark on one lot: work on the order goes on.',
});

@ObjectType({ simpleResolvers: true, description: 'Only what the revision changed is not null.' })
export class OperationSchedule {
  @Field(() => Int)
  sequence!: number;

  @Field(() => WorkCenter, { nullable: true })
  workCenter!: WorkCenter | null;

  @Field(() => DateTimeScalar, { nullable: true })
  scheduledStart?: string | null;

  @Field(() => DateTimeScalar, { nullable: true })
  scheduledEnd?: string | null;
}

@ObjectType({ simpleResolvers: true, description: 'One side of a revision: only what it changed is not null.' })
export class ScheduleValues {
  @Field(() => DateTimeScalar, { nullable: true })
  scheduledStart?: string;

  @Field(() => DateTimeScalar, { nullable: true })
  scheduledEnd?: string;

  @Field(() => Quantity, { nullable: true })
  quantity?: Quantity;

  @Field(() => [OperationSchedule])
  operations!: readonly OperationSchedule[];
}

@ObjectType({ simpleResolvers: true })
export class ScheduleRevision {
  @Field(() => Int, { description: 'Counts from 1 within the order.' })
  number!: number;

  @Field(() => ScheduleValues)
  from!: ScheduleValues;

  @Field(() => ScheduleValues)
  to!: ScheduleValues;

  @Field(() => Cause)
  cause!: keyof typeof Cause;

  @Field(() => String, { nullable: true })
  reason?: string;

  @Field(() => ID, { nullable: true })
  policyDecision?: string;

  @Field(() => String, { nullable: true })
  approvedBy?: string;

  @Field(() => DateTimeScalar)
  revisedAt!: string;

  @Field(() => ScheduleRevisionState)
  state!: keyof typeof ScheduleRevisionState;

  @Field(() => String, { nullable: true })
  rejection?: string;
}

@ObjectType({ simpleResolvers: true })
export class MaterialSubstitution {
  @Field(() => Int, { description: 'Of the component.' })
  position!: number;

  @Field(() => Product)
  component!: Product;

  @Field(() => Product)
  substitute!: Product;

  @Field(() => String, { nullable: true })
  group?: string;

  @Field(() => Int, { nullable: true })
  priority?: number;

  @Field(() => DecimalScalar, { description: 'Units of the substitute for one unit of the component.' })
  ratio!: string;

  @Field(() => Quantity, { description: 'What was still to be withdrawn of the component.' })
  replaced!: Quantity;

  @Field(() => Quantity, { description: 'What is required of the substitute instead.' })
  required!: Quantity;

  @Field(() => String)
  reason!: string;

  @Field(() => String)
  approvedBy!: string;

  @Field(() => DateTimeScalar)
  substitutedAt!: string;
}

@ObjectType({ simpleResolvers: true })
export class QualityHoldRelease {
  @Field(() => QualityDisposition)
  disposition!: keyof typeof QualityDisposition;

  @Field(() => String)
  releasedBy!: string;

  @Field(() => String, { nullable: true })
  remark?: string;

  @Field(() => DateTimeScalar)
  releasedAt!: string;
}

@ObjectType({ simpleResolvers: true })
export class QualityHold {
  @Field(() => ID, { description: 'Unique within the order.' })
  id!: string;

  @Field(() => QualityHoldScope)
  scope!: keyof typeof QualityHoldScope;

  @Field(() => Int, { nullable: true, description: 'Sequence of the operation that it stops.' })
  operation?: number;

  @Field(() => String, { nullable: true })
  lot?: string;

  @Field(() => String)
  reason!: string;

  @Field(() => String)
  placedBy!: string;

  @Field(() => DateTimeScalar)
  placedAt!: string;

  @Field(() => QualityHoldRelease, { nullable: true, description: 'Null while it is open.' })
  release?: QualityHoldRelease;
}

@ObjectType({ simpleResolvers: true })
export class ConfirmationReversal {
  @Field(() => String)
  reason!: string;

  @Field(() => DateTimeScalar)
  reversedAt!: string;
}

@ObjectType({ simpleResolvers: true, description: 'What came out of an operation.' })
export class CompletionConfirmation {
  @Field(() => ID, { description: 'Unique within the order.' })
  id!: string;

  @Field(() => Int, { description: 'Sequence of the operation; 0 for an order without operations.' })
  operation!: number;

  @Field(() => Quantity)
  yield!: Quantity;

  @Field(() => Quantity)
  scrap!: Quantity;

  @Field(() => Quantity)
  rework!: Quantity;

  @Field(() => String, { nullable: true })
  reason?: string;

  @Field(() => String, { nullable: true })
  shift?: string;

  @Field(() => DateTimeScalar, { nullable: true })
  startedAt?: string;

  @Field(() => DateTimeScalar, { nullable: true })
  endedAt?: string;

  @Field(() => Boolean, { description: 'The operation is done.' })
  final!: boolean;

  @Field(() => DateTimeScalar)
  confirmedAt!: string;

  @Field(() => ConfirmationReversal, { nullable: true, description: 'Null while it counts.' })
  reversal?: ConfirmationReversal;
}

@ObjectType({ simpleResolvers: true, description: 'What the system that owns an order is told of it.' })
export class WriteBack {
  @Field(() => Int, { description: 'Counts from 1 within the order.' })
  number!: number;

  @Field(() => WriteBackKind)
  kind!: keyof typeof WriteBackKind;

  @Field(() => ID, { nullable: true, description: 'The confirmation that is told or taken back.' })
  confirmation?: string;

  @Field(() => WriteBackState)
  state!: keyof typeof WriteBackState;

  @Field(() => String, { nullable: true, description: 'Why it was rejected.' })
  reason?: string;
}
