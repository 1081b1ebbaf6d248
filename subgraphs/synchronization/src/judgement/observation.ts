import { Type, type Static } from '@sinclair/typebox';
import { literals } from '../literals.ts';
import { DecimalSchema } from '@takt/quantity';

export const ZONES = ['FROZEN', 'SLUSHY', 'LIQUID'] as const;
export type Zone = (typeof ZONES)[number];
export const CRITICALITIES = ['CRITICAL', 'HIGH', 'NORMAL', 'LOW'] as const;
const REFRESH_CLASSES = ['CRITICAL', 'STABLE'] as const;

const date = Type.String({ format: 'date' });

/** What told that something may have changed; the first few of those that were taken together. */
const TriggerSchema = Type.Object(
  {
    domain: Type.String(),
    /** Type of the event. */
    type: Type.String(),
    /** Id of the document that it is about. */
    subject: Type.String(),
    /** Of the event, in its domain's log. */
    position: Type.Integer({ minimum: 0 }),
    correlationId: Type.String(),
    occurredAt: Type.String({ format: 'date-time' }),
  },
  { additionalProperties: false },
);
export type Trigger = Static<typeof TriggerSchema>;

/** One week (Monday to Sunday) of an item at a location; decimals in the unit of the observation. */
export const WeekSchema = Type.Object(
  {
    /** The Monday. */
    week: date,
    /**
     * What is due in the week, met or not: orders of customers, what they left of the forecast, what production needs, what
     * leaves for other locations. What is past due belongs to a week that is over: it counts as a shortage, if it is one.
     */
    demand: DecimalSchema,
    /** What of the demand is not met from stock, receipts and what is left over of the weeks before; never negative. */
    shortage: DecimalSchema,
    /** Minutes by which open orders that end in the week end too late for their work centers' state and capacity. */
    lateMinutes: Type.Integer({ minimum: 0 }),
    /** Of the work center that is loaded most by what is made in the week; absent if nothing is made. */
    utilizationPercent: Type.Optional(Type.Number({ minimum: 0 })),
    /** The lowest number, which is the most important, of customers' orders due in the week; absent if there are none. */
    customerPriority: Type.Optional(Type.Integer()),
  },
  { additionalProperties: false },
);
export type Week = Static<typeof WeekSchema>;

/** What is to be judged: an item at a location as it stands, week by week, with what a policy may ask about it. */
export const ObservationSchema = Type.Object(
  {
    sku: Type.String({ minLength: 1 }),
    location: Type.String({ minLength: 1 }),
    unit: Type.String({ minLength: 1 }),
    /** When it was looked at. */
    observedAt: Type.String({ format: 'date-time' }),
    /** That day in the location's time zone. */
    today: date,
    /** First day behind the demand time fence. */
    frozenUntil: date,
    /** First day behind the planning time fence; not before `frozenUntil`. */
    slushyUntil: date,
    criticality: literals(CRITICALITIES),
    refreshClass: literals(REFRESH_CLASSES),
    /** Whether the item is bought, and not made here. */
    bought: Type.Boolean(),
    family: Type.Optional(Type.String()),
    region: Type.Optional(Type.String()),
    planner: Type.Optional(Type.String()),
    /** `system/instance` of those that own what would have to change and that are away now. */
    away: Type.Array(Type.String()),
    /** Those that told its forecasts and are away now: what they told last counts. */
    stale: Type.Optional(Type.Array(Type.String())),
    /** In order of time, from the week of `today` on; weeks without anything are left out. */
    weeks: Type.Array(WeekSchema, { maxItems: 200 }),
    triggers: Type.Array(TriggerSchema, { maxItems: 10 }),
  },
  { additionalProperties: false },
);
export type Observation = Static<typeof ObservationSchema>;
