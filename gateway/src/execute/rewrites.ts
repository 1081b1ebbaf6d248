import type { FetchDataRewrite } from '@apollo/query-planner';
import { isAbstractType } from 'graphql';
import type { GraphQLSchema } from 'graphql';
import { getOwn, isResponseObject, setOwn } from './own-properties.ts';
import type { ResponseObject } from './own-properties.ts';

/** Applies the plan's rewrites to data on its way to or from a subgraph, in place. */
export function applyRewrites(schema: GraphQLSchema, rewrites: readonly FetchDataRewrite[], data: unknown): void {
  for (const rewrite of rewrites) applyAt(schema, rewrite, rewrite.path, data);
}

function applyAt(schema: GraphQLSchema, rewrite: FetchDataRewrite, path: readonly string[], data: unknown): void {
  if (Array.isArray(data)) {
    for (const item of data) applyAt(schema, rewrite, path, item);
    return;
  }
  const [step, ...rest] = path;
  if (!isResponseObject(data) || step === undefined) return;
  const condition = typeConditionOf(step);
  if (condition !== undefined) {
    if (hasType(schema, data, condition, true)) applyAt(schema, rewrite, rest, data);
  } else if (rest.length > 0) {
    applyAt(schema, rewrite, rest, getOwn(data, step));
  } else if (rewrite.kind === 'ValueSetter') {
    setOwn(data, step, rewrite.setValueTo);
  } else {
    const value = getOwn(data, step);
    if (value === undefined) return;
    Reflect.deleteProperty(data, step);
    setOwn(data, rewrite.renameKeyTo, value);
  }
}

/** An error's path below a fetch, with the names that its output rewrites give. */
export function rewritePath(
  rewrites: readonly FetchDataRewrite[],
  path: readonly (string | number)[],
): (string | number)[] {
  const rewritten = [...path];
  for (const rewrite of rewrites) {
    if (rewrite.kind !== 'KeyRenamer') continue;
    const steps = rewrite.path.filter((step) => typeConditionOf(step) === undefined);
    const names = path.flatMap((step, index) => (typeof step === 'string' ? [{ step, index }] : []));
    const last = names[steps.length - 1];
    if (last && steps.every((step, index) => names[index]?.step === step)) rewritten[last.index] = rewrite.renameKeyTo;
  }
  return rewritten;
}

/** Whether an object is of a type or of one that belongs to it, by its `__typename`; `otherwise` where it has none. */
export function hasType(schema: GraphQLSchema, object: ResponseObject, typeName: string, otherwise: boolean): boolean {
  const ownName = getOwn(object, '__typename');
  if (typeof ownName !== 'string') return otherwise;
  if (ownName === typeName) return true;
  const condition = schema.getType(typeName);
  const type = schema.getType(ownName);
  return (
    isAbstractType(condition) && type !== undefined && 'getInterfaces' in type && schema.isSubType(condition, type)
  );
}

const fragmentPrefix = '... on ';

/** The type of a step of a rewrite's path that is a type condition. */
export function typeConditionOf(step: string): string | undefined {
  return step.startsWith(fragmentPrefix) ? step.slice(fragmentPrefix.length) : undefined;
}
