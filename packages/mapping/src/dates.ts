import { Temporal } from 'temporal-polyfill';
import { failed, shown } from './faults.ts';

/**
 * A calendar day in ISO form, read by a pattern of `YYYY`, `YY`, `MM` and `DD` with anything in between; years of two
 * digits are 1969 to 2068, as in POSIX (https://pubs.opengroup.org/onlinepubs/9799919799/functions/strptime.html).
 * Without a pattern: ISO, of which a time of day is left out. Nothing, blanks and zeros only are no date.
 */
export function date(value: unknown, pattern: unknown = 'YYYY-MM-DD'): string | undefined {
  const text = textOf(value);
  if (text === undefined || /^[0\s./-]*$/.test(text)) return undefined;
  const { expression, order } = readPattern(pattern);
  const day = pattern === 'YYYY-MM-DD' ? text.replace(/T.*$/s, '') : text;
  const parts = expression.exec(day);
  if (!parts) throw failed(`Expected a date ${String(pattern)}, received ${shown(value)}.`);
  const [y = '', m = '', d = ''] = order.map((index) => parts[index]);
  const year = y.length === 2 ? (Number(y) < 69 ? `20${y}` : `19${y}`) : y;
  return existing(`${year}-${m}-${d}`, value);
}

/** What a pattern of {@link date} means; throws for one that is none. */
export function readPattern(pattern: unknown): DatePattern {
  const known = patterns.get(pattern);
  if (known) return known;
  if (typeof pattern !== 'string' || pattern.length > 40) throw badPattern(pattern);
  const names: string[] = [];
  const source = pattern.replace(/YYYY|YY|MM|DD|[\s\S]/g, (token) => {
    if (token.length === 1) return token.replace(/[^A-Za-z0-9 ]/, '\\$&');
    names.push(token.slice(0, 2));
    return `(\\d{${token.length}})`;
  });
  const order = ['YY', 'MM', 'DD'].map((name) => names.indexOf(name) + 1);
  if (names.length !== 3 || order.includes(0)) throw badPattern(pattern);
  const read = { expression: new RegExp(`^${source}$`), order };
  if (patterns.size < MOST_KEPT) patterns.set(pattern, read);
  return read;
}

interface DatePattern {
  readonly expression: RegExp;
  /** Which groups are year, month and day. */
  readonly order: readonly number[];
}

const patterns = new Map<unknown, DatePattern>();

function badPattern(pattern: unknown): Error {
  return failed(`Expected a pattern of YYYY or YY, MM and DD, received ${shown(pattern)}.`);
}

/**
 * An instant in RFC 3339, UTC. `$instant(date, time, timeZone)`: date in ISO form, `YYYYMMDD` or `/Date(ms)/`; time `HH:MM`, `HH:MM:SS`
 * with or without a fraction, `HHMM`, `HHMMSS` or, as OData v2 says it, `PT10H30M0S`; none is midnight. `$instant(text,
 * timeZone)`: both in one, with a `T` or a blank in between. `$instant(text)`: with its offset, or `/Date(ms)/`. A time
 * zone is an IANA name, `Z` or an offset. Of a time that comes twice, in autumn, it is the first; one that does not exist,
 * in spring, is refused.
 */
export function instant(...given: readonly unknown[]): string | undefined {
  const text = textOf(given[0]);
  if (text === undefined || text === '') return undefined;
  if (given.length === 1) return text.startsWith('/Date(') ? sapMilliseconds(text) : withOffset(text);
  const [day = '', clock] = given.length === 2 ? text.split(/[T ]/, 2) : [text, textOf(given[1])];
  const calendarDay = dayOf(day);
  if (calendarDay === undefined) return undefined;
  const timeZone = given.length === 2 ? given[1] : given[2];
  return local(`${calendarDay}T${timeOfDay(clock)}`, timeZone);
}

function dayOf(text: string): string | undefined {
  if (text.startsWith('/Date(')) return sapDate(text);
  return /^\d{8}$/.test(text) ? date(text, 'YYYYMMDD') : date(text);
}

/** The day (UTC) of `/Date(ms)/` or `/Date(ms+offset)/`, as OData v2 writes a point in time in JSON. */
export function sapDate(value: unknown): string | undefined {
  const text = textOf(value);
  return text === undefined || text === '' ? undefined : sapMilliseconds(text).slice(0, 10);
}

/** What it says is UTC, whatever offset follows: https://www.odata.org/documentation/odata-version-2-0/json-format/ */
function sapMilliseconds(text: string): string {
  const [, digits] = /^\/Date\((-?\d{1,16})(?:[+-]\d{1,4})?\)\/$/.exec(text) ?? [];
  const milliseconds = digits === undefined ? NaN : Number(digits);
  if (!(milliseconds >= FIRST_MS && milliseconds <= LAST_MS)) {
    throw failed(`Expected /Date(milliseconds)/ of the years 0 to 9999, received ${shown(text)}.`);
  }
  return new Date(milliseconds).toISOString();
}

function withOffset(text: string): string {
  const parts = /^(\d{4}-\d\d-\d\d)[Tt ](\d\d:\d\d(?::\d\d(?:\.\d+)?)?) ?([Zz]|[+-]\d\d:?\d\d)$/.exec(text);
  if (!parts)
    throw failed(`Expected a time with its offset, such as 2026-01-05T10:30:00+01:00, received ${shown(text)}.`);
  const [, day = '', clock = '', offset = ''] = parts;
  return local(`${existing(day, text)}T${timeOfDay(clock)}`, offset);
}

