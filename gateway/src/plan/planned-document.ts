import { getNamedType, isAbstractType, isCompositeType, isUnionType, Kind, visit } from 'graphql';
import type {
  DocumentNode,
  FieldNode,
  FragmentDefinitionNode,
  GraphQLCompositeType,
  GraphQLObjectType,
  GraphQLSchema,
  InlineFragmentNode,
  SelectionNode,
  SelectionSetNode,
} from 'graphql';
import { typeNameField } from './conditions.ts';

/**
 * A document in which every object keeps a field whatever its conditions say. The planner leaves out a field of which
 * nothing would be selected: the object would be missing, and a mutation would not happen.
 */
export function withoutEmptyObjects(document: DocumentNode): DocumentNode {
  const fragments = fragmentsByName(document);
  const mayBeEmpty = ({ selections }: SelectionSetNode): boolean =>
    selections.every((selection) => {
      if (selection.directives?.length) return true;
      if (selection.kind === Kind.FIELD) return false;
      const { selectionSet } =
        selection.kind === Kind.INLINE_FRAGMENT ? selection : (fragments.get(selection.name.value) ?? {});
      return !selectionSet || mayBeEmpty(selectionSet);
    });
  return visit(document, {
    Field: {
      leave(field: FieldNode) {
        if (!field.selectionSet || !mayBeEmpty(field.selectionSet)) return undefined;
        const selections = [typeNameField, ...field.selectionSet.selections];
        return { ...field, selectionSet: { ...field.selectionSet, selections } };
      },
    },
  });
}

/**
 * A document that says the same with every fragment on an object type, and without named fragments. The planner fails
 * on some fragments on interfaces where a subgraph has `@interfaceObject`, and on none of these.
 */
export function withObjectTypesOnly(document: DocumentNode, schema: GraphQLSchema): DocumentNode {
  const fragments = fragmentsByName(document);

  const expand = (selectionSet: SelectionSetNode, parent: GraphQLCompositeType): SelectionSetNode => ({
    ...selectionSet,
    selections: selectionSet.selections.flatMap((selection) => expandSelection(selection, parent)),
  });
  const expandSelection = (selection: SelectionNode, parent: GraphQLCompositeType): SelectionNode[] => {
    if (selection.kind === Kind.FIELD) {
      const fields = isUnionType(parent) ? {} : parent.getFields();
      const named = getNamedType(fields[selection.name.value]?.type);
      if (!selection.selectionSet || !isCompositeType(named)) return [selection];
      return [{ ...selection, selectionSet: expand(selection.selectionSet, named) }];
    }
    const fragment = selection.kind === Kind.INLINE_FRAGMENT ? selection : fragments.get(selection.name.value);
    if (!fragment) return [];
    const condition = fragment.typeCondition ? schema.getType(fragment.typeCondition.name.value) : parent;
    if (!isCompositeType(condition)) return [];
    const possible = possibleTypes(schema, condition);
    return possibleTypes(schema, parent)
      .filter((type) => possible.includes(type))
      .map((type): InlineFragmentNode => ({
        kind: Kind.INLINE_FRAGMENT,
        typeCondition: { kind: Kind.NAMED_TYPE, name: { kind: Kind.NAME, value: type.name } },
        ...(selection.directives && { directives: selection.directives }),
        selectionSet: expand(fragment.selectionSet, type),
      }));
  };

  return {
    kind: Kind.DOCUMENT,
    definitions: document.definitions.flatMap((definition) => {
      if (definition.kind !== Kind.OPERATION_DEFINITION) return [];
      const root = schema.getRootType(definition.operation);
      return root ? [{ ...definition, selectionSet: expand(definition.selectionSet, root) }] : [];
    }),
  };
}

function possibleTypes(schema: GraphQLSchema, type: GraphQLCompositeType): readonly GraphQLObjectType[] {
  return isAbstractType(type) ? schema.getPossibleTypes(type) : [type];
}

function fragmentsByName(document: DocumentNode): Map<string, FragmentDefinitionNode> {
  return new Map(
    document.definitions.flatMap((definition) =>
      definition.kind === Kind.FRAGMENT_DEFINITION ? [[definition.name.value, definition] as const] : [],
    ),
  );
}
