import { getNamedType, isAbstractType, Kind, print, TypeInfo, visit, visitWithTypeInfo } from 'graphql';
import type {
  DefinitionNode,
  FieldNode,
  DocumentNode,
  FragmentDefinitionNode,
  GraphQLSchema,
  OperationDefinitionNode,
  SelectionNode,
  SelectionSetNode,
} from 'graphql';
import type { AuthorizationRules, Demand } from './authorization-rules.ts';

/** What a valid document of one operation demands of its caller. */
export function demandsOf(document: DocumentNode, schema: GraphQLSchema, rules: AuthorizationRules): readonly Demand[] {
  const demands = new Set<Demand>();
  const info = new TypeInfo(schema);
  visit(
    document,
    visitWithTypeInfo(info, {
      Field(node) {
        for (const demand of rules.get(`${info.getParentType()?.name}.${node.name.value}`) ?? []) demands.add(demand);
      },
    }),
  );
  return [...demands];
}

/** An operation without the fields that demand something of `denied`. */
export interface PermittedOperation {
  /** One document with this operation only. It also asks for the type's name wherever that is not known from the schema. */
  readonly query: string;
  /** `Type.field` of what was left out. */
  readonly withheld: readonly string[];
  /** Whether one of them is what a subscription subscribes to. */
  readonly withholdsEvents: boolean;
}

/** Leaves out of a valid document of one operation what its caller may not see. `@defer` goes too: what is left comes in one piece. */
export function withholdFields(
  document: DocumentNode,
  schema: GraphQLSchema,
  rules: AuthorizationRules,
  denied: ReadonlySet<Demand>,
): PermittedOperation {
  const withheld = new Set<string>();
  let withholdsEvents = false;
  const info = new TypeInfo(schema);
  const permitted = visit(
    document,
    visitWithTypeInfo(info, {
      Field: {
        enter(node) {
          const coordinate = `${info.getParentType()?.name}.${node.name.value}`;
          if (!rules.get(coordinate)?.some((demand) => denied.has(demand))) return undefined;
          withheld.add(coordinate);
          withholdsEvents ||= info.getParentType() === schema.getSubscriptionType();
          return null;
        },
        leave(node) {
          const type = info.getType();
          if (!node.selectionSet || !isAbstractType(type && getNamedType(type))) return undefined;
          const selections = [...node.selectionSet.selections, typeName];
          return { ...node, selectionSet: { ...node.selectionSet, selections } };
        },
      },
      Directive: (node) => (node.name.value === 'defer' ? null : undefined),
    }),
  );
  return { query: print(withoutLeftovers(permitted)), withheld: [...withheld], withholdsEvents };
}

const typeName: FieldNode = { kind: Kind.FIELD, name: { kind: Kind.NAME, value: '__typename' } };

/** The operation with what it still uses: no selection, fragment or variable is left empty or unused. */
function withoutLeftovers(document: DocumentNode): DocumentNode {
  const fragments = new Map<string, FragmentDefinitionNode>();
  let operation: OperationDefinitionNode | undefined;
  for (const definition of document.definitions) {
    if (definition.kind === Kind.FRAGMENT_DEFINITION) fragments.set(definition.name.value, definition);
    else if (definition.kind === Kind.OPERATION_DEFINITION) operation = definition;
  }
  if (!operation) throw new Error('no operation');

  const used = new Map<string, FragmentDefinitionNode>();
  const isLeft = (name: string): boolean => {
    const fragment = fragments.get(name);
    if (!fragment || used.has(name)) return fragment !== undefined;
    const selectionSet = prune(fragment.selectionSet);
    if (selectionSet.selections.length === 0) fragments.delete(name);
    else used.set(name, { ...fragment, selectionSet });
    return selectionSet.selections.length > 0;
  };
  const pruneSelection = (selection: SelectionNode): SelectionNode[] => {
    if (selection.kind === Kind.FRAGMENT_SPREAD) return isLeft(selection.name.value) ? [selection] : [];
    if (!selection.selectionSet) return [selection];
    const selectionSet = prune(selection.selectionSet);
    if (selection.kind === Kind.FIELD) return [{ ...selection, selectionSet: orTypeName(selectionSet) }];
    return selectionSet.selections.length > 0 ? [{ ...selection, selectionSet }] : [];
  };
  const prune = (selectionSet: SelectionSetNode): SelectionSetNode => ({
    ...selectionSet,
    selections: selectionSet.selections.flatMap(pruneSelection),
  });

  const selectionSet = orTypeName(prune(operation.selectionSet));
  const variables = variablesIn([{ ...operation, selectionSet, variableDefinitions: [] }, ...used.values()]);
  const variableDefinitions = operation.variableDefinitions?.filter(({ variable }) =>
    variables.has(variable.name.value),
  );
  const permitted: OperationDefinitionNode = {
    ...operation,
    selectionSet,
    ...(variableDefinitions && { variableDefinitions }),
  };
  return { kind: Kind.DOCUMENT, definitions: [permitted, ...used.values()] };
}

function orTypeName(selectionSet: SelectionSetNode): SelectionSetNode {
  return selectionSet.selections.length > 0 ? selectionSet : { ...selectionSet, selections: [typeName] };
}

function variablesIn(definitions: readonly DefinitionNode[]): ReadonlySet<string> {
  const names = new Set<string>();
  for (const definition of definitions) {
    visit(definition, {
      Variable(node) {
        names.add(node.name.value);
      },
    });
  }
  return names;
}
