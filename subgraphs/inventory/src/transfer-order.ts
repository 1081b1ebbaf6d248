import { Type, type Static } from '@sinclair/typebox';
import { defineMasterRecord } from '@takt/intake';
import { QuantitySchema } from '@takt/quantity';

export const TRANSFER_ORDER_STATES = ['PROPOSED', 'FIRMED', 'SHIPPED', 'RECEIVED', 'CANCELLED'] as const;

/** Data of `TransferOrderReported`: stock that is to move from one location to another. */
export const TransferOrderRecord = Type.Object(
  {
    id: Type.String({ minLength: 1, maxLength: 200 }),
    sku: Type.String({ minLength: 1 }),
    origin: Type.String({ minLength: 1 }),
    destination: Type.String({ minLength: 1 }),
    quantity: QuantitySchema,
    shipAt: Type.String({ format: 'date-time' }),
    receiveAt: Type.Optional(Type.String({ format: 'date-time' })),
    state: Type.Union(TRANSFER_ORDER_STATES.map((state) => Type.Literal(state))),
  },
  { additionalProperties: false },
);
export type TransferOrderRecord = Static<typeof TransferOrderRecord>;

export const transferOrder = defineMasterRecord({
  noun: 'TransferOrder',
  collection: {
    name: 'transfer-orders',
    indexes: [['id'], ['sku', 'destination', 'receiveAt'], ['destination', 'id'], ['origin', 'id'], ['state', 'id']],
  },
  key: (record: TransferOrderRecord) => record.id,
  data: TransferOrderRecord,
});
