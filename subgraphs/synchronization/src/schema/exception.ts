import {
  CommandRefused,
  connectionOf,
  DateTimeScalar,
  enumOf,
  LiveChange,
  OrderDirection,
  Provenance,
  Quantity,
  RevisionConflict,
  FILTER,
  PROVENANCE,
} from '@takt/subgraph-server';
import { createUnionType, Directive, Field, ID, InputType, Int, ObjectType } from 'type-graphql';
import { EXCEPTION_KINDS, SETTLEMENTS, SEVERITIES } from '../exceptions/messages.ts';
import { EXCEPTION_STATES } from '../exceptions/planning-exception.ts';
import { Decision } from './decision.ts';
import { ItemLocation, Location, Product, ProductionOrder, WorkCenter } from './references.ts';
import { HorizonZone } from './zone.ts';

export const ExceptionKind = enumOf('ExceptionKind', EXCEPTION_KINDS, 'Why somebody has to look.', {
  FROZEN_CHANGE: 'Something changed inside the demand time fence, where nothing happens by itself.',
  SCHEDULE_APPROVAL: 'A change of the schedule waits for a planner.',
  PROCUREMENT: 'A buyer has to act.',
  UNSCHEDULABLE: 'Supply cannot follow demand.',
  SOURCE_REFUSED: 'The system that owns an order refused an approved change.',
});
export const ExceptionSeverity = enumOf(
  'ExceptionSeverity',
  SEVERITIES,
  'How bad it is, by how near it is, the item’s criticality, the customers who wait, and the size of the change.',
  {
    LOW: 'It can wait.',
    MEDIUM: 'To be decided in the ordinary course of work.',
    HIGH: 'To be decided before others.',
    CRITICAL: 'Customers or the plant suffer unless it is decided now.',
  },
);
export const ExceptionStatus = enumOf('ExceptionStatus', EXCEPTION_STATES, 'How far an exception has come.', {
  OPEN: 'Somebody has to decide.',
  SNOOZED: 'Put off to a certain time; it wakes up earlier if it gets worse.',
  APPROVED: 'What was proposed is being carried out, or there was nothing to do but to look.',
  REJECTED: 'Nothing is done about it.',
  SETTLED: 'It is known what became of it.',
});
export const ExceptionOutcome = enumOf('ExceptionOutcome', SETTLEMENTS, 'What became of an exception.', {
  CARRIED_OUT: 'What was approved has been done.',
  REFUSED_BY_ORDERS: 'An order could not be changed so any more.',
  REFUSED_BY_SOURCE: 'The system that owns an order refused the change.',
  SUPERSEDED: 'Something newer is in its place.',
  GONE: 'What it was about is gone: there is nothing left to decide.',
});
export const ExceptionChangeKind = enumOf(
  'ExceptionChangeKind',
  [
    'RAISED',
    'UPDATED',
    'ASSIGNED',
    'COMMENTED',
    'SNOOZED',
    'WOKEN',
    'ESCALATED',
    'APPROVAL_GIVEN',
    'APPROVED',
    'REJECTED',
    'SETTLED',
  ],
  'What happened to an exception.',
  {
    UPDATED: 'It is not as it was told last, e.g. another quantity, another proposal.',
    WOKEN: 'The time to which it was put off has come.',
    ESCALATED: 'It was not decided when it was due: somebody else has it now.',
    APPROVAL_GIVEN: 'One of two approvals that the frozen zone takes.',
    RAISED: 'It is new.',
    ASSIGNED: 'Somebody else has it now.',
    COMMENTED: 'Somebody left a remark.',
    SNOOZED: 'It was put off.',
    APPROVED: 'What it proposes was agreed to, by as many as it takes.',
    REJECTED: 'Nothing is done about it.',
    SETTLED: 'It is known what became of it.',
  },
);
export const ProposedChangeKind = enumOf('ProposedChangeKind', ['REVISE', 'CREATE'], 'What would be done.', {
  REVISE: 'An order is moved, or made larger or smaller.',
  CREATE: 'An order is made.',
});
export const ExceptionSortField = enumOf(
  'ExceptionSortField',
  ['DUE_AT', 'RAISED_AT', 'SEVERITY'],
  'What exceptions can be sorted by.',
  { SEVERITY: 'The worst first, among equals what is due first; descending: the other way round.' },
);

