import { compareScalars, isIn, isRange, isScalar, valuesAt } from './conditions.ts';
import type { FieldConditions, RangeCondition } from './conditions.ts';
import { QueryError, UnservedQueryError } from './port.ts';
import type { Change, CollectionDefinition, Conditions, PageQuery, Scalar, Stored } from './port.ts';

/** Lists on several fields multiply: a plan reads no more sub-ranges than this, or than one list alone has values. */
const MAX_LEADS = 1000;

/** How an index serves a query: `lead` selects sub-ranges, `range` bounds the field that follows. */
export interface Plan {
  /** All conditions, checked. */
  readonly where: FieldConditions;
  /** Position in the definition, or undefined for the documents themselves, which are ordered by id. */
  readonly index: number | undefined;
  /** For each of the first fields of the index, the values it may have. */
  readonly lead: readonly (readonly Scalar[])[];
  readonly range: RangeCondition | undefined;
  /** Conditions that the index leaves open. */
  readonly residual: FieldConditions;
}

export interface PagePlan extends Plan {
  /** The fields of `orderBy`, in order, but for some that the conditions fix. */
  readonly order: readonly string[];
  /** Values of `order` and the id to go on from. */
  readonly after: readonly Scalar[] | undefined;
}

/**
 * Chooses the index whose last fields are the order and whose first fields, as many as possible, are fixed by the
 * conditions. Throws {@link UnservedQueryError} if there is none, {@link QueryError} for a query that makes no sense or
 * whose lists multiply to too many combinations.
 */
export function planPage<T extends object>(definition: CollectionDefinition<T>, query: PageQuery<T>): PagePlan {
  const where = checkedConditions(query.where ?? {});
  if (!Number.isSafeInteger(query.first) || query.first < 0) {
    throw new QueryError('first', `first must be a non-negative integer, not ${String(query.first)}.`);
  }
  const counts = valueCounts(where);
  const varying = query.orderBy.filter((field) => fixedValue(where, field) === undefined);
  const order: readonly string[] = bestIndex(definition, counts, varying) ? varying : query.orderBy;
  const fields = bestIndex(definition, counts, order);
  if (!fields) throw new UnservedQueryError(definition.name, Object.keys(where), query.orderBy);
  const lead = fields.slice(0, fields.length - order.length);
  if (affordable(lead, counts) < lead.length) {
    throw new QueryError('where', `The lists on [${lead.join(', ')}] have more than ${MAX_LEADS} combinations.`);
  }
  const rangeOn = order.find((field, i) => i === 0 && where[field] !== undefined && isRange(where[field]));
  const position = definition.indexes.indexOf(fields as never) + 1;
  return {
    ...plan(position, lead, rangeOn, where),
    order,
    after: query.after && continuation(query.after, query.orderBy, order, where),
  };
}

/** Chooses the index that covers most of the conditions. Throws {@link QueryError} for conditions that make no sense. */
export function planCount<T extends object>(definition: CollectionDefinition<T>, conditions: Conditions<T>): Plan {
  const where = checkedConditions(conditions);
  const counts = valueCounts(where);
  let best = { position: 0, lead: [] as readonly string[], rangeOn: undefined as string | undefined, covered: 0 };
  definition.indexes.forEach((fields: readonly string[], i) => {
    const lead = fields.slice(0, affordable(fields, counts));
    const next = fields[lead.length];
    const rangeOn = next !== undefined && where[next] !== undefined && isRange(where[next]) ? next : undefined;
    const covered = lead.length + (rangeOn === undefined ? 0 : 1);
    if (covered > best.covered) best = { position: i + 1, lead, rangeOn, covered };
  });
  return plan(best.position, best.lead, best.rangeOn, where);
}

/** Adds the fields of a key to conditions. Throws TypeError if both have a condition on a field. */
export function withKey<T>(where: Conditions<T> | undefined, key: Conditions<T>): Conditions<T> {
  const twice = Object.keys(key).find((field) => where && field in where);
  if (twice !== undefined) throw new TypeError(`Both where and keys have a condition on ${twice}.`);
  return { ...where, ...key };
}

/** Throws TypeError for a name or an index that no engine can keep. */
export function checkDefinition<T extends object>({ name, indexes }: CollectionDefinition<T>): void {
  if (!isCollectionName(name))
    throw new TypeError(`Collection name ${JSON.stringify(name)} is no lower-case plural noun.`);
  const seen = new Set<string>();
  for (const fields of indexes as readonly (readonly string[])[]) {
    const index = fields.join(', ');
    if (fields.length === 0 || new Set(fields).size !== fields.length || seen.has(index)) {
      throw new TypeError(`Index [${index}] of ${name} is empty, names a field twice or is declared twice.`);
    }
    seen.add(index);
  }
}

function isCollectionName(name: string): boolean {
  return /^[a-z][a-z0-9-]*$/.test(name);
}

/** Throws TypeError for an id or an expected version that no engine can keep. */
export function checkChange<T>({ id, expectedVersion }: Change<T>): void {
  if (typeof id !== 'string' || id === '' || !isScalar(id)) {
    throw new TypeError(`${JSON.stringify(id)} is no document id: a well-formed string that is not empty.`);
  }
  if (expectedVersion !== undefined && (!Number.isSafeInteger(expectedVersion) || expectedVersion < 0)) {
    throw new TypeError(`expectedVersion of ${id} must be a non-negative integer, not ${String(expectedVersion)}.`);
  }
}

