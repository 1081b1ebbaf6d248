import type { PlanNode, QueryPlan, QueryPlanSelectionNode } from '@apollo/query-planner';
import { Kind, parse, visit } from 'graphql';
import type { InterfaceTypeDefinitionNode, ObjectTypeDefinitionNode, SelectionSetNode } from 'graphql';

/** The keys by which subgraphs resolve the entities of a type: by type and subgraph, each key as paths of fields. */
export type ResolvableKeys = ReadonlyMap<string, readonly (readonly string[])[]>;

/** Reads them from the supergraph's `join__type` directives. */
export function resolvableKeysOf(supergraphSdl: string): ResolvableKeys {
  const services = new Map<string, string>();
  const keys = new Map<string, string[][]>();
  const read = (node: ObjectTypeDefinitionNode | InterfaceTypeDefinitionNode): void => {
    for (const { name, arguments: args = [] } of node.directives ?? []) {
      if (name.value !== 'join__type') continue;
      const values = new Map(args.map((argument) => [argument.name.value, argument.value]));
      const key = values.get('key');
      const graph = values.get('graph');
      const resolvable = values.get('resolvable');
      if (key?.kind !== Kind.STRING || graph?.kind !== Kind.ENUM) continue;
      if (resolvable?.kind === Kind.BOOLEAN && !resolvable.value) continue;
      const [operation] = parse(`{ ${key.value} }`, { noLocation: true }).definitions;
      if (operation?.kind !== Kind.OPERATION_DEFINITION) continue;
      const place = `${node.name.value} ${services.get(graph.value) ?? ''}`;
      keys.set(place, [...(keys.get(place) ?? []), pathsOf(operation.selectionSet, '')]);
    }
  };
  const document = parse(supergraphSdl, { noLocation: true });
  visit(document, {
    EnumValueDefinition(node) {
      const graph = node.directives?.find(({ name }) => name.value === 'join__graph');
      const name = graph?.arguments?.find((argument) => argument.name.value === 'name')?.value;
      if (name?.kind === Kind.STRING) services.set(node.name.value, name.value);
    },
  });
  visit(document, { ObjectTypeDefinition: read, InterfaceTypeDefinition: read });
  return keys;
}

/**
 * A fetch of entities by none of the keys that its subgraph resolves, as `Type in subgraph`: composition allows it, and
 * it would find nothing.
 */
export function unresolvableFetch(
  plan: QueryPlan,
  keys: ResolvableKeys,
  interfacesOf: (typeName: string) => readonly string[],
): string | undefined {
  const find = (node: PlanNode | undefined): string | undefined => {
    if (!node) return undefined;
    switch (node.kind) {
      case 'Sequence':
      case 'Parallel':
        return firstOf(node.nodes.map(find));
      case 'Flatten':
        return find(node.node);
      case 'Condition':
        return firstOf([find(node.ifClause), find(node.elseClause)]);
      case 'Defer':
        return firstOf([find(node.primary.node), ...node.deferred.map((each) => find(each.node))]);
      case 'Fetch': {
        const given = new Map<string, Set<string>>();
        for (const selection of node.requires ?? []) {
          if (selection.kind !== 'InlineFragment' || selection.typeCondition === undefined) continue;
          const paths = given.get(selection.typeCondition) ?? new Set<string>();
          given.set(selection.typeCondition, paths);
          addPaths(selection.selections, '', paths);
        }
        for (const [typeName, paths] of given) {
          const known = [typeName, ...interfacesOf(typeName)].flatMap(
            (each) => keys.get(`${each} ${node.serviceName}`) ?? [],
          );
          if (!known.some((key) => key.every((path) => paths.has(path)))) return `${typeName} in ${node.serviceName}`;
        }
        return undefined;
      }
    }
  };
  return plan.node?.kind === 'Subscription' ? find(plan.node.rest) : find(plan.node);
}

function firstOf(found: readonly (string | undefined)[]): string | undefined {
  return found.find((each) => each !== undefined);
}

function pathsOf({ selections }: SelectionSetNode, path: string): string[] {
  return selections.flatMap((selection) => {
    if (selection.kind === Kind.FRAGMENT_SPREAD) return [];
    if (selection.kind === Kind.INLINE_FRAGMENT) return pathsOf(selection.selectionSet, path);
    const below = `${path}.${selection.name.value}`;
    return [below, ...(selection.selectionSet ? pathsOf(selection.selectionSet, below) : [])];
  });
}

function addPaths(selections: readonly QueryPlanSelectionNode[], path: string, paths: Set<string>): void {
  for (const selection of selections) {
    const below = selection.kind === 'Field' ? `${path}.${selection.name}` : path;
    paths.add(below);
    addPaths(selection.selections ?? [], below, paths);
  }
}
