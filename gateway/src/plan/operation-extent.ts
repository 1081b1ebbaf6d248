import { Kind } from 'graphql';
import type { DocumentNode, FragmentDefinitionNode, SelectionSetNode } from 'graphql';

/** How large a selection is when its fragments are written out. */
export interface Extent {
  readonly selections: number;
  /** Selections within selections. */
  readonly depth: number;
}

/**
 * The extent of a document's largest selections, in time linear in the document. A few hundred bytes of nested
 * fragments, each spread twice, expand to millions and would block validation and planning. A cycle and an unknown
 * fragment count for nothing: validation refuses both.
 */
export function extentOf(document: DocumentNode): Extent {
  const fragments = new Map<string, FragmentDefinitionNode>();
  for (const definition of document.definitions) {
    if (definition.kind === Kind.FRAGMENT_DEFINITION) fragments.set(definition.name.value, definition);
  }
  const known = new Map<string, Extent>();

  const ofFragment = (name: string): Extent => {
    let extent = known.get(name);
    if (!extent) {
      known.set(name, nothing);
      const fragment = fragments.get(name);
      extent = fragment ? ofSelectionSet(fragment.selectionSet) : nothing;
      known.set(name, extent);
    }
    return extent;
  };
  const ofSelectionSet = (selectionSet: SelectionSetNode): Extent => {
    let selections = 0;
    let depth = 0;
    for (const selection of selectionSet.selections) {
      let below = nothing;
      if (selection.kind === Kind.FRAGMENT_SPREAD) below = ofFragment(selection.name.value);
      else if (selection.selectionSet) below = ofSelectionSet(selection.selectionSet);
      selections += 1 + below.selections;
      depth = Math.max(depth, 1 + below.depth);
    }
    return { selections, depth };
  };

  let largest = nothing;
  for (const definition of document.definitions) {
    if (definition.kind !== Kind.OPERATION_DEFINITION && definition.kind !== Kind.FRAGMENT_DEFINITION) continue;
    const { selections, depth } = ofSelectionSet(definition.selectionSet);
    largest = { selections: Math.max(largest.selections, selections), depth: Math.max(largest.depth, depth) };
  }
  return largest;
}

const nothing: Extent = { selections: 0, depth: 0 };