@ObjectType({ simpleResolvers: true, description: 'When an operation would be done.' })
export class ProposedOperation {
  @Field(() => Int)
  sequence!: number;

  @Field(() => WorkCenter, { nullable: true, description: 'Null: where it is planned now.' })
  workCenter!: WorkCenter | null;

  @Field(() => DateTimeScalar, { nullable: true })
  scheduledStart?: string;

  @Field(() => DateTimeScalar, { nullable: true })
  scheduledEnd?: string;
}

@ObjectType({ simpleResolvers: true, description: 'What is done if it is approved. What is null stays as it is.' })
export class ProposedChange {
  @Field(() => ProposedChangeKind)
  kind!: keyof typeof ProposedChangeKind;

  @Field(() => ID, { description: 'Of the order, also of one that would be made.' })
  orderId!: string;

  @Field(() => ProductionOrder, { nullable: true, description: 'Null for an order that would be made.' })
  order!: ProductionOrder | null;

  @Field(() => Int, {
    nullable: true,
    description: 'Of the order when it was proposed: once the order has changed, it is not approved any more.',
  })
  orderRevision!: number | null;

  @Field(() => DateTimeScalar, { nullable: true })
  scheduledStart?: string;

  @Field(() => DateTimeScalar, { nullable: true })
  scheduledEnd?: string;

  @Field(() => Quantity, { nullable: true })
  quantity?: Quantity;

  @Field(() => [ProposedOperation], { description: 'Those that move; empty if none does.' })
  operations!: readonly ProposedOperation[];

  @Field(() => String, { description: 'Why the scheduler proposes it.' })
  reason!: string;
}

@ObjectType({ simpleResolvers: true, description: 'Who agreed to what an exception proposes, and when.' })
export class ExceptionApproval {
  @Field(() => String)
  by!: string;

  @Field(() => DateTimeScalar)
  at!: string;

  @Field(() => String, { nullable: true })
  comment?: string;
}

@ObjectType({ simpleResolvers: true, description: 'A remark on an exception.' })
export class ExceptionComment {
  @Field(() => String)
  by!: string;

  @Field(() => DateTimeScalar)
  at!: string;

  @Field(() => String)
  text!: string;
}

@ObjectType({ simpleResolvers: true, description: 'Who decided that nothing is done about an exception, and why.' })
export class ExceptionRejection {
  @Field(() => String)
  by!: string;

  @Field(() => String)
  reason!: string;
}

@ObjectType({ simpleResolvers: true, description: 'What became of it, and why.' })
export class ExceptionSettlement {
  @Field(() => ExceptionOutcome)
  outcome!: keyof typeof ExceptionOutcome;

  @Field(() => String)
  reason!: string;

  @Field(() => DateTimeScalar)
  at!: string;
}

@ObjectType({ simpleResolvers: true, description: 'One thing that happened to an exception.' })
export class ExceptionHistoryEntry {
  @Field(() => ExceptionChangeKind)
  kind!: keyof typeof ExceptionChangeKind;

  @Field(() => DateTimeScalar)
  at!: string;

  @Field(() => String, { nullable: true, description: 'Null if nobody did it by hand.' })
  by?: string;

  @Field(() => String, { nullable: true, description: 'Who had it before, if it changed hands.' })
  from?: string;

  @Field(() => String, { description: 'Who had it then.' })
  owner!: string;

  @Field(() => String, { nullable: true, description: 'The summary, the comment, or the reason.' })
  text?: string;
}

