import {
  getNamedType,
  getNullableType,
  isCompositeType,
  isInterfaceType,
  isListType,
  isObjectType,
  Kind,
  type DirectiveNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLNamedType,
  type GraphQLObjectType,
  type GraphQLOutputType,
  type GraphQLSchema,
  type SelectionSetNode,
} from 'graphql';
import type { Column, ColumnType } from '@takt/tables';
import { ExtractRefused } from './extract-refused.ts';

export type Fragments = ReadonlyMap<string, FragmentDefinitionNode>;

interface Reading {
  readonly schema: GraphQLSchema;
  readonly fragments: Fragments;
  readonly variables: Readonly<Record<string, unknown>>;
}

/**
 * The columns of what a selection answers of a node: objects within objects one by one, lists as JSON. Throws
 * {@link ExtractRefused} for what an extract would not have whole.
 */
export function columnsOf(selectionSet: SelectionSetNode, node: GraphQLObjectType, reading: Reading): Column[] {
  const columns = new Map<string, Column>();
  collect(selectionSet, node, [], [], { ...reading, columns, visited: { count: 0 } });
  return [...columns.values()];
}

const MAX_COLUMNS = 500;
/** Selections that are looked at, fragments each time anew. */
const MAX_SELECTIONS = 10_000;

interface Collecting extends Reading {
  readonly columns: Map<string, Column>;
  readonly visited: { count: number };
}

function collect(
  set: SelectionSetNode,
  parent: GraphQLNamedType,
  path: readonly string[],
  within: readonly string[],
  reading: Collecting,
): void {
  const { schema, fragments, variables, columns, visited } = reading;
  for (const selection of set.selections) {
    if (++visited.count > MAX_SELECTIONS) throw notPageable('The query asks for too much in one row.');
    refuseDeferred(selection.directives);
    if (isLeftOut(selection.directives, variables)) continue;
    if (selection.kind === Kind.FIELD) {
      addField(selection, parent, path, within, reading);
      if (columns.size > MAX_COLUMNS) throw notPageable(`A row would have more than ${MAX_COLUMNS} columns.`);
      continue;
    }
    if (selection.kind === Kind.INLINE_FRAGMENT) {
      const type = selection.typeCondition ? schema.getType(selection.typeCondition.name.value) : parent;
      collect(selection.selectionSet, type ?? parent, path, within, reading);
      continue;
    }
    const name = selection.name.value;
    const fragment = fragments.get(name);
    const type = fragment && schema.getType(fragment.typeCondition.name.value);
    if (!fragment || !type) throw invalid(`Fragment ${name}, or its type, is unknown.`);
    if (within.includes(name)) throw invalid(`Fragment ${name} is within itself.`);
    collect(fragment.selectionSet, type, path, [...within, name], reading);
  }
}

function addField(
  { name, alias, selectionSet }: FieldNode,
  parent: GraphQLNamedType,
  path: readonly string[],
  within: readonly string[],
  reading: Collecting,
): void {
  const { columns } = reading;
  const response = (alias ?? name).value;
  if (path.length === 0 && response.startsWith('_') && !response.startsWith('__')) {
    throw notPageable(`${response}: names of columns that begin with _ are the extract's own. Choose another alias.`);
  }
  const type = typeOf(name.value, parent);
  const here = [...path, response];
  if (!selectionSet || !type) {
    add(columns, here, scalarColumn(type));
    return;
  }
  const named = getNamedType(type);
  if (isObjectType(named) && 'pageInfo' in named.getFields()) {
    throw notPageable(
      `${here.join('.')} is a connection within a row, of which an extract would have the first page only. ` +
        `Extract ${named.name.replace(/Connection$/, '')} by its own root field.`,
    );
  }
  // Looked through in any case: what is in a list must not be cut either.
  const isList = isListType(getNullableType(type));
  const inner: Collecting = isList ? { ...reading, columns: new Map() } : reading;
  collect(selectionSet, named, here, within, inner);
  if (isList) add(columns, here, 'JSON');
}

function add(columns: Map<string, Column>, path: readonly string[], type: ColumnType): void {
  const name = path.join('.');
  const known = columns.get(name);
  // Fragments on different types may answer different things by one name.
  columns.set(name, { name, path, type: known && known.type !== type ? 'JSON' : type });
}

function typeOf(field: string, parent: GraphQLNamedType): GraphQLOutputType | undefined {
  if (field === '__typename') return undefined;
  const known = isObjectType(parent) || isInterfaceType(parent) ? parent.getFields()[field] : undefined;
  if (!known) throw invalid(`${parent.name} has no field ${field}.`);
  return known.type;
}

function scalarColumn(type: GraphQLOutputType | undefined): ColumnType {
  if (!type) return 'STRING';
  const nullable = getNullableType(type);
  if (isListType(nullable)) return 'JSON';
  if (isCompositeType(nullable)) throw invalid(`${nullable.name} has fields: say which.`);
  return TYPES[nullable.name] ?? 'STRING';
}

/** Of scalars whose values are not texts; a decimal is one, so that it stays exact. */
const TYPES: Readonly<Record<string, ColumnType>> = {
  Int: 'INT',
  Float: 'FLOAT',
  Boolean: 'BOOLEAN',
  Date: 'DATE',
  DateTime: 'TIMESTAMP',
  JSON: 'JSON',
  JSONObject: 'JSON',
};

function isLeftOut(
  directives: readonly DirectiveNode[] | undefined,
  variables: Readonly<Record<string, unknown>>,
): boolean {
  return (directives ?? []).some(({ name, arguments: given = [] }) => {
    const value = given.find((argument) => argument.name.value === 'if')?.value;
    const condition =
      value?.kind === Kind.VARIABLE ? variables[value.name.value] : value?.kind === Kind.BOOLEAN && value.value;
    return (name.value === 'skip' && condition === true) || (name.value === 'include' && condition === false);
  });
}

function refuseDeferred(directives: readonly DirectiveNode[] | undefined): void {
  if (directives?.some(({ name }) => name.value === 'defer' || name.value === 'stream')) {
    throw notPageable('Something is deferred. Leave @defer out: a row is written when it is whole.');
  }
}

function notPageable(message: string): ExtractRefused {
  return new ExtractRefused('EXTRACT_NOT_PAGEABLE', message);
}

function invalid(message: string): ExtractRefused {
  return new ExtractRefused('EXTRACT_QUERY_INVALID', message);
}
