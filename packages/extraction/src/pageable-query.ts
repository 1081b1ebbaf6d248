import {
  getNamedType,
  isObjectType,
  Kind,
  OperationTypeNode,
  parse,
  print,
  separateOperations,
  visit,
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLObjectType,
  type GraphQLSchema,
  type OperationDefinitionNode,
  type SelectionNode,
  type SelectionSetNode,
  type VariableDefinitionNode,
} from 'graphql';
import type { Column } from '@takt/tables';
import { columnsOf, type Fragments } from './columns.ts';
import { ExtractRefused } from './extract-refused.ts';

/** A query that is read page by page: `rows` is its connection, `first` and `after` its page. */
export interface PageableQuery {
  /** With variables {@link FIRST} and {@link AFTER} besides the client's. */
  readonly query: string;
  /** Asks how many rows there are, with {@link FIRST} besides the client's variables; undefined if that cannot be asked. */
  readonly countQuery: string | undefined;
  readonly columns: readonly Column[];
}

export const ROWS = 'rows';
export const FIRST = 'takt_first';
export const AFTER = 'takt_after';
/** Names in a row that are no client's. */
export const ID = '_id';
export const DELETED = '_deleted';

/** Characters of a query. */
export const MAX_QUERY = 64 * 1024;
const MAX_TOKENS = 5_000;

/**
 * Makes a client's query one that is read page by page: asks its connection for edges with their cursors and for what is
 * behind. Throws {@link ExtractRefused} if that cannot be done, with what to do instead.
 */
export function pageableQuery(
  text: string,
  schema: GraphQLSchema,
  variables: Readonly<Record<string, unknown>>,
): PageableQuery {
  if (text.length > MAX_QUERY) throw notPageable(`The query has more than ${MAX_QUERY} characters.`);
  const document = parsed(text);
  const { operation, fragments } = partsOf(document);
  const roots = fieldsOf(operation.selectionSet, fragments, 'Query');
  const [root, ...others] = roots;
  if (!root || others.length > 0) {
    throw notPageable(
      `The query has ${roots.length} root fields. Ask for one connection, and extract others by themselves.`,
    );
  }
  const field = schema.getQueryType()?.getFields()[root.name.value];
  if (!field) throw notPageable(`Query has no field ${root.name.value}.`);
  const connection = getNamedType(field.type);
  const node = isObjectType(connection) ? nodeTypeOf(connection) : undefined;
  const takes = (name: string) => field.args.some((argument) => argument.name === name);
  if (!node || !isObjectType(connection) || !takes('first') || !takes('after')) {
    throw notPageable(
      `${root.name.value} is no connection: only what has first, after, edges and pageInfo is read in pages.`,
    );
  }
  for (const { name } of root.arguments ?? []) {
    if (name.value !== 'first' && name.value !== 'after') continue;
    throw notPageable(`${root.name.value} is given ${name.value}. Leave it out: an extract has all rows.`);
  }
  if ((root.directives ?? []).length > 0) throw notPageable(`${root.name.value} has directives. Leave them out.`);
  const selections = nodeSelections(root, fragments);
  if (selections.length === 0) throw notPageable(`Ask for nodes of ${root.name.value}: what a row is to have.`);
  const selectionSet: SelectionSetNode = { kind: Kind.SELECTION_SET, selections };
  const columns = columnsOf(selectionSet, node, { schema, fragments, variables });
  const counted = 'totalCount' in connection.getFields();
  return {
    query: print(pageOf(operation, root, selectionSet, fragments)),
    countQuery: counted ? print(countOf(operation, root)) : undefined,
    columns,
  };
}

function parsed(text: string): DocumentNode {
  try {
    return parse(text, { noLocation: true, maxTokens: MAX_TOKENS });
  } catch (error) {
    throw new ExtractRefused('EXTRACT_QUERY_INVALID', (error as Error).message);
  }
}

function partsOf(document: DocumentNode): { operation: OperationDefinitionNode; fragments: Fragments } {
  const operations: OperationDefinitionNode[] = [];
  const fragments = new Map<string, FragmentDefinitionNode>();
  for (const definition of document.definitions) {
    if (definition.kind === Kind.OPERATION_DEFINITION) operations.push(definition);
    else if (definition.kind === Kind.FRAGMENT_DEFINITION) fragments.set(definition.name.value, definition);
  }
  const [operation, ...others] = operations;
  if (!operation || others.length > 0)
    throw notPageable(`The document has ${operations.length} operations. Give one query.`);
  if (operation.operation !== OperationTypeNode.QUERY) {
    throw notPageable(`A ${operation.operation} cannot be extracted. Give a query.`);
  }
  return { operation, fragments };
}

