import { Kind } from 'graphql';
import type { ConstValueNode, InputValueDefinitionNode, TypeDefinitionNode } from 'graphql';
import { typeNameOf } from './named-types.ts';
import type { Selection } from './visible-part.ts';

/** With defaults that name only what is shown. */
export function withShownDefaults(
  type: TypeDefinitionNode,
  types: ReadonlyMap<string, TypeDefinitionNode>,
  { shownAs }: Pick<Selection, 'shownAs'>,
  faults: Set<string>,
): TypeDefinitionNode {
  const shown = (place: string, name: string, value: ConstValueNode): ConstValueNode => {
    const named = types.get(name);
    if (value.kind === Kind.LIST) return { ...value, values: value.values.map((each) => shown(place, name, each)) };
    if (value.kind === Kind.ENUM && named?.kind === Kind.ENUM_TYPE_DEFINITION) {
      if (named.values?.some((each) => each.name.value === value.value)) return value;
      const former = shownAs(name, value.value);
      if (former === undefined) faults.add(`the default of ${place} is ${name}.${value.value}, which is not shown`);
      return { ...value, value: former ?? value.value };
    }
    if (value.kind !== Kind.OBJECT || named?.kind !== Kind.INPUT_OBJECT_TYPE_DEFINITION) return value;
    return {
      ...value,
      fields: value.fields.map((given) => {
        const field = named.fields?.find((each) => each.name.value === given.name.value);
        if (field) return { ...given, value: shown(place, typeNameOf(field.type), given.value) };
        faults.add(`the default of ${place} gives ${name}.${given.name.value}, which is not shown`);
        return given;
      }),
    };
  };
  const input = (place: string, node: InputValueDefinitionNode): InputValueDefinitionNode =>
    node.defaultValue ? { ...node, defaultValue: shown(place, typeNameOf(node.type), node.defaultValue) } : node;
  const name = type.name.value;
  if (type.kind === Kind.INPUT_OBJECT_TYPE_DEFINITION) {
    return { ...type, fields: (type.fields ?? []).map((field) => input(`${name}.${field.name.value}`, field)) };
  }
  if (type.kind !== Kind.OBJECT_TYPE_DEFINITION && type.kind !== Kind.INTERFACE_TYPE_DEFINITION) return type;
  return {
    ...type,
    fields: (type.fields ?? []).map((field) => ({
      ...field,
      arguments: (field.arguments ?? []).map((given) =>
        input(`${name}.${field.name.value}(${given.name.value}:)`, given),
      ),
    })),
  };
}
