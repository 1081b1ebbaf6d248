import { Kind, parse, TypeNameMetaFieldDef } from 'graphql';
import type { SelectionNode } from 'graphql';
import { isIncludedBy } from './response-shape.ts';

/** Response names of the root fields that a fetch asks for, without those that conditions leave out. */
export function rootFieldsOf(fetchOperation: string, holds: (variable: string) => boolean): string[] {
  const { definitions } = parse(fetchOperation, { noLocation: true });
  const within = (selections: readonly SelectionNode[]): string[] =>
    selections
      .filter(({ directives = [] }) => isIncludedBy(directives, holds))
      .flatMap((selection) => {
        if (selection.kind === Kind.INLINE_FRAGMENT) return within(selection.selectionSet.selections);
        if (selection.kind === Kind.FIELD) {
          return selection.name.value === TypeNameMetaFieldDef.name
            ? []
            : [selection.alias?.value ?? selection.name.value];
        }
        return definitions.flatMap((definition) =>
          definition.kind === Kind.FRAGMENT_DEFINITION && definition.name.value === selection.name.value
            ? within(definition.selectionSet.selections)
            : [],
        );
      });
  const operations = definitions.filter((definition) => definition.kind === Kind.OPERATION_DEFINITION);
  return [...new Set(operations.flatMap(({ selectionSet }) => within(selectionSet.selections)))];
}
