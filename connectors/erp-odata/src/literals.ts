import { Temporal } from 'temporal-polyfill';
import type { EntitySet, Version } from './settings.ts';

export type ChangedOn = NonNullable<EntitySet['changedOn']>;

/**
 * The instant from which a set is asked for changes, as a literal of its type
 * (https://www.odata.org/documentation/odata-version-2-0/overview/#AbstractTypeSystem). A date's zone is nobody's: a day more.
 */
export function sinceLiteral(instant: Date, type: ChangedOn['type'], version: Version): string {
  const seconds = instant.toISOString().slice(0, 19);
  switch (type) {
    case 'digits':
      return `'${seconds.replace(/\D/g, '')}'`;
    case 'date': {
      const day = new Date(instant.getTime() - DAY_MS).toISOString().slice(0, 10);
      return version === 'v2' ? `datetime'${day}T00:00:00'` : day;
    }
    case 'datetime':
      return version === 'v2' ? `datetime'${seconds}'` : `${seconds}Z`;
    default:
      return version === 'v2' ? `datetimeoffset'${seconds}Z'` : `${seconds}Z`;
  }
}

/** A key's or a parameter's value in a URL: text is quoted, `{"$guid"}` and numbers are not. */
export function keyLiteral(value: KeyValue, version: Version): string {
  if (typeof value === 'string') return `'${percentEncoded(value.replaceAll("'", "''"))}'`;
  if (typeof value === 'object') return version === 'v2' ? `guid'${value.$guid}'` : value.$guid;
  return String(value);
}

export type KeyValue = string | number | boolean | { readonly $guid: string };

/**
 * A body as the system wants it: `{"$date"}`, `{"$time"}` and `{"$instant"}` hold an RFC 3339 instant (a `$date` a plain
 * date too), and become the date, the time of day there, and the instant in the version's own form. Throws RangeError.
 */
export function encode(value: unknown, version: Version, timeZone: string): unknown {
  if (Array.isArray(value)) return value.map((item) => encode(item, version, timeZone));
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value as Readonly<Record<string, unknown>>);
  const [[name, text] = ['', '']] = entries;
  if (entries.length === 1 && typeof text === 'string' && name.startsWith('$')) {
    const written = encodeTime(name, text, version, timeZone);
    if (written !== undefined) return written;
  }
  return Object.fromEntries(entries.map(([key, item]) => [key, encode(item, version, timeZone)]));
}

function encodeTime(name: string, text: string, version: Version, timeZone: string): string | undefined {
  if (name === '$instant') {
    const { epochMilliseconds } = Temporal.Instant.from(text);
    return version === 'v2' ? `/Date(${epochMilliseconds}+0000)/` : new Date(epochMilliseconds).toISOString();
  }
  if (name === '$date') {
    const date = /^\d{4}-\d{2}-\d{2}$/.test(text) ? Temporal.PlainDate.from(text) : local(text, timeZone).toPlainDate();
    return version === 'v2' ? `/Date(${Date.UTC(date.year, date.month - 1, date.day)})/` : date.toString();
  }
  if (name === '$time') {
    const [hours = '', minutes = '', seconds = ''] = local(text, timeZone)
      .toPlainTime()
      .toString()
      .slice(0, 8)
      .split(':');
    return version === 'v2' ? `PT${hours}H${minutes}M${seconds}S` : `${hours}:${minutes}:${seconds}`;
  }
  return undefined;
}

function local(instant: string, timeZone: string): Temporal.ZonedDateTime {
  return Temporal.Instant.from(instant).toZonedDateTimeISO(timeZone);
}

function percentEncoded(text: string): string {
  try {
    return encodeURIComponent(text);
  } catch {
    throw new RangeError('A key holds half a character.');
  }
}

const DAY_MS = 24 * 3_600_000;
