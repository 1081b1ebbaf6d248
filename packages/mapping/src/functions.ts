/**
 * What expressions may call besides JSONata's own functions. Each answers nothing for nothing: a field that is not there
 * makes a field that is not there. What makes no sense is a fault of the record.
 *
 * | function | gives |
 * | --- | --- |
 * | `$canonical(kind, id)` | our id of what the system calls `id`; `id` itself if nobody has told (`crossReferences: strict`: fault UNKNOWN_REFERENCE). Kinds: PRODUCT, LOCATION, WORK_CENTER, SUPPLIER, CUSTOMER |
 * | `$source(kind, id)` | the other way round, for commands |
 * | `$unit(code)` | our unit by the file's `units`; one that is not among them: fault UNKNOWN_UNIT. Without `units`: the code itself |
 * | `$quantity(value, code)` | `{ value, unit }`: `$decimal` and `$unit` |
 * | `$decimal(value, separator)` | exact decimal text of a number or of text such as `1234.50`; with separator `","` also of `1.234,50` |
 * | `$date(text, pattern)` | ISO date; pattern such as `YYYYMMDD`, `YYMMDD`, `DD.MM.YYYY`; without one: ISO |
 * | `$instant(date, time, timeZone)` | RFC 3339 in UTC; also `$instant(text, timeZone)` and `$instant(text)` with its offset or `/Date(ms)/` |
 * | `$sapDate(text)` | ISO date of `/Date(ms)/` |
 * | `$withoutZeros(id)` | an id without leading zeros, if it is digits only |
 *
 * Variables: `$record` (the whole record), `$index` (of the item of `forEach`, from 0), `$document` (key, name, time,
 * receivedAt, attributes), `$system` (`system/instance`).
 *
 * Taken away from JSONata: `$eval`, and what answers differently each time (`$now`, `$millis`, `$random`, `$shuffle`): a
 * document that is read again must give the same messages.
 */
import { decimal as canonicalDecimal } from '@takt/quantity';
import { checkTimeZone, date, instant, readPattern, sapDate } from './dates.ts';
import { ExpressionError, failed, shown } from './faults.ts';
import { REFERENCE_KINDS, type ReferenceKind } from './mapping.ts';

export type Units = ReadonlyMap<string, string> | undefined;

/** Those that need nothing but their arguments and the file's units, by name. */
export function pureFunctions(units: Units): Readonly<Record<string, (...given: readonly unknown[]) => unknown>> {
  return {
    unit: (code) => unit(units, code),
    quantity: (value, code) => quantity(units, value, code),
    decimal: (value, separator) => decimal(value, separator),
    date: (value, pattern) => date(value, pattern),
    instant,
    sapDate: (value) => sapDate(value),
    withoutZeros: (value) => withoutZeros(value),
    pad,
  };
}

/** What may be wrong with an argument that stands in the file as it is: function, position, check that throws. */
export const LITERAL_CHECKS: Readonly<Record<string, Readonly<Record<number, (literal: unknown) => unknown>>>> = {
  canonical: { 0: kindOf },
  source: { 0: kindOf },
  date: { 1: readPattern },
  instant: { 2: checkTimeZone },
  decimal: { 1: separatorOf },
};

export function kindOf(kind: unknown): ReferenceKind {
  const known = REFERENCE_KINDS.find((each) => each === kind);
  if (known) return known;
  throw failed(`Expected ${REFERENCE_KINDS.join(', ')}, received ${shown(kind)}.`);
}

/** An id as text; nothing and blanks are nobody's. */
export function idOf(value: unknown): string | undefined {
  if (value === undefined || value === null || value === '') return undefined;
  if (typeof value === 'number' && Number.isSafeInteger(value)) return String(value);
  if (typeof value !== 'string') throw failed(`Expected an id, received ${shown(value)}.`);
  if (value.length > LONGEST_ID)
    throw failed(`Expected an id of at most ${LONGEST_ID} characters, received ${shown(value)}.`);
  return value;
}

const LONGEST_ID = 200;

export function unit(units: Units, code: unknown): string | undefined {
  if (code === undefined || code === null) return undefined;
  if (typeof code !== 'string') throw failed(`Expected a unit, received ${shown(code)}.`);
  const found = units ? units.get(code) : code;
  if (found !== undefined && found !== '') return found;
  throw new ExpressionError('UNKNOWN_UNIT', `The mapping has no unit for ${shown(code)}.`);
}

export function quantity(units: Units, value: unknown, code: unknown): { value: string; unit: string } | undefined {
  const amount = decimal(value);
  if (amount === undefined) return undefined;
  const ours = unit(units, code);
  if (ours === undefined)
    throw new ExpressionError('UNKNOWN_UNIT', `There is no unit with the amount ${shown(value)}.`);
  return { value: amount, unit: ours };
}

export function decimal(value: unknown, separator: unknown = '.'): string | undefined {
  if (value === undefined || value === null) return undefined;
  if (typeof value !== 'string' && typeof value !== 'number')
    throw failed(`Expected a decimal, received ${shown(value)}.`);
  const text = typeof value === 'string' ? value.trim() : value;
  if (text === '') return undefined;
  const plain = separatorOf(separator) === ',' && typeof text === 'string' ? withPoint(text) : text;
  try {
    return canonicalDecimal(plain);
  } catch (error) {
    throw error instanceof RangeError ? failed(error.message) : error;
  }
}

function separatorOf(separator: unknown): '.' | ',' {
  if (separator === '.' || separator === ',') return separator;
  throw failed(`Expected the decimal separator "." or ",", received ${shown(separator)}.`);
}

/** Points only where they part thousands: `1.5` of a system that writes commas is not one and a half, nor fifteen. */
function withPoint(text: string): string {
  if (/^[+-]?(\d{1,3}(\.\d{3})+|\d+)(,\d+)?$/.test(text)) return text.replaceAll('.', '').replace(',', '.');
  throw failed(`Expected a decimal such as 1.234,50, received ${shown(text)}.`);
}

/** As ALPHA conversion in SAP: text that is not digits only stays as it is. */
export function withoutZeros(value: unknown): string | undefined {
  const id = idOf(value);
  return id !== undefined && /^\d+$/.test(id) ? id.replace(/^0+(?=\d)/, '') : id;
}

/** JSONata's own, bounded: a record may not ask for gigabytes. */
export function pad(value: unknown, width: unknown, filling: unknown = ' '): string | undefined {
  if (value === undefined) return undefined;
  const isFit = typeof value === 'string' && typeof width === 'number' && typeof filling === 'string';
  if (!isFit || !Number.isInteger(width) || Math.abs(width) > WIDEST) {
    throw failed(`Expected text and a width of at most ${WIDEST}, received ${shown(value)} and ${shown(width)}.`);
  }
  const characters = Array.from(value).length;
  const missing = Math.abs(width) - characters;
  if (missing <= 0) return value;
  const fill = Array.from(filling === '' ? ' ' : filling);
  const padding = Array.from({ length: missing }, (_, index) => fill[index % fill.length]).join('');
  return width < 0 ? padding + value : value + padding;
}

const WIDEST = 1_000;
