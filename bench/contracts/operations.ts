import {
  getNamedType,
  isCompositeType,
  isEnumType,
  isInputObjectType,
  isListType,
  isNonNullType,
  isObjectType,
  isRequiredArgument,
  type GraphQLField,
  type GraphQLInputType,
  type GraphQLSchema,
  type GraphQLObjectType,
} from 'graphql';

/** So many queries over the whole graph, of what every version has: each a root field and what is below it. */
export function queriesOf(oldest: GraphQLSchema, count: number): string[] {
  const fields = Object.values(oldest.getQueryType()?.getFields() ?? {}).filter(isLasting);
  const queries = fields.flatMap((field, index) => {
    const selection = selected(field, DEPTH);
    return selection === '' ? [] : [`query Q${index} { ${selection} }`];
  });
  if (queries.length < count) throw new Error(`The graph has ${queries.length} root fields of the ${count} wanted.`);
  return queries.slice(0, count);
}

const DEPTH = 3;
const MOST_FIELDS = 5;

function selected(field: GraphQLField<unknown, unknown>, depth: number): string {
  const given = field.args.filter(isRequiredArgument).map(({ name, type }) => `${name}: ${valueOf(type)}`);
  const call = given.length > 0 ? `${field.name}(${given.join(', ')})` : field.name;
  const type = getNamedType(field.type);
  if (!isCompositeType(type)) return call;
  const below = isObjectType(type) && depth > 0 ? selectionOf(type, depth) : '';
  return below === '' ? '' : `${call} { ${below} }`;
}

function selectionOf(type: GraphQLObjectType, depth: number): string {
  return Object.values(type.getFields())
    .filter((field) => isLasting(field) && !field.args.some(isRequiredArgument))
    .map((field) => selected(field, depth - 1))
    .filter((selection) => selection !== '')
    .slice(0, MOST_FIELDS)
    .join(' ');
}

function isLasting({ extensions }: GraphQLField<unknown, unknown>): boolean {
  return extensions['lifecycle'] === undefined;
}

function valueOf(type: GraphQLInputType): string {
  if (isNonNullType(type)) return valueOf(type.ofType);
  if (isListType(type)) return `[${valueOf(type.ofType)}]`;
  if (isEnumType(type)) return type.getValues()[0]?.name ?? '';
  if (isInputObjectType(type)) {
    const required = Object.values(type.getFields()).filter((field) => isNonNullType(field.type));
    return `{ ${required.map((field) => `${field.name}: ${valueOf(field.type)}`).join(', ')} }`;
  }
  return VALUES[type.name] ?? '"x"';
}

const VALUES: Readonly<Record<string, string>> = {
  Int: '1',
  Float: '1',
  Boolean: 'true',
  Date: '"2026-11-02"',
  DateTime: '"2026-11-02T06:00:00Z"',
};

/** What is asked under load. `mapped` selects an enum, a value of which older versions show under its former name. */
export const loadedQueries: ReadonlyMap<string, string> = new Map([
  ['small', '{ backingSystems { system scope queueFull queued reason since } }'],
  ['small, mapped', '{ backingSystems { system scope queueFull queued reason since state } }'],
  ['large', '{ connectors { system scope queueFull queued reason since } }'],
  ['large, mapped', '{ connectors { system scope queueFull queued reason since state } }'],
]);
