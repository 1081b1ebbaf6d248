import { Kind, parse, print, visit } from 'graphql';
import type {
  ConstArgumentNode,
  ConstDirectiveNode,
  DocumentNode,
  FieldDefinitionNode,
  FieldNode,
  InterfaceTypeDefinitionNode,
  ObjectTypeDefinitionNode,
  SelectionSetNode,
  TypeNode,
} from 'graphql';

/** Inputs of `@requires` that have arguments, under the names that plans have for them. */
export interface RequiredInputs {
  /** The field and the arguments that a name stands for. */
  readonly byName: ReadonlyMap<string, RequiredInput>;
  /** What a subgraph requires for a field: by path in the schema's names, the last name as plans have it. */
  pathsOf(service: string, typeName: string, fieldName: string): ReadonlyMap<string, string>;
}

interface RequiredInput {
  readonly name: string;
  readonly arguments: readonly ConstArgumentNode[];
}

/**
 * Gives every input of a `@requires` that has arguments a field of its own, without arguments. The planner would fetch
 * them all under the field's name: two `@requires` with different arguments would get one value, and so would the client.
 * Changes only what the planner sees: a plan that is made with it needs the fields and arguments put back.
 */
export function nameRequiredInputs(supergraph: DocumentNode): { document: DocumentNode; inputs: RequiredInputs } {
  const types = new Map<string, TypeWithFields>();
  const services = new Map<string, string>();
  const usedNames = new Set<string>();
  visit(supergraph, {
    ObjectTypeDefinition: (node) => void types.set(node.name.value, node),
    InterfaceTypeDefinition: (node) => void types.set(node.name.value, node),
    FieldDefinition: (node) => void usedNames.add(node.name.value),
    EnumValueDefinition(node) {
      const graph = node.directives?.find(({ name }) => name.value === 'join__graph');
      const name = graph && stringArgument(graph, 'name');
      if (name !== undefined) services.set(node.name.value, name);
    },
  });
  const byName = new Map<string, RequiredInput>();
  const names = new Map<string, string>();
  const fields = new Map<string, Map<string, string>>();
  const paths = new Map<string, ReadonlyMap<string, string>>();
  /** What subgraphs have in field sets, so that they may declare it as `@external`. */
  const used = new Set<string>();

  const nameOf = (input: FieldNode): string => {
    const text = print({ kind: Kind.FIELD, name: input.name, arguments: input.arguments ?? [] });
    let name = names.get(text);
    if (name === undefined) {
      for (let number = 1; name === undefined || usedNames.has(name); number++)
        name = `${input.name.value}__with_${number}`;
      usedNames.add(name);
      names.set(text, name);
      byName.set(name, { name: input.name.value, arguments: (input.arguments ?? []) as ConstArgumentNode[] });
    }
    return name;
  };
  const addUse = (service: string, typeName: string, name: string, original: string): void => {
    for (const type of types.values()) {
      const isThere = type.name.value === typeName || type.interfaces?.some((each) => each.name.value === typeName);
      if (!isThere) continue;
      used.add(keyOf(service, type.name.value, name));
      if (name === original) continue;
      const ofType = fields.get(type.name.value) ?? new Map<string, string>();
      fields.set(type.name.value, ofType.set(name, original));
    }
  };
  const renamed = (
    set: SelectionSetNode,
    service: string,
    typeName: string,
    path: string,
    found: Map<string, string>,
  ): SelectionSetNode => ({
    ...set,
    selections: set.selections.map((selection) => {
      if (selection.kind === Kind.FRAGMENT_SPREAD) return selection;
      if (selection.kind === Kind.INLINE_FRAGMENT) {
        const condition = selection.typeCondition?.name.value ?? typeName;
        return { ...selection, selectionSet: renamed(selection.selectionSet, service, condition, path, found) };
      }
      const original = selection.name.value;
      const below = `${path}.${original}`;
      const name = selection.arguments?.length ? nameOf(selection) : original;
      addUse(service, typeName, name, original);
      found.set(below, name);
      const definition = types.get(typeName)?.fields?.find((field) => field.name.value === original);
      return {
        kind: Kind.FIELD,
        name: { kind: Kind.NAME, value: name },
        ...(selection.selectionSet &&
          definition && {
            selectionSet: renamed(selection.selectionSet, service, namedType(definition.type), below, found),
          }),
      };
    }),
  });
  /** The field set of a directive as plans have it. */
  const fieldSetOf = (
    directive: ConstDirectiveNode,
    argument: string,
    typeName: string,
  ): PlannedFieldSet | undefined => {
    const text = stringArgument(directive, argument);
    const service = services.get(enumArgument(directive, 'graph') ?? '');
    if (!directive.name.value.startsWith('join__') || text === undefined || service === undefined) return undefined;
    const [operation] = parse(`{ ${text} }`, { noLocation: true }).definitions;
    if (operation?.kind !== Kind.OPERATION_DEFINITION) return undefined;
    const found = new Map<string, string>();
    const printed = print(renamed(operation.selectionSet, service, typeName, '', found));
    return { service, found, set: printed.slice(1, -1).replace(/\s+/g, ' ').trim() };
  };
  const isOfInterface = (service: string, typeName: string, name: string): boolean =>
    (types.get(typeName)?.directives ?? []).some((directive) => {
      if (directive.name.value !== 'join__implements') return false;
      if (services.get(enumArgument(directive, 'graph') ?? '') !== service) return false;
      const field = types
        .get(stringArgument(directive, 'interface') ?? '')
        ?.fields?.find((each) => each.name.value === name);
      const graphs = field?.directives?.flatMap((each) => enumArgument(each, 'graph') ?? []) ?? [];
      return field !== undefined && (graphs.length === 0 || graphs.some((graph) => services.get(graph) === service));
    });

  for (const type of types.values()) {
    for (const directive of type.directives ?? []) fieldSetOf(directive, 'key', type.name.value);
    for (const field of type.fields ?? []) {
      for (const each of field.directives ?? []) fieldSetOf(each, 'provides', namedType(field.type));
    }
  }
  const rewritten = mapFields(supergraph, (typeName, field) => [
    {
      ...field,
      directives:
        field.directives?.map((directive) => {
          const { service, set, found } = fieldSetOf(directive, 'requires', typeName) ?? {};
          if (service === undefined || set === undefined || !found) return directive;
          paths.set(keyOf(service, typeName, field.name.value), found);
          return withStringArgument(directive, 'requires', set);
        }) ?? [],
    },
  ]);
  const document = mapFields(rewritten, (typeName, field) => {
    const added = [...(fields.get(typeName) ?? [])].filter(([, original]) => original === field.name.value);
    for (const [name] of added) {
      for (const service of services.values()) {
        const found = paths.get(keyOf(service, typeName, field.name.value));
        if (found) paths.set(keyOf(service, typeName, name), found);
      }
    }
    if (added.length === 0) return [field];
    // A subgraph may not declare as external what it does not require any more.
    const directivesOf = (name: string): ConstDirectiveNode[] =>
      (field.directives ?? []).filter((directive) => {
        const service = services.get(enumArgument(directive, 'graph') ?? '') ?? '';
        return (
          !isExternal(directive) || used.has(keyOf(service, typeName, name)) || isOfInterface(service, typeName, name)
        );
      });
    return [
      { ...field, directives: directivesOf(field.name.value) },
      ...added.map(([value]) => ({
        ...field,
        name: { kind: Kind.NAME, value } as const,
        arguments: [],
        directives: directivesOf(value).filter(({ name }) => name.value === 'join__field'),
      })),
    ];
  });
  const none = new Map<string, string>();
  return {
    document,
    inputs: { byName, pathsOf: (service, typeName, name) => paths.get(keyOf(service, typeName, name)) ?? none },
  };
}

