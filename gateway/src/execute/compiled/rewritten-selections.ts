import { GraphQLIncludeDirective, GraphQLSkipDirective, Kind } from 'graphql';
import type { FieldNode, SelectionNode } from 'graphql';
import { isHole } from './object-plan.ts';
import type { FieldPlan, ObjectPlan, ValuePlan } from './object-plan.ts';

/** What a fetch selects for the fields of plans: in their order and by their names. */
export function selectionsOf(fields: readonly FieldPlan[], typeKey: string): FieldNode[] {
  return fields.map(({ responseName, node, value }) => {
    const selections = selectionsWithin(value, typeKey);
    return {
      ...bareField(node),
      ...(responseName !== node.name.value && { alias: { kind: Kind.NAME, value: responseName } }),
      ...(selections && { selectionSet: { kind: Kind.SELECTION_SET, selections } }),
    };
  });
}

function selectionsOfObject({ hidden, parts }: ObjectPlan, typeKey: string): FieldNode[] {
  return selectionsOf([...hidden, ...parts.filter((part): part is FieldPlan => !isHole(part))], typeKey);
}

/** A field as it is fetched once `@skip` and `@include` are decided. */
export function withoutConditions(node: FieldNode): FieldNode {
  return {
    ...bareField(node),
    ...(node.alias && { alias: node.alias }),
    directives: (node.directives ?? []).filter(({ name }) => !conditions.has(name.value)),
  };
}

function bareField({ name, arguments: given, directives }: FieldNode): FieldNode {
  return { kind: Kind.FIELD, name, ...(given && { arguments: given }), ...(directives && { directives }) };
}

const conditions: ReadonlySet<string> = new Set([GraphQLSkipDirective.name, GraphQLIncludeDirective.name]);

function selectionsWithin(value: ValuePlan, typeKey: string): readonly SelectionNode[] | undefined {
  if (value.kind === 'flat') return value.selections;
  if (value.kind === 'list') return selectionsWithin(value.of, typeKey);
  if (value.kind === 'enum') return undefined;
  const plans = [...value.byType.values()];
  if (!value.discriminated) return plans.flatMap((plan) => selectionsOfObject(plan, typeKey));
  return [
    { kind: Kind.FIELD, alias: { kind: Kind.NAME, value: typeKey }, name: { kind: Kind.NAME, value: '__typename' } },
    ...plans.flatMap((plan): SelectionNode[] => {
      const selections = selectionsOfObject(plan, typeKey);
      if (selections.length === 0) return [];
      return [
        {
          kind: Kind.INLINE_FRAGMENT,
          typeCondition: { kind: Kind.NAMED_TYPE, name: { kind: Kind.NAME, value: plan.typeName } },
          selectionSet: { kind: Kind.SELECTION_SET, selections },
        },
      ];
    }),
  ];
}
