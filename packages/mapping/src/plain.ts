import type { TSchema } from '@sinclair/typebox';
import { clipped, failed, shown } from './faults.ts';

/** What no expression may be run on: too deep for anybody, or with names that mean something to programs. */
export function recordFault(data: unknown, level = 0): string | undefined {
  if (typeof data !== 'object' || data === null) return undefined;
  if (level === MOST_LEVELS) return `It has more than ${MOST_LEVELS} levels.`;
  if (Array.isArray(data)) {
    for (const item of data) {
      const fault = recordFault(item, level + 1);
      if (fault !== undefined) return fault;
    }
    return undefined;
  }
  for (const name in data) {
    if (RESERVED.has(name)) return `A field may not be named ${name}.`;
    const fault = recordFault((data as Record<string, unknown>)[name], level + 1);
    if (fault !== undefined) return fault;
  }
  return undefined;
}

/** Whether there is one anywhere in it; asked often of the same. */
export function hasEmptyList(data: unknown): boolean {
  if (typeof data !== 'object' || data === null) return false;
  const known = emptyLists.get(data);
  if (known !== undefined) return known;
  const found = (Array.isArray(data) && data.length === 0) || Object.values(data).some(hasEmptyList);
  emptyLists.set(data, found);
  return found;
}

const emptyLists = new WeakMap<object, boolean>();

/** The last two are how JSONata tells functions from data. */
const RESERVED: ReadonlySet<string> = new Set(['__proto__', '_jsonata_function', '_jsonata_lambda']);
const MOST_LEVELS = 64;

/**
 * What an expression gave, as JSON of its own: nothing of the record's, no functions. Where the schema wants a list, one
 * value is a list of one, as JSONata makes no difference between them; null, which many systems write for what is absent, is
 * left out where the schema has no place for it. Throws ExpressionError.
 */
export function plain(value: unknown, schema: TSchema | undefined, level = 0): unknown {
  if (schema?.type === 'array' && value !== undefined && value !== null && !Array.isArray(value))
    return [plain(value, itemsOf(schema), level)];
  if (value === null && schema && !acceptsNull(schema)) return undefined;
  if (typeof value === 'number' && !Number.isFinite(value))
    throw failed(`Expected a number, received ${String(value)}.`);
  if (typeof value === 'function') throw failed('Expected a value, received a function.');
  if (typeof value !== 'object' || value === null) return value;
  if (level === MOST_LEVELS) throw failed(`It gives more than ${MOST_LEVELS} levels.`);
  if (Array.isArray(value)) {
    const items = value.map((item) => plain(item, schema && itemsOf(schema), level + 1));
    return items.filter((item) => item !== undefined);
  }
  const copy: Record<string, unknown> = {};
  for (const [name, field] of Object.entries(value)) {
    if (RESERVED.has(name)) throw failed(`A field may not be named ${clipped(name)}.`);
    const made = plain(field, schema && propertyOf(schema, name), level + 1);
    if (made !== undefined) copy[name] = made;
  }
  return copy;
}

function acceptsNull({ type, anyOf }: TSchema): boolean {
  const choices = anyOf as readonly TSchema[] | undefined;
  return type === 'null' || (choices ? choices.some(acceptsNull) : type === undefined);
}

/** The schema of a field of an object; undefined if it is not known. */
export function propertyOf(schema: TSchema, name: string): TSchema | undefined {
  const properties = schema.properties as Readonly<Record<string, TSchema>> | undefined;
  return properties && Object.hasOwn(properties, name) ? properties[name] : undefined;
}

export function itemsOf(schema: TSchema): TSchema | undefined {
  return schema.items as TSchema | undefined;
}

/** Text of an expression's value, or nothing. */
export function optionalText(value: unknown, maxLength: number): string | undefined {
  if (value === undefined || value === null) return undefined;
  // eslint-disable-next-line no-control-regex
  if (typeof value === 'string' && value !== '' && value.length <= maxLength && !/[\u0000-\u001f\u007f]/.test(value)) {
    return value;
  }
  throw failed(`Expected text of 1 to ${maxLength} characters without control characters, received ${shown(value)}.`);
}