function isExternal({ name, arguments: args = [] }: ConstDirectiveNode): boolean {
  return name.value === 'join__field' && args.some((arg) => arg.name.value === 'external');
}

interface PlannedFieldSet {
  readonly service: string;
  readonly set: string;
  /** As `pathsOf` has it. */
  readonly found: ReadonlyMap<string, string>;
}

type TypeWithFields = ObjectTypeDefinitionNode | InterfaceTypeDefinitionNode;

function mapFields(
  document: DocumentNode,
  map: (typeName: string, field: FieldDefinitionNode) => FieldDefinitionNode[],
): DocumentNode {
  const mapType = <Type extends TypeWithFields>(type: Type): Type => ({
    ...type,
    fields: type.fields?.flatMap((field) => map(type.name.value, field)) ?? [],
  });
  return {
    ...document,
    definitions: document.definitions.map((definition) =>
      definition.kind === Kind.OBJECT_TYPE_DEFINITION || definition.kind === Kind.INTERFACE_TYPE_DEFINITION
        ? mapType(definition)
        : definition,
    ),
  };
}

function keyOf(service: string, typeName: string, fieldName: string): string {
  return `${typeName}.${fieldName} ${service}`;
}

function namedType(type: TypeNode): string {
  return type.kind === Kind.NAMED_TYPE ? type.name.value : namedType(type.type);
}

function stringArgument({ arguments: args = [] }: ConstDirectiveNode, name: string): string | undefined {
  const value = args.find((argument) => argument.name.value === name)?.value;
  return value?.kind === Kind.STRING ? value.value : undefined;
}

function withStringArgument(directive: ConstDirectiveNode, name: string, value: string): ConstDirectiveNode {
  return {
    ...directive,
    arguments:
      directive.arguments?.map((argument) =>
        argument.name.value === name ? { ...argument, value: { kind: Kind.STRING, value } } : argument,
      ) ?? [],
  };
}

function enumArgument({ arguments: args = [] }: ConstDirectiveNode, name: string): string | undefined {
  const value = args.find((argument) => argument.name.value === name)?.value;
  return value?.kind === Kind.ENUM ? value.value : undefined;
}
