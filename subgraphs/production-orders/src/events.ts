import { Type, type Static, type TObject, type TSchema } from '@sinclair/typebox';
import { CAUSES } from '@takt/event-log';
import { DecimalSchema, QuantitySchema } from '@takt/quantity';
import {
  ComponentPlan,
  DISPOSITIONS,
  HOLD_SCOPES,
  identifier,
  instant,
  OperationPlan,
  ORDER_STATES,
  REVISION_STATES,
  sequence,
  text,
} from './messages.ts';

const orderState = Type.Union(ORDER_STATES.map((state) => Type.Literal(state)));
const orNone = <S extends TSchema>(schema: S) => Type.Optional(Type.Union([schema, Type.Null()]));

/** What a revision touches: only fields that change are there, in `from` as in `to`; null means none. */
const ScheduleSchema = Type.Object(
  {
    scheduledStart: Type.Optional(instant),
    scheduledEnd: Type.Optional(instant),
    quantity: Type.Optional(QuantitySchema),
    operations: Type.Optional(
      Type.Array(
        Type.Object(
          { sequence, workCenter: orNone(identifier), scheduledStart: orNone(instant), scheduledEnd: orNone(instant) },
          { additionalProperties: false },
        ),
      ),
    ),
  },
  { additionalProperties: false },
);
export type Schedule = Static<typeof ScheduleSchema>;

/** A component as the order needs it now, with what it replaces. */
const ComponentSchema = Type.Object(
  { ...ComponentPlan.properties, substitutedFor: Type.Optional(identifier) },
  { additionalProperties: false },
);
export type Component = Static<typeof ComponentSchema>;

export const RevisionSchema = Type.Object(
  {
    /** Counts from 1 within the order. */
    number: Type.Integer({ minimum: 1 }),
    from: ScheduleSchema,
    to: ScheduleSchema,
    cause: Type.Union(CAUSES.map((cause) => Type.Literal(cause))),
    reason: Type.Optional(text),
    policyDecision: Type.Optional(identifier),
    approvedBy: Type.Optional(text),
    revisedAt: instant,
    /** APPROVED: the system that owns the order has yet to hear of it. SENT: it has taken it, and has yet to apply it. */
    state: Type.Union(REVISION_STATES.map((state) => Type.Literal(state))),
    /** Why it was rejected. */
    rejection: Type.Optional(text),
    /** When the system that owns the order said that it applied it: what it reports of earlier is older than that. */
    answeredAt: Type.Optional(instant),
  },
  { additionalProperties: false },
);
export type ScheduleRevision = Static<typeof RevisionSchema>;

const SubstitutionSchema = Type.Object(
  {
    position: sequence,
    component: identifier,
    substitute: identifier,
    group: Type.Optional(Type.String()),
    priority: Type.Optional(Type.Integer()),
    ratio: DecimalSchema,
    /** What was still to be withdrawn of the component. */
    replaced: QuantitySchema,
    /** What is required of the substitute instead. */
    required: QuantitySchema,
    reason: text,
    approvedBy: text,
    substitutedAt: instant,
  },
  { additionalProperties: false },
);
export type MaterialSubstitution = Static<typeof SubstitutionSchema>;

/** Number of the write-back that it causes, if the owner of the order has to be told. */
const writeBack = Type.Optional(Type.Integer({ minimum: 1 }));

export const ConfirmationSchema = Type.Object(
  {
    confirmation: identifier,
    operation: sequence,
    yield: QuantitySchema,
    scrap: QuantitySchema,
    rework: QuantitySchema,
    reason: Type.Optional(text),
    shift: Type.Optional(Type.String()),
    startedAt: Type.Optional(instant),
    endedAt: Type.Optional(instant),
    final: Type.Boolean(),
    confirmedAt: instant,
    writeBack,
  },
  { additionalProperties: false },
);

/** What the source says of an order's status, apart from its plan. */
const status = {
  state: orderState,
  sourceStatuses: Type.Array(Type.String()),
  frozen: Type.Boolean(),
  materialShortage: Type.Boolean(),
  delivered: Type.Optional(QuantitySchema),
};
/** `system/instance` of the backing system that owns an order: the first that reported it. */
const ownerSystem = Type.Optional(identifier);
const master = {
  sku: identifier,
  location: identifier,
  priority: Type.Optional(Type.Integer()),
  routing: Type.Optional(Type.String()),
};
const fact = <P extends Record<string, TSchema>>(properties: P) =>
  Type.Object({ id: identifier, ...properties }, { additionalProperties: false });

