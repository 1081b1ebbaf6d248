import { getNamedType, isEnumType, isInputObjectType, Kind, parse, TypeInfo, visit, visitWithTypeInfo } from 'graphql';
import type { GraphQLSchema, TypeNode } from 'graphql';

/**
 * Schema coordinates of what a document uses, sorted: fields, arguments and input fields that it gives, enum values that
 * it writes, and types of its variables and fragments. What the schema does not have is left out.
 */
export function usedCoordinates(schema: GraphQLSchema, text: string): string[] {
  const used = new Set<string>();
  const types = new TypeInfo(schema);
  visit(
    parse(text, { noLocation: true }),
    visitWithTypeInfo(types, {
      Field({ name: { value: name } }) {
        const parent = types.getParentType();
        if (parent && types.getFieldDef() && !isIntrospection(parent.name, name)) used.add(`${parent.name}.${name}`);
      },
      Argument({ name: { value: name } }) {
        const field = types.getFieldDef();
        const parent = types.getParentType();
        if (types.getDirective() || !types.getArgument() || !field || !parent) return;
        if (isIntrospection(parent.name, field.name)) return;
        used.add(`${parent.name}.${field.name}(${name}:)`);
      },
      ObjectField({ name: { value: name } }) {
        const parent = getNamedType(types.getParentInputType());
        if (isInputObjectType(parent) && parent.getFields()[name]) used.add(`${parent.name}.${name}`);
      },
      EnumValue() {
        const type = getNamedType(types.getInputType());
        const value = types.getEnumValue();
        if (isEnumType(type) && value) used.add(`${type.name}.${value.name}`);
      },
      VariableDefinition({ type }) {
        const name = nameOf(type);
        const named = schema.getType(name);
        if (isInputObjectType(named) || isEnumType(named)) used.add(name);
      },
      InlineFragment({ typeCondition }) {
        if (typeCondition && schema.getType(typeCondition.name.value)) used.add(typeCondition.name.value);
      },
      FragmentDefinition({ typeCondition }) {
        if (schema.getType(typeCondition.name.value)) used.add(typeCondition.name.value);
      },
    }),
  );
  return [...used].sort();
}

function nameOf(type: TypeNode): string {
  return type.kind === Kind.NAMED_TYPE ? type.name.value : nameOf(type.type);
}

/** Names that begin so are GraphQL's own, the same in every contract. */
function isIntrospection(typeName: string, fieldName: string): boolean {
  return typeName.startsWith('__') || fieldName.startsWith('__');
}