/** Fields of a selection set, those of its fragments among them. */
function fieldsOf(
  set: SelectionSetNode,
  fragments: Fragments,
  of: string,
  within: readonly string[] = [],
): FieldNode[] {
  return set.selections.flatMap((selection) => {
    if (selection.kind === Kind.FIELD) return [selection];
    if ((selection.directives ?? []).length > 0)
      throw notPageable(`A fragment of ${of} has directives. Leave them out.`);
    if (selection.kind === Kind.INLINE_FRAGMENT) return fieldsOf(selection.selectionSet, fragments, of, within);
    const name = selection.name.value;
    const fragment = fragments.get(name);
    if (!fragment || within.includes(name)) {
      throw new ExtractRefused(
        'EXTRACT_QUERY_INVALID',
        `Fragment ${name} is ${fragment ? 'within itself' : 'unknown'}.`,
      );
    }
    return fieldsOf(fragment.selectionSet, fragments, of, [...within, name]);
  });
}

function nodeSelections(root: FieldNode, fragments: Fragments): SelectionNode[] {
  if (!root.selectionSet) return [];
  return fieldsOf(root.selectionSet, fragments, root.name.value).flatMap((field) => {
    if ((field.directives ?? []).length > 0) throw notPageable(`${field.name.value} has directives. Leave them out.`);
    const { name, selectionSet } = field;
    if (!selectionSet) return [];
    if (name.value === 'nodes') return selectionSet.selections;
    if (name.value !== 'edges') return [];
    return fieldsOf(selectionSet, fragments, 'edges').flatMap((inner) =>
      inner.name.value === 'node' ? (inner.selectionSet?.selections ?? []) : [],
    );
  });
}

/** What a connection connects; undefined if it is none. */
function nodeTypeOf(type: GraphQLObjectType) {
  const { edges, pageInfo } = type.getFields();
  const edge = edges && getNamedType(edges.type);
  const node = pageInfo && isObjectType(edge) ? edge.getFields()['node'] : undefined;
  const { cursor } = isObjectType(edge) ? edge.getFields() : {};
  const connected = node && cursor && getNamedType(node.type);
  return connected && isObjectType(connected) ? connected : undefined;
}

const PAGE = `query ($${FIRST}: Int!, $${AFTER}: String) {
  ${ROWS}: connection(first: $${FIRST}, after: $${AFTER}) { edges { cursor node { __typename } } pageInfo { hasNextPage endCursor } }
}`;
const COUNT = `query ($${FIRST}: Int!) { ${ROWS}: connection(first: $${FIRST}) { totalCount } }`;

function pageOf(
  operation: OperationDefinitionNode,
  root: FieldNode,
  selectionSet: SelectionSetNode,
  fragments: Fragments,
): DocumentNode {
  const page = asked(PAGE, operation, root, operation.variableDefinitions ?? []);
  const withNode: DocumentNode = visit(page, {
    Field: (field) => (field.name.value === 'node' ? { ...field, selectionSet } : undefined),
  });
  const definitions = [...withNode.definitions, ...fragments.values()];
  // A fragment that only the client's connection used would be refused.
  return separateOperations({ ...withNode, definitions })[operation.name?.value ?? ''] ?? withNode;
}

function countOf(operation: OperationDefinitionNode, root: FieldNode): DocumentNode {
  const used = new Set<string>();
  for (const argument of root.arguments ?? []) visit(argument, { Variable: ({ name }) => void used.add(name.value) });
  const variables = (operation.variableDefinitions ?? []).filter(({ variable }) => used.has(variable.name.value));
  return asked(COUNT, operation, root, variables);
}

/** A question of ours, asked of the client's connection with the client's arguments and variables. */
function asked(
  text: string,
  operation: OperationDefinitionNode,
  root: FieldNode,
  variables: readonly VariableDefinitionNode[],
): DocumentNode {
  const [own] = parse(text, { noLocation: true }).definitions as [OperationDefinitionNode];
  const [connection] = own.selectionSet.selections as [FieldNode];
  const field = {
    ...connection,
    name: root.name,
    arguments: [...(root.arguments ?? []), ...(connection.arguments ?? [])],
  };
  const definition: OperationDefinitionNode = {
    ...operation,
    variableDefinitions: [...variables, ...(own.variableDefinitions ?? [])],
    selectionSet: { kind: Kind.SELECTION_SET, selections: [field] },
  };
  return { kind: Kind.DOCUMENT, definitions: [definition] };
}

function notPageable(message: string): ExtractRefused {
  return new ExtractRefused('EXTRACT_NOT_PAGEABLE', message);
}
