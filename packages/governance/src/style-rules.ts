import type { GraphQLESLintRule } from '@graphql-eslint/eslint-plugin';
import type { AST } from 'eslint';
import { type ConstDirectiveNode, type InputValueDefinitionNode, Kind, type TypeNode } from 'graphql';

const meta: GraphQLESLintRule['meta'] = { docs: { category: 'Schema' }, type: 'problem', schema: [] };

/** `[Item!]`, never `[Item]`: a reader need not ask whether one of them is there. */
const listsWithoutNulls: GraphQLESLintRule = {
  meta,
  create: (context) => ({
    'ListType > NamedType'(node: Node) {
      context.report({ node, message: 'Items of a list are never null: [Item!]' });
    },
  }),
};

/** What identifies something is there. */
const idsAreThere: GraphQLESLintRule = {
  meta,
  create: (context) => ({
    'ObjectTypeDefinition > FieldDefinition[name.value=id]'(node: Node) {
      if (typeOf(node).kind !== Kind.NON_NULL_TYPE) context.report({ node, message: 'An id is never null: ID!' });
    },
  }),
};

/** `command(input: CommandInput!, idempotencyKey: String!): ThingResult!`, a union that says how it ended. */
const mutationsHaveOneForm: GraphQLESLintRule = {
  meta,
  create: (context) => ({
    'ObjectTypeDefinition[name.value=Mutation] > FieldDefinition'(node: Node) {
      const field = rawOf(node);
      const input = field.arguments?.find(({ name }) => name.value === 'input');
      const isInput = input && /^\w+Input!$/.test(textOf(input.type));
      if (!isInput)
        context.report({
          node,
          message: 'A mutation takes one argument `input`, a non-null type whose name ends with Input',
        });
      if (!/^\w+Result!$/.test(textOf(field.type))) {
        context.report({ node, message: 'A mutation answers a non-null union whose name ends with Result' });
      }
    },
  }),
};

/** Audiences that only read leave out what has the tag: a mutation that lacks it would be theirs. */
const commandsAreTagged: GraphQLESLintRule = {
  meta,
  create: (context) => ({
    'ObjectTypeDefinition[name.value=Mutation] > FieldDefinition'(node: Node) {
      const tags = rawOf(node).directives?.filter(({ name }) => name.value === 'tag') ?? [];
      const isCommand = tags.some(({ arguments: given }) =>
        given?.some(({ value }) => value.kind === Kind.STRING && value.value === 'commands'),
      );
      if (!isCommand) {
        const message = 'A mutation has @tag(name: "commands"), by which audiences that only read are kept from it';
        context.report({ node, message });
      }
    },
  }),
};

/** Whoever was away says where to go on. */
const subscriptionsResume: GraphQLESLintRule = {
  meta,
  create: (context) => ({
    'ObjectTypeDefinition[name.value=Subscription] > FieldDefinition'(node: Node) {
      const after = rawOf(node).arguments?.find(({ name }) => name.value === 'after');
      if (!after) context.report({ node, message: 'A subscription can be resumed: it takes an argument `after`' });
    },
  }),
};

/** What @graphql-eslint has no rule for, by name behind `takt/`. */
export const STYLE_RULES = {
  'lists-without-nulls': listsWithoutNulls,
  'ids-are-there': idsAreThere,
  'mutations-have-one-form': mutationsHaveOneForm,
  'commands-are-tagged': commandsAreTagged,
  'subscriptions-resume': subscriptionsResume,
};

interface Node {
  readonly rawNode: () => unknown;
  readonly loc: AST.SourceLocation;
}

interface Field {
  readonly type: TypeNode;
  readonly arguments?: readonly InputValueDefinitionNode[];
  readonly directives?: readonly ConstDirectiveNode[];
}

/** The plugin’s tree renames `type`; the nodes of graphql-js behind it do not. */
function rawOf(node: Node): Field {
  return node.rawNode() as Field;
}

function typeOf(node: Node): TypeNode {
  return rawOf(node).type;
}

function textOf(type: TypeNode): string {
  if (type.kind === Kind.NON_NULL_TYPE) return `${textOf(type.type)}!`;
  return type.kind === Kind.LIST_TYPE ? `[${textOf(type.type)}]` : type.name.value;
}
