// A plugin and a document transform of GraphQL Code Generator: what `@takt/client` sends. Plain JavaScript, since the
// generator loads it as it is, here and in a consumer's project.
import { createHash } from 'node:crypto';
import {
  buildASTSchema,
  isAbstractType,
  Kind,
  OperationTypeNode,
  print,
  TypeInfo,
  visit,
  visitWithTypeInfo,
} from 'graphql';

const typename = { kind: Kind.FIELD, name: { kind: Kind.NAME, value: '__typename' } };

/**
 * Asks for `__typename` wherever a result may be of several types, so that its type in TypeScript is a discriminated
 * union.
 */
export function transform({ schema, documents }) {
  const built = buildASTSchema(schema, { assumeValidSDL: true });
  return documents.map((file) => {
    const types = new TypeInfo(built);
    const selectTypename = {
      SelectionSet(node) {
        const isSelected = node.selections.some(({ kind, name }) => kind === Kind.FIELD && name.value === '__typename');
        if (isSelected || !isAbstractType(types.getParentType())) return undefined;
        return { ...node, selections: [typename, ...node.selections] };
      },
    };
    return { ...file, document: visit(file.document, visitWithTypeInfo(types, selectTypename)) };
  });
}

/**
 * Into a `.json` file: the texts of all operations by their SHA-256, to be published as trusted documents. Into any
 * other: a typed document for each operation, and the contract that `config.contract` names; with `withTexts: false`
 * documents have no more than their hashes, for a client that always sends those.
 */
export function plugin(_schema, files, { contract, withTexts = true }, { outputFile }) {
  const operations = operationsOf(files.map(({ document }) => document));
  if (outputFile.endsWith('.json')) {
    const byHash = operations.map(({ hash, text }) => [hash, text]).sort(([a], [b]) => (a < b ? -1 : 1));
    return JSON.stringify(Object.fromEntries(byHash), undefined, 2);
  }
  const pinned = contract && [
    '/** The contract that the operations were generated against. */',
    `export const CONTRACT = ${JSON.stringify(contract)};`,
  ];
  return {
    prepend: ["import type { TaktDocument } from '@takt/client';"],
    content: [...(pinned || []), ...operations.map((each) => constantOf(each, withTexts))].join('\n'),
  };
}

function operationsOf(documents) {
  const definitions = documents.flatMap((document) => document.definitions);
  const fragments = new Map(
    definitions.filter(({ kind }) => kind === Kind.FRAGMENT_DEFINITION).map((each) => [each.name.value, each]),
  );
  return definitions
    .filter(({ kind }) => kind === Kind.OPERATION_DEFINITION)
    .map((definition) => {
      if (!definition.name) throw new Error(`An operation needs a name:\n${print(definition)}`);
      const text = [definition, ...fragmentsOf(definition, fragments)].map(print).join('\n\n');
      return { definition, text, hash: createHash('sha256').update(text).digest('hex') };
    });
}

/** Those that an operation uses, also by other fragments, in the order of their first use. */
function fragmentsOf(definition, fragments) {
  const used = new Set();
  const spread = {
    FragmentSpread({ name: { value } }) {
      const fragment = fragments.get(value);
      if (!fragment) throw new Error(`There is no fragment "${value}".`);
      if (used.has(fragment)) return;
      used.add(fragment);
      visit(fragment, spread);
    },
  };
  visit(definition, spread);
  return used;
}

function constantOf({ definition, text, hash }, withTexts) {
  const { operation, variableDefinitions = [] } = definition;
  const name = definition.name.value;
  const isResumable =
    operation === OperationTypeNode.SUBSCRIPTION &&
    variableDefinitions.some(({ variable }) => variable.name.value === 'after');
  const members = { name, hash, ...(isResumable && { isResumable }), ...(withTexts && { text }) };
  const typed = `${pascal(name)}${pascal(operation)}`;
  return `export const ${pascal(name)}Document: TaktDocument<${typed}, ${typed}Variables>${withTexts ? ' & { readonly text: string }' : ''} = ${JSON.stringify(members, undefined, 2)};`;
}

function pascal(name) {
  return name.charAt(0).toUpperCase() + name.slice(1);
}
