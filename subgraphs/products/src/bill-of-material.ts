import { Type, type Static } from '@sinclair/typebox';
import { defineMasterRecord } from '@takt/intake';
import { DecimalSchema, QuantitySchema } from '@takt/quantity';

/** Data of `BillOfMaterialReported`: what it takes to make `baseQuantity` of an item at a location. */
export const BillOfMaterialRecord = Type.Object(
  {
    id: Type.String({ minLength: 1, maxLength: 200 }),
    /** What it makes; absent where something is only consumed, such as by a delivery. */
    sku: Type.Optional(Type.String({ minLength: 1 })),
    location: Type.String({ minLength: 1 }),
    version: Type.String({ minLength: 1 }),
    validFrom: Type.Optional(Type.String({ format: 'date' })),
    validTo: Type.Optional(Type.String({ format: 'date' })),
    /** Id of the routing whose operations consume the lines. */
    routing: Type.Optional(Type.String()),
    baseQuantity: QuantitySchema,
    lines: Type.Array(
      Type.Object({
        position: Type.Integer({ minimum: 0 }),
        component: Type.String({ minLength: 1 }),
        /** Per base quantity. */
        quantity: QuantitySchema,
        /** The same whatever the order's quantity. */
        fixed: Type.Optional(Type.Boolean()),
        scrapPercent: Type.Optional(Type.Number({ minimum: 0, maximum: 100 })),
        /** Id of the routing operation that consumes it. */
        operation: Type.Optional(Type.String()),
        effectiveFrom: Type.Optional(Type.String({ format: 'date' })),
        effectiveTo: Type.Optional(Type.String({ format: 'date' })),
        phantom: Type.Optional(Type.Boolean()),
        substitutes: Type.Optional(
          Type.Array(
            Type.Object({
              component: Type.String({ minLength: 1 }),
              group: Type.String(),
              /** The lowest number is taken first. */
              priority: Type.Integer(),
              /** Units of the substitute for one unit of the component. */
              ratio: DecimalSchema,
              approvalNeeded: Type.Boolean(),
            }),
          ),
        ),
      }),
    ),
    /** What the operations yield, the item itself and co-products. */
    outputs: Type.Optional(
      Type.Array(
        Type.Object({
          sku: Type.String({ minLength: 1 }),
          quantity: QuantitySchema,
          operation: Type.Optional(Type.String()),
        }),
      ),
    ),
  },
  { additionalProperties: false },
);
export type BillOfMaterialRecord = Static<typeof BillOfMaterialRecord>;

export const billOfMaterial = defineMasterRecord({
  noun: 'BillOfMaterial',
  collection: {
    name: 'bills-of-material',
    indexes: [['id'], ['sku', 'location', 'id'], ['sku', 'id'], ['location', 'id'], ['lines.component', 'id']],
  },
  key: (record: BillOfMaterialRecord) => record.id,
  data: BillOfMaterialRecord,
});