/** Values of `orderBy` and the id. Throws TypeError if one of these fields holds no single value. */
export function pageKey<T extends object>({ id, document }: Stored<T>, orderBy: readonly string[]): Scalar[] {
  const values = orderBy.map((field) => {
    const {
      values: [value],
      arrayAt,
    } = valuesAt(document, field);
    if (arrayAt !== undefined || !isScalar(value)) {
      throw new TypeError(`Documents cannot be ordered by ${field}: in document ${id} it is no single value.`);
    }
    return value;
  });
  return [...values, id];
}

function plan(position: number, lead: readonly string[], rangeOn: string | undefined, where: FieldConditions): Plan {
  const residual = Object.fromEntries(
    Object.entries(where).filter(([field]) => !lead.includes(field) && field !== rangeOn),
  );
  return {
    where,
    index: position === 0 ? undefined : position - 1,
    lead: lead.map((field) => valuesOf(where[field]) ?? []),
    range: rangeOn === undefined ? undefined : (where[rangeOn] as RangeCondition),
    residual,
  };
}

/**
 * The longest index, or no fields at all for the documents, whose last fields are the order after fixed ones. One with
 * too many combinations of values is the last choice.
 */
function bestIndex<T extends object>(
  { indexes }: CollectionDefinition<T>,
  counts: ReadonlyMap<string, number>,
  order: readonly string[],
): readonly string[] | undefined {
  const serving = ([[], ...indexes] as (readonly string[])[]).filter((fields) => {
    const leads = fields.length - order.length;
    return (
      leads >= 0 &&
      fields.every((field, i) => (i < leads ? counts.has(field) && !order.includes(field) : field === order[i - leads]))
    );
  });
  const cheap = serving.filter((fields) => {
    const leads = fields.length - order.length;
    return affordable(fields.slice(0, leads), counts) === leads;
  });
  return (cheap.length > 0 ? cheap : serving).reduce<readonly string[] | undefined>(
    (best, fields) => (best && best.length >= fields.length ? best : fields),
    undefined,
  );
}

/** How many values each field may have, for those that are fixed to a value or a list. */
function valueCounts(where: FieldConditions): ReadonlyMap<string, number> {
  return new Map(
    Object.entries(where).flatMap(([field, condition]) => {
      const values = valuesOf(condition);
      return values ? [[field, values.length] as const] : [];
    }),
  );
}

/** How many of the fields, from the first on, can lead a plan: they are fixed and have few enough combinations of values. */
function affordable(fields: readonly string[], counts: ReadonlyMap<string, number>): number {
  let combinations = 1;
  const end = fields.findIndex((field) => {
    const count = counts.get(field);
    if (count === undefined || (Math.min(combinations, count) > 1 && combinations * count > MAX_LEADS)) return true;
    combinations *= count;
    return false;
  });
  return end === -1 ? fields.length : end;
}

function continuation(
  after: readonly Scalar[],
  orderBy: readonly string[],
  order: readonly string[],
  where: FieldConditions,
): Scalar[] {
  const fits =
    after.length === orderBy.length + 1 &&
    typeof after.at(-1) === 'string' &&
    after.every(isScalar) &&
    orderBy.every((field, i) => {
      const fixed = fixedValue(where, field);
      return fixed === undefined || compareScalars(fixed, after[i] as Scalar) === 0;
    });
  if (!fits)
    throw new QueryError('after', `after is no key of a page of this query: ${JSON.stringify(after).slice(0, 200)}`);
  return after.filter((_, i) => i === orderBy.length || order.includes(orderBy[i] as string));
}

function fixedValue(where: FieldConditions, field: string): Scalar | undefined {
  const condition = where[field];
  return condition === undefined || isIn(condition) || isRange(condition) ? undefined : condition;
}

/** The values that a condition allows, unless it is a range. */
function valuesOf(condition: FieldConditions[string] | undefined): readonly Scalar[] | undefined {
  if (condition === undefined || isRange(condition)) return undefined;
  return isIn(condition) ? [...new Set(condition.in)] : [condition];
}

function checkedConditions(conditions: object): FieldConditions {
  const where = conditions as FieldConditions;
  for (const [field, condition] of Object.entries(where)) {
    if (!isValid(condition)) {
      throw new QueryError(
        'where',
        `The condition on ${field} is no value, list or range: ${JSON.stringify(condition)}`,
      );
    }
  }
  return where;
}

function isValid(condition: FieldConditions[string]): boolean {
  if (isScalar(condition)) return true;
  if (typeof condition !== 'object') return false;
  if (isIn(condition)) return Array.isArray(condition.in) && condition.in.every(isScalar);
  if (!isRange(condition)) return false;
  const bounds = [condition.from, condition.to].filter((bound) => bound !== undefined);
  return (
    bounds.length > 0 &&
    bounds.every((bound) => isScalar(bound) && (typeof bound === 'string' || typeof bound === 'number')) &&
    new Set(bounds.map((bound) => typeof bound)).size === 1
  );
}
