import type { FetchDataKeyRenamer } from '@apollo/query-planner';
import type { GraphQLSchema } from 'graphql';
import type { FlattenPath } from './flatten-path.ts';
import { getOwn, isResponseObject } from './own-properties.ts';
import type { ResponseObject } from './own-properties.ts';
import { plainValue } from './representations.ts';
import { hasType, typeConditionOf } from './rewrites.ts';

/** Objects of an entity fetch that share the values of their contexts (`@fromContext`), and those values as variables. */
export interface ContextGroup {
  /** Every object of the fetch in its place; undefined for those of other groups. */
  readonly objects: readonly (ResponseObject | undefined)[];
  readonly variables: Readonly<Record<string, unknown>>;
}

/** Groups the objects at a path by what their ancestors give them. */
export function groupByContext(
  schema: GraphQLSchema,
  data: ResponseObject,
  path: FlattenPath,
  rewrites: readonly FetchDataKeyRenamer[],
): ContextGroup[] {
  const groups = new Map<string, { variables: Record<string, unknown>; members: Map<number, ResponseObject> }>();
  let count = 0;
  lineagesAt(data, path, [], 0, (lineage) => {
    const variables: Record<string, unknown> = {};
    for (const { path: steps, renameKeyTo } of rewrites) {
      const value = valueFromAncestor(schema, lineage, steps);
      if (value !== undefined) variables[renameKeyTo] = plainValue(value);
    }
    const key = JSON.stringify(variables);
    let group = groups.get(key);
    if (!group) groups.set(key, (group = { variables, members: new Map() }));
    const object = lineage.at(-1);
    if (object) group.members.set(count, object);
    count++;
  });
  return [...groups.values()].map(({ variables, members }) => ({
    variables,
    objects: Array.from({ length: count }, (_, index) => members.get(index)),
  }));
}

/** Calls back with each object at a path and the objects that it lies in, outermost first. */
function lineagesAt(
  value: unknown,
  path: FlattenPath,
  lineage: readonly ResponseObject[],
  depth: number,
  visit: (lineage: readonly ResponseObject[]) => void,
): void {
  const step = path[depth];
  if (step === '@') {
    if (Array.isArray(value)) for (const item of value) lineagesAt(item, path, lineage, depth + 1, visit);
  } else if (isResponseObject(value)) {
    const next = [...lineage, value];
    if (step === undefined) visit(next);
    else lineagesAt(getOwn(value, String(step)), path, next, depth + 1, visit);
  }
}

function valueFromAncestor(
  schema: GraphQLSchema,
  lineage: readonly ResponseObject[],
  steps: readonly string[],
): unknown {
  const up = steps.filter((step) => step === '..').length;
  let value: unknown = lineage.at(-1 - up);
  for (const step of steps.slice(up)) {
    if (!isResponseObject(value)) return undefined;
    const condition = typeConditionOf(step);
    if (condition === undefined) value = getOwn(value, step);
    else if (!hasType(schema, value, condition, true)) return undefined;
  }
  return value;
}