@Directive('@key(fields: "id")')
@ObjectType({
  simpleResolvers: true,
  description: 'Something about an item at a location that does not take care of itself: somebody has to decide.',
})
export class PlanningException {
  @Field(() => ID)
  id!: string;

  @Field(() => ExceptionKind)
  kind!: keyof typeof ExceptionKind;

  @Field(() => ExceptionStatus)
  status!: keyof typeof ExceptionStatus;

  @Field(() => ExceptionSeverity)
  severity!: keyof typeof ExceptionSeverity;

  @Field(() => HorizonZone, { description: 'The nearest that it concerns.' })
  zone!: keyof typeof HorizonZone;

  @Field(() => String, { description: 'What happened, how much, when.' })
  summary!: string;

  @Field(() => Product)
  product!: Product;

  @Field(() => Location)
  location!: Location;

  @Field(() => ItemLocation, { description: 'The planning unit that it belongs to: its item at its location.' })
  itemLocation!: ItemLocation;

  @Field(() => String, { nullable: true, description: 'Product family of the item; null if it has none.' })
  family?: string;

  @Field(() => String, { nullable: true, description: 'Region of the location; null if it has none.' })
  region?: string;

  @Field(() => [ProductionOrder], { description: 'Orders that it is about.' })
  orders!: readonly ProductionOrder[];

  @Field(() => [ID], { description: 'Of the decisions that led to it, the latest last.' })
  decisionIds!: readonly string[];

  @Field(() => [Decision], { description: 'Those of them that are still kept.' })
  decisions!: () => Promise<readonly Decision[]>;

  @Field(() => [ProposedChange], { description: 'What is done if it is approved; empty: it only has to be looked at.' })
  proposal!: readonly ProposedChange[];

  @Field(() => String, { nullable: true, description: 'Who proposed it by hand: that one cannot approve it.' })
  proposedBy?: string;

  @Field(() => Int, {
    description:
      'How many people have to approve: two in the frozen zone. What lies in it by the time that it is approved counts as well.',
  })
  approvalsNeeded!: number;

  @Field(() => [ExceptionApproval], {
    description: 'Those given of what is proposed now. When that changes, they count no more.',
  })
  approvals!: readonly ExceptionApproval[];

  @Field(() => String, { description: 'Who has to see to it.' })
  owner!: string;

  @Field(() => DateTimeScalar, { description: 'By when it is to be decided.' })
  dueAt!: string;

  @Field(() => Boolean, { description: 'It is open, and was to be decided by now.' })
  overdue!: boolean;

  @Field(() => Int, { description: 'How often it was not decided when it was due and went to somebody else.' })
  escalationLevel!: number;

  @Field(() => [String], { description: 'Who gets it next each time, from now on.' })
  escalatesTo!: readonly string[];

  @Field(() => DateTimeScalar, { nullable: true, description: 'When it wakes up.' })
  snoozedUntil?: string;

  @Field(() => DateTimeScalar)
  raisedAt!: string;

  @Field(() => DateTimeScalar, { nullable: true, description: 'When nobody had to decide any more.' })
  closedAt?: string;

  @Field(() => ExceptionRejection, { nullable: true, description: 'Null unless it was rejected.' })
  rejection?: ExceptionRejection;

  @Field(() => ExceptionSettlement, { nullable: true, description: 'Null until it is known what became of it.' })
  settlement?: ExceptionSettlement;

  @Field(() => [ExceptionComment], { description: 'The latest, newest first.' })
  comments!: readonly ExceptionComment[];

  @Field(() => [ExceptionHistoryEntry], { description: 'What happened latest, newest first.' })
  history!: readonly ExceptionHistoryEntry[];

  @Field(() => Provenance, { description: PROVENANCE })
  provenance!: Provenance;

  @Field(() => Int, { description: 'Grows by one with each change. Whoever approves has to say which one they saw.' })
  revision!: number;
}

export const PlanningExceptionConnection = connectionOf(PlanningException);

