import { Type, type Static } from '@sinclair/typebox';
import { DecimalSchema } from '@takt/quantity';

/** ISA-95 part 1, equipment hierarchy. */
export const EQUIPMENT_LEVELS = ['AREA', 'WORK_CENTER', 'WORK_UNIT'] as const;
export const WORK_CENTER_TYPES = ['MACHINE', 'LABOR', 'LINE', 'SUBCONTRACT'] as const;
export const WORK_CENTER_STATES = ['RUNNING', 'IDLE', 'DOWN', 'SETUP', 'MAINTENANCE'] as const;
export const WEEKDAYS = ['MONDAY', 'TUESDAY', 'WEDNESDAY', 'THURSDAY', 'FRIDAY', 'SATURDAY', 'SUNDAY'] as const;

const code = Type.String({ minLength: 1, maxLength: 200 });
const localTime = Type.String({ pattern: '^([01]\\d|2[0-3]):[0-5]\\d(:[0-5]\\d)?$' });

/** Data of `WorkCenterReported`: the master record of a machine, a line or a group of people. */
export const WorkCenterReport = Type.Object(
  {
    code,
    name: Type.String({ minLength: 1 }),
    description: Type.Optional(Type.String()),
    location: code,
    level: Type.Union(EQUIPMENT_LEVELS.map((level) => Type.Literal(level))),
    /** Code of the work center above it. */
    parent: Type.Optional(code),
    type: Type.Union(WORK_CENTER_TYPES.map((type) => Type.Literal(type))),
    category: Type.Optional(Type.String()),
    subcategory: Type.Optional(Type.String()),
    /** How much it can do at once, in `capacityUnit`s (machines, people): multiplies its working time. */
    capacity: DecimalSchema,
    capacityUnit: Type.String({ minLength: 1 }),
    efficiencyPercent: Type.Optional(Type.Number({ exclusiveMinimum: 0 })),
    /** Code of the calendar of its working time; none means always. */
    calendar: Type.Optional(Type.String()),
    /** Code of the calendar whose values are its capacity over time, where it varies. */
    capacityCalendar: Type.Optional(Type.String()),
    /** Local times in the location's zone; an end at or before the start is on the next day. None means all day. */
    shifts: Type.Optional(
      Type.Array(
        Type.Object({
          name: Type.String({ minLength: 1 }),
          days: Type.Array(Type.Union(WEEKDAYS.map((day) => Type.Literal(day)))),
          startTime: localTime,
          endTime: localTime,
        }),
      ),
    ),
    /** IANA time zone of its shifts. */
    timeZone: Type.String({ minLength: 1 }),
    constrained: Type.Optional(Type.Boolean()),
    /** Utilization above which it is critical; 90 where the source says nothing. */
    criticalLoadPercent: Type.Optional(Type.Number({ minimum: 0 })),
    alternates: Type.Optional(Type.Array(code)),
    skills: Type.Optional(Type.Array(Type.Object({ name: Type.String({ minLength: 1 }), priority: Type.Optional(Type.Integer()) }))),
  },
  { additionalProperties: false },
);
export type WorkCenterReport = Static<typeof WorkCenterReport>;

/** Data of `WorkCenterStateReported`: what the machine or its operator says, true since the message's time. */
export const WorkCenterStateReport = Type.Object(
  {
    code,
    state: Type.Union(WORK_CENTER_STATES.map((state) => Type.Literal(state))),
    /** Why it is down, in the plant's words. */
    reason: Type.Optional(Type.String({ minLength: 1 })),
    expectedEnd: Type.Optional(Type.String({ format: 'date-time' })),
  },
  { additionalProperties: false },
);
export type WorkCenterStateReport = Static<typeof WorkCenterStateReport>;
