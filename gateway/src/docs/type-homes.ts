import { isTypeDefinitionNode, Kind, parse, valueFromASTUntyped } from 'graphql';
import type { ConstDirectiveNode, TypeDefinitionNode } from 'graphql';

/** Which subgraphs what is in a supergraph comes from. */
export interface TypeHomes {
  /** Names of all subgraphs, in order. */
  readonly subgraphs: readonly string[];
  /** Of a type that several know: the one that gives the most of its fields. */
  ofType(name: string): string | undefined;
  ofField(type: string, field: string): string | undefined;
  /** Whether subgraphs refer to objects of the type by a key. */
  isEntity(type: string): boolean;
}

/** Reads the `@join__` directives of a supergraph's SDL. */
export function typeHomes(sdl: string): TypeHomes {
  const names = new Map<string, string>();
  const ofTypes = new Map<string, string>();
  const ofFields = new Map<string, string>();
  const entities = new Set<string>();
  const definitions = parse(sdl, { noLocation: true }).definitions.filter(isTypeDefinitionNode);
  for (const definition of definitions) {
    if (definition.kind !== Kind.ENUM_TYPE_DEFINITION || definition.name.value !== 'join__Graph') continue;
    for (const { name, directives = [] } of definition.values ?? []) {
      for (const { args } of applied(directives, 'join__graph')) names.set(name.value, String(args['name']));
    }
  }
  for (const definition of definitions) {
    const type = definition.name.value;
    const types = applied(definition.directives ?? [], 'join__type');
    if (types.some(({ args }) => args['key'] !== undefined)) entities.add(type);
    const graphs = types.map(({ args }) => String(args['graph']));
    const given = new Map(graphs.map((graph) => [graph, 0]));
    for (const { name, directives = [] } of fieldsOf(definition)) {
      const sources = applied(directives, 'join__field').filter(({ args }) => args['external'] !== true);
      const by = sources.length === 0 ? graphs : sources.map(({ args }) => String(args['graph']));
      const [home] = by;
      if (home !== undefined) ofFields.set(`${type}.${name.value}`, names.get(home) ?? home);
      for (const graph of by) given.set(graph, (given.get(graph) ?? 0) + 1 / by.length);
    }
    const [home] = [...given].sort(([, a], [, b]) => b - a)[0] ?? [];
    if (home !== undefined) ofTypes.set(type, names.get(home) ?? home);
  }
  return {
    subgraphs: [...names.values()],
    ofType: (name) => ofTypes.get(name),
    ofField: (type, field) => ofFields.get(`${type}.${field}`),
    isEntity: (type) => entities.has(type),
  };
}

function applied(directives: readonly ConstDirectiveNode[], name: string): { args: Record<string, unknown> }[] {
  return directives
    .filter((directive) => directive.name.value === name)
    .map(({ arguments: given = [] }) => ({
      args: Object.fromEntries(given.map(({ name: { value: key }, value }) => [key, valueFromASTUntyped(value)])),
    }));
}

function fieldsOf(definition: TypeDefinitionNode) {
  switch (definition.kind) {
    case Kind.OBJECT_TYPE_DEFINITION:
    case Kind.INTERFACE_TYPE_DEFINITION:
    case Kind.INPUT_OBJECT_TYPE_DEFINITION:
      return definition.fields ?? [];
    default:
      return [];
  }
}
