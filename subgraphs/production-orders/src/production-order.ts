import { Type, type Static } from '@sinclair/typebox';
import { CAUSES } from '@takt/event-log';
import { QuantitySchema } from '@takt/quantity';

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
export const OPERATION_STATES = ['PLANNED', 'RELEASED', 'SETUP', 'IN_PROGRESS', 'PARTIALLY_CONFIRMED', 'CONFIRMED', 'CANCELLED'] as const;
export const REVISION_STATES = ['PROPOSED', 'APPROVED', 'SENT', 'APPLIED', 'REJECTED'] as const;
export const DISPOSITIONS = ['USE_AS_IS', 'REWORK', 'SCRAP', 'RETURN', 'RELEASED'] as const;
export const HOLD_SCOPES = ['ORDER', 'OPERATION', 'LOT'] as const;

const id = Type.String({ minLength: 1, maxLength: 200 });
const instant = Type.String({ format: 'date-time' });
const text = Type.String({ minLength: 1, maxLength: 2000 });

const Operation = Type.Object({
  sequence: Type.Integer({ minimum: 0 }),
  name: Type.Optional(Type.String()),
  workCenter: Type.Optional(Type.String({ minLength: 1 })),
  /** Working time that it occupies its work center, set-up included. */
  plannedMinutes: Type.Optional(Type.Number({ minimum: 0 })),
  scheduledStart: Type.Optional(instant),
  scheduledEnd: Type.Optional(instant),
  actualStart: Type.Optional(instant),
  actualEnd: Type.Optional(instant),
  state: Type.Optional(Type.Union(OPERATION_STATES.map((state) => Type.Literal(state)))),
});
const Component = Type.Object({
  position: Type.Integer({ minimum: 0 }),
  sku: Type.String({ minLength: 1 }),
  required: QuantitySchema,
  withdrawn: Type.Optional(QuantitySchema),
  available: Type.Optional(QuantitySchema),
  /** Sequence of the operation that consumes it. */
  operation: Type.Optional(Type.Integer({ minimum: 0 })),
  requiredAt: Type.Optional(instant),
});
const Plan = {
  sku: Type.String({ minLength: 1 }),
  location: Type.String({ minLength: 1 }),
  quantity: QuantitySchema,
  scheduledStart: instant,
  scheduledEnd: instant,
  priority: Type.Optional(Type.Integer()),
  routing: Type.Optional(Type.String()),
  operations: Type.Array(Operation, { maxItems: 500 }),
  components: Type.Array(Component, { maxItems: 2000 }),
};

/** Data of `ProductionOrderReported`: an ERP's or a scheduler's view of one order, whole. */
export const ProductionOrderReport = Type.Object(
  {
    id,
    ...Plan,
    state: Type.Union(ORDER_STATES.map((state) => Type.Literal(state))),
    /** The source's own status set, e.g. SAP's `['REL', 'SETC', 'PRC']`, kept as it came. */
    sourceStatuses: Type.Array(Type.String()),
    frozen: Type.Optional(Type.Boolean()),
    materialShortage: Type.Optional(Type.Boolean()),
    delivered: Type.Optional(QuantitySchema),
  },
  { additionalProperties: false },
);

/** Data of the commands, by type. */
export const Commands = {
  CreateProductionOrder: Type.Object(
    { id, ...Plan, state: Type.Optional(Type.Union([Type.Literal('PROPOSED'), Type.Literal('PLANNED'), Type.Literal('FIRMED')])) },
    { additionalProperties: false },
  ),
  FirmProductionOrder: Type.Object({ id }, { additionalProperties: false }),
  ReleaseProductionOrder: Type.Object({ id }, { additionalProperties: false }),
  ReviseSchedule: Type.Object(
    {
      id,
      scheduledStart: Type.Optional(instant),
      scheduledEnd: Type.Optional(instant),
      quantity: Type.Optional(QuantitySchema),
      operations: Type.Optional(
        Type.Array(
          Type.Object({
            sequence: Type.Integer({ minimum: 0 }),
            workCenter: Type.Optional(Type.String({ minLength: 1 })),
            scheduledStart: Type.Optional(instant),
            scheduledEnd: Type.Optional(instant),
          }),
        ),
      ),
      cause: Type.Union(CAUSES.map((cause) => Type.Literal(cause))),
      reason: Type.Optional(text),
      policyDecision: Type.Optional(Type.String()),
      approvedBy: Type.Optional(text),
    },
    { additionalProperties: false },
  ),
  SubstituteMaterial: Type.Object(
    {
      id,
      /** Position of the component that is replaced. */
      position: Type.Integer({ minimum: 0 }),
      substitute: Type.String({ minLength: 1 }),
      group: Type.Optional(Type.String()),
      priority: Type.Optional(Type.Integer()),
      /** Units of the substitute for one unit of the component. */
      ratio: Type.String({ pattern: '^\\d+(\\.\\d+)?$' }),
      reason: text,
      approvedBy: text,
    },
    { additionalProperties: false },
  ),
  PlaceQualityHold: Type.Object(
    {
      id,
      hold: id,
      scope: Type.Union(HOLD_SCOPES.map((scope) => Type.Literal(scope))),
      /** For scope OPERATION. */
      operation: Type.Optional(Type.Integer({ minimum: 0 })),
      /** For scope LOT. */
      lot: Type.Optional(Type.String({ minLength: 1 })),
      reason: text,
      placedBy: text,
    },
    { additionalProperties: false },
  ),
  ReleaseQualityHold: Type.Object(
    {
      id,
      hold: id,
      disposition: Type.Union(DISPOSITIONS.map((disposition) => Type.Literal(disposition))),
      releasedBy: text,
      remark: Type.Optional(text),
    },
    { additionalProperties: false },
  ),
  ConfirmCompletion: Type.Object(
    {
      id,
      confirmation: id,
      operation: Type.Integer({ minimum: 0 }),
      yield: QuantitySchema,
      scrap: Type.Optional(QuantitySchema),
      rework: Type.Optional(QuantitySchema),
      reason: Type.Optional(text),
      shift: Type.Optional(Type.String()),
      startedAt: Type.Optional(instant),
      endedAt: Type.Optional(instant),
      /** The operation is done, whatever was confirmed. */
      final: Type.Boolean(),
    },
    { additionalProperties: false },
  ),
  ReverseConfirmation: Type.Object({ id, confirmation: id, reason: text }, { additionalProperties: false }),
  CloseProductionOrder: Type.Object({ id }, { additionalProperties: false }),
  CancelProductionOrder: Type.Object({ id, reason: text }, { additionalProperties: false }),
};
export type ProductionOrderReport = Static<typeof ProductionOrderReport>;
export type CommandData<Name extends keyof typeof Commands> = Static<(typeof Commands)[Name]>;
