import { Kind, parse, visit } from 'graphql';

/** Names of fields that plans fetch on their own account: keys, and inputs of `@requires`, `@provides` and contexts. */
export interface JoinedNames {
  readonly all: ReadonlySet<string>;
  /** Those that some field set fetches with arguments. */
  readonly withArguments: ReadonlySet<string>;
}

/** Reads them from the supergraph's `join__` directives. */
export function joinedNames(supergraphSdl: string): JoinedNames {
  const all = new Set<string>();
  const withArguments = new Set<string>();
  visit(parse(supergraphSdl, { noLocation: true }), {
    Directive(directive) {
      if (!directive.name.value.startsWith('join__')) return;
      visit(directive, {
        enter(node) {
          const isFieldSet = node.kind === Kind.ARGUMENT || node.kind === Kind.OBJECT_FIELD;
          if (!isFieldSet || node.value.kind !== Kind.STRING || !fieldSets.has(node.name.value)) return;
          const text = node.value.value.replace(/^\s*\$\w+/, '').trim();
          visit(parse(text.startsWith('{') ? text : `{ ${text} }`, { noLocation: true }), {
            Field(field) {
              all.add(field.name.value);
              if (field.arguments?.length) withArguments.add(field.name.value);
            },
          });
        },
      });
    },
  });
  return { all, withArguments };
}

/** Names of the types that the supergraph marks `isInterfaceObject` for some subgraph. */
export function interfaceObjects(supergraphSdl: string): ReadonlySet<string> {
  const names = new Set<string>();
  for (const definition of parse(supergraphSdl, { noLocation: true }).definitions) {
    if (definition.kind !== Kind.INTERFACE_TYPE_DEFINITION) continue;
    const isObjectSomewhere = definition.directives?.some(
      ({ name, arguments: given }) =>
        name.value === 'join__type' &&
        given?.some(
          ({ name: { value: argument }, value }) =>
            argument === 'isInterfaceObject' && value.kind === Kind.BOOLEAN && value.value,
        ),
    );
    if (isObjectSomewhere) names.add(definition.name.value);
  }
  return names;
}

const fieldSets = new Set(['key', 'requires', 'provides', 'selection']);
