import { getArgumentValues, isObjectType } from 'graphql';
import type { ExecutionResult, GraphQLObjectType, GraphQLSchema, OperationTypeNode } from 'graphql';
import { getOwn, isResponseObject } from '../execute/own-properties.ts';
import type { ResponseObject } from '../execute/own-properties.ts';
import type { FieldShape, SelectionShape, ValueShape } from '../execute/response-shape.ts';
import type { CostModel } from './cost-model.ts';
import { inputCost, valueCost } from './field-cost.ts';

/** What a response has cost: each value in it by its weight, each field by its arguments. */
export function measureCost(
  { data }: ExecutionResult,
  schema: GraphQLSchema,
  model: CostModel,
  operation: OperationTypeNode,
  shape: SelectionShape,
  variables: Readonly<Record<string, unknown>>,
): number {
  const rootType = schema.getRootType(operation);
  if (!data || !rootType) return 0;
  const argumentCosts = new Map<FieldShape, number>();

  const ofArguments = (field: FieldShape, parent: GraphQLObjectType): number => {
    let cost = argumentCosts.get(field);
    if (cost === undefined) {
      const definition = parent.getFields()[field.fieldName];
      const values = definition && field.nodes[0] ? getArgumentValues(definition, field.nodes[0], variables) : {};
      cost = (definition?.args ?? [])
        .filter(({ name }) => field.nodes[0]?.arguments?.some((given) => given.name.value === name))
        .reduce((sum, { name, type }) => {
          return sum + inputCost(model, `${parent.name}.${field.fieldName}(${name}:)`, type, values[name]);
        }, 0);
      argumentCosts.set(field, cost);
    }
    return cost;
  };
  const ofObject = (selection: SelectionShape, type: GraphQLObjectType, object: ResponseObject): number => {
    let cost = 0;
    for (const field of selection.fieldsOf(type)) {
      if (field.kind !== 'value') continue;
      cost += ofArguments(field, type) + ofValue(field, type, field.value, getOwn(object, field.responseName));
    }
    return cost;
  };
  const ofValue = (field: FieldShape, parent: GraphQLObjectType, shape: ValueShape, value: unknown): number => {
    if (value === null || value === undefined) return 0;
    if (shape.kind === 'nonNull') return ofValue(field, parent, shape.of, value);
    if (shape.kind === 'list') {
      const items: readonly unknown[] = Array.isArray(value) ? value : [];
      return items.reduce<number>((sum, item) => sum + ofValue(field, parent, shape.of, item), 0);
    }
    if (shape.kind === 'leaf') return valueCost(model, parent, field.fieldName, shape.type);
    const type = isResponseObject(value) ? typeOf(schema, shape, value) : undefined;
    if (!type) return 0;
    const own = valueCost(model, parent, field.fieldName, type);
    return own + ofObject(shape.selection, type, value as ResponseObject);
  };
  return ofObject(shape, rootType, data);
}

/** By the type's name where the client asked for it, else the first type that has just these fields. */
function typeOf(
  schema: GraphQLSchema,
  shape: Extract<ValueShape, { kind: 'object' }>,
  object: ResponseObject,
): GraphQLObjectType | undefined {
  if (shape.only) return shape.only;
  const named = schema.getType(String(getOwn(object, '__typename')));
  if (isObjectType(named)) return named;
  const names = Object.keys(object);
  return shape.possible.find((type) => {
    const fields = shape.selection.fieldsOf(type);
    return fields.length === names.length && fields.every(({ responseName }) => Object.hasOwn(object, responseName));
  });
}
