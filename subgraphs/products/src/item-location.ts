import { Type, type Static } from '@sinclair/typebox';
import { defineMasterRecord, type Aggregate, type Decision, type RecordChange } from '@takt/intake';
import { isNegative, QuantitySchema } from '@takt/quantity';
import { PRODUCT_TYPES } from './product.ts';

export const LOT_SIZE_RULES = ['LOT_FOR_LOT', 'FIXED', 'MIN_MAX', 'PERIOD'] as const;
export const STRATEGIES = ['MAKE_TO_STOCK', 'MAKE_TO_ORDER', 'ASSEMBLE_TO_ORDER'] as const;
export const REFRESH_CLASSES = ['CRITICAL', 'STABLE'] as const;

/** Data of `ItemLocationReported`: how an item is planned at a location, the unit that every domain extends. */
export const ItemLocationRecord = Type.Object(
  {
    sku: Type.String({ minLength: 1, maxLength: 200 }),
    location: Type.String({ minLength: 1, maxLength: 200 }),
    /** What the item is at this location: one plant's finished product is another's raw material. */
    type: Type.Union(PRODUCT_TYPES.map((type) => Type.Literal(type))),
    planner: Type.Optional(Type.String()),
    lotSizeRule: Type.Optional(Type.Union(LOT_SIZE_RULES.map((rule) => Type.Literal(rule)))),
    lotSizeMinimum: Type.Optional(QuantitySchema),
    lotSizeMultiple: Type.Optional(QuantitySchema),
    lotSizeMaximum: Type.Optional(QuantitySchema),
    safetyStock: Type.Optional(QuantitySchema),
    safetyTimeDays: Type.Optional(Type.Integer({ minimum: 0 })),
    reorderPoint: Type.Optional(QuantitySchema),
    leadTimeDays: Type.Optional(Type.Number({ minimum: 0 })),
    scrapPercent: Type.Optional(Type.Number({ minimum: 0, maximum: 100 })),
    /** In working days of the location's calendar. */
    demandTimeFenceDays: Type.Optional(Type.Integer({ minimum: 0 })),
    /** In working days of the location's calendar. */
    planningTimeFenceDays: Type.Optional(Type.Integer({ minimum: 0 })),
    strategy: Type.Optional(Type.Union(STRATEGIES.map((strategy) => Type.Literal(strategy)))),
    refreshClass: Type.Optional(Type.Union(REFRESH_CLASSES.map((refreshClass) => Type.Literal(refreshClass)))),
  },
  { additionalProperties: false },
);
export type ItemLocationRecord = Static<typeof ItemLocationRecord>;

/** Data of `SetSafetyStock`: what a planner decides; it stands until the source reports another. */
export const SetSafetyStock = Type.Object(
  {
    sku: Type.String({ minLength: 1, maxLength: 200 }),
    location: Type.String({ minLength: 1, maxLength: 200 }),
    safetyStock: QuantitySchema,
  },
  { additionalProperties: false },
);
export type SetSafetyStock = Static<typeof SetSafetyStock>;

const record = defineMasterRecord({
  noun: 'ItemLocation',
  collection: {
    name: 'item-locations',
    indexes: [
      ['location', 'type', 'sku'],
      ['location', 'sku'],
      ['sku', 'location'],
      ['planner', 'sku', 'location'],
    ],
  },
  key: (data: ItemLocationRecord) => itemLocationId(data.sku, data.location),
  data: ItemLocationRecord,
});

type Message =
  | { readonly type: 'ItemLocationReported'; readonly data: ItemLocationRecord }
  | { readonly type: 'SetSafetyStock'; readonly data: SetSafetyStock };
interface Event {
  readonly type: 'ItemLocationChanged';
  readonly data: RecordChange<ItemLocationRecord>;
}

export const itemLocation: Aggregate<ItemLocationRecord, Message, Event> = {
  ...record,
  messages: { ...record.messages, SetSafetyStock },
  identify: ({ data }) => itemLocationId(data.sku, data.location),
  decide: (state, message, context) =>
    message.type === 'SetSafetyStock' ? setSafetyStock(state, message.data) : record.decide(state, message, context),
};

/** Both parts are percent-encoded, so that no pair of codes gives the id of another. */
export function itemLocationId(sku: string, location: string): string {
  return `${encodeURIComponent(sku)}@${encodeURIComponent(location)}`;
}

function setSafetyStock(
  state: ItemLocationRecord | undefined,
  { sku, location, safetyStock }: SetSafetyStock,
): Decision<Event> {
  if (!state) return refused('UNKNOWN_ITEM_LOCATION', `${sku} is not planned at ${location}.`);
  if (isNegative(safetyStock)) return refused('BAD_QUANTITY', 'A safety stock cannot be negative.');
  const { lotSizeMinimum, lotSizeMultiple, lotSizeMaximum, reorderPoint } = state;
  const planned = [state.safetyStock, reorderPoint, lotSizeMinimum, lotSizeMultiple, lotSizeMaximum];
  const unit = planned.find((quantity) => quantity !== undefined)?.unit ?? safetyStock.unit;
  if (safetyStock.unit !== unit) {
    return refused(
      'UNIT_MISMATCH',
      `${sku} is planned in ${unit} at ${location}, the safety stock is in ${safetyStock.unit}.`,
    );
  }
  if (state.safetyStock?.value === safetyStock.value) return { events: [] };
  const change = { record: { ...state, safetyStock }, changed: ['safetyStock'] };
  return { events: [{ type: 'ItemLocationChanged', data: change }] };
}

function refused(code: string, reason: string): Decision<Event> {
  return { refused: { code, reason } };
}
