import { Kind, print, separateOperations, visit } from 'graphql';
import type { DocumentNode, OperationDefinitionNode, ValueNode } from 'graphql';
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
  const text = print(withoutValues(separateOperations(document)[name ?? ''] ?? document));
  return { hash: hashOf(text), text, name };
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
