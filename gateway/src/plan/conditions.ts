import { GraphQLIncludeDirective, GraphQLSkipDirective, Kind, TypeNameMetaFieldDef, visit } from 'graphql';
import type { DirectiveNode, DocumentNode, FieldNode } from 'graphql';

/** The variables of `@skip` and `@include` in an operation, with the values that they have by default. */
export type ConditionDefaults = Readonly<Record<string, boolean | undefined>>;

/** Of the operation with the name, or of the only one; nothing where there is no such. */
export function conditionDefaults(document: DocumentNode, operationName: string | undefined): ConditionDefaults {
  const names = new Set<string>();
  visit(document, {
    Directive(node) {
      const value = isCondition(node) ? node.arguments?.[0]?.value : undefined;
      if (value?.kind === Kind.VARIABLE) names.add(value.name.value);
    },
  });
  const defaults = Object.create(null) as Record<string, boolean | undefined>;
  for (const definition of document.definitions) {
    if (definition.kind !== Kind.OPERATION_DEFINITION) continue;
    if (operationName !== undefined && definition.name?.value !== operationName) continue;
    for (const { variable, defaultValue } of definition.variableDefinitions ?? []) {
      if (!names.has(variable.name.value)) continue;
      defaults[variable.name.value] = defaultValue?.kind === Kind.BOOLEAN ? defaultValue.value : undefined;
    }
  }
  return defaults;
}

/** What is known of the values: those that are not boolean are refused later, or never needed. */
export function conditionValues(
  defaults: ConditionDefaults,
  variables: Readonly<Record<string, unknown>>,
): Record<string, boolean> {
  const values = Object.create(null) as Record<string, boolean>;
  for (const [name, byDefault] of Object.entries(defaults)) {
    const value = Object.hasOwn(variables, name) && variables[name] !== undefined ? variables[name] : byDefault;
    if (typeof value === 'boolean') values[name] = value;
  }
  return values;
}

/**
 * A document without what is not to be executed, and without conditions that are known to hold. The planner loses
 * conditions within conditions, fetches keys under conditions that do not hold, and names fields under conditions so
 * that they clash: it gets none.
 */
export function withoutConditions(
  document: DocumentNode,
  valueOf: (variable: string) => boolean | undefined,
): DocumentNode {
  const without = visit(document, {
    enter(node) {
      if (node.kind !== Kind.FIELD && node.kind !== Kind.INLINE_FRAGMENT && node.kind !== Kind.FRAGMENT_SPREAD) {
        return undefined;
      }
      const { directives = [] } = node;
      if (!directives.some(isCondition)) return undefined;
      const known = directives.filter((directive) => holds(directive, valueOf) !== undefined);
      if (known.some((directive) => holds(directive, valueOf) === false)) return null;
      return { ...node, directives: directives.filter((directive) => !known.includes(directive)) };
    },
  });
  return withoutGaps(without);
}

/** Whether a condition lets what it is on be executed; undefined where that is not known. */
function holds(directive: DirectiveNode, valueOf: (variable: string) => boolean | undefined): boolean | undefined {
  if (!isCondition(directive)) return undefined;
  const value = directive.arguments?.[0]?.value;
  let flag: boolean | undefined;
  if (value?.kind === Kind.BOOLEAN) flag = value.value;
  else if (value?.kind === Kind.VARIABLE) flag = valueOf(value.name.value);
  return flag === undefined ? undefined : flag === (directive.name.value === GraphQLIncludeDirective.name);
}

function isCondition({ name }: DirectiveNode): boolean {
  return name.value === GraphQLSkipDirective.name || name.value === GraphQLIncludeDirective.name;
}

/** A selection of which nothing is left still says that the object is there. */
function withoutGaps(document: DocumentNode): DocumentNode {
  return visit(document, {
    SelectionSet: (set) => (set.selections.length > 0 ? undefined : { ...set, selections: [typeNameField] }),
  });
}

export const typeNameField: FieldNode = {
  kind: Kind.FIELD,
  name: { kind: Kind.NAME, value: TypeNameMetaFieldDef.name },
};
