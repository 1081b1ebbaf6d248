import { Type, type Static } from '@sinclair/typebox';
import { DecimalSchema } from '@takt/quantity';
import { defineMasterRecord, type MasterRecord, type Origin } from '@takt/intake';

export const PRODUCT_TYPES = ['FINISHED', 'SEMI_FINISHED', 'RAW', 'PHANTOM', 'PACKAGING', 'TOOL', 'FAMILY'] as const;
export const LIFECYCLE_STATES = ['NEW', 'ACTIVE', 'PHASE_OUT', 'OBSOLETE'] as const;
export const PROCUREMENT_TYPES = ['MAKE', 'BUY', 'MAKE_OR_BUY'] as const;
export const ABC_CLASSES = ['A', 'B', 'C'] as const;
export const XYZ_CLASSES = ['X', 'Y', 'Z'] as const;
export const CRITICALITIES = ['CRITICAL', 'HIGH', 'NORMAL', 'LOW'] as const;

/** Data of `ProductReported`: what an ERP's material master says of one product, whole. */
export const ProductRecord = Type.Object(
  {
    sku: Type.String({ minLength: 1, maxLength: 200 }),
    name: Type.String({ minLength: 1 }),
    description: Type.Optional(Type.String()),
    type: Type.Union(PRODUCT_TYPES.map((type) => Type.Literal(type))),
    baseUnit: Type.String({ minLength: 1 }),
    /** One `unit` is `numerator / denominator` base units. */
    unitConversions: Type.Optional(
      Type.Array(Type.Object({ unit: Type.String(), numerator: DecimalSchema, denominator: DecimalSchema })),
    ),
    /** The cross-reference: how each system calls this product. */
    alternativeIds: Type.Optional(
      Type.Array(Type.Object({ system: Type.String(), instance: Type.String(), id: Type.String() })),
    ),
    family: Type.Optional(Type.String()),
    /** Sku of the product group above it. */
    parent: Type.Optional(Type.String()),
    category: Type.Optional(Type.String()),
    subcategory: Type.Optional(Type.String()),
    lifecycle: Type.Optional(
      Type.Object({
        state: Type.Union(LIFECYCLE_STATES.map((state) => Type.Literal(state))),
        effectiveFrom: Type.Optional(Type.String({ format: 'date' })),
        effectiveTo: Type.Optional(Type.String({ format: 'date' })),
        /** Sku that takes over. */
        successor: Type.Optional(Type.String()),
      }),
    ),
    procurement: Type.Optional(Type.Union(PROCUREMENT_TYPES.map((procurement) => Type.Literal(procurement)))),
    abcClass: Type.Optional(Type.Union(ABC_CLASSES.map((abc) => Type.Literal(abc)))),
    xyzClass: Type.Optional(Type.Union(XYZ_CLASSES.map((xyz) => Type.Literal(xyz)))),
    criticality: Type.Optional(Type.Union(CRITICALITIES.map((criticality) => Type.Literal(criticality)))),
    shelfLifeDays: Type.Optional(Type.Integer({ minimum: 0 })),
    lotControlled: Type.Optional(Type.Boolean()),
    serialControlled: Type.Optional(Type.Boolean()),
    /** Standard cost of one base unit, in the plant's currency. */
    unitCost: Type.Optional(DecimalSchema),
    /** Of one base unit, in the source's unit of weight. */
    weight: Type.Optional(DecimalSchema),
    /** Of one base unit, in the source's unit of volume. */
    volume: Type.Optional(DecimalSchema),
  },
  { additionalProperties: false },
);
export type ProductRecord = Static<typeof ProductRecord>;

const record = defineMasterRecord({
  noun: 'Product',
  collection: {
    name: 'products',
    indexes: [
      ['sku'],
      ['type', 'sku'],
      ['family', 'sku'],
      ['abcClass', 'sku'],
      ['name', 'sku'],
      ['alternativeIds.id', 'sku'],
    ],
  },
  key: (record: ProductRecord) => record.sku,
  data: ProductRecord,
});

/** A master record of which several systems tell: none of them takes away what another calls the product. */
export const product: MasterRecord<'Product', ProductRecord> = {
  ...record,
  decide: (known, message, context) => {
    const alternativeIds = alternativeIdsAfter(known, message.data, context.origin);
    const data = alternativeIds.length > 0 ? { ...message.data, alternativeIds } : message.data;
    return record.decide(known, { ...message, data }, context);
  },
};

type AlternativeIds = NonNullable<ProductRecord['alternativeIds']>;

/** What it tells, and what is known of instances that it says nothing of and does not speak for. */
function alternativeIdsAfter(known: ProductRecord | undefined, told: ProductRecord, origin: Origin): AlternativeIds {
  const now = told.alternativeIds ?? [];
  const spokenFor = [origin, ...now];
  const kept = (known?.alternativeIds ?? []).filter(
    ({ system, instance }) => !spokenFor.some((of) => of.system === system && of.instance === instance),
  );
  if (kept.length === 0) return now;
  const text = ({ system, instance, id }: AlternativeIds[number]) => `${system}/${instance}/${id}`;
  // In one order, whoever tells: else each report would be a change.
  return [...now, ...kept].sort((a, b) => (text(a) < text(b) ? -1 : 1));
}
