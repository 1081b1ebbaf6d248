import { Type } from '@sinclair/typebox';
import type { Static } from '@sinclair/typebox';
import { Temporal } from 'temporal-polyfill';
import { InvalidCalendarError } from './errors.ts';
import { DAY_MS, toEpochDay, weekdayOf } from './local-date.ts';
import { offsetAt } from './zone.ts';

export const WEEKDAYS = ['MONDAY', 'TUESDAY', 'WEDNESDAY', 'THURSDAY', 'FRIDAY', 'SATURDAY', 'SUNDAY'] as const;
export type Weekday = (typeof WEEKDAYS)[number];

const TIME = '([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9])?';
const DATE = '[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])';

export const WeekdaysSchema = Type.Array(Type.Union(WEEKDAYS.map((day) => Type.Literal(day))), {
  uniqueItems: true,
  maxItems: 7,
});
export const LocalTimeSchema = Type.String({ pattern: `^${TIME}$`, description: 'Wall clock, HH:MM or HH:MM:SS.' });

/** A value that a calendar takes at certain days and hours within a stretch of dates. */
export type CalendarPeriod = Static<typeof CalendarPeriodSchema>;

export const CalendarPeriodSchema = Type.Object(
  {
    from: Type.Optional(
      Type.String({ pattern: `^${DATE}(T${TIME})?$`, description: 'Local, inclusive; else always was.' }),
    ),
    to: Type.Optional(
      Type.String({ pattern: `^${DATE}(T${TIME})?$`, description: 'Local, exclusive; else for ever.' }),
    ),
    days: WeekdaysSchema,
    startTime: Type.Optional(LocalTimeSchema),
    endTime: Type.Optional(LocalTimeSchema),
    value: Type.Number({ minimum: 0, description: 'Capacity or availability; 0 is not working.' }),
    priority: Type.Integer({ description: 'The lowest number wins.' }),
  },
  { additionalProperties: false },
);

/**
 * Capacity or availability over time, with frePPLe's semantics (https://frepple.com/docs/current/model-reference/calendars):
 * at an instant, of the periods that cover it, the one with the lowest priority number gives the value; among equals the
 * one with the latest `from`, then the later in the list. If none covers it, the value is `defaultValue`.
 *
 * A period covers an instant if the wall clock in the calendar's time zone lies within [from, to), on one of `days`, within
 * [startTime, endTime). No `startTime` is the start of the day, no `endTime` (or 00:00) its end. If `endTime` is not after
 * `startTime`, the period runs across midnight and belongs to the day on which it starts. A wall-clock hour that happens
 * twice counts twice, one that is skipped does not count.
 *
 * Calendars are immutable: what is derived from one is kept as long as the object lives.
 */
export type PlanningCalendar = Static<typeof PlanningCalendarSchema>;

export const PlanningCalendarSchema = Type.Object(
  {
    code: Type.String({ minLength: 1, maxLength: 300 }),
    timeZone: Type.String({ minLength: 1, maxLength: 64, description: 'IANA time zone, e.g. Europe/Berlin.' }),
    defaultValue: Type.Number({ minimum: 0 }),
    periods: Type.Array(CalendarPeriodSchema, { maxItems: 5000 }),
  },
  { additionalProperties: false },
);

/** Throws {@link InvalidCalendarError} for what the schema cannot see: an unknown time zone, a date that does not exist. */
export function checkCalendar(calendar: PlanningCalendar): void {
  compiled(calendar);
}

/** The calendar's value at an RFC 3339 instant. */
export function valueAt(calendar: PlanningCalendar, instant: string): number {
  checkCalendar(calendar);
  const at = Temporal.Instant.from(instant).epochMilliseconds;
  const local = at + offsetAt(calendar.timeZone, at);
  const epochDay = Math.floor(local / DAY_MS);
  const timeOfDay = local - epochDay * DAY_MS;
  return daySegments(calendar, epochDay).find(({ end }) => timeOfDay < end)?.value ?? calendar.defaultValue;
}

/** Part of a local day, in milliseconds of its wall clock. */
export interface DaySegment {
  readonly start: number;
  readonly end: number;
  readonly value: number;
  /** Belongs to a period that started on the day before. */
  readonly carriedOver: boolean;
}

/** The segments of a local day: in order, without gap, from 0 to 24 hours of the wall clock. */
export function daySegments(calendar: PlanningCalendar, epochDay: number): readonly DaySegment[] {
  const { periods, days, patterns } = compiled(calendar);
  const known = days.get(epochDay);
  if (known !== undefined) return known;
  if (days.size >= MOST_DAYS_KEPT) {
    days.clear();
    patterns.clear();
  }
  const valid = periods.filter(({ from, to }) => from < (epochDay + 1) * DAY_MS && epochDay * DAY_MS < to);
  const pattern = patternOf(valid, epochDay);
  const segments = patterns.get(pattern) ?? computeDay(valid, calendar.defaultValue, epochDay);
  patterns.set(pattern, segments);
  days.set(epochDay, segments);
  return segments;
}