function timeOfDay(clock: string | undefined): string {
  if (clock === undefined || clock === '') return '00:00:00';
  const parts =
    /^(\d\d):?(\d\d)(?::?(\d\d)(\.\d{1,9})?)?$/.exec(clock) ??
    /^PT(?:(\d{1,2})H)?(?:(\d{1,2})M)?(?:(\d{1,2})(\.\d{1,9})?S)?$/.exec(clock);
  const [hours = 0, minutes = 0, seconds = 0] = parts?.slice(1, 4).map((part) => Number(part ?? 0)) ?? [];
  if (!parts || hours > 23 || minutes > 59 || seconds > 59) {
    throw failed(`Expected a time of day such as 10:30:00, received ${shown(clock)}.`);
  }
  return `${two(hours)}:${two(minutes)}:${two(seconds)}${parts[4]?.slice(0, 4) ?? ''}`;
}

function local(dateTime: string, timeZone: unknown): string {
  const wall = Date.parse(`${dateTime}Z`);
  const milliseconds = wall - offsetOf(dateTime, timeZone);
  if (!(milliseconds >= FIRST_MS && milliseconds <= LAST_MS)) {
    throw failed(`Expected a time in the years 0 to 9999, received ${shown(dateTime)}.`);
  }
  return new Date(milliseconds).toISOString();
}

/** In milliseconds, at a local time. */
function offsetOf(dateTime: string, timeZone: unknown): number {
  if (typeof timeZone !== 'string') throw failed(`Expected a time zone, received ${shown(timeZone)}.`);
  if (/^[Zz]$/.test(timeZone)) return 0;
  const [, sign, hours, minutes] = /^([+-])([01]\d|2[0-3]):?([0-5]\d)$/.exec(timeZone) ?? [];
  if (sign !== undefined) return (sign === '-' ? -1 : 1) * (Number(hours) * 60 + Number(minutes)) * 60_000;
  const constant = offsetOfDay(dateTime.slice(0, 10), timeZone);
  if (constant !== undefined) return constant;
  const wall = Temporal.PlainDateTime.from(dateTime);
  const zoned = wall.toZonedDateTime(timeZone, { disambiguation: 'earlier' });
  if (!zoned.toPlainDateTime().equals(wall)) throw failed(`${dateTime} does not exist in ${timeZone}.`);
  return zoned.offsetNanoseconds / 1e6;
}

/** Of a whole day, if it keeps one. Asking Temporal costs some microseconds, and the days of a document are few. */
function offsetOfDay(day: string, timeZone: string): number | undefined {
  const key = `${day} ${timeZone}`;
  if (days.has(key)) return days.get(key);
  const offset = constantOffset(day, timeZone);
  if (days.size >= MOST_KEPT) days.clear();
  days.set(key, offset);
  return offset;
}

const days = new Map<string, number | undefined>();
const MOST_KEPT = 2_000;

function constantOffset(day: string, timeZone: string): number | undefined {
  checkTimeZone(timeZone);
  const midnight = Temporal.PlainDate.from(day).toPlainDateTime();
  // A day more on both sides: a transition at midnight belongs to the day before or after.
  const before = midnight.subtract({ hours: 12 }).toZonedDateTime(timeZone);
  const after = midnight.add({ hours: 36 }).toZonedDateTime(timeZone);
  const next = before.getTimeZoneTransition('next');
  const isConstant = next === null || next.epochMilliseconds > after.epochMilliseconds;
  return isConstant ? before.offsetNanoseconds / 1e6 : undefined;
}

/** Throws for one that nobody knows. */
export function checkTimeZone(timeZone: unknown): void {
  const isOffset = typeof timeZone === 'string' && /^([Zz]|[+-]([01]\d|2[0-3]):?[0-5]\d)$/.test(timeZone);
  if (isOffset || (typeof timeZone === 'string' && timeZone.length <= 60 && isKnown(timeZone))) return;
  throw failed(`Expected an IANA time zone or an offset, received ${shown(timeZone)}.`);
}

function isKnown(timeZone: string): boolean {
  try {
    Temporal.Instant.fromEpochMilliseconds(0).toZonedDateTimeISO(timeZone);
    return /^[A-Za-z]/.test(timeZone);
  } catch {
    return false;
  }
}

function existing(day: string, given: unknown): string {
  const [year, month, dayOfMonth] = [Number(day.slice(0, 4)), Number(day.slice(5, 7)), Number(day.slice(8))];
  const last = month === 2 ? (isLeap(year) ? 29 : 28) : [4, 6, 9, 11].includes(month) ? 30 : 31;
  if (month < 1 || month > 12 || dayOfMonth < 1 || dayOfMonth > last) {
    throw failed(`${shown(given)} is not a day of the calendar.`);
  }
  return day;
}

function isLeap(year: number): boolean {
  return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
}

/** Numbers too: a table may have taken 20260105 for one. */
function textOf(value: unknown): string | undefined {
  if (value === undefined || value === null) return undefined;
  if (typeof value === 'string') return value.trim();
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0) return String(value);
  throw failed(`Expected text, received ${shown(value)}.`);
}

function two(number: number): string {
  return String(number).padStart(2, '0');
}

const FIRST_MS = Date.parse('0000-01-01T00:00:00Z');
const LAST_MS = Date.parse('9999-12-31T23:59:59.999Z');
