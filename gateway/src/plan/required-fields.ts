import type { FetchNode, PlanNode, QueryPlan, QueryPlanSelectionNode, SubscriptionNode } from '@apollo/query-planner';
import { getNamedType, isInterfaceType, isObjectType, Kind, parse } from 'graphql';
import type { GraphQLSchema, SelectionNode } from 'graphql';
import type { Supergraph } from '../supergraph/supergraph.ts';

/**
 * A field that a plan asks of a subgraph without sending what it requires, as `Type.field in subgraph`: the planner does
 * so for a `@requires` of a field that has a `@requires` itself, and the field would be computed of nothing.
 */
export function fieldWithoutInputs(
  plan: QueryPlan,
  { fullSchema, requiredInputs, isExternal }: Supergraph,
): string | undefined {
  const missing = (fetch: FetchNode, typeName: string, name: string, sent: ReadonlySet<string>): boolean =>
    [...requiredInputs.pathsOf(fetch.serviceName, typeName, name)].some(
      ([path, input]) =>
        path.lastIndexOf('.') === 0 && isExternal(fetch.serviceName, typeName, input) && !sent.has(input),
    );

  const within = (
    fetch: FetchNode,
    selections: readonly SelectionNode[],
    typeName: string,
    isEntity: boolean,
  ): string | undefined => {
    const type = fullSchema.getType(typeName);
    const fields = isObjectType(type) || isInterfaceType(type) ? type.getFields() : {};
    const sent = isEntity ? sentOf(fullSchema, fetch.requires ?? [], typeName) : nothing;
    for (const selection of selections) {
      let found: string | undefined;
      if (selection.kind === Kind.INLINE_FRAGMENT) {
        const condition = selection.typeCondition?.name.value ?? typeName;
        found = within(fetch, selection.selectionSet.selections, condition, isEntity);
      } else if (selection.kind === Kind.FIELD) {
        const { value: name } = selection.name;
        if (missing(fetch, typeName, name, sent)) return `${typeName}.${name} in ${fetch.serviceName}`;
        const field = fields[name];
        const below = name === '_entities' ? typeName : field && getNamedType(field.type).name;
        if (below !== undefined && selection.selectionSet) {
          found = within(fetch, selection.selectionSet.selections, below, name === '_entities');
        }
      }
      if (found !== undefined) return found;
    }
    return undefined;
  };

  const inNode = (node: PlanNode | SubscriptionNode | undefined): string | undefined => {
    if (!node) return undefined;
    switch (node.kind) {
      case 'Fetch': {
        for (const definition of parse(node.operation, { noLocation: true }).definitions) {
          if (definition.kind !== Kind.OPERATION_DEFINITION) continue;
          const rootType = fullSchema.getRootType(definition.operation)?.name ?? '';
          const found = within(node, definition.selectionSet.selections, rootType, false);
          if (found !== undefined) return found;
        }
        return undefined;
      }
      case 'Sequence':
      case 'Parallel':
        return firstOf(node.nodes.map(inNode));
      case 'Flatten':
        return inNode(node.node);
      case 'Condition':
        return firstOf([node.ifClause, node.elseClause].map(inNode));
      case 'Defer':
        return firstOf([node.primary.node, ...node.deferred.map((each) => each.node)].map(inNode));
      case 'Subscription':
        return firstOf([node.primary, node.rest].map(inNode));
    }
  };
  return inNode(plan.node);
}

const nothing: ReadonlySet<string> = new Set();

/** Names of what a fetch sends of an entity of a type. */
function sentOf(schema: GraphQLSchema, requires: readonly QueryPlanSelectionNode[], typeName: string): Set<string> {
  const type = schema.getType(typeName);
  const names = [typeName, ...(isObjectType(type) ? type.getInterfaces().map((each) => each.name) : [])];
  return new Set(
    requires.flatMap((each): string[] => {
      if (each.kind === 'Field') return [each.name];
      if (each.typeCondition !== undefined && !names.includes(each.typeCondition)) return [];
      return [...sentOf(schema, each.selections, typeName)];
    }),
  );
}

function firstOf(found: readonly (string | undefined)[]): string | undefined {
  return found.find((each) => each !== undefined);
}