/** Days of one pattern have the same segments: the same weekday, and the same periods valid all day. */
function patternOf(valid: readonly CompiledPeriod[], epochDay: number): string {
  const midnight = epochDay * DAY_MS;
  const allDay = valid.every(({ from, to }) => from <= midnight && midnight + DAY_MS <= to);
  if (!allDay) return String(epochDay);
  return `${String(weekdayOf(epochDay))}:${valid.map(({ index }) => index).join()}`;
}

interface CompiledCalendar {
  /** The one that wins first. */
  readonly periods: readonly CompiledPeriod[];
  readonly days: Map<number, readonly DaySegment[]>;
  readonly patterns: Map<string, readonly DaySegment[]>;
}

interface CompiledPeriod {
  readonly index: number;
  /** Milliseconds of the wall clock since 1970. */
  readonly from: number;
  readonly to: number;
  readonly onWeekday: readonly boolean[];
  /** Milliseconds since the midnight at which its day starts; the end may lie on the next day. */
  readonly start: number;
  readonly end: number;
  readonly value: number;
  readonly priority: number;
}

const MOST_DAYS_KEPT = 4000;
const compiledCalendars = new WeakMap<PlanningCalendar, CompiledCalendar>();

function compiled(calendar: PlanningCalendar): CompiledCalendar {
  const known = compiledCalendars.get(calendar);
  if (known !== undefined) return known;
  const result: CompiledCalendar = { periods: compile(calendar), days: new Map(), patterns: new Map() };
  compiledCalendars.set(calendar, result);
  return result;
}

function compile(calendar: PlanningCalendar): CompiledPeriod[] {
  try {
    offsetAt(calendar.timeZone, 0);
    return calendar.periods
      .map(compilePeriod)
      .sort((a, b) => a.priority - b.priority || (a.from === b.from ? b.index - a.index : b.from - a.from));
  } catch (cause) {
    throw new InvalidCalendarError(calendar.code, cause instanceof Error ? cause.message : String(cause), { cause });
  }
}

function compilePeriod(period: CalendarPeriod, index: number): CompiledPeriod {
  const from = period.from === undefined ? -Infinity : localMilliseconds(period.from);
  const to = period.to === undefined ? Infinity : localMilliseconds(period.to);
  if (from > to)
    throw new RangeError(`A period ends (${String(period.to)}) before it starts (${String(period.from)}).`);
  const start = timeOfDay(period.startTime ?? '00:00');
  const end = timeOfDay(period.endTime ?? '00:00');
  return {
    index,
    from,
    to,
    onWeekday: WEEKDAYS.map((day) => period.days.includes(day)),
    start,
    end: period.endTime === undefined ? DAY_MS : end <= start ? end + DAY_MS : end,
    value: period.value,
    priority: period.priority,
  };
}

function localMilliseconds(text: string): number {
  const [date = '', time = '00:00'] = text.split('T');
  return toEpochDay(date) * DAY_MS + timeOfDay(time);
}

function timeOfDay(time: string): number {
  const [, hours, minutes, seconds = '0'] = CLOCK.exec(time) ?? [];
  if (hours === undefined) throw new RangeError(`Expected a time HH:MM or HH:MM:SS, received ${JSON.stringify(time)}.`);
  return (Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds)) * 1000;
}

const CLOCK = /^([01]\d|2[0-3]):([0-5]\d)(?::([0-5]\d))?$/;

function computeDay(periods: readonly CompiledPeriod[], defaultValue: number, epochDay: number): DaySegment[] {
  const covering = periods.flatMap((period) => spansOn(epochDay, period));
  const edges = [...new Set([0, DAY_MS, ...covering.flatMap(({ start, end }) => [start, end])])].sort((a, b) => a - b);
  const segments: DaySegment[] = [];
  for (const [index, end] of edges.entries()) {
    const start = edges[index - 1];
    if (start === undefined) continue;
    const winner = covering.find((span) => span.start <= start && end <= span.end);
    const value = winner?.value ?? defaultValue;
    const carriedOver = winner?.carriedOver ?? false;
    const last = segments.at(-1);
    if (last?.value === value && last.carriedOver === carriedOver) {
      segments[segments.length - 1] = { ...last, end };
    } else {
      segments.push({ start, end, value, carriedOver });
    }
  }
  return segments;
}

function spansOn(epochDay: number, period: CompiledPeriod): DaySegment[] {
  const midnight = epochDay * DAY_MS;
  const spans: DaySegment[] = [];
  const cover = (start: number, end: number, carriedOver: boolean): void => {
    const span = { start: Math.max(start, period.from - midnight), end: Math.min(end, period.to - midnight, DAY_MS) };
    if (span.start < span.end) spans.push({ ...span, value: period.value, carriedOver });
  };
  if (period.onWeekday[weekdayOf(epochDay)]) cover(period.start, period.end, false);
  if (period.end > DAY_MS && period.onWeekday[weekdayOf(epochDay - 1)]) cover(0, period.end - DAY_MS, true);
  return spans;
}
