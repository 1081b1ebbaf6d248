import { Kind, parse, print, visit } from 'graphql';
import type { ConstDirectiveNode, DocumentNode } from 'graphql';
import { nameRequiredInputs } from './required-inputs.ts';
import type { RequiredInputs } from './required-inputs.ts';

/** A supergraph as the planner needs it to plan rightly for the same graph. */
export interface PlanningSupergraph {
  readonly sdl: string;
  readonly inputs: RequiredInputs;
}

export function planningSupergraph(sdl: string): PlanningSupergraph {
  const { document, inputs } = nameRequiredInputs(parse(sdl, { noLocation: true }));
  const isChanged = inputs.byName.size > 0 || /resolvable:\s*false/.test(sdl);
  return { sdl: isChanged ? print(resolvableKeysFirst(document)) : sdl, inputs };
}

/**
 * To resume in a subgraph after a `@requires`, the planner enters it by the first key that it finds there, even by one
 * that the subgraph does not resolve (`resolvable: false`): those come last.
 */
function resolvableKeysFirst(supergraph: DocumentNode): DocumentNode {
  return visit(supergraph, {
    enter(node) {
      if (node.kind !== Kind.OBJECT_TYPE_DEFINITION && node.kind !== Kind.INTERFACE_TYPE_DEFINITION) return undefined;
      const directives = node.directives ?? [];
      return {
        ...node,
        directives: [
          ...directives.filter((directive) => !isUnresolvableKey(directive)),
          ...directives.filter(isUnresolvableKey),
        ],
      };
    },
  });
}

function isUnresolvableKey({ name, arguments: args = [] }: ConstDirectiveNode): boolean {
  return (
    name.value === 'join__type' &&
    args.some((arg) => arg.name.value === 'resolvable' && arg.value.kind === Kind.BOOLEAN && !arg.value.value)
  );
}
