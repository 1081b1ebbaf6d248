import { Type, type Static } from '@sinclair/typebox';
import { QuantitySchema } from '@takt/quantity';

export const COMMITMENT_LEVELS = ['FIRM', 'PLANNED', 'FORECAST'] as const;
export const CONFIRMATIONS = [
  'PENDING',
  'ACCEPTED',
  'ACCEPTED_WITH_CHANGE',
  'REJECTED',
  'BACKORDERED',
  'PARTIAL',
] as const;
export type Confirmation = (typeof CONFIRMATIONS)[number];

const id = Type.String({ minLength: 1, maxLength: 200 });
const date = Type.String({ format: 'date' });
const confirmation = Type.Union(CONFIRMATIONS.map((each) => Type.Literal(each)));

/** Data of `SupplierCommitmentReported`: one schedule line, as the ERP requires it and the supplier promises it. */
export const SupplierCommitmentReport = Type.Object(
  {
    id,
    supplier: Type.String({ minLength: 1 }),
    sku: Type.String({ minLength: 1 }),
    location: Type.String({ minLength: 1 }),
    agreement: Type.Optional(Type.String()),
    /** Purchase order or delivery schedule and its line, in the source's words. */
    document: Type.Optional(Type.String()),
    level: Type.Union(COMMITMENT_LEVELS.map((level) => Type.Literal(level))),
    required: QuantitySchema,
    requiredOn: date,
    committed: Type.Optional(QuantitySchema),
    committedOn: Type.Optional(date),
    confirmation,
    /** Day on which the order was or is to be placed. */
    orderedOn: Type.Optional(date),
    /** Over all lines of the agreement so far; automotive reconciles on these. */
    cumulativeRequired: Type.Optional(QuantitySchema),
    cumulativeShipped: Type.Optional(QuantitySchema),
    cumulativeReceived: Type.Optional(QuantitySchema),
  },
  { additionalProperties: false },
);

/** Data of `CommitSupply`: the supplier's answer to one schedule line; PENDING takes an answer back. */
export const CommitSupply = Type.Object(
  {
    id,
    confirmation,
    committed: Type.Optional(QuantitySchema),
    committedOn: Type.Optional(date),
    reason: Type.Optional(Type.String({ minLength: 1, maxLength: 1000 })),
  },
  { additionalProperties: false },
);

/** Data of `ShipmentNotified`: an advance ship notice for one schedule line. */
export const ShipmentNotice = Type.Object(
  { id, notice: id, quantity: QuantitySchema, shippedOn: date, expectedOn: Type.Optional(date) },
  { additionalProperties: false },
);

/** Data of `ReceiptPosted`: goods that arrived, and what of them was turned back. */
export const SupplyReceipt = Type.Object(
  { id, receipt: id, received: QuantitySchema, rejected: Type.Optional(QuantitySchema), receivedOn: date },
  { additionalProperties: false },
);

export type SupplierCommitmentReport = Static<typeof SupplierCommitmentReport>;
export type CommitSupply = Static<typeof CommitSupply>;
export type ShipmentNotice = Static<typeof ShipmentNotice>;
export type SupplyReceipt = Static<typeof SupplyReceipt>;
