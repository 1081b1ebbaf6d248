import { Kind } from 'graphql';
import type { DirectiveNode, DocumentNode, FragmentDefinitionNode, SelectionSetNode } from 'graphql';

/** How large a document is. What does not say otherwise is that of its largest operation with its fragments written out. */
export interface DocumentExtent {
  readonly selections: number;
  /** Selections within selections. */
  readonly depth: number;
  readonly aliases: number;
  readonly rootFields: number;
  /** In the document as it is written. */
  readonly directives: number;
  /** On the one place that has most. */
  readonly directivesPerPlace: number;
  readonly fragments: number;
}

/**
 * Measures a document in time linear in its length. A few hundred bytes of nested fragments, each spread twice, expand
 * to millions of selections and would block validation and planning. A cycle and an unknown fragment count for nothing:
 * validation refuses both.
 */
export function extentOf(document: DocumentNode): DocumentExtent {
  const fragments = new Map<string, FragmentDefinitionNode>();
  for (const definition of document.definitions) {
    if (definition.kind === Kind.FRAGMENT_DEFINITION) fragments.set(definition.name.value, definition);
  }
  const known = new Map<string, Extent>();
  let directives = 0;
  let directivesPerPlace = 0;
  let definitions = 0;

  const countDirectives = (node: { readonly directives?: readonly DirectiveNode[] | undefined }): void => {
    const count = node.directives?.length ?? 0;
    directives += count;
    directivesPerPlace = Math.max(directivesPerPlace, count);
  };
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
    const extent = { ...nothing };
    for (const selection of selectionSet.selections) {
      countDirectives(selection);
      let below = nothing;
      if (selection.kind === Kind.FRAGMENT_SPREAD) below = ofFragment(selection.name.value);
      else if (selection.selectionSet) below = ofSelectionSet(selection.selectionSet);
      const isField = selection.kind === Kind.FIELD;
      extent.selections = sum(extent.selections, 1 + below.selections);
      extent.depth = Math.max(extent.depth, 1 + below.depth);
      extent.aliases = sum(extent.aliases, below.aliases + (isField && selection.alias ? 1 : 0));
      extent.rootFields = sum(extent.rootFields, isField ? 1 : below.rootFields);
    }
    return extent;
  };

  let largest = nothing;
  for (const definition of document.definitions) {
    if (definition.kind === Kind.FRAGMENT_DEFINITION) {
      definitions++;
      countDirectives(definition);
      largest = largestOf(largest, { ...ofFragment(definition.name.value), rootFields: 0 });
    } else if (definition.kind === Kind.OPERATION_DEFINITION) {
      countDirectives(definition);
      definition.variableDefinitions?.forEach(countDirectives);
      largest = largestOf(largest, ofSelectionSet(definition.selectionSet));
    }
  }
  return { ...largest, directives, directivesPerPlace, fragments: definitions };
}

/** Objects, lists and plain values of a value, and how deep they lie within one another; not deeper than `maxDepth` + 1. */
export function valueExtentOf(value: unknown, maxDepth: number): ValueExtent {
  if (typeof value !== 'object' || value === null) return { values: 1, depth: 0 };
  let values = 1;
  let depth = 0;
  for (const item of Object.values(value)) {
    if (typeof item !== 'object' || item === null) values++;
    else if (maxDepth > 0) {
      const below = valueExtentOf(item, maxDepth - 1);
      values += below.values;
      depth = Math.max(depth, below.depth);
    }
  }
  return { values, depth: depth + 1 };
}

interface ValueExtent {
  readonly values: number;
  readonly depth: number;
}

type Extent = Pick<DocumentExtent, 'selections' | 'depth' | 'aliases' | 'rootFields'>;

const nothing: Extent = { selections: 0, depth: 0, aliases: 0, rootFields: 0 };

/** Counts double with each fragment: they stay finite. */
function sum(one: number, other: number): number {
  return Math.min(one + other, Number.MAX_SAFE_INTEGER);
}

function largestOf(one: Extent, other: Extent): Extent {
  return {
    selections: Math.max(one.selections, other.selections),
    depth: Math.max(one.depth, other.depth),
    aliases: Math.max(one.aliases, other.aliases),
    rootFields: Math.max(one.rootFields, other.rootFields),
  };
}
