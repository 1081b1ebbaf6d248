import { Type, type Static } from '@sinclair/typebox';
import { defineMasterRecord } from '@takt/intake';
import { QuantitySchema } from '@takt/quantity';

/** Data of `DistributionLaneReported`: an item may be moved from one location to another. */
export const DistributionLaneRecord = Type.Object(
  {
    id: Type.String({ minLength: 1, maxLength: 700 }),
    sku: Type.String({ minLength: 1 }),
    origin: Type.String({ minLength: 1 }),
    destination: Type.String({ minLength: 1 }),
    leadTimeDays: Type.Number({ minimum: 0 }),
    minimum: Type.Optional(QuantitySchema),
    multiple: Type.Optional(QuantitySchema),
    priority: Type.Optional(Type.Integer()),
  },
  { additionalProperties: false },
);
export type DistributionLaneRecord = Static<typeof DistributionLaneRecord>;

export const distributionLane = defineMasterRecord({
  noun: 'DistributionLane',
  collection: {
    name: 'distribution-lanes',
    indexes: [
      ['id'],
      ['sku', 'id'],
      ['sku', 'destination', 'id'],
      ['sku', 'origin', 'id'],
      ['destination', 'id'],
      ['origin', 'id'],
    ],
  },
  key: (record: DistributionLaneRecord) => record.id,
  data: DistributionLaneRecord,
});
