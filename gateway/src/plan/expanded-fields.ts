import { Kind } from 'graphql';
import type { DocumentNode, FragmentDefinitionNode, SelectionSetNode } from 'graphql';

/**
 * How many selections each operation has when its fragments are written out, in time linear in the document. A few
 * hundred bytes of nested fragments, each spread twice, expand to millions and would block validation and planning.
 * Counts 0 for a cycle and for an unknown fragment: validation refuses both.
 */
export function largestExpansion(document: DocumentNode): number {
  const fragments = new Map<string, FragmentDefinitionNode>();
  for (const definition of document.definitions) {
    if (definition.kind === Kind.FRAGMENT_DEFINITION) fragments.set(definition.name.value, definition);
  }
  const counted = new Map<string, number>();

  const countFragment = (name: string): number => {
    const known = counted.get(name);
    if (known !== undefined) return known;
    counted.set(name, 0);
    const fragment = fragments.get(name);
    const count = fragment ? countSelections(fragment.selectionSet) : 0;
    counted.set(name, count);
    return count;
  };
  const countSelections = (selectionSet: SelectionSetNode): number => {
    let count = 0;
    for (const selection of selectionSet.selections) {
      count += 1;
      if (selection.kind === Kind.FRAGMENT_SPREAD) count += countFragment(selection.name.value);
      else if (selection.selectionSet) count += countSelections(selection.selectionSet);
    }
    return count;
  };

  let largest = 0;
  for (const definition of document.definitions) {
    if (definition.kind === Kind.OPERATION_DEFINITION || definition.kind === Kind.FRAGMENT_DEFINITION) {
      largest = Math.max(largest, countSelections(definition.selectionSet));
    }
  }
  return largest;
}
