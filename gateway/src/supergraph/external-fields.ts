import { Kind, parse, visit } from 'graphql';
import type { ConstDirectiveNode, InterfaceTypeDefinitionNode, ObjectTypeDefinitionNode } from 'graphql';

/** Whether a subgraph can give a field of a type only where it was sent it. */
export type IsExternal = (service: string, typeName: string, fieldName: string) => boolean;

/** Reads it from a supergraph: what is `@external`, neither a part of a key nor provided anywhere in its subgraph. */
export function externalFields(supergraphSdl: string): IsExternal {
  const document = parse(supergraphSdl, { noLocation: true });
  const services = new Map<string, string>();
  const external = new Set<string>();
  const known = new Set<string>();
  const namesIn = (fieldSet: string): string[] => fieldSet.match(/\w+/g) ?? [];
  const read = ({ name: { value: typeName }, directives = [], fields = [] }: TypeWithFields): void => {
    for (const directive of directives) {
      const { graph, key } = argumentsOf(directive);
      for (const name of topNamesIn(key ?? '')) known.add(`${graph} ${typeName}.${name}`);
    }
    for (const field of fields) {
      for (const directive of field.directives ?? []) {
        const { graph, external: isExternal, provides } = argumentsOf(directive);
        if (directive.name.value !== 'join__field') continue;
        if (isExternal === 'true') external.add(`${graph} ${typeName}.${field.name.value}`);
        for (const name of namesIn(provides ?? '')) known.add(`${graph} ${name}`);
      }
    }
  };
  visit(document, {
    EnumValueDefinition(node) {
      const name = node.directives?.map((directive) => argumentsOf(directive)['name']).find(Boolean);
      if (name !== undefined) services.set(name, node.name.value);
    },
    ObjectTypeDefinition: read,
    InterfaceTypeDefinition: read,
  });
  return (service, typeName, fieldName) => {
    const graph = services.get(service);
    const place = `${graph} ${typeName}.${fieldName}`;
    return external.has(place) && !known.has(place) && !known.has(`${graph} ${fieldName}`);
  };
}

/** Names in a field set, without what is selected of objects. */
function topNamesIn(fieldSet: string): string[] {
  const outer = fieldSet.replace(/\{[^{}]*\}/g, ' ');
  return outer === fieldSet ? (outer.match(/\w+/g) ?? []) : topNamesIn(outer);
}

function argumentsOf({ arguments: given = [] }: ConstDirectiveNode): Partial<Record<string, string>> {
  return Object.fromEntries(
    given.flatMap(({ name, value }) => {
      if (value.kind === Kind.STRING || value.kind === Kind.ENUM) return [[name.value, value.value]];
      return value.kind === Kind.BOOLEAN ? [[name.value, String(value.value)]] : [];
    }),
  );
}

type TypeWithFields = ObjectTypeDefinitionNode | InterfaceTypeDefinitionNode;
