import { Cause, DateTimeScalar, DecimalScalar, enumOf, Quantity } from '@takt/subgraph-server';
import { Field, ID, Int, ObjectType } from 'type-graphql';
import { Product } from './references.ts';
import { DISPOSITIONS, HOLD_SCOPES, REVISION_STATES, WRITE_BACK_KINDS, WRITE_BACK_STATES } from '../messages.ts';
import { WorkCenter } from './work-center.ts';

export const ScheduleRevisionState = enumOf('ScheduleRevisionState', REVISION_STATES, 'What became of a revision.', {
  APPROVED: 'Holds here; the system that owns the order has yet to hear of it.',
  SENT: 'Holds here; the system that owns the order has taken it and has yet to apply it.',
  REJECTED: 'The system that owns the order decided otherwise.',
  PROPOSED: 'Asked for; it does not hold yet.',
  APPLIED: 'The system that owns the order has taken it over.',
});
export const WriteBackKind = enumOf('WriteBackKind', WRITE_BACK_KINDS, 'What became of an order here.', {
  REVERSAL: 'A confirmation was taken back.',
  CONFIRMATION: 'Output was confirmed.',
  RELEASE: 'Work may begin.',
});
export const WriteBackState = enumOf('WriteBackState', WRITE_BACK_STATES, 'How far a write-back is.', {
  PENDING: 'The system that owns the order has yet to hear of it.',
  SENT: 'The system that owns the order has taken it, and will report what becomes of it.',
  REJECTED: 'The system that owns the order refused it: a release is taken back, a confirmation stands here alone.',
  APPLIED: 'The system that owns the order has reported the same.',
});
export const QualityDisposition = enumOf(
  'QualityDisposition',
  DISPOSITIONS,
  'What becomes of material that was held.',
  {
    RELEASED: 'Nothing is wrong with it.',
    USE_AS_IS: 'It deviates, and may be used.',
    REWORK: 'It is worked on again.',
    RETURN: 'It goes back to the supplier.',
    SCRAP: 'It is thrown away.',
  },
);
export const QualityHoldScope = enumOf('QualityHoldScope', HOLD_SCOPES, 'What a hold stops.', {
  LOT: 'A mark on one lot: work on the order goes on.',
  ORDER: 'All work on the order.',
  OPERATION: 'One operation.',
});

@ObjectType({ simpleResolvers: true, description: 'Only what the revision changed is not null.' })
export class OperationSchedule {
  @Field(() => Int, { description: 'Of the operation.' })
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

@ObjectType({
  simpleResolvers: true,
  description: 'One change of an order’s schedule: what it was, what it is to be, who wanted it and what became of it.',
})
export class ScheduleRevision {
  @Field(() => Int, { description: 'Counts from 1 within the order.' })
  number!: number;

  @Field(() => ScheduleValues, { description: 'What it was.' })
  from!: ScheduleValues;

  @Field(() => ScheduleValues, { description: 'What it is to be.' })
  to!: ScheduleValues;

  @Field(() => Cause)
  cause!: keyof typeof Cause;

  @Field(() => String, { nullable: true })
  reason?: string;

  @Field(() => ID, {
    nullable: true,
    description: 'Id of the decision that led to it; null if somebody did it by hand.',
  })
  policyDecision?: string;

  @Field(() => String, { nullable: true, description: 'Who agreed to it; null if nobody had to.' })
  approvedBy?: string;

  @Field(() => DateTimeScalar)
  revisedAt!: string;

  @Field(() => ScheduleRevisionState)
  state!: keyof typeof ScheduleRevisionState;

  @Field(() => String, {
    nullable: true,
    description: 'Why the system that owns the order refused it; null unless it did.',
  })
  rejection?: string;
}

@ObjectType({ simpleResolvers: true, description: 'Another material that an order takes instead of what it required.' })
export class MaterialSubstitution {
  @Field(() => Int, { description: 'Of the component.' })
  position!: number;

  @Field(() => Product, { description: 'What was required.' })
  component!: Product;

  @Field(() => Product, { description: 'What is required instead.' })
  substitute!: Product;

  @Field(() => String, {
    nullable: true,
    description: 'Group of the bill of material within which things can stand in for each other.',
  })
  group?: string;

  @Field(() => Int, { nullable: true, description: 'The lowest number is taken first.' })
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

@ObjectType({ simpleResolvers: true, description: 'What quality decided about what was held.' })
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

@ObjectType({ simpleResolvers: true, description: 'Work or material that is held until quality has decided.' })
export class QualityHold {
  @Field(() => ID, { description: 'Unique within the order.' })
  id!: string;

  @Field(() => QualityHoldScope)
  scope!: keyof typeof QualityHoldScope;

  @Field(() => Int, { nullable: true, description: 'Sequence of the operation that it stops.' })
  operation?: number;

  @Field(() => String, { nullable: true, description: 'Number of the lot, of a hold of scope LOT.' })
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

@ObjectType({ simpleResolvers: true, description: 'A confirmation that was taken back: it no longer counts.' })
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

  @Field(() => Quantity, { description: 'Good output.' })
  yield!: Quantity;

  @Field(() => Quantity, { description: 'Output that was thrown away.' })
  scrap!: Quantity;

  @Field(() => Quantity, { description: 'Output that is worked on again.' })
  rework!: Quantity;

  @Field(() => String, { nullable: true, description: 'Why there is scrap or rework, in the plant’s words.' })
  reason?: string;

  @Field(() => String, { nullable: true, description: 'Name of the shift that did it.' })
  shift?: string;

  @Field(() => DateTimeScalar, { nullable: true, description: 'When this part of the work began.' })
  startedAt?: string;

  @Field(() => DateTimeScalar, { nullable: true, description: 'When this part of the work ended.' })
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

  @Field(() => WriteBackKind, { description: 'What it is told.' })
  kind!: keyof typeof WriteBackKind;

  @Field(() => ID, { nullable: true, description: 'The confirmation that is told or taken back.' })
  confirmation?: string;

  @Field(() => WriteBackState, { description: 'How far it has come.' })
  state!: keyof typeof WriteBackState;

  @Field(() => String, { nullable: true, description: 'Why it was rejected.' })
  reason?: string;
}
