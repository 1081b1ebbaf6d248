import { Type, type Static } from '@sinclair/typebox';
import { defineMasterRecord } from '@takt/intake';
import { QuantitySchema } from '@takt/quantity';

export const CUSTOMER_ORDER_STATUSES = ['INQUIRY', 'QUOTE', 'OPEN', 'CLOSED', 'CANCELLED'] as const;

/** Data of `CustomerOrderReported`: one order line, the actual demand that consumes the forecast. */
export const CustomerOrderRecord = Type.Object(
  {
    id: Type.String({ minLength: 1, maxLength: 400 }),
    sku: Type.String({ minLength: 1 }),
    location: Type.String({ minLength: 1 }),
    customer: Type.String({ minLength: 1 }),
    dueAt: Type.String({ format: 'date-time' }),
    quantity: QuantitySchema,
    /** The lowest number is served first. */
    priority: Type.Optional(Type.Integer()),
    status: Type.Union(CUSTOMER_ORDER_STATUSES.map((status) => Type.Literal(status))),
    minimumShipment: Type.Optional(QuantitySchema),
    /** Id of the routing that delivers it, where the source prescribes one. */
    routing: Type.Optional(Type.String()),
  },
  { additionalProperties: false },
);
export type CustomerOrderRecord = Static<typeof CustomerOrderRecord>;

export const customerOrder = defineMasterRecord({
  noun: 'CustomerOrder',
  collection: {
    name: 'customer-orders',
    indexes: [['id'], ['dueAt', 'id'], ['sku', 'location', 'dueAt'], ['status', 'dueAt'], ['customer', 'dueAt']],
  },
  key: (record: CustomerOrderRecord) => record.id,
  data: CustomerOrderRecord,
});
