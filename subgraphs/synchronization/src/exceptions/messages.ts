import { Type, type Static } from '@sinclair/typebox';
import { Commands } from '@takt/production-orders/contract';
import { QuantitySchema } from '@takt/quantity';
import { literals } from '../literals.ts';
import { ZONES } from '../judgement/observation.ts';

const id = Type.String({ minLength: 1, maxLength: 400 });
const instant = Type.String({ format: 'date-time' });
const text = Type.String({ minLength: 1, maxLength: 2000 });
/** Somebody, or a group, as planners call them. */
const person = Type.String({ minLength: 1, maxLength: 200, pattern: '\\S' });

export const DECISIONS_KEPT = 50;

/**
 * FROZEN_CHANGE: something changed inside the demand time fence. SCHEDULE_APPROVAL: a schedule change waits for a planner.
 * PROCUREMENT: a buyer has to act. UNSCHEDULABLE: supply cannot follow demand. SOURCE_REFUSED: the system that owns an
 * order refused an approved revision.
 */
export const EXCEPTION_KINDS = [
  'FROZEN_CHANGE',
  'SCHEDULE_APPROVAL',
  'PROCUREMENT',
  'UNSCHEDULABLE',
  'SOURCE_REFUSED',
] as const;
export const SEVERITIES = ['LOW', 'MEDIUM', 'HIGH', 'CRITICAL'] as const;

/** A schedule change that waits for approval, as it is proposed; the revisions are of the orders when it was made. */
export const ProposedChangeSchema = Type.Union([
  Type.Object(
    {
      kind: Type.Literal('REVISE'),
      order: id,
      /** Of the order when it was proposed: it is not applied to an order that has changed since. */
      orderRevision: Type.Integer({ minimum: 1 }),
      scheduledStart: Type.Optional(instant),
      scheduledEnd: Type.Optional(instant),
      quantity: Type.Optional(QuantitySchema),
      operations: Type.Optional(
        Type.Array(
          Type.Object(
            {
              sequence: Type.Integer({ minimum: 0 }),
              workCenter: Type.Optional(Type.String({ minLength: 1 })),
              scheduledStart: instant,
              scheduledEnd: instant,
            },
            { additionalProperties: false },
          ),
        ),
      ),
      reason: text,
    },
    { additionalProperties: false },
  ),
  Type.Object(
    {
      kind: Type.Literal('CREATE'),
      /** Of the order that is made if it is approved. */
      order: id,
      sku: Type.String({ minLength: 1 }),
      location: Type.String({ minLength: 1 }),
      quantity: QuantitySchema,
      scheduledStart: instant,
      scheduledEnd: instant,
      routing: Type.Optional(Type.String()),
      operations: Type.Optional(Commands.CreateProductionOrder.properties.operations),
      components: Type.Optional(Commands.CreateProductionOrder.properties.components),
      reason: text,
    },
    { additionalProperties: false },
  ),
]);
export type ProposedChange = Static<typeof ProposedChangeSchema>;

/**
 * Data of `RaiseException`. Sent again for the same `id` it brings an exception that is open up to date; one that is
 * closed stays as it is: EXCEPTION_CLOSED.
 */
export const RaiseException = Type.Object(
  {
    id,
    kind: literals(EXCEPTION_KINDS),
    sku: Type.String({ minLength: 1 }),
    location: Type.String({ minLength: 1 }),
    family: Type.Optional(Type.String()),
    region: Type.Optional(Type.String()),
    planner: Type.Optional(Type.String()),
    zone: literals(ZONES),
    severity: literals(SEVERITIES),
    /** One sentence: what happened, how much, when. */
    summary: text,
    /** Ids of decisions that led to it, the latest last. */
    decisions: Type.Array(id, { maxItems: DECISIONS_KEPT }),
    /** Orders that it is about. */
    orders: Type.Array(id, { maxItems: 100 }),
    /** What follows if it is approved; nothing if it only has to be looked at. */
    proposal: Type.Array(ProposedChangeSchema, { maxItems: 200 }),
    /** Who proposed it, if that was somebody by hand: that one does not approve it. */
    proposedBy: Type.Optional(person),
    /** Who has to see to it. Of one that is open whoever has it keeps it. */
    owner: person,
    /** By when it is to be decided. Of one that is open it only comes earlier, and only when that has become worse. */
    dueAt: instant,
    /** Who has it next each time that it is not decided when it is due. */
    escalateTo: Type.Array(person, { maxItems: 10 }),
    raisedAt: instant,
  },
  { additionalProperties: false },
);
export type RaiseException = Static<typeof RaiseException>;

/** What the orders and the unit are when somebody approves, for the approval to be judged against. */
const StateOfNowSchema = Type.Object(
  {
    /** Those that the proposal names. */
    orders: Type.Array(
      Type.Object(
        {
          order: id,
          /** Absent if there is no such order. */
          revision: Type.Optional(Type.Integer({ minimum: 1 })),
          scheduledStart: Type.Optional(instant),
        },
        { additionalProperties: false },
      ),
      { maxItems: 200 },
    ),
    /** The latest decision about the unit that suppressed nothing; absent if there is none. */
    decision: Type.Optional(id),
    /** First instant behind the unit's demand time fence; absent if it is not known. */
    frozenUntil: Type.Optional(instant),
  },
  { additionalProperties: false },
);
export type StateOfNow = Static<typeof StateOfNowSchema>;

/**
 * How it ended what an exception was about. CARRIED_OUT: the orders took what was approved. REFUSED_BY_ORDERS: they did
 * not. REFUSED_BY_SOURCE: the system that owns an order did not. SUPERSEDED: something newer is in its place. GONE: there
 * is nothing left to decide.
 */
export const SETTLEMENTS = ['CARRIED_OUT', 'REFUSED_BY_ORDERS', 'REFUSED_BY_SOURCE', 'SUPERSEDED', 'GONE'] as const;
export type Settlement = (typeof SETTLEMENTS)[number];

/** Data of what is done with an exception, by type of the message. */
export const ExceptionCommands = {
  AssignException: Type.Object(
    { id, by: person, owner: person, reason: Type.Optional(text) },
    { additionalProperties: false },
  ),
  CommentException: Type.Object({ id, by: person, text }, { additionalProperties: false }),
  SnoozeException: Type.Object(
    { id, by: person, until: instant, reason: Type.Optional(text) },
    { additionalProperties: false },
  ),
  /** A snooze is over; it is due anew. */
  WakeException: Type.Object({ id, dueAt: instant }, { additionalProperties: false }),
  /** It was not decided when it was due. */
  EscalateException: Type.Object(
    {
      id,
      /** The one that it gets: told twice, it is escalated once. */
      level: Type.Integer({ minimum: 1 }),
      dueAt: instant,
    },
    { additionalProperties: false },
  ),
  ApproveException: Type.Object(
    {
      id,
      by: person,
      /** Of the exception as whoever approves has seen it. */
      matter: Type.Integer({ minimum: 1 }),
      comment: Type.Optional(text),
      now: StateOfNowSchema,
    },
    { additionalProperties: false },
  ),
  RejectException: Type.Object({ id, by: person, reason: text }, { additionalProperties: false }),
  SettleException: Type.Object({ id, outcome: literals(SETTLEMENTS), reason: text }, { additionalProperties: false }),
} as const;
export type ExceptionCommands = {
  readonly [type in keyof typeof ExceptionCommands]: Static<(typeof ExceptionCommands)[type]>;
};
