import { Kind, visit } from 'graphql';
import type { DocumentNode, FieldNode } from 'graphql';
import type { JoinedNames } from '../supergraph/joined-names.ts';

/** How a plan names what the client named otherwise. */
export interface PlannedNames {
  /** The response name under which a plan fetches a field of the client's. */
  readonly ofField: (node: FieldNode) => string;
  /** The client's name of a variable of the plan. */
  clientVariable(planned: string): string;
  /** The client's document as it is planned. */
  rename(document: DocumentNode): DocumentNode;
}

/**
 * Keeps the client's names apart from the planner's. The planner adds keys and required inputs under their own names
 * and does not see that the client gave such a name to another field, or to the same field with other arguments: the
 * plan would join on wrong values, without an error. Entity fetches also have a variable of their own.
 */
export function plannedNames(document: DocumentNode, joined: JoinedNames): PlannedNames {
  const aliases: string[] = [];
  const variables = new Set<string>();
  visit(document, {
    Field(node) {
      if (node.alias) aliases.push(node.alias.value);
    },
    VariableDefinition(node) {
      variables.add(node.variable.name.value);
    },
  });
  const prefix = unused('client_', (candidate) => aliases.some((alias) => alias.startsWith(candidate)));
  const variable = unused(`${reservedVariable}_`, (candidate) => variables.has(candidate));

  const ofField = (node: FieldNode): string => {
    const name = node.name.value;
    const responseName = node.alias?.value ?? name;
    if (!joined.all.has(responseName)) return responseName;
    const isSameField = responseName === name && !node.arguments?.length && !joined.withArguments.has(name);
    return isSameField ? responseName : prefix + responseName;
  };

  return {
    ofField,
    clientVariable: (planned) => (planned === variable ? reservedVariable : planned),
    rename: (original) =>
      visit(original, {
        Field: {
          leave(node) {
            const planned = ofField(node);
            if (planned === (node.alias?.value ?? node.name.value)) return undefined;
            return { ...node, alias: { kind: Kind.NAME, value: planned } };
          },
        },
        Variable: (node) =>
          node.name.value === reservedVariable ? { ...node, name: { kind: Kind.NAME, value: variable } } : undefined,
      }),
  };
}

const reservedVariable = 'representations';

function unused(name: string, isUsed: (candidate: string) => boolean): string {
  return isUsed(name) ? unused(`${name}_`, isUsed) : name;
}
