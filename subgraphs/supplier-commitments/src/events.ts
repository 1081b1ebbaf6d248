import { Type, type Static } from '@sinclair/typebox';
import { QuantitySchema } from '@takt/quantity';
import { ShipmentNotice, SupplierCommitmentReport, SupplyReceipt } from './messages.ts';

const { id, supplier, sku, location } = SupplierCommitmentReport.properties;
const instant = Type.String({ format: 'date-time' });

/** Data of `SupplierCommitmentRevised`: a schedule line as it was, as it is, and which fields differ. */
export const CommitmentRevised = Type.Object({
  id,
  supplier,
  sku,
  location,
  /** Absent for a new line. */
  before: Type.Optional(SupplierCommitmentReport),
  after: SupplierCommitmentReport,
  changed: Type.Array(Type.String()),
  revisedAt: instant,
  reason: Type.Optional(Type.String()),
  /** The system that reported it; absent if the supplier answered. */
  reportedBy: Type.Optional(Type.String()),
});

const progress = {
  id,
  supplier,
  sku,
  location,
  /** Totals of the line afterwards. */
  shipped: QuantitySchema,
  received: QuantitySchema,
  rejected: QuantitySchema,
  /** Required and not yet received and accepted; never negative. */
  open: QuantitySchema,
};

/** Data of `SupplierShipmentNotified`. */
export const ShipmentNotified = Type.Object({ ...progress, shipment: Type.Omit(ShipmentNotice, ['id']) });

/** Data of `SupplierReceiptPosted`. */
export const ReceiptPosted = Type.Object({
  ...progress,
  receipt: Type.Omit(SupplyReceipt, ['id']),
  /** More than was open has arrived. */
  overReceived: Type.Boolean(),
});

export type CommitmentRevised = Static<typeof CommitmentRevised>;
export type ShipmentNotified = Static<typeof ShipmentNotified>;
export type ReceiptPosted = Static<typeof ReceiptPosted>;
