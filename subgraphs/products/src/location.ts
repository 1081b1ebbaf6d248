import { Type, type Static } from '@sinclair/typebox';
import { defineMasterRecord } from '@takt/intake';

export const LOCATION_TYPES = ['PLANT', 'WAREHOUSE', 'STORE', 'SUPPLIER_SITE', 'REGION'] as const;

/** Data of `LocationReported`. */
export const LocationRecord = Type.Object(
  {
    code: Type.String({ minLength: 1, maxLength: 200 }),
    name: Type.String({ minLength: 1 }),
    description: Type.Optional(Type.String()),
    type: Type.Union(LOCATION_TYPES.map((type) => Type.Literal(type))),
    region: Type.Optional(Type.String()),
    /** IANA time zone. */
    timeZone: Type.String({ minLength: 1 }),
    /** Code of the calendar of its working days. */
    calendar: Type.Optional(Type.String()),
    /** Code of the location above it. */
    parent: Type.Optional(Type.String()),
  },
  { additionalProperties: false },
);
export type LocationRecord = Static<typeof LocationRecord>;

export const location = defineMasterRecord({
  noun: 'Location',
  collection: {
    name: 'locations',
    indexes: [['code'], ['type', 'code'], ['region', 'code'], ['parent', 'code'], ['name', 'code']],
  },
  key: (record: LocationRecord) => record.code,
  data: LocationRecord,
});
