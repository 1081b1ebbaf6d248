import type { Filter } from 'mongodb';
import { isIn, isRange } from './conditions.ts';
import type { FieldConditions } from './conditions.ts';
import type { MongoRow } from './mongodb-collection.ts';
import type { PagePlan } from './plan.ts';
import type { Condition, Scalar } from './port.ts';

type RowFilter = Filter<MongoRow>;

/**
 * MongoDB's filter for conditions on the document of a row. It lets through whatever meets them, and more where
 * {@link arraysFilter} says so.
 */
export function filterOf(where: FieldConditions): RowFilter {
  return all(Object.entries(where).map(([field, condition]) => conditionFilter(pathOf(field), condition)));
}

/** The filter for what comes after a page in the order of the plan and then of the ids. */
export function continuationFilter({ order, after }: PagePlan, descending: boolean): RowFilter {
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
 * The filter for documents that hold an array where the filter for the conditions says too much, undefined if it is exact.
 * MongoDB lets one element of an array meet one bound and another element the other; FerretDB finds null in an empty
 * array.
 */
export function arraysFilter(where: FieldConditions): RowFilter | undefined {
  const paths = Object.entries(where)
    .filter(([, condition]) => mayBeTooWide(condition))
    .flatMap(([field]) => field.split('.').map((_, i, steps) => pathOf(steps.slice(0, i + 1).join('.'))));
  const arrays = [...new Set(paths)].map((path) => ({ [path]: { $type: 'array' as const } }));
  return arrays.length === 0 ? undefined : { $or: arrays };
}

function mayBeTooWide(condition: Condition): boolean {
  if (isRange(condition)) return condition.from !== undefined && condition.to !== undefined;
  return condition === null || (isIn(condition) && condition.in.includes(null));
}

function conditionFilter(path: string, condition: Condition): RowFilter {
  if (isIn(condition)) return { [path]: { $in: condition.in } };
  if (!isRange(condition)) return { [path]: condition };
  const { from, to } = condition;
  return { [path]: { ...(from !== undefined && { $gte: from }), ...(to !== undefined && { $lt: to }) } };
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
