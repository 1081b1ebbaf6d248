import type { FetchDataRewrite, QueryPlanSelectionNode } from '@apollo/query-planner';
import type { GraphQLSchema } from 'graphql';
import { getOwn, isResponseObject, mergeInto, setOwn } from './own-properties.ts';
import type { ResponseObject } from './own-properties.ts';
import { applyRewrites, hasType } from './rewrites.ts';

/** What an entity fetch sends: each distinct representation once, and whom each answer is for. */
export interface Representations {
  readonly distinct: readonly ResponseObject[];
  /** For each object given, the position of its representation, or -1 where a needed value is missing. */
  readonly positions: readonly number[];
}

/** Builds the inputs of an entity fetch from the objects found so far. */
export function representationsOf(
  schema: GraphQLSchema,
  objects: readonly (ResponseObject | undefined)[],
  requires: readonly QueryPlanSelectionNode[],
  inputRewrites: readonly FetchDataRewrite[],
): Representations {
  const distinct: ResponseObject[] = [];
  const byContent = new Map<string, number>();
  const positions = objects.map((object) => {
    const representation = object && select(schema, object, requires);
    if (!representation || typeof representation['__typename'] !== 'string') return -1;
    if (inputRewrites.length > 0) applyRewrites(schema, inputRewrites, representation);
    const content = JSON.stringify(representation);
    const known = byContent.get(content);
    if (known !== undefined) return known;
    byContent.set(content, distinct.length);
    return distinct.push(representation) - 1;
  });
  return { distinct, positions };
}

/** The selected part of an object; undefined where a value is missing because fetching it failed. */
function select(
  schema: GraphQLSchema,
  object: ResponseObject,
  selections: readonly QueryPlanSelectionNode[],
): ResponseObject | undefined {
  const result: ResponseObject = Object.create(null) as ResponseObject;
  for (const selection of selections) {
    if (selection.kind === 'Field') {
      const name = selection.alias ?? selection.name;
      const value = getOwn(object, name);
      if (value === undefined) return undefined;
      const selected = selection.selections ? selectWithin(schema, value, selection.selections) : plainValue(value);
      if (selected === undefined) return undefined;
      setOwn(result, name, selected);
    } else if (!selection.typeCondition || hasType(schema, object, selection.typeCondition, false)) {
      const selected = select(schema, object, selection.selections);
      if (!selected) return undefined;
      mergeInto(result, selected);
    }
  }
  return result;
}

function selectWithin(schema: GraphQLSchema, value: unknown, selections: readonly QueryPlanSelectionNode[]): unknown {
  if (Array.isArray(value)) {
    const items: unknown[] = [];
    for (const item of value) {
      const selected = selectWithin(schema, item, selections);
      if (selected === undefined) return undefined;
      items.push(selected);
    }
    return items;
  }
  return isResponseObject(value) ? select(schema, value, selections) : null;
}

/** A leaf value as it would travel in JSON: a subgraph in the same process may hand over a Date. */
export function plainValue(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(plainValue);
  if (typeof value !== 'object' || value === null) return value;
  return 'toJSON' in value && typeof value.toJSON === 'function' ? (value.toJSON as () => unknown)() : value;
}