/** What each event says, by type. Every one names its order in `id`. */
const Facts = {
  ProductionOrderCreated: fact({
    /** TAKT: created here. SOURCE: a backing system owns it. */
    owner: Type.Union([Type.Literal('TAKT'), Type.Literal('SOURCE')]),
    ownerSystem,
    ...master,
    ...status,
    quantity: QuantitySchema,
    scheduledStart: instant,
    scheduledEnd: instant,
    operations: Type.Array(OperationPlan),
    components: Type.Array(ComponentSchema),
  }),
  /** A backing system reports an order that was created here: from now on it owns it. */
  ProductionOrderAdopted: fact({ ownerSystem }),
  ProductionOrderAmended: fact(master),
  ProductionOrderStatusChanged: fact(status),
  ProductionOrderOperationsChanged: fact({ operations: Type.Array(OperationPlan) }),
  ProductionOrderComponentsChanged: fact({ components: Type.Array(ComponentSchema) }),
  ProductionOrderFirmed: fact({}),
  ProductionOrderReleased: fact({ writeBack }),
  ProductionOrderRescheduled: fact({ revision: RevisionSchema }),
  /** The owning system has taken the revision. */
  ScheduleRevisionSent: fact({ number: Type.Integer({ minimum: 1 }) }),
  /** The owning system reports what the revision asked for, or says that it did it. */
  ScheduleRevisionApplied: fact({ number: Type.Integer({ minimum: 1 }), answeredAt: Type.Optional(instant) }),
  /** The owning system reports something else than the revision asked for, or refuses it. */
  ScheduleRevisionRejected: fact({ number: Type.Integer({ minimum: 1 }), reason: text }),
  MaterialSubstituted: fact({ substitution: SubstitutionSchema }),
  QualityHoldPlaced: fact({
    hold: identifier,
    scope: Type.Union(HOLD_SCOPES.map((scope) => Type.Literal(scope))),
    operation: Type.Optional(sequence),
    lot: Type.Optional(identifier),
    reason: text,
    placedBy: text,
    placedAt: instant,
  }),
  QualityHoldReleased: fact({
    hold: identifier,
    disposition: Type.Union(DISPOSITIONS.map((disposition) => Type.Literal(disposition))),
    releasedBy: text,
    remark: Type.Optional(text),
    releasedAt: instant,
  }),
  CompletionConfirmed: fact(ConfirmationSchema.properties),
  ConfirmationReversed: fact({ confirmation: identifier, reason: text, reversedAt: instant, writeBack }),
  /** What the owning system made of what it was told: SENT if it has it and will report what becomes of it. */
  WriteBackSettled: fact({
    number: Type.Integer({ minimum: 1 }),
    state: Type.Union([Type.Literal('SENT'), Type.Literal('APPLIED'), Type.Literal('REJECTED')]),
    reason: Type.Optional(text),
    answeredAt: Type.Optional(instant),
  }),
  ProductionOrderClosed: fact({}),
  ProductionOrderCancelled: fact({ reason: text }),
};

/** What each event says of its order besides: whoever follows the log can tell whom it concerns. */
const About = Type.Object({
  sku: identifier,
  location: identifier,
  /** Where its operations are done, and were before. */
  workCenters: Type.Array(identifier),
});
type About = Static<typeof About>;

/** JSON Schema of each event's data. */
export const Events = withAbout(Facts);

type EventName = keyof typeof Facts;
export type FactData<Name extends EventName> = Static<(typeof Facts)[Name]>;
export type ProductionOrderFact = {
  [Name in EventName]: { readonly type: Name; readonly data: FactData<Name> };
}[EventName];
export type ProductionOrderEvent = {
  [Name in EventName]: {
    readonly type: Name;
    readonly data: FactData<Name> & About;
  };
}[EventName];

/** The fact with what its event says besides. */
export function told(fact: ProductionOrderFact, { sku, location, workCenters }: About) {
  return { ...fact, data: { ...fact.data, sku, location, workCenters } } as ProductionOrderEvent;
}

function withAbout<Names extends string>(facts: { readonly [name in Names]: TObject }): {
  readonly [name in Names]: TObject;
} {
  const events = Object.entries<TObject>(facts).map(([name, { properties }]) => [
    name,
    Type.Object({ ...properties, ...About.properties }, { additionalProperties: false }),
  ]);
  return Object.fromEntries(events) as { [name in Names]: TObject };
}
