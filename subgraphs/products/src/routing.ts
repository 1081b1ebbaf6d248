import { Type, type Static } from '@sinclair/typebox';
import { defineMasterRecord } from '@takt/intake';
import { DecimalSchema, QuantitySchema } from '@takt/quantity';

/** SEQUENCE: one operation after the other. ALTERNATES: one of them is chosen, the lowest priority first. */
export const ROUTING_KINDS = ['SINGLE', 'SEQUENCE', 'ALTERNATES'] as const;

/** Data of `RoutingReported`: the operations that make an item at a location. Times are in seconds. */
export const RoutingRecord = Type.Object(
  {
    id: Type.String({ minLength: 1, maxLength: 200 }),
    name: Type.String({ minLength: 1 }),
    /** What it makes; absent on a routing that makes nothing by itself, such as a delivery. */
    sku: Type.Optional(Type.String({ minLength: 1 })),
    location: Type.String({ minLength: 1 }),
    kind: Type.Union(ROUTING_KINDS.map((kind) => Type.Literal(kind))),
    priority: Type.Optional(Type.Integer()),
    lotSizeMinimum: Type.Optional(QuantitySchema),
    lotSizeMultiple: Type.Optional(QuantitySchema),
    lotSizeMaximum: Type.Optional(QuantitySchema),
    operations: Type.Array(
      Type.Object({
        id: Type.String({ minLength: 1 }),
        sequence: Type.Integer({ minimum: 0 }),
        name: Type.String({ minLength: 1 }),
        category: Type.Optional(Type.String()),
        subcategory: Type.Optional(Type.String()),
        setupSeconds: Type.Optional(DecimalSchema),
        /** Whatever the quantity. */
        fixedSeconds: Type.Optional(DecimalSchema),
        secondsPerUnit: Type.Optional(DecimalSchema),
        queueSeconds: Type.Optional(DecimalSchema),
        moveSeconds: Type.Optional(DecimalSchema),
        workCenters: Type.Array(
          Type.Object({
            code: Type.String({ minLength: 1 }),
            /** How many units of its capacity the operation occupies. */
            quantity: DecimalSchema,
            skill: Type.Optional(Type.String()),
            priority: Type.Optional(Type.Integer()),
          }),
        ),
      }),
    ),
  },
  { additionalProperties: false },
);
export type RoutingRecord = Static<typeof RoutingRecord>;

export const routing = defineMasterRecord({
  noun: 'Routing',
  collection: {
    name: 'routings',
    indexes: [
      ['id'],
      ['sku', 'location', 'id'],
      ['sku', 'id'],
      ['location', 'id'],
      ['operations.workCenters.code', 'id'],
    ],
  },
  key: (record: RoutingRecord) => record.id,
  data: RoutingRecord,
});
