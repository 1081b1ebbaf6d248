import { Type, type Static } from '@sinclair/typebox';
import { defineMasterRecord } from '@takt/intake';

/** Data of `SupplierReported`. */
export const SupplierRecord = Type.Object(
  {
    id: Type.String({ minLength: 1, maxLength: 200 }),
    name: Type.String({ minLength: 1 }),
    description: Type.Optional(Type.String()),
    /** ISO 3166-1 alpha-2. */
    country: Type.Optional(Type.String({ pattern: '^[A-Z]{2}$' })),
    /** Code of the location that it ships from. */
    site: Type.Optional(Type.String()),
  },
  { additionalProperties: false },
);
export type SupplierRecord = Static<typeof SupplierRecord>;

export const supplier = defineMasterRecord({
  noun: 'Supplier',
  collection: { name: 'suppliers', indexes: [['id'], ['name', 'id'], ['country', 'id']] },
  key: (record: SupplierRecord) => record.id,
  data: SupplierRecord,
});
