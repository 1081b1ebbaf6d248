import type { Scalar } from './port.ts';
import { isScalar, valuesAt } from './conditions.ts';

/** Longest key of an index entry: the values of its fields and the id. */
const MAX_KEY_BYTES = 1900;

/** Longest key that LMDB takes with pages of 4096 bytes: longer bounds of a range are cut, which selects the same. */
export const MAX_BOUND_BYTES = 1978;

/** Sorts below every value: stands for the missing element of an empty array. */
const NO_VALUE = 0x00;
const NULL = 0x01;
const NUMBER = 0x02;
const STRING = 0x03;
const FALSE = 0x04;
const TRUE = 0x05;
const ABOVE_ALL = 0xff;

let scratch = Buffer.allocUnsafe(4096);

/**
 * Encodes values so that the order of the bytes is the order of {@link compareScalars}, field by field. No key is a
 * prefix of a key with other values in the same fields, so that a prefix and {@link rangeOf} select exactly its entries.
 */
export function encodeKey(values: readonly Scalar[], prefix?: Uint8Array): Buffer {
  let end = 0;
  if (prefix) {
    ensure(prefix.length);
    scratch.set(prefix);
    end = prefix.length;
  }
  for (const value of values) end = write(value, end);
  return copyOf(end);
}

const noValue = Symbol('no value');

/** The keys from `low` (inside) to `high` (outside). */
export interface KeyRange {
  readonly low: Buffer;
  readonly high: Buffer;
}

/** All keys that start with `prefix`, whose next value lies in the bounds if given: only values of the bounds' type do. */
export function rangeOf(prefix: Buffer, bounds: { from?: string | number; to?: string | number } = {}): KeyRange {
  const bound = bounds.from ?? bounds.to;
  if (bound === undefined) return { low: prefix, high: Buffer.concat([prefix, Buffer.of(ABOVE_ALL)]) };
  const tag = typeof bound === 'number' ? NUMBER : STRING;
  return {
    low: bounds.from === undefined ? Buffer.concat([prefix, Buffer.of(tag)]) : encodeKey([bounds.from], prefix),
    high: bounds.to === undefined ? Buffer.concat([prefix, Buffer.of(tag + 1)]) : encodeKey([bounds.to], prefix),
  };
}

/** The least key above `key`. */
export function after(key: Buffer): Buffer {
  return Buffer.concat([key, Buffer.of(0)]);
}

/**
 * The keys of a document in an index: one, or the combinations of elements where fields hold arrays.
 * Throws a TypeError for a value that cannot be indexed, a key that is too long, and fields in two different arrays.
 */
export function indexKeys(document: object, id: string, fields: readonly string[], prefix: Uint8Array): DocumentKeys {
  const work: KeyWork = { document, id, fields, keys: [], array: undefined };
  ensure(prefix.length);
  scratch.set(prefix);
  writeFields(work, 0, prefix.length);
  return { keys: work.keys, multiple: work.array !== undefined };
}

export interface DocumentKeys {
  readonly keys: readonly Buffer[];
  /** Whether there may be more than one, or none for want of elements. */
  readonly multiple: boolean;
}

interface KeyWork {
  readonly document: object;
  readonly id: string;
  readonly fields: readonly string[];
  readonly keys: Buffer[];
  array: string | undefined;
}

/** Writes each value of a field, and after each of them the fields that follow. */
function writeFields(work: KeyWork, position: number, start: number): void {
  const { document, id, fields, keys } = work;
  const field = fields[position];
  if (field === undefined) {
    keys.push(checkedLength(copyOf(write(id, start)), id, fields));
    return;
  }
  const { values, arrayAt } = valuesAt(document, field);
  if (arrayAt !== undefined) {
    work.array ??= arrayAt;
    if (work.array !== arrayAt) {
      throw new TypeError(`Document ${id}: ${work.array} and ${arrayAt} both hold arrays, one index cannot hold both.`);
    }
    if (values.length === 0) writeFields(work, position + 1, write(noValue, start));
  }
  for (const value of values.length > 1 ? new Set(values) : values) {
    if (!isScalar(value)) throw new TypeError(`Document ${id}: ${unindexable(field, value)}`);
    writeFields(work, position + 1, write(value, start));
  }
}

function checkedLength(key: Buffer, id: string, fields: readonly string[]): Buffer {
  if (key.length <= MAX_KEY_BYTES) return key;
  throw new TypeError(
    `Document ${id.slice(0, 100)}: the values of [${fields.join(', ')}] and the id make an index key of ` +
      `${key.length} bytes, more than ${MAX_KEY_BYTES}.`,
  );
}

function unindexable(field: string, value: unknown): string {
  const what =
    typeof value === 'number'
      ? String(value)
      : typeof value === 'string'
        ? 'a string with a lone surrogate'
        : `a value of type ${typeof value}`;
  return `${field} cannot be indexed: ${what} is no well-formed string, finite number, boolean or null.`;
}

function write(value: Scalar | typeof noValue, start: number): number {
  ensure(start + 9);
  let end = start;
  if (value === noValue) scratch[end++] = NO_VALUE;
  else if (value === null) scratch[end++] = NULL;
  else if (value === false) scratch[end++] = FALSE;
  else if (value === true) scratch[end++] = TRUE;
  else if (typeof value === 'number') end = writeNumber(value, end);
  else end = writeString(value, end);
  return end;
}

/** IEEE 754, big-endian: the sign bit flipped for positive, all bits for negative numbers. */
function writeNumber(value: number, start: number): number {
  scratch[start] = NUMBER;
  scratch.writeDoubleBE(value === 0 ? 0 : value, start + 1);
  const first = scratch[start + 1] as number;
  if (first & 0x80) for (let i = start + 1; i <= start + 8; i++) scratch[i] = ~(scratch[i] as number);
  else scratch[start + 1] = first | 0x80;
  return start + 9;
}

/** UTF-8, each NUL followed by FF, closed by a NUL: what may follow the closing NUL is always less than FF. */
function writeString(value: string, start: number): number {
  const text = value.includes('\0') ? value.replaceAll('\0', '\0\u00ff') : value;
  ensure(start + 2 + text.length * 3);
  scratch[start] = STRING;
  let end = start + 1 + scratch.write(text, start + 1, 'utf8');
  if (text !== value) end = joinEscapes(start + 1, end);
  scratch[end] = 0;
  return end + 1;
}

/** Turns NUL and the two UTF-8 bytes of U+00FF into NUL and one byte FF. */
function joinEscapes(start: number, end: number): number {
  let to = start;
  for (let from = start; from < end; from++) {
    const byte = scratch[from] as number;
    scratch[to++] = byte;
    if (byte === 0) {
      scratch[to++] = 0xff;
      from += 2;
    }
  }
  return to;
}

function copyOf(end: number): Buffer {
  const key = Buffer.allocUnsafe(end);
  scratch.copy(key, 0, 0, end);
  return key;
}

function ensure(bytes: number): void {
  if (bytes <= scratch.length) return;
  const grown = Buffer.allocUnsafe(bytes * 2);
  scratch.copy(grown);
  scratch = grown;
}
