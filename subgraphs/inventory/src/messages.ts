import { Type, type Static } from '@sinclair/typebox';
import { QuantitySchema } from '@takt/quantity';

export const STOCK_STATUSES = [
  'UNRESTRICTED',
  'QUALITY_INSPECTION',
  'BLOCKED',
  'RESTRICTED',
  'RETURNS',
  'IN_TRANSFER',
  'IN_TRANSIT',
  'CONSIGNMENT',
  'SUBCONTRACT',
] as const;
export type StockStatus = (typeof STOCK_STATUSES)[number];
export const MOVEMENT_TYPES = ['RECEIPT', 'ISSUE', 'TRANSFER', 'SCRAP', 'ADJUSTMENT', 'REVERSAL'] as const;

const code = Type.String({ minLength: 1, maxLength: 200 });
const stockStatus = Type.Union(STOCK_STATUSES.map((status) => Type.Literal(status)));
const StockLine = Type.Object({
  lot: Type.Optional(Type.String({ minLength: 1 })),
  status: stockStatus,
  quantity: QuantitySchema,
});

/** Data of `StockReported`: the whole stock of an item at a location, as a WMS or ERP counts it. */
export const StockReport = Type.Object(
  {
    sku: code,
    location: code,
    unit: Type.String({ minLength: 1 }),
    /** Grows with each report of the source; one that is not newer than what is known is refused. */
    sequence: Type.Optional(Type.Integer({ minimum: 0 })),
    stock: Type.Array(StockLine, { maxItems: 5000 }),
    allocated: Type.Optional(QuantitySchema),
    safetyStock: Type.Optional(QuantitySchema),
    reorderPoint: Type.Optional(QuantitySchema),
  },
  { additionalProperties: false },
);

/**
 * Data of `StockMoved`: one line of a goods movement document, seen from one position. A transfer between locations is
 * two lines, an issue here and a receipt there; a TRANSFER moves between statuses or lots of one position.
 */
export const StockMovement = Type.Object(
  {
    /** Document number and line: the natural idempotency key. */
    document: code,
    line: Type.Integer({ minimum: 0 }),
    type: Type.Union(MOVEMENT_TYPES.map((type) => Type.Literal(type))),
    sku: code,
    location: code,
    lot: Type.Optional(Type.String({ minLength: 1 })),
    status: stockStatus,
    /** For a TRANSFER: where it goes. */
    toStatus: Type.Optional(stockStatus),
    toLot: Type.Optional(Type.String({ minLength: 1 })),
    /** Positive; only an ADJUSTMENT may be negative. */
    quantity: QuantitySchema,
    /** For a REVERSAL: the document and line that it takes back. */
    reverses: Type.Optional(Type.Object({ document: code, line: Type.Integer({ minimum: 0 }) })),
    /** Id of the production order, transfer order or commitment behind it. */
    reference: Type.Optional(Type.String()),
  },
  { additionalProperties: false },
);

/** Data of `AllocateStock`: how much of the unrestricted stock is promised; replaces what was allocated before. */
export const AllocateStock = Type.Object(
  { sku: code, location: code, allocated: QuantitySchema },
  { additionalProperties: false },
);

const Totals = Type.Object({ onHand: QuantitySchema, available: QuantitySchema });

/** Data of `InventoryChanged`: the stock lines that differ, as they are now (zero: gone), and what they add up to. */
export const InventoryChange = Type.Object({
  sku: code,
  location: code,
  unit: Type.String(),
  /** True after a report: lines that it does not name are gone. */
  whole: Type.Boolean(),
  lines: Type.Array(StockLine),
  allocated: QuantitySchema,
  safetyStock: Type.Optional(QuantitySchema),
  reorderPoint: Type.Optional(QuantitySchema),
  sequence: Type.Optional(Type.Integer()),
  movement: Type.Optional(StockMovement),
  before: Totals,
  after: Totals,
});

export type StockLine = Static<typeof StockLine>;
export type StockReport = Static<typeof StockReport>;
export type StockMovement = Static<typeof StockMovement>;
export type AllocateStock = Static<typeof AllocateStock>;
export type InventoryChange = Static<typeof InventoryChange>;
