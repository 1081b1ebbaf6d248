import { Type, type Static } from '@sinclair/typebox';
import { QuantitySchema } from '@takt/quantity';
import { ZONES } from '../judgement/observation.ts';

const literals = <const Names extends readonly string[]>(names: Names) =>
  Type.Union(names.map((name) => Type.Literal<Names[number]>(name)));
const id = Type.String({ minLength: 1, maxLength: 400 });
const instant = Type.String({ format: 'date-time' });
const text = Type.String({ minLength: 1, maxLength: 2000 });

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
      reason: text,
    },
    { additionalProperties: false },
  ),
]);
export type ProposedChange = Static<typeof ProposedChangeSchema>;

/**
 * Data of `RaiseException`. Sent again for the same `id` it brings an exception that is open up to date; one that is
 * closed stays as it is.
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
    decisions: Type.Array(id, { maxItems: 50 }),
    /** Orders that it is about. */
    orders: Type.Array(id, { maxItems: 100 }),
    /** What follows if it is approved; nothing if it only has to be looked at. */
    proposal: Type.Array(ProposedChangeSchema, { maxItems: 200 }),
    raisedAt: instant,
  },
  { additionalProperties: false },
);
export type RaiseException = Static<typeof RaiseException>;
