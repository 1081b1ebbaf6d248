import type { QueryPlanSelectionNode } from '@apollo/query-planner';
import { isAbstractType, Kind } from 'graphql';
import type { DirectiveNode, FieldNode, GraphQLSchema, SelectionNode } from 'graphql';

/** What a fetch selects of an object of one type, by response name. */
export type SourceFields = ReadonlyMap<string, readonly FieldNode[]>;

/** Collects the fields of a fetch's selections that apply to a type, with conditions decided. */
export function sourceFields(
  schema: GraphQLSchema,
  selections: readonly SelectionNode[],
  typeName: string,
  isIncluded: (directives: readonly DirectiveNode[]) => boolean,
): SourceFields {
  const fields = new Map<string, FieldNode[]>();
  const collect = (within: readonly SelectionNode[]): void => {
    for (const selection of within) {
      if (!isIncluded(selection.directives ?? [])) continue;
      if (selection.kind === Kind.FIELD) {
        const name = selection.alias?.value ?? selection.name.value;
        const known = fields.get(name);
        if (known) known.push(selection);
        else fields.set(name, [selection]);
      } else if (selection.kind === Kind.INLINE_FRAGMENT) {
        const condition = selection.typeCondition?.name.value;
        if (condition === undefined || isOfType(schema, typeName, condition))
          collect(selection.selectionSet.selections);
      }
    }
  };
  collect(selections);
  return fields;
}

/** What is needed of an object of one type, by name; leaves have no selections. */
export type NeededFields = ReadonlyMap<string, readonly QueryPlanSelectionNode[] | undefined>;

/** Collects what is needed of an object of one type. */
export function neededFields(
  schema: GraphQLSchema,
  needs: readonly QueryPlanSelectionNode[],
  typeName: string,
): NeededFields {
  const fields = new Map<string, readonly QueryPlanSelectionNode[] | undefined>();
  const collect = (within: readonly QueryPlanSelectionNode[]): void => {
    for (const need of within) {
      if (need.kind === 'Field') {
        const name = need.alias ?? need.name;
        const known = fields.get(name);
        fields.set(name, need.selections ? [...(known ?? []), ...need.selections] : undefined);
      } else if (need.typeCondition === undefined || isOfType(schema, typeName, need.typeCondition)) {
        collect(need.selections);
      }
    }
  };
  collect(needs);
  return fields;
}

function isOfType(schema: GraphQLSchema, typeName: string, condition: string): boolean {
  if (typeName === condition) return true;
  const conditionType = schema.getType(condition);
  const type = schema.getType(typeName);
  return isAbstractType(conditionType) && type !== undefined && 'getInterfaces' in type
    ? schema.isSubType(conditionType, type)
    : false;
}
