import { getNamedType, isInputObjectType, isLeafType, isListType, isNonNullType } from 'graphql';
import type { GraphQLInputType, GraphQLObjectType, GraphQLOutputType } from 'graphql';
import type { CostModel } from './cost-model.ts';

/** What one value of a field costs without what is selected of it: by default 1 for an object and 0 for anything else. */
export function valueCost(
  { weights }: CostModel,
  parent: GraphQLObjectType,
  fieldName: string,
  type: GraphQLOutputType | GraphQLObjectType,
): number {
  const named = getNamedType(type);
  return weights.get(`${parent.name}.${fieldName}`) ?? weights.get(named.name) ?? (isLeafType(named) ? 0 : 1);
}

/** What an argument costs with all that is in its value: by default 1 for each input object and 0 for anything else. */
export function inputCost(model: CostModel, coordinate: string, type: GraphQLInputType, value: unknown): number {
  if (value === null || value === undefined) return 0;
  if (isNonNullType(type)) return inputCost(model, coordinate, type.ofType, value);
  if (isListType(type)) {
    const items: readonly unknown[] = Array.isArray(value) ? value : [value];
    return items.reduce<number>((sum, item) => sum + inputCost(model, coordinate, type.ofType, item), 0);
  }
  const weight = model.weights.get(coordinate) ?? model.weights.get(type.name);
  if (!isInputObjectType(type) || typeof value !== 'object') return weight ?? 0;
  return Object.values(type.getFields()).reduce((sum, field) => {
    const given = Object.hasOwn(value, field.name) ? (value as Record<string, unknown>)[field.name] : undefined;
    return sum + inputCost(model, `${type.name}.${field.name}`, field.type, given);
  }, weight ?? 1);
}
