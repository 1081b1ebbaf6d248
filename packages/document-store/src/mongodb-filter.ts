import type { Filter } from 'mongodb';
import { isIn, isRange } from './conditions.ts';
import type { FieldConditions, RangeCondition } from './conditions.ts';
import type { MongoRow } from './mongodb-collection.ts';
import type { PagePlan } from './plan.ts';
import type { Condition, Scalar } from './port.ts';

type RowFilter = Filter<MongoRow>;

/** MongoDB's filter for conditions on the document of a row. */
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

function conditionFilter(path: string, condition: Condition): RowFilter {
  if (isIn(condition)) return { [path]: { $in: condition.in } };
  if (!isRange(condition)) return { [path]: condition };
  return condition.from === undefined || condition.to === undefined
    ? { [path]: boundsOf(condition) }
    : all([
        { [path]: boundsOf(condition) },
        { $or: withinOneValue('document', path.split('.').slice(1), boundsOf(condition)) },
      ]);
}

function boundsOf({ from, to }: RangeCondition): object {
  return { ...(from !== undefined && { $gte: from }), ...(to !== undefined && { $lt: to }) };
}

/**
 * MongoDB lets one element of an array meet one bound and another element the other. These alternatives ask for one
 * value that meets both: with no array on the path, or in an array at each of its steps.
 */
function withinOneValue(parent: string, steps: readonly string[], bounds: object): RowFilter[] {
  const paths = steps.map((_, i) => [...(parent ? [parent] : []), ...steps.slice(0, i + 1)].join('.'));
  const single = Object.fromEntries(
    paths.map((path, i) => [path, { ...(i === steps.length - 1 && bounds), $not: { $type: 'array' } }]),
  );
  const inArrays = paths.flatMap((path, i) => {
    const rest = steps.slice(i + 1);
    const elements = rest.length === 0 ? [bounds] : withinOneValue('', rest, bounds);
    return elements.map((element) => ({ [path]: { $elemMatch: element } }));
  });
  return [single, ...inArrays];
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
