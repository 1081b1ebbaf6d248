import {
  getNamedType,
  isInputObjectType,
  isInterfaceType,
  isObjectType,
  isUnionType,
  type GraphQLSchema,
} from 'graphql';
import { elementAt } from './schema-coordinates.ts';

/** Whether the element at this path (`Type.field`, `Type.field.argument`, `Enum.VALUE`), or the field it belongs to, is deprecated. */
export function isDeprecated(schema: GraphQLSchema, path: string): boolean {
  const [type, member, argument] = path.split('.');
  const coordinates = [`${type}.${member}`, ...(argument === undefined ? [] : [`${type}.${member}(${argument}:)`])];
  return coordinates.some((coordinate) => elementAt(schema, coordinate)?.deprecationReason != null);
}

/** Whether nobody can come to a type without using something that is deprecated: GraphQL cannot deprecate types themselves. */
export function isOnlyUsedWhereDeprecated(schema: GraphQLSchema, typeName: string): boolean {
  return !reachableWithoutDeprecated(schema).has(typeName);
}

function reachableWithoutDeprecated(schema: GraphQLSchema): Set<string> {
  const reached = new Set<string>();
  const waiting = [schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()]
    .filter((type) => type != null)
    .map(({ name }) => name);
  for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
    if (reached.has(name)) continue;
    reached.add(name);
    waiting.push(...usedBy(schema, name));
  }
  return reached;
}

function usedBy(schema: GraphQLSchema, name: string): string[] {
  const type = schema.getType(name);
  if (isUnionType(type)) return type.getTypes().map((member) => member.name);
  if (isInputObjectType(type)) return namesOf(Object.values(type.getFields()));
  if (!isObjectType(type) && !isInterfaceType(type)) return [];
  const fields = Object.values(type.getFields()).filter(({ deprecationReason }) => deprecationReason == null);
  const implementations = isInterfaceType(type) ? schema.getPossibleTypes(type).map((each) => each.name) : [];
  const interfaces = type.getInterfaces().map((each) => each.name);
  return [...namesOf(fields), ...namesOf(fields.flatMap(({ args }) => args)), ...implementations, ...interfaces];
}

interface Typed {
  readonly type: Parameters<typeof getNamedType>[0];
  readonly deprecationReason?: string | null | undefined;
}

function namesOf(elements: readonly Typed[]): string[] {
  return elements.flatMap(({ type, deprecationReason }) => {
    const named = deprecationReason == null ? getNamedType(type) : undefined;
    return named ? [named.name] : [];
  });
}
