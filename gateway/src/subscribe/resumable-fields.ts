import { isNonNullType, isObjectType, isScalarType, Kind, parse } from 'graphql';
import type { ConstDirectiveNode, GraphQLField, GraphQLType, ObjectTypeDefinitionNode } from 'graphql';
import type { Supergraph } from '../supergraph/supergraph.ts';

/**
 * How a subscription says that it can be resumed: its field takes a `String` that is the place to go on behind, and
 * each payload has a `String!` that is the place of that event.
 */
export interface ResumeConvention {
  /** Name of the argument. */
  readonly argument: string;
  /** Name of the payload's field; its values are unique among the events of one subscription. */
  readonly field: string;
}

/** Names of the subgraphs that give a resumable subscription together with its cursors, by the name of its field. */
export type ResumableFields = ReadonlyMap<string, ReadonlySet<string>>;

/** Finds the subscriptions of a graph that keep the convention. */
export function resumableFields(
  { sdl, apiSchema }: Pick<Supergraph, 'sdl' | 'apiSchema'>,
  convention: ResumeConvention,
): ResumableFields {
  const payloads = new Map<string, string>();
  for (const field of Object.values(apiSchema.getSubscriptionType()?.getFields() ?? {})) {
    const payload = payloadOf(field, convention);
    if (payload !== undefined) payloads.set(field.name, payload);
  }
  if (payloads.size === 0) return new Map();
  const subgraphs = subgraphsOfField(sdl, convention.field);
  return new Map([...payloads].map(([field, payload]) => [field, subgraphs(payload)]));
}

/** Name of the type of a resumable subscription's payload. */
function payloadOf(field: GraphQLField<unknown, unknown>, convention: ResumeConvention): string | undefined {
  const argument = field.args.find(({ name }) => name === convention.argument);
  if (!argument || !isString(argument.type) || argument.defaultValue !== undefined) return undefined;
  const payload = isNonNullType(field.type) ? field.type.ofType : field.type;
  if (!isObjectType(payload)) return undefined;
  const cursor = payload.getFields()[convention.field];
  if (!cursor || cursor.args.length > 0 || !isNonNullType(cursor.type)) return undefined;
  return isString(cursor.type.ofType) ? payload.name : undefined;
}

function isString(type: GraphQLType): boolean {
  return isScalarType(type) && type.name === 'String';
}

/** Which subgraphs resolve the field of this name of an object type, as the supergraph's `join__` directives say. */
function subgraphsOfField(supergraphSdl: string, fieldName: string): (typeName: string) => ReadonlySet<string> {
  const names = new Map<string, string>();
  const types = new Map<string, ObjectTypeDefinitionNode>();
  for (const definition of parse(supergraphSdl, { noLocation: true }).definitions) {
    if (definition.kind === Kind.OBJECT_TYPE_DEFINITION) types.set(definition.name.value, definition);
    if (definition.kind !== Kind.ENUM_TYPE_DEFINITION || definition.name.value !== 'join__Graph') continue;
    for (const value of definition.values ?? []) {
      const [graph] = directives(value.directives, 'join__graph');
      const name = graph && argument(graph, 'name');
      if (name !== undefined) names.set(value.name.value, name);
    }
  }
  return (typeName) => {
    const type = types.get(typeName);
    const field = type?.fields?.find(({ name }) => name.value === fieldName);
    const joins = directives(field?.directives, 'join__field');
    const resolving =
      joins.length > 0
        ? joins.filter((join) => argument(join, 'external') !== 'true')
        : directives(type?.directives, 'join__type');
    return new Set(resolving.flatMap((join) => names.get(argument(join, 'graph') ?? '') ?? []));
  };
}

function directives(all: readonly ConstDirectiveNode[] | undefined, name: string): ConstDirectiveNode[] {
  return (all ?? []).filter((directive) => directive.name.value === name);
}

function argument(directive: ConstDirectiveNode, name: string): string | undefined {
  const value = directive.arguments?.find((each) => each.name.value === name)?.value;
  if (value?.kind === Kind.ENUM || value?.kind === Kind.STRING) return value.value;
  return value?.kind === Kind.BOOLEAN ? String(value.value) : undefined;
}
