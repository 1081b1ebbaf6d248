import { Kind, parse, print, validate, visit } from 'graphql';
import type { ASTNode, DocumentNode, GraphQLSchema } from 'graphql';
import type { RandomOperation } from './generate-operation.ts';

/** The smallest operation found, by leaving parts out one after the other, that is valid and still fails. */
export async function minimiseOperation(
  schema: GraphQLSchema,
  { query, variables }: RandomOperation,
  fails: (operation: RandomOperation) => Promise<boolean>,
): Promise<RandomOperation> {
  let document = parse(query, { noLocation: true });
  for (let number = 0; number < removableNodes(document).length; ) {
    const smaller = without(document, removableNodes(document)[number]);
    const isValid = !hasGaps(smaller) && validate(schema, smaller).length === 0;
    const candidate = { query: print(smaller), variables };
    if (isValid && (await fails(candidate))) document = smaller;
    else number++;
  }
  return { query: print(document), variables };
}

function removableNodes(document: DocumentNode): ASTNode[] {
  const nodes: ASTNode[] = [];
  const add = (node: ASTNode): void => void nodes.push(node);
  visit(document, {
    Field: add,
    InlineFragment: add,
    FragmentSpread: add,
    Directive: add,
    Argument: add,
    VariableDefinition: add,
    FragmentDefinition: add,
  });
  return nodes;
}

/** Without a node, and without fragments and variables that nobody uses then. */
function without(document: DocumentNode, removed: ASTNode | undefined): DocumentNode {
  const smaller = visit(document, { enter: (node) => (node === removed ? null : undefined) });
  const used = new Set<string>();
  visit(smaller, {
    FragmentSpread: (node) => void used.add(node.name.value),
    Variable: (node, _key, parent) => {
      if (!(parent && 'kind' in parent && parent.kind === Kind.VARIABLE_DEFINITION)) used.add(`$${node.name.value}`);
    },
  });
  return visit(smaller, {
    FragmentDefinition: (node) => (used.has(node.name.value) ? undefined : null),
    VariableDefinition: (node) => (used.has(`$${node.variable.name.value}`) ? undefined : null),
  });
}

function hasGaps(document: DocumentNode): boolean {
  let found = document.definitions.length === 0;
  visit(document, { SelectionSet: ({ selections }) => void (found ||= selections.length === 0) });
  return found;
}
