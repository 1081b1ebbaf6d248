import type { QueryPlanSelectionNode } from '@apollo/query-planner';
import {
  getNamedType,
  isAbstractType,
  isEnumType,
  isLeafType,
  isListType,
  isNonNullType,
  isObjectType,
  Kind,
} from 'graphql';
import type {
  FieldNode,
  GraphQLLeafType,
  GraphQLObjectType,
  GraphQLOutputType,
  GraphQLSchema,
  SelectionNode,
} from 'graphql';
import { shownAsOf } from '../response-shape.ts';
import type { PlanContext } from './plan-context.ts';
import { NotCompilable } from './fetch-graph.ts';
import { customPattern, leafPattern, listPattern, nullablePattern, objectPattern } from './json-patterns.ts';
import { isHole } from './object-plan.ts';
import type { FieldPlan, ObjectPlan, ValuePlan } from './object-plan.ts';
import { selectionsOf, withoutConditions } from './rewritten-selections.ts';
import { neededFields, sourceFields } from './source-fields.ts';

/** A value that one regular expression recognises. */
export function flat(pattern: string, selections?: readonly SelectionNode[]): ValuePlan & { kind: 'flat' } {
  return { kind: 'flat', pattern, ...(selections && { selections }) };
}

/** A value of a leaf type: `strict` recognises only what the API schema allows. */
export function leafPlan(
  type: GraphQLLeafType,
  {
    strict,
    nullable,
    scalarDepth,
  }: { readonly strict: boolean; readonly nullable: boolean; readonly scalarDepth: number },
): ValuePlan {
  const shown = strict ? shownValues(type) : undefined;
  if (shown) return { kind: 'enum', nullable, shown };
  const pattern = strict ? leafPattern(type, scalarDepth) : customPattern(Math.max(scalarDepth, 1));
  return flat(nullable ? nullablePattern(pattern) : pattern);
}

/** Every value that an enum may be answered with and the one that it is shown as; undefined if all are shown as they are. */
function shownValues(type: GraphQLLeafType): ReadonlyMap<string, string> | undefined {
  const shownAs = shownAsOf(type);
  if (!shownAs || !isEnumType(type)) return undefined;
  return new Map([...type.getValues().map(({ name }) => [name, name] as const), ...Object.entries(shownAs)]);
}

export function fieldPlan(responseName: string, nodes: readonly FieldNode[], value: ValuePlan): FieldPlan {
  const [node] = nodes;
  if (!node) throw new NotCompilable('an unknown field');
  return { responseName, node: withoutConditions(node), value, capture: undefined, nest: undefined };
}

/** The pattern of an object that nothing is added to, taken from, or needed of. */
export function flatObject(
  plan: ObjectPlan,
): { pattern: string; selections: readonly SelectionNode[]; includesList: boolean } | undefined {
  if (plan.hidden.length > 0 || plan.joins.length > 0 || plan.captures > 0 || plan.nests > 0) return undefined;
  const fields: FieldPlan[] = [];
  const patterns: [string, string][] = [];
  for (const part of plan.parts) {
    const pattern = isHole(part) ? undefined : flattened(part.value);
    if (isHole(part) || pattern === undefined) return undefined;
    fields.push(part);
    patterns.push([part.responseName, pattern]);
  }
  const includesList = fields.some(({ value }) => value.kind !== 'flat');
  return { pattern: objectPattern(patterns), selections: selectionsOf(fields, ''), includesList };
}

/** The pattern of lists and objects that could be read step by step, but need not be. */
function flattened(value: ValuePlan): string | undefined {
  if (value.kind === 'flat') return value.pattern;
  if (value.kind === 'list') {
    const of = flattened(value.of);
    if (of === undefined) return undefined;
    return value.nullable ? nullablePattern(listPattern(of)) : listPattern(of);
  }
  if (value.kind === 'enum') return undefined;
  const [plan] = value.byType.values();
  const whole = !value.discriminated && plan ? flatObject(plan) : undefined;
  if (!whole) return undefined;
  return value.nullable ? nullablePattern(whole.pattern) : whole.pattern;
}

/** A value that a representation takes as it is; undefined if other fetches add to what is needed of it. */
export function flatNeed(
  context: PlanContext,
  type: GraphQLObjectType,
  nodes: readonly FieldNode[],
  selections: readonly QueryPlanSelectionNode[] | undefined,
): ValuePlan | undefined {
  const { fullSchema, scalarDepth, isIncluded } = context;
  const wrap = (outputType: GraphQLOutputType): ValuePlan | undefined => {
    const bare = isNonNullType(outputType) ? outputType.ofType : outputType;
    if (isLeafType(bare)) return flat(nullablePattern(customPattern(Math.max(scalarDepth, 1))));
    if (isListType(bare)) {
      const of = wrap(bare.ofType);
      return of?.kind === 'flat' ? flat(nullablePattern(listPattern(of.pattern)), of.selections) : undefined;
    }
    if (isAbstractType(bare) || !isObjectType(bare)) throw new NotCompilable('needs of an abstract type');
    const needs = neededFields(fullSchema, selections ?? [], bare.name);
    const fields = sourceFields(fullSchema, selectionsBelow(nodes), bare.name, isIncluded);
    const kept: FieldNode[] = [];
    const patterns: [string, string][] = [];
    for (const [name, below_] of needs) {
      if (name === '__typename') {
        kept.push(typenameNode);
        patterns.push([name, `"${bare.name}"`]);
        continue;
      }
      const inner = fields.get(name);
      if (!inner) return undefined;
      const value = flatNeed(context, bare, inner, below_);
      if (value?.kind !== 'flat') return undefined;
      kept.push(...selectionsOf([fieldPlan(name, inner, value)], ''));
      patterns.push([name, value.pattern]);
    }
    return flat(nullablePattern(objectPattern(patterns)), kept);
  };
  return wrap(fieldTypeOf(fullSchema, type, nodes));
}

export function selectionsBelow(nodes: readonly FieldNode[]): readonly SelectionNode[] {
  return nodes.flatMap(({ selectionSet }) => selectionSet?.selections ?? []);
}

export function fieldTypeOf(
  schema: GraphQLSchema,
  type: GraphQLObjectType,
  nodes: readonly FieldNode[],
): GraphQLOutputType {
  const full = schema.getType(type.name);
  const field = isObjectType(full) ? full.getFields()[nodes[0]?.name.value ?? ''] : undefined;
  if (!field) throw new NotCompilable(`no field ${type.name}.${nodes[0]?.name.value}`);
  return field.type;
}

/** The name of the type of a field, without lists. */
export function namedTypeOf(schema: GraphQLSchema, type: GraphQLObjectType, nodes: readonly FieldNode[]): string {
  return String(getNamedType(fieldTypeOf(schema, type, nodes)));
}

export const typenameNode: FieldNode = { kind: Kind.FIELD, name: { kind: Kind.NAME, value: '__typename' } };