@InputType({ description: FILTER })
export class ExceptionStateFilter {
  @Field(() => [ExceptionStatus], { nullable: true })
  status?: (keyof typeof ExceptionStatus)[] | null;

  @Field(() => [ExceptionKind], { nullable: true })
  kind?: (keyof typeof ExceptionKind)[] | null;

  @Field(() => [ExceptionSeverity], { nullable: true })
  severity?: (keyof typeof ExceptionSeverity)[] | null;

  @Field(() => Boolean, {
    nullable: true,
    description: 'True: open ones that were to be decided by now. False: open ones that are not due yet.',
  })
  overdue?: boolean | null;
}

@InputType({ description: FILTER })
export class ExceptionFilter extends ExceptionStateFilter {
  @Field(() => [String], { nullable: true })
  plant?: string[] | null;

  @Field(() => [String], { nullable: true, description: 'Who has to see to them.' })
  owner?: string[] | null;

  @Field(() => [String], { nullable: true })
  family?: string[] | null;
}

@InputType({ description: 'What exceptions are sorted by, and which way.' })
export class ExceptionSort {
  @Field(() => ExceptionSortField)
  field!: keyof typeof ExceptionSortField;

  @Field(() => OrderDirection, { defaultValue: OrderDirection.ASC })
  direction!: keyof typeof OrderDirection;
}

@InputType({ description: 'Who does what to which exception.' })
abstract class ExceptionInput {
  @Field(() => ID)
  id!: string;

  @Field(() => String, { description: 'Your name.' })
  by!: string;
}

@InputType({ description: 'Gives an exception to somebody else. It stays due when it was.' })
export class AssignExceptionInput extends ExceptionInput {
  @Field(() => String, { description: 'Who has it then.' })
  owner!: string;

  @Field(() => String, { nullable: true })
  reason?: string | null;
}

@InputType({ description: 'Leaves a remark on an exception for whoever comes after.' })
export class CommentExceptionInput extends ExceptionInput {
  @Field(() => String)
  text!: string;
}

@InputType({ description: 'Puts an exception off. It wakes up earlier if it gets worse.' })
export class SnoozeExceptionInput extends ExceptionInput {
  @Field(() => DateTimeScalar, { description: 'At most 30 days ahead.' })
  until!: string;

  @Field(() => String, { nullable: true })
  reason?: string | null;
}

@InputType({
  description: 'Agrees to what an exception proposes; that it has been looked at, where it proposes nothing.',
})
export class ApproveExceptionInput extends ExceptionInput {
  @Field(() => String, { nullable: true })
  comment?: string | null;
}

@InputType({ description: 'Nothing is done about it.' })
export class RejectExceptionInput extends ExceptionInput {
  @Field(() => String)
  reason!: string;
}

@ObjectType({ simpleResolvers: true, description: 'The command was carried out; the exception is this now.' })
export class ExceptionAccepted {
  @Field(() => PlanningException)
  exception!: PlanningException;
}

export const ExceptionResult = createUnionType({
  name: 'ExceptionResult',
  description: 'What became of a command on an exception.',
  types: () => [ExceptionAccepted, CommandRefused, RevisionConflict] as const,
  resolveType: (value) => value.constructor.name,
});

@ObjectType({ simpleResolvers: true, description: 'Somebody has to look at something, or what became of that.' })
export class ExceptionRaised extends LiveChange {
  @Field(() => ExceptionChangeKind)
  kind!: keyof typeof ExceptionChangeKind;

  @Field(() => PlanningException, { description: 'As it is now.' })
  exception!: PlanningException;

  @Field(() => [String], { description: 'Names of the fields that an update changed.' })
  changed!: readonly string[];

  @Field(() => String, { nullable: true, description: 'Who did it; null if nobody did it by hand.' })
  by!: string | null;

  @Field(() => String, { nullable: true, description: 'Who had it before, if it changed hands.' })
  from!: string | null;

  @Field(() => String, { nullable: true, description: 'The summary, the comment, or the reason.' })
  text!: string | null;
}
