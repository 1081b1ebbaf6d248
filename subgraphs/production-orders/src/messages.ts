import { Type, type Static } from '@sinclair/typebox';
import { CAUSES } from '@takt/event-log';
import { QuantitySchema } from '@takt/quantity';

/** In the order in which an order goes through them; CLOSED and CANCELLED are final. */
export const ORDER_STATES = [
  'PROPOSED',
  'PLANNED',
  'FIRMED',
  'RELEASED',
  'IN_PROGRESS',
  'PARTIALLY_CONFIRMED',
  'CONFIRMED',
  'DELIVERED',
  'TECHNICALLY_COMPLETE',
  'CLOSED',
  'CANCELLED',
] as const;
export type OrderState = (typeof ORDER_STATES)[number];
/** In the order in which an operation goes through them. */
export const OPERATION_STATES = [
  'PLANNED',
  'RELEASED',
  'SETUP',
  'IN_PROGRESS',
  'PARTIALLY_CONFIRMED',
  'CONFIRMED',
  'CANCELLED',
] as const;
export type OperationState = (typeof OPERATION_STATES)[number];
export const REVISION_STATES = ['PROPOSED', 'APPROVED', 'SENT', 'APPLIED', 'REJECTED'] as const;
export const WRITE_BACK_KINDS = ['RELEASE', 'CONFIRMATION', 'REVERSAL'] as const;
export const WRITE_BACK_STATES = ['PENDING', 'SENT', 'APPLIED', 'REJECTED'] as const;
export const DISPOSITIONS = ['USE_AS_IS', 'REWORK', 'SCRAP', 'RETURN', 'RELEASED'] as const;
export const HOLD_SCOPES = ['ORDER', 'OPERATION', 'LOT'] as const;

export const identifier = Type.String({ minLength: 1, maxLength: 200 });
export const instant = Type.String({ format: 'date-time' });
export const text = Type.String({ minLength: 1, maxLength: 2000 });
export const sequence = Type.Integer({ minimum: 0 });
const code = Type.String({ minLength: 1, maxLength: 200 });

export const OperationPlan = Type.Object(
  {
    sequence,
    name: Type.Optional(Type.String()),
    workCenter: Type.Optional(code),
    /** Working time that it occupies its work center, set-up included. */
    plannedMinutes: Type.Optional(Type.Number({ minimum: 0 })),
    scheduledStart: Type.Optional(instant),
    scheduledEnd: Type.Optional(instant),
    actualStart: Type.Optional(instant),
    actualEnd: Type.Optional(instant),
    state: Type.Optional(Type.Union(OPERATION_STATES.map((state) => Type.Literal(state)))),
  },
  { additionalProperties: false },
);
export type OperationPlan = Static<typeof OperationPlan>;

export const ComponentPlan = Type.Object(
  {
    position: Type.Integer({ minimum: 0 }),
    sku: code,
    required: QuantitySchema,
    withdrawn: Type.Optional(QuantitySchema),
    available: Type.Optional(QuantitySchema),
    /** Sequence of the operation that consumes it. */
    operation: Type.Optional(sequence),
    requiredAt: Type.Optional(instant),
  },
  { additionalProperties: false },
);
export type ComponentPlan = Static<typeof ComponentPlan>;

const Plan = {
  sku: code,
  location: code,
  quantity: QuantitySchema,
  scheduledStart: instant,
  scheduledEnd: instant,
  /** The source's own scale. */
  priority: Type.Optional(Type.Integer()),
  routing: Type.Optional(Type.String()),
  operations: Type.Array(OperationPlan, { maxItems: 500 }),
  components: Type.Array(ComponentPlan, { maxItems: 2000 }),
};

/** Data of `ProductionOrderReported`: an ERP's or a scheduler's view of one order, whole. */
export const ProductionOrderReport = Type.Object(
  {
    id: identifier,
    ...Plan,
    state: Type.Union(ORDER_STATES.map((state) => Type.Literal(state))),
    /** The source's own status set, e.g. SAP's `['REL', 'SETC', 'PRC']`, kept as it came. */
    sourceStatuses: Type.Array(Type.String(), { maxItems: 100 }),
    frozen: Type.Optional(Type.Boolean()),
    materialShortage: Type.Optional(Type.Boolean()),
    delivered: Type.Optional(QuantitySchema),
  },
  { additionalProperties: false },
);
export type ProductionOrderReport = Static<typeof ProductionOrderReport>;

/** Data of `ScheduleRevisionAnswered`: what the system that owns an order said when a revision was sent to it. */
export const ScheduleRevisionAnswer = Type.Object(
  {
    id: identifier,
    /** Of the revision, within the order. */
    number: Type.Integer({ minimum: 1 }),
    /** TAKEN: it has it, and will report what becomes of it. */
    outcome: Type.Union([Type.Literal('TAKEN'), Type.Literal('APPLIED'), Type.Literal('REFUSED')]),
    /** Why it was refused. */
    reason: Type.Optional(text),
  },
  { additionalProperties: false },
);
export type ScheduleRevisionAnswer = Static<typeof ScheduleRevisionAnswer>;

