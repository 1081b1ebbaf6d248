import { Kind } from 'graphql';
import type {
  DocumentNode,
  FieldDefinitionNode,
  InputValueDefinitionNode,
  TypeDefinitionNode,
  TypeNode,
} from 'graphql';
import { builtInTypes, typeNameOf } from './named-types.ts';

/** The names of what the root types lead to. */
export function reachableTypes(
  types: ReadonlyMap<string, TypeDefinitionNode>,
  roots: readonly string[],
  api: DocumentNode,
  onFault: (fault: string) => void,
): Set<string> {
  const reached = new Set<string>();
  const pending: string[] = [];
  const reach = (name: string): void => {
    if (builtInTypes.has(name) || reached.has(name) || !types.has(name)) return;
    reached.add(name);
    pending.push(name);
  };
  const lead = (coordinate: string, { type }: { readonly type: TypeNode }): void => {
    const name = typeNameOf(type);
    if (!builtInTypes.has(name) && !types.has(name)) onFault(`${coordinate} is shown, but its type ${name} is not`);
    reach(name);
  };
  const implementers = implementersOf(types);
  for (const root of roots) reach(root);
  for (const definition of api.definitions) {
    if (definition.kind !== Kind.DIRECTIVE_DEFINITION) continue;
    for (const argument of definition.arguments ?? []) lead(`@${definition.name.value}`, argument);
  }
  for (let name = pending.pop(); name !== undefined; name = pending.pop()) {
    const type = types.get(name);
    if (!type) continue;
    if (type.kind === Kind.SCALAR_TYPE_DEFINITION) continue;
    if (type.kind === Kind.ENUM_TYPE_DEFINITION) {
      if (!type.values?.length) onFault(`${name} is shown, but none of its values`);
    } else if (type.kind === Kind.UNION_TYPE_DEFINITION) {
      const members = (type.types ?? []).filter((member) => types.has(member.name.value));
      if (members.length === 0) onFault(`${name} is shown, but none of its types`);
      for (const member of members) reach(member.name.value);
    } else {
      if (!type.fields?.length) onFault(`${name} is shown, but none of its fields`);
      for (const field of type.fields ?? []) {
        lead(`${name}.${field.name.value}`, field);
        if (field.kind === Kind.INPUT_VALUE_DEFINITION) continue;
        for (const given of field.arguments ?? []) lead(`${name}.${field.name.value}(${given.name.value}:)`, given);
      }
      if (type.kind === Kind.INPUT_OBJECT_TYPE_DEFINITION) continue;
      for (const { name: implemented } of type.interfaces ?? []) {
        reach(implemented.value);
        conform(type, types.get(implemented.value), onFault);
      }
      for (const implementer of implementers.get(name) ?? []) reach(implementer);
    }
  }
  return reached;
}

function implementersOf(types: ReadonlyMap<string, TypeDefinitionNode>): Map<string, string[]> {
  const implementers = new Map<string, string[]>();
  for (const [name, type] of types) {
    if (type.kind !== Kind.OBJECT_TYPE_DEFINITION && type.kind !== Kind.INTERFACE_TYPE_DEFINITION) continue;
    for (const { name: implemented } of type.interfaces ?? []) {
      const known = implementers.get(implemented.value);
      if (known) known.push(name);
      else implementers.set(implemented.value, [name]);
    }
  }
  return implementers;
}

/** A type has every field, and every argument of it, that an interface of it shows. */
function conform(
  type: TypeDefinitionNode & {
    readonly fields?: readonly (FieldDefinitionNode | InputValueDefinitionNode)[] | undefined;
  },
  implemented: TypeDefinitionNode | undefined,
  onFault: (fault: string) => void,
): void {
  if (implemented?.kind !== Kind.INTERFACE_TYPE_DEFINITION) return;
  for (const expected of implemented.fields ?? []) {
    const field = type.fields?.find(({ name }) => name.value === expected.name.value);
    const place = `${implemented.name.value}.${expected.name.value}`;
    const own = `${type.name.value}.${expected.name.value}`;
    if (!field) onFault(`${place} is shown, but ${own} is not`);
    else if (field.kind === Kind.FIELD_DEFINITION) {
      for (const { name } of expected.arguments ?? []) {
        if (field.arguments?.some((each) => each.name.value === name.value)) continue;
        onFault(`${place}(${name.value}:) is shown, but ${own}(${name.value}:) is not`);
      }
    }
  }
}
