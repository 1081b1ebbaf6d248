import { toUSVString } from 'node:util';
import type { Condition, Scalar } from './port.ts';

/** Conditions by field, as the engines see them: the paths are checked by the type of the port. */
export type FieldConditions = Readonly<Record<string, Condition>>;

export interface RangeCondition {
  readonly from?: string | number;
  readonly to?: string | number;
}

/** Tells whether a document meets all conditions; to be made once per query. */
export function matcherOf(where: FieldConditions): (document: object) => boolean {
  const tests = Object.entries(where).map(([field, condition]) => ({ field, meets: testOf(condition) }));
  return (document) =>
    tests.every(({ field, meets }) =>
      valuesAt(document, field).values.some((value) => isScalar(value) && meets(value)),
    );
}

/**
 * The values that a path leads to: one, or one per element where it leads through an array. What is missing is `null`,
 * an empty array has no values. `arrayAt` is the path of the outermost array on the way.
 */
export function valuesAt(document: object, path: string): PathValues {
  const steps = path.includes('.') ? path.split('.') : [path];
  let value: unknown = document;
  for (let i = 0; i < steps.length; i++) {
    if (Array.isArray(value)) {
      const values: unknown[] = [];
      collect(value, steps, i, values);
      return { values, arrayAt: steps.slice(0, i).join('.') };
    }
    value = isObject(value) ? value[steps[i] as string] : undefined;
  }
  if (Array.isArray(value)) return { values: value.map((element: unknown) => element ?? null), arrayAt: path };
  return { values: [value ?? null], arrayAt: undefined };
}

/** The single value that a path leads to; null if there is none, or many. */
export function valueAt(document: object, path: string): Scalar {
  const [value, ...others] = valuesAt(document, path).values;
  return others.length === 0 && isScalar(value) ? value : null;
}

export interface PathValues {
  readonly values: readonly unknown[];
  readonly arrayAt: string | undefined;
}

/**
 * The order of values of any type, which is MongoDB's: null, numbers, strings by their UTF-8 bytes, false, true.
 * Negative, zero or positive.
 */
export function compareScalars(a: Scalar, b: Scalar): number {
  const rank = rankOf(a) - rankOf(b);
  if (rank !== 0 || a === null) return rank;
  if (typeof a === 'string') return Buffer.compare(Buffer.from(a), Buffer.from(b as string));
  return Number(a) - Number(b);
}

export function isIn(condition: Condition): condition is { readonly in: readonly Scalar[] } {
  return typeof condition === 'object' && condition !== null && 'in' in condition;
}

export function isRange(condition: Condition): condition is RangeCondition {
  return typeof condition === 'object' && condition !== null && !('in' in condition);
}

export function isScalar(value: unknown): value is Scalar {
  return (
    value === null ||
    typeof value === 'boolean' ||
    (typeof value === 'number' && Number.isFinite(value)) ||
    (typeof value === 'string' && toUSVString(value) === value)
  );
}

function testOf(condition: Condition): (value: Scalar) => boolean {
  if (isIn(condition)) {
    const values = new Set(condition.in);
    return (value) => values.has(value);
  }
  if (!isRange(condition)) return (value) => value === condition;
  const { from, to } = condition;
  return (value) =>
    (from === undefined || (typeof value === typeof from && compareScalars(value, from) >= 0)) &&
    (to === undefined || (typeof value === typeof to && compareScalars(value, to) < 0));
}

function rankOf(value: Scalar): number {
  return value === null ? 0 : typeof value === 'number' ? 1 : typeof value === 'string' ? 2 : 3;
}

/** The values from a step on, for each element that is a document itself. */
function collect(elements: readonly unknown[], steps: readonly string[], from: number, values: unknown[]): void {
  for (const element of elements) {
    if (!isObject(element) || Array.isArray(element)) continue;
    let value: unknown = element;
    let i = from;
    while (i < steps.length && !Array.isArray(value))
      value = isObject(value) ? value[steps[i++] as string] : (i++, undefined);
    if (!Array.isArray(value)) values.push(value ?? null);
    else if (i < steps.length) collect(value, steps, i, values);
    else for (const inner of value) values.push(inner ?? null);
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