/** Data of `WriteBackAnswered`: what the system that owns an order said when it was told what became of it here. */
export const WriteBackAnswer = Type.Object(
  {
    id: identifier,
    /** Of the write-back, within the order. */
    number: Type.Integer({ minimum: 1 }),
    outcome: Type.Union([Type.Literal('TAKEN'), Type.Literal('APPLIED'), Type.Literal('REFUSED')]),
    /** Why it was refused. */
    reason: Type.Optional(text),
  },
  { additionalProperties: false },
);
export type WriteBackAnswer = Static<typeof WriteBackAnswer>;

/** Data of the commands, by type. */
export const Commands = {
  CreateProductionOrder: Type.Object(
    {
      id: identifier,
      ...Plan,
      /** PLANNED where it is not said. */
      state: Type.Optional(Type.Union([Type.Literal('PROPOSED'), Type.Literal('PLANNED'), Type.Literal('FIRMED')])),
    },
    { additionalProperties: false },
  ),
  FirmProductionOrder: Type.Object({ id: identifier }, { additionalProperties: false }),
  ReleaseProductionOrder: Type.Object({ id: identifier }, { additionalProperties: false }),
  ReviseSchedule: Type.Object(
    {
      id: identifier,
      scheduledStart: Type.Optional(instant),
      scheduledEnd: Type.Optional(instant),
      quantity: Type.Optional(QuantitySchema),
      operations: Type.Optional(
        Type.Array(
          Type.Object(
            {
              sequence,
              workCenter: Type.Optional(code),
              scheduledStart: Type.Optional(instant),
              scheduledEnd: Type.Optional(instant),
            },
            { additionalProperties: false },
          ),
          { maxItems: 500 },
        ),
      ),
      cause: Type.Union(CAUSES.map((cause) => Type.Literal(cause))),
      reason: Type.Optional(text),
      policyDecision: Type.Optional(identifier),
      approvedBy: Type.Optional(text),
    },
    { additionalProperties: false },
  ),
  SubstituteMaterial: Type.Object(
    {
      id: identifier,
      /** Position of the component that is replaced. */
      position: Type.Integer({ minimum: 0 }),
      substitute: code,
      group: Type.Optional(Type.String({ maxLength: 200 })),
      priority: Type.Optional(Type.Integer()),
      /** Units of the substitute for one unit of the component. */
      ratio: Type.String({ pattern: '^\\d+(\\.\\d+)?$', maxLength: 36 }),
      /** Unit of the substitute where it is not the component's. */
      unit: Type.Optional(QuantitySchema.properties.unit),
      reason: text,
      approvedBy: text,
    },
    { additionalProperties: false },
  ),
  PlaceQualityHold: Type.Object(
    {
      id: identifier,
      hold: identifier,
      scope: Type.Union(HOLD_SCOPES.map((scope) => Type.Literal(scope))),
      /** For scope OPERATION. */
      operation: Type.Optional(sequence),
      /** For scope LOT. */
      lot: Type.Optional(code),
      reason: text,
      placedBy: text,
    },
    { additionalProperties: false },
  ),
  ReleaseQualityHold: Type.Object(
    {
      id: identifier,
      hold: identifier,
      disposition: Type.Union(DISPOSITIONS.map((disposition) => Type.Literal(disposition))),
      releasedBy: text,
      remark: Type.Optional(text),
    },
    { additionalProperties: false },
  ),
  ConfirmCompletion: Type.Object(
    {
      id: identifier,
      confirmation: identifier,
      /** Sequence of the operation; 0 for an order without operations. */
      operation: sequence,
      yield: QuantitySchema,
      scrap: Type.Optional(QuantitySchema),
      rework: Type.Optional(QuantitySchema),
      reason: Type.Optional(text),
      shift: Type.Optional(Type.String({ maxLength: 200 })),
      startedAt: Type.Optional(instant),
      endedAt: Type.Optional(instant),
      /** The operation is done, whatever was confirmed. */
      final: Type.Boolean(),
    },
    { additionalProperties: false },
  ),
  ReverseConfirmation: Type.Object(
    { id: identifier, confirmation: identifier, reason: text },
    { additionalProperties: false },
  ),
  CloseProductionOrder: Type.Object({ id: identifier }, { additionalProperties: false }),
  CancelProductionOrder: Type.Object({ id: identifier, reason: text }, { additionalProperties: false }),
};
export type CommandName = keyof typeof Commands;
export type CommandData<Name extends CommandName> = Static<(typeof Commands)[Name]>;

export type ProductionOrderMessage =
  | { readonly type: 'ProductionOrderReported'; readonly data: ProductionOrderReport }
  | { readonly type: 'ScheduleRevisionAnswered'; readonly data: ScheduleRevisionAnswer }
  | { readonly type: 'WriteBackAnswered'; readonly data: WriteBackAnswer }
  | { [Name in CommandName]: { readonly type: Name; readonly data: CommandData<Name> } }[CommandName];
