import { Kind, print, visit } from 'graphql';
import type { ASTNode, DocumentNode, OperationDefinitionNode, ValueNode } from 'graphql';
import { hashOf } from '../trusted/document-hash.ts';

/** An operation as it is recorded: with the fragments it uses and without the values that are written in it. */
export interface RecordedOperation {
  /** SHA-256 of the text, in lower-case hex. */
  readonly hash: string;
  readonly text: string;
  readonly name: string | undefined;
}

/** The same for each use of a plan that is kept: worked out once. */
export function recordedOperation(document: DocumentNode, operation: OperationDefinitionNode): RecordedOperation {
  let recorded = known.get(operation);
  if (!recorded) known.set(operation, (recorded = recordedFrom(document, operation.name?.value)));
  return recorded;
}

const known = new WeakMap<OperationDefinitionNode, RecordedOperation>();

function recordedFrom(document: DocumentNode, name: string | undefined): RecordedOperation {
  const text = print(withoutValues(onlyOperation(document, name)));
  return { hash: hashOf(text), text, name };
}

/** One operation of a document, undefined for the one without a name, and the fragments that it uses. */
function onlyOperation(document: DocumentNode, name: string | undefined): DocumentNode {
  const { definitions } = document;
  const operation = definitions.find(
    (definition) => definition.kind === Kind.OPERATION_DEFINITION && definition.name?.value === name,
  );
  const used = new Set<string>();
  const use = (node: ASTNode): void => {
    visit(node, {
      FragmentSpread({ name: { value } }) {
        if (used.has(value)) return;
        used.add(value);
        const fragment = definitions.find(
          (definition) => definition.kind === Kind.FRAGMENT_DEFINITION && definition.name.value === value,
        );
        if (fragment) use(fragment);
      },
    });
  };
  if (operation) use(operation);
  return {
    kind: Kind.DOCUMENT,
    definitions: definitions.filter(
      (definition) =>
        definition === operation || (definition.kind === Kind.FRAGMENT_DEFINITION && used.has(definition.name.value)),
    ),
  };
}

/** Values that are written in a document may be personal, and of any number: what is left is its form. It stays valid. */
function withoutValues(document: DocumentNode): DocumentNode {
  return visit(document, {
    IntValue: (node) => ({ ...node, value: '0' }),
    FloatValue: (node) => ({ ...node, kind: Kind.INT, value: '0' }),
    StringValue: (node) => ({ ...node, value: '', block: false }),
    ListValue: {
      leave: (node) => ({ ...node, values: differing(node.values) }),
    },
  });
}

function differing(values: readonly ValueNode[]): ValueNode[] {
  return Array.from(new Map(values.map((value) => [print(value), value])).values());
}
