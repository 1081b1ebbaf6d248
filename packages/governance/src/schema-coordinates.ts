import {
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isIntrospectionType,
  isObjectType,
  isSpecifiedScalarType,
  type GraphQLSchema,
} from 'graphql';

/** An element of a schema, whatever kind it is. */
export interface Element {
  readonly description?: string | null | undefined;
  readonly deprecationReason?: string | null | undefined;
}

/** What a coordinate (`Type`, `Type.field`, `Type.field(argument:)`, `Input.field`, `Enum.VALUE`) names; undefined if there is no such element. */
export function elementAt(schema: GraphQLSchema, coordinate: string): Element | undefined {
  const [, typeName = '', member, argument] = /^(\w+)(?:\.(\w+))?(?:\((\w+):\))?$/.exec(coordinate) ?? [];
  const type = schema.getType(typeName);
  if (!type || member === undefined) return type;
  if (isEnumType(type)) return type.getValue(member) ?? undefined;
  if (isInputObjectType(type)) return type.getFields()[member];
  if (!isObjectType(type) && !isInterfaceType(type)) return undefined;
  if (member === '__typename') return {};
  const field = type.getFields()[member];
  return argument === undefined ? field : field?.args.find(({ name }) => name === argument);
}

export function hasElement(schema: GraphQLSchema, coordinate: string): boolean {
  return elementAt(schema, coordinate) !== undefined;
}

/** The coordinates of all elements that a schema declares; nothing of GraphQL’s own. */
export function coordinatesOf(schema: GraphQLSchema): string[] {
  return Object.values(schema.getTypeMap()).flatMap((type) => {
    if (isIntrospectionType(type) || isSpecifiedScalarType(type)) return [];
    if (isEnumType(type)) return [type.name, ...type.getValues().map(({ name }) => `${type.name}.${name}`)];
    if (isInputObjectType(type))
      return [type.name, ...Object.keys(type.getFields()).map((name) => `${type.name}.${name}`)];
    if (!isObjectType(type) && !isInterfaceType(type)) return [type.name];
    const fields = Object.values(type.getFields()).flatMap(({ name, args }) => [
      `${type.name}.${name}`,
      ...args.map((argument) => `${type.name}.${name}(${argument.name}:)`),
    ]);
    return [type.name, ...fields];
  });
}

/** What an element is part of: `Type.field` of `Type.field(argument:)`, `Type` of `Type.field`; undefined of a type. */
export function ownerOf(coordinate: string): string | undefined {
  const end = Math.max(coordinate.lastIndexOf('('), coordinate.includes('(') ? -1 : coordinate.lastIndexOf('.'));
  return end > 0 ? coordinate.slice(0, end) : undefined;
}
