import { createHash } from 'node:crypto';
import { GraphQLError, Kind, parse, print, visit } from 'graphql';
import type { ASTNode, FragmentDefinitionNode, OperationDefinitionNode } from 'graphql';
import { UsageError } from './usage-error.ts';

interface File {
  readonly path: string;
  readonly text: string;
}

/**
 * The documents that a client runs, by their SHA-256: of `.graphql` files one for each operation, with the fragments it
 * uses, of whichever file; of `.json` files, which hold `{"HASH": "TEXT"}`, what they say. Throws {@link UsageError}
 * with a line for each fault.
 */
export function clientDocuments(files: readonly File[]): Record<string, string> {
  const faults: string[] = [];
  const documents: Record<string, string> = {};
  const operations: { readonly path: string; readonly node: OperationDefinitionNode }[] = [];
  const fragments = new Map<string, FragmentDefinitionNode>();
  for (const { path, text } of files) {
    if (path.endsWith('.json')) {
      addManifest(path, text, documents, faults);
      continue;
    }
    for (const node of definitionsIn(path, text, faults)) {
      if (node.kind === Kind.OPERATION_DEFINITION) operations.push({ path, node });
      else if (node.kind !== Kind.FRAGMENT_DEFINITION) faults.push(`${path}: it defines more than operations.`);
      else if (print(fragments.get(node.name.value) ?? node) === print(node)) fragments.set(node.name.value, node);
      else faults.push(`${path}: there is another fragment ${node.name.value}.`);
    }
  }
  for (const { path, node } of operations) {
    if (!node.name) {
      faults.push(`${path}: an operation has no name, by which its use is told.`);
      continue;
    }
    const used = fragmentsOf(node, fragments, (name) =>
      faults.push(`${path}: ${node.name?.value ?? ''} uses a fragment ${name}, which no file defines.`),
    );
    const text = print({ kind: Kind.DOCUMENT, definitions: [node, ...used] });
    documents[hashOf(text)] = text;
  }
  if (faults.length > 0) throw new UsageError(faults.join('\n'));
  return documents;
}

function definitionsIn(path: string, text: string, faults: string[]) {
  try {
    return parse(text, { noLocation: true }).definitions;
  } catch (error) {
    if (!(error instanceof GraphQLError)) throw error;
    const [place] = error.locations ?? [];
    faults.push(`${path}${place ? `:${place.line}:${place.column}` : ''}: ${error.message}`);
    return [];
  }
}

/** In the order in which they are used first. */
function fragmentsOf(
  operation: OperationDefinitionNode,
  fragments: ReadonlyMap<string, FragmentDefinitionNode>,
  isMissing: (name: string) => void,
): FragmentDefinitionNode[] {
  const used = new Map<string, FragmentDefinitionNode | undefined>();
  const use = (node: ASTNode): void => {
    visit(node, {
      FragmentSpread({ name: { value: name } }) {
        if (used.has(name)) return;
        const fragment = fragments.get(name);
        used.set(name, fragment);
        if (fragment) use(fragment);
        else isMissing(name);
      },
    });
  };
  use(operation);
  return [...used.values()].filter((fragment) => fragment !== undefined);
}

function addManifest(path: string, text: string, documents: Record<string, string>, faults: string[]): void {
  const manifest = jsonOf(text);
  if (typeof manifest !== 'object' || manifest === null || Array.isArray(manifest)) {
    faults.push(`${path}: a manifest is a JSON object, {"HASH": "TEXT"}.`);
    return;
  }
  for (const [key, document] of Object.entries(manifest)) {
    const hash = key.replace(/^sha256:/, '');
    if (typeof document !== 'string') faults.push(`${path}: ${key.slice(0, 80)} is not a text.`);
    else if (hashOf(document) !== hash) {
      faults.push(`${path}: ${key.slice(0, 80)} is not the SHA-256 of its text, which is ${hashOf(document)}.`);
    } else documents[hash] = document;
  }
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
