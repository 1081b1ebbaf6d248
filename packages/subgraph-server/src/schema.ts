import { buildSubgraphSchema, printSubgraphSchema } from '@apollo/subgraph';
import { printSchemaWithDirectives } from '@graphql-tools/utils';
import { isTypeDefinitionNode, Kind, lexicographicSortSchema, parse, visit } from 'graphql';
import type {
  ASTNode,
  DocumentNode,
  EnumValueDefinitionNode,
  FieldDefinitionNode,
  GraphQLSchema,
  InputValueDefinitionNode,
  ScalarTypeDefinitionNode,
  TypeDefinitionNode,
} from 'graphql';
import { buildSchemaSync, createResolversMap, type NonEmptyArray, type PubSub } from 'type-graphql';

/** Answers an entity that another subgraph refers to by its key; null if there is none. */
export type ResolveReference<Context> = (reference: never, context: Context) => unknown;

/** What every subgraph is linked to; `@lifecycle` is repeatable so that composition keeps what subgraphs say differently. */
const LINKS = `
  extend schema
    @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key", "@shareable", "@external", "@requires", "@provides", "@tag", "@inaccessible", "@override", "@composeDirective"])
    @link(url: "https://takt.example/lifecycle/v1.0", import: ["@lifecycle"])
    @composeDirective(name: "@lifecycle")

  """
  Which versions of the contract have an element, each as \`YYYY-MM\`: the first that has it (the very first unless
  given), the first that warns of it and the first without it; why it goes, and the coordinate of what takes its place.
  Of an enum value: what versions before \`since\` show in its place.
  """
  directive @lifecycle(
    since: String
    deprecated: String
    removed: String
    reason: String
    replacement: String
    formerly: String
  ) repeatable on
    | SCALAR
    | OBJECT
    | FIELD_DEFINITION
    | ARGUMENT_DEFINITION
    | INTERFACE
    | UNION
    | ENUM
    | ENUM_VALUE
    | INPUT_OBJECT
    | INPUT_FIELD_DEFINITION
`;

/**
 * Turns type-graphql classes into a Federation 2 subgraph: its executable schema and the SDL that is governed under
 * schema/. `@Directive` gives classes, fields, arguments and input fields their directives; `directives` gives them to
 * what has no decorator, above all to enum values, by coordinate:
 *
 *     { 'OrderStatus.RUNNING': '@lifecycle(since: "2026-11", formerly: "STARTED")', Forecast: '@tag(name: "analytics")' }
 *
 * Throws Error if there is no element at such a coordinate.
 */
export function buildFederatedSchema(
  resolvers: NonEmptyArray<new () => object>,
  references: Readonly<Record<string, ResolveReference<never>>>,
  entities: readonly (new () => object)[] = [],
  directives: Readonly<Record<string, string>> = {},
): { schema: GraphQLSchema; sdl: string } {
  const classes = buildSchemaSync({
    resolvers,
    orphanedTypes: [...entities],
    skipCheck: true,
    validate: false,
    pubSub: noPubSub,
  });
  for (const [name, description] of Object.entries(ROOTS)) {
    const root = classes.getType(name);
    if (root) root.description = description;
  }
  const resolverMap = createResolversMap(classes) as Record<string, Record<string, unknown>>;
  for (const [typeName, resolveReference] of Object.entries(references)) {
    resolverMap[typeName] = { ...resolverMap[typeName], __resolveReference: resolveReference };
  }
  const schema = buildSubgraphSchema({
    typeDefs: withDirectives(
      parse(`${LINKS}\n${printSchemaWithDirectives(lexicographicSortSchema(classes))}`),
      directives,
    ),
    resolvers: resolverMap as never,
  });
  return { schema, sdl: printSubgraphSchema(schema) };
}

/** The document with further directives on the elements at the given coordinates. */
function withDirectives(document: DocumentNode, directives: Readonly<Record<string, string>>): DocumentNode {
  const missing = new Set(Object.keys(directives));
  const extended = visit(document, {
    enter(node, _key, _parent, _path, ancestors) {
      if (node.kind === Kind.DIRECTIVE_DEFINITION) return false;
      if (!isElement(node)) return undefined;
      const [type, member, argument] = [...ancestors.filter(isElement), node].map(({ name }) => name.value);
      const place = member === undefined ? type : `${type}.${member}`;
      const coordinate = argument === undefined ? String(place) : `${place}(${argument}:)`;
      if (!missing.delete(coordinate)) return undefined;
      const [carrier] = parse(`scalar Carrier ${directives[coordinate]}`).definitions as ScalarTypeDefinitionNode[];
      return { ...node, directives: [...(node.directives ?? []), ...(carrier?.directives ?? [])] };
    },
  });
  if (missing.size > 0) throw new Error(`Directives are given for what there is not: ${[...missing].join(', ')}`);
  return extended;
}

type Element = TypeDefinitionNode | FieldDefinitionNode | InputValueDefinitionNode | EnumValueDefinitionNode;

function isElement(node: ASTNode | readonly ASTNode[]): node is Element {
  return 'kind' in node && (isTypeDefinitionNode(node) || members.has(node.kind));
}

const members = new Set([Kind.FIELD_DEFINITION, Kind.INPUT_VALUE_DEFINITION, Kind.ENUM_VALUE_DEFINITION]);

/** What the graph says of its root types, for which type-graphql has no classes. */
const ROOTS = {
  Query: 'What is so now, as far as the sources have told.',
  Mutation: 'Commands. Each is carried out once per `idempotencyKey`, or refused with a reason and without any effect.',
  Subscription:
    'What changes, as it changes. Each change has a cursor: given as `after`, nothing since then is missed.',
};

/** type-graphql insists on one; our subscriptions follow the event log instead. */
const noPubSub: PubSub = {
  publish: () => undefined,
  subscribe: () => {
    throw new Error('Subscriptions follow the event log: give @Subscription a `subscribe` function.');
  },
};
