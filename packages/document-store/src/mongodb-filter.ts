import type { Filter } from 'mongodb';
import { isIn, isRange } from './conditions.ts';
import type { FieldConditions } from './conditions.ts';
import type { MongoRow } from './mongodb-collection.ts';
import type { Condition, Scalar } from './port.ts';

type RowFilter = Filter<MongoRow>;

/**
 * MongoDB's filter for conditions on the document of a row. It lets through whatever meets them, and more where
 * {@link arraysFilter} says so.
 */
export function filterOf(where: FieldConditions): RowFilter {
  return all(Object.entries(where).map(([field, condition]) => conditionFilter(field, condition)));
}

/** The filter for what comes after these values of the order and the id. */
export function continuationFilter(
  order: readonly string[],
  after: readonly Scalar[] | undefined,
  descending: boolean,
): RowFilter {
  if (!after) return {};
  const paths = [...order.map(pathOf), '_id'];
  const alternatives = paths.map((path, i) =>
    all([
      ...paths.slice(0, i).map((before, k) => ({ [before]: after[k] })),
      beyond(path, after[i] as Scalar, descending),
    ]),
  );
  return { $or: alternatives };
}

/** Where a field of the document is in a row. */
export function pathOf(field: string): string {
  return `document.${field}`;
}

/**
 * The filter for documents that hold an array where the filter for the conditions may say too much, undefined if it never
 * does. MongoDB lets one element of an array meet one bound and another element the other. FerretDB finds null in an empty
 * array, and not where one part of a document has a field that another has not.
 */
export function arraysFilter(where: FieldConditions): RowFilter | undefined {
  const paths = Object.entries(where)
    .filter(([, condition]) => isNullable(condition) || isTwoSided(condition))
    .flatMap(([field]) => pathsTo(field));
  return paths.length === 0 ? undefined : anyIsArray(paths);
}

function conditionFilter(field: string, condition: Condition): RowFilter {
  const exact = { [pathOf(field)]: operatorsOf(condition) };
  const parents = pathsTo(field).slice(0, -1);
  return parents.length > 0 && isNullable(condition) ? { $or: [exact, anyIsArray(parents)] } : exact;
}

function operatorsOf(condition: Condition): object | Scalar {
  if (isIn(condition)) return { $in: condition.in };
  if (!isRange(condition)) return condition;
  const { from, to } = condition;
  return { ...(from !== undefined && { $gte: from }), ...(to !== undefined && { $lt: to }) };
}

function isNullable(condition: Condition): boolean {
  return condition === null || (isIn(condition) && condition.in.includes(null));
}

function isTwoSided(condition: Condition): boolean {
  return isRange(condition) && condition.from !== undefined && condition.to !== undefined;
}

function anyIsArray(paths: readonly string[]): RowFilter {
  return { $or: [...new Set(paths)].map((path) => ({ [path]: { $type: 'array' as const } })) };
}

/** A field of the document and what it is in, the outermost first. */
function pathsTo(field: string): string[] {
  return field.split('.').map((_, i, steps) => pathOf(steps.slice(0, i + 1).join('.')));
}

/** Comparison operators look at one type only: the types that follow in the order are named. */
function beyond(path: string, value: Scalar, descending: boolean): RowFilter {
  const types = ['number', 'string', 'bool'];
  const rank = value === null ? -1 : types.indexOf(typeof value === 'boolean' ? 'bool' : typeof value);
  const others = descending ? types.slice(0, Math.max(rank, 0)) : types.slice(rank + 1);
  const alternatives: RowFilter[] = [];
  if (value !== null) alternatives.push({ [path]: { [descending ? '$lt' : '$gt']: value } });
  if (path !== '_id' && others.length > 0) alternatives.push({ [path]: { $type: others } });
  if (path !== '_id' && descending && value !== null) alternatives.push({ [path]: null });
  return alternatives.length === 0 ? { _id: { $in: [] } } : { $or: alternatives };
}

function all(filters: readonly RowFilter[]): RowFilter {
  const [first, ...more] = filters;
  return more.length === 0 ? (first ?? {}) : { $and: [...filters] };
}
