import { Kind, parse, print, validate, visit } from 'graphql';
import type {
  ASTNode,
  DocumentNode,
  FragmentDefinitionNode,
  GraphQLSchema,
  InlineFragmentNode,
  OperationDefinitionNode,
} from 'graphql';
import type { RandomOperation } from './generate-operation.ts';

/** The smallest operation found, by leaving parts out one after the other, that is valid and still fails. */
export async function minimiseOperation(
  schema: GraphQLSchema,
  { query, variables }: RandomOperation,
  differs: (operation: RandomOperation) => Promise<boolean>,
): Promise<RandomOperation> {
  let document = parse(query, { noLocation: true });
  const fails = async (smaller: DocumentNode): Promise<boolean> =>
    !hasGaps(smaller) && validate(schema, smaller).length === 0 && differs({ query: print(smaller), variables });
  const spelledOut = withoutSpreads(document);
  if (await fails(spelledOut)) document = spelledOut;
  for (let number = 0; ;) {
    const node = removableNodes(document)[number];
    if (!node) return { query: print(document), variables };
    const candidates = [
      without(document, node),
      ...(node.kind === Kind.INLINE_FRAGMENT ? [unwrapped(document, node)] : []),
    ];
    let smaller: DocumentNode | undefined;
    for (const candidate of candidates) if (!smaller && (await fails(candidate))) smaller = candidate;
    if (smaller) document = smaller;
    else number++;
  }
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

/** With the selections of an inline fragment in its place. */
function unwrapped(document: DocumentNode, fragment: InlineFragmentNode): DocumentNode {
  return visit(document, {
    SelectionSet: (set) => {
      if (!set.selections.includes(fragment)) return undefined;
      const selections = set.selections.flatMap((each) =>
        each === fragment ? fragment.selectionSet.selections : [each],
      );
      return { ...set, selections };
    },
  });
}

function withoutSpreads(document: DocumentNode): DocumentNode {
  const fragments = new Map<string, FragmentDefinitionNode>(
    document.definitions.flatMap((each) =>
      each.kind === Kind.FRAGMENT_DEFINITION ? [[each.name.value, each] as const] : [],
    ),
  );
  const operations = document.definitions.filter(({ kind }) => kind === Kind.OPERATION_DEFINITION);
  const inline = (node: ASTNode): ASTNode =>
    visit(node, {
      FragmentSpread: ({ name, directives }) => {
        const fragment = fragments.get(name.value);
        if (!fragment) return undefined;
        const { typeCondition, selectionSet } = fragment;
        const written = { kind: Kind.INLINE_FRAGMENT, typeCondition, directives, selectionSet } as InlineFragmentNode;
        return inline(written);
      },
    });
  return { kind: Kind.DOCUMENT, definitions: operations.map((each) => inline(each) as OperationDefinitionNode) };
}
