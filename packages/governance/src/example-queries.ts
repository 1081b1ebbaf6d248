import {
  getNamedType,
  getNullableType,
  isCompositeType,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isLeafType,
  isListType,
  isObjectType,
  isRequiredArgument,
  isRequiredInputField,
  isUnionType,
  parse,
  print,
  type GraphQLArgument,
  type GraphQLField,
  type GraphQLInputType,
  type GraphQLNamedType,
  type GraphQLSchema,
} from 'graphql';

/**
 * A query that asks for a field of an object type (`Type.field`), on its way through the type `through` if that leads
 * there; undefined if none comes to it.
 */
export function exampleQuery(schema: GraphQLSchema, coordinate: string, through = ''): string | undefined {
  const [typeName = '', fieldName = ''] = coordinate.split('.');
  const type = schema.getType(typeName);
  const field = isObjectType(type) ? type.getFields()[fieldName] : undefined;
  const root = schema.getQueryType()?.name ?? '';
  const toDetour = stepsTo(schema, root, through);
  const detour = toDetour && stepsTo(schema, through, typeName);
  const steps = detour ? [...toDetour, ...detour] : stepsTo(schema, root, typeName);
  return field && steps && print(parse(nested([...steps, ...selecting(field)])));
}

/** Selections, the outer first, that lead from one type to another on the shortest way. */
function stepsTo(schema: GraphQLSchema, from: string, to: string): readonly string[] | undefined {
  const ways = new Map<string, readonly string[]>([[from, []]]);
  for (const [name, way] of ways) {
    if (name === to) return way;
    for (const [step, target] of stepsFrom(schema, schema.getType(name))) {
      if (!ways.has(target)) ways.set(target, [...way, ...step]);
    }
  }
  return undefined;
}

function stepsFrom(schema: GraphQLSchema, type: GraphQLNamedType | undefined): [string[], string][] {
  if (isUnionType(type) || isInterfaceType(type)) {
    return schema.getPossibleTypes(type).map(({ name }) => [[`... on ${name}`], name]);
  }
  if (!isObjectType(type)) return [];
  return Object.values(type.getFields()).flatMap((field): [string[], string][] => {
    const target = getNamedType(field.type);
    return isCompositeType(target) && field.deprecationReason == null ? [[[called(field)], target.name]] : [];
  });
}

function selecting(field: GraphQLField<unknown, unknown>): string[] {
  const type = getNamedType(field.type);
  if (isLeafType(type)) return [called(field)];
  const leaves = isObjectType(type) ? Object.values(type.getFields()).filter(isPlainLeaf) : [];
  return [
    called(field),
    leaves.length > 0
      ? leaves
          .slice(0, SHOWN_LEAVES)
          .map(({ name }) => name)
          .join(' ')
      : '__typename',
  ];
}

const SHOWN_LEAVES = 3;

function isPlainLeaf({ type, args, deprecationReason }: GraphQLField<unknown, unknown>): boolean {
  return isLeafType(getNamedType(type)) && deprecationReason == null && !args.some(isRequiredArgument);
}

function called({ name, args }: GraphQLField<unknown, unknown>): string {
  const given = args.filter((argument) => isRequiredArgument(argument) || isPageSize(argument));
  return given.length === 0
    ? name
    : `${name}(${given.map((each) => `${each.name}: ${placeholder(each.type)}`).join(', ')})`;
}

function isPageSize({ name }: GraphQLArgument): boolean {
  return name === 'first';
}

function placeholder(type: GraphQLInputType): string {
  const given = getNullableType(type);
  if (isListType(given)) return `[${placeholder(given.ofType)}]`;
  if (isEnumType(given)) return given.getValues()[0]?.name ?? 'null';
  if (isInputObjectType(given)) {
    const fields = Object.values(given.getFields()).filter(isRequiredInputField);
    return `{ ${fields.map((field) => `${field.name}: ${placeholder(field.type)}`).join(', ')} }`;
  }
  return PLACEHOLDERS[given.name] ?? '"…"';
}

const PLACEHOLDERS: Readonly<Record<string, string>> = { Int: '10', Float: '1.0', Boolean: 'true' };

function nested(steps: readonly string[]): string {
  return steps.reduceRight((inner, step) => `{ ${step} ${inner} }`, '');
}
