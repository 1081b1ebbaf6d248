import { Type, type Static } from '@sinclair/typebox';
import { defineMasterRecord } from '@takt/intake';

/** Data of `CustomerReported`. */
export const CustomerRecord = Type.Object(
  {
    id: Type.String({ minLength: 1, maxLength: 200 }),
    name: Type.String({ minLength: 1 }),
    /** Id of the customer or segment above it. */
    parent: Type.Optional(Type.String()),
    /** The lowest number is served first. */
    priority: Type.Optional(Type.Integer()),
  },
  { additionalProperties: false },
);
export type CustomerRecord = Static<typeof CustomerRecord>;

export const customer = defineMasterRecord({
  noun: 'Customer',
  collection: { name: 'customers', indexes: [['id'], ['name', 'id']] },
  key: (record: CustomerRecord) => record.id,
  data: CustomerRecord,
});
