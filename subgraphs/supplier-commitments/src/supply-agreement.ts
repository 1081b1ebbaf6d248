import { Type, type Static } from '@sinclair/typebox';
import { defineMasterRecord } from '@takt/intake';
import { DecimalSchema, QuantitySchema } from '@takt/quantity';

/** Data of `SupplyAgreementReported`: the terms under which a supplier delivers an item. */
export const SupplyAgreementRecord = Type.Object(
  {
    id: Type.String({ minLength: 1, maxLength: 700 }),
    supplier: Type.String({ minLength: 1 }),
    sku: Type.String({ minLength: 1 }),
    /** Absent: to any location. */
    location: Type.Optional(Type.String({ minLength: 1 })),
    leadTimeDays: Type.Number({ minimum: 0 }),
    minimum: Type.Optional(QuantitySchema),
    multiple: Type.Optional(QuantitySchema),
    /** The lowest number is asked first. */
    priority: Type.Optional(Type.Integer()),
    /** Of one unit, in the plant's currency. */
    unitCost: Type.Optional(DecimalSchema),
    /** Within so many days the quantities bind both sides. */
    firmZoneDays: Type.Optional(Type.Integer({ minimum: 0 })),
    /** Within so many days material is bought, work is not begun. */
    tradeOffZoneDays: Type.Optional(Type.Integer({ minimum: 0 })),
  },
  { additionalProperties: false },
);
export type SupplyAgreementRecord = Static<typeof SupplyAgreementRecord>;

export const supplyAgreement = defineMasterRecord({
  noun: 'SupplyAgreement',
  collection: { name: 'supply-agreements', indexes: [['id'], ['supplier', 'id'], ['sku', 'location', 'priority']] },
  key: (record: SupplyAgreementRecord) => record.id,
  data: SupplyAgreementRecord,
});
