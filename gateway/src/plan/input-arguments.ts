import type { FetchNode, PlanNode, QueryPlan, QueryPlanSelectionNode } from '@apollo/query-planner';
import { Kind, parse, print, stripIgnoredCharacters, visit } from 'graphql';
import type { DocumentNode, FieldNode, SelectionNode, SelectionSetNode } from 'graphql';
import type { RequiredInputs } from '../supergraph/required-inputs.ts';

/**
 * Puts the arguments of required inputs back into a plan that was made with {@link nameRequiredInputs}: subgraphs are
 * asked for the real fields, under the names of the plan, and are given the values under the real names. A fetch whose
 * fields require different values under one name becomes several.
 */
export function withInputArguments(plan: QueryPlan, inputs: RequiredInputs): QueryPlan {
  if (inputs.byName.size === 0 || !plan.node) return plan;
  const { node } = plan;
  if (node.kind !== 'Subscription') return { ...plan, node: rewritten(node, inputs) };
  const primary = { ...node.primary, operation: withArguments(node.primary.operation, inputs) };
  return { ...plan, node: { ...node, primary, ...(node.rest && { rest: rewritten(node.rest, inputs) }) } };
}

function rewritten(node: PlanNode, inputs: RequiredInputs): PlanNode {
  const of = (each: PlanNode): PlanNode => rewritten(each, inputs);
  switch (node.kind) {
    case 'Sequence':
    case 'Parallel':
      return { ...node, nodes: node.nodes.map(of) };
    case 'Flatten': {
      const below = of(node.node);
      if (below.kind !== 'Parallel') return { ...node, node: below };
      return { kind: 'Parallel', nodes: below.nodes.map((each) => ({ ...node, node: each })) };
    }
    case 'Condition':
      return {
        ...node,
        ...(node.ifClause && { ifClause: of(node.ifClause) }),
        ...(node.elseClause && { elseClause: of(node.elseClause) }),
      };
    case 'Defer':
      return {
        ...node,
        primary: { ...node.primary, ...(node.primary.node && { node: of(node.primary.node) }) },
        deferred: node.deferred.map((each) => ({ ...each, ...(each.node && { node: of(each.node) }) })),
      };
    case 'Fetch': {
      const [fetch, ...more] = fetches(node, inputs);
      return fetch && more.length === 0 ? fetch : { kind: 'Parallel', nodes: [...(fetch ? [fetch] : []), ...more] };
    }
  }
}

function fetches(fetch: FetchNode, inputs: RequiredInputs): FetchNode[] {
  if (!fetch.requires) return [{ ...fetch, operation: withArguments(fetch.operation, inputs) }];
  const given = new Map<string, Set<string>>();
  eachField(fetch.requires, inputs, '', (path, name) => given.set(path, (given.get(path) ?? new Set()).add(name)));
  const contested = new Set([...given].filter(([, names]) => names.size > 1).map(([path]) => path));
  if (contested.size === 0) return [withRealNames(fetch, fetch.requires, inputs)];

  const document = parse(fetch.operation, { noLocation: true });
  const groups: FieldGroup[] = [];
  eachEntityField(document, (typeName, { name }) => {
    const needs = [...inputs.pathsOf(fetch.serviceName, typeName, name.value)].filter(([path]) => contested.has(path));
    const fits = (group: FieldGroup): boolean =>
      needs.every(([path, needed]) => (group.needs.get(path) ?? needed) === needed);
    let group = groups.find(fits);
    if (!group) groups.push((group = { fields: new Set(), needs: new Map() }));
    group.fields.add(`${typeName}.${name.value}`);
    for (const [path, needed] of needs) group.needs.set(path, needed);
  });
  return groups.map(({ fields, needs }) => {
    const operation = withOnly(document, (typeName, { name }) => fields.has(`${typeName}.${name.value}`));
    const used = usedVariables(operation);
    const requires = filtered(
      fetch.requires ?? [],
      inputs,
      '',
      (path, name) => !contested.has(path) || needs.get(path) === name,
    );
    const { variableUsages } = fetch;
    return withRealNames(
      {
        ...fetch,
        operation: stripIgnoredCharacters(print(withoutUnusedVariables(operation))),
        ...(variableUsages && { variableUsages: variableUsages.filter((name) => used.has(name)) }),
      },
      requires,
      inputs,
    );
  });
}

interface FieldGroup {
  /** As `Type.field`. */
  readonly fields: Set<string>;
  /** Which of several values of one name they require, by its path. */
  readonly needs: Map<string, string>;
}

function withRealNames(
  { operationDocumentNode: _stale, ...fetch }: FetchNode,
  requires: QueryPlanSelectionNode[],
  inputs: RequiredInputs,
): FetchNode {
  const renamed = renames(requires, inputs, []);
  return {
    ...fetch,
    requires,
    operation: withArguments(fetch.operation, inputs),
    ...(renamed.length > 0 && { inputRewrites: [...renamed, ...(fetch.inputRewrites ?? [])] }),
  };
}

function renames(
  selections: readonly QueryPlanSelectionNode[],
  inputs: RequiredInputs,
  path: readonly string[],
): NonNullable<FetchNode['inputRewrites']> {
  return selections.flatMap((selection) => {
    if (selection.kind === 'InlineFragment') {
      const condition = selection.typeCondition === undefined ? [] : [`... on ${selection.typeCondition}`];
      return renames(selection.selections, inputs, [...path, ...condition]);
    }
    const here = [...path, selection.alias ?? selection.name];
    const input = inputs.byName.get(selection.name);
    return [
      ...renames(selection.selections ?? [], inputs, here),
      ...(input ? [{ kind: 'KeyRenamer' as const, path: here, renameKeyTo: input.name }] : []),
    ];
  });
}

function withArguments(operation: string, { byName }: RequiredInputs): string {
  if (![...byName.keys()].some((name) => operation.includes(name))) return operation;
  const document = visit(parse(operation, { noLocation: true }), {
    Field(node) {
      const input = byName.get(node.name.value);
      if (!input) return undefined;
      const { name: alias } = node;
      return { ...node, alias: node.alias ?? alias, name: { ...alias, value: input.name }, arguments: input.arguments };
    },
  });
  return stripIgnoredCharacters(print(document));
}

/** Calls back with each field that a fetch requires: its path in the schema's names, and its name in the plan. */
function eachField(
  selections: readonly QueryPlanSelectionNode[],
  inputs: RequiredInputs,
  path: string,
  visitField: (path: string, name: string) => void,
): void {
  for (const selection of selections) {
    let below = path;
    if (selection.kind === 'Field') {
      below = `${path}.${inputs.byName.get(selection.name)?.name ?? selection.name}`;
      visitField(below, selection.name);
    }
    eachField(selection.selections ?? [], inputs, below, visitField);
  }
}

function filtered(
  selections: readonly QueryPlanSelectionNode[],
  inputs: RequiredInputs,
  path: string,
  isKept: (path: string, name: string) => boolean,
): QueryPlanSelectionNode[] {
  return selections.flatMap((selection): QueryPlanSelectionNode[] => {
    if (selection.kind === 'InlineFragment') {
      return [{ ...selection, selections: filtered(selection.selections, inputs, path, isKept) }];
    }
    const below = `${path}.${inputs.byName.get(selection.name)?.name ?? selection.name}`;
    if (!isKept(below, selection.name)) return [];
    return [
      {
        ...selection,
        ...(selection.selections && { selections: filtered(selection.selections, inputs, below, isKept) }),
      },
    ];
  });
}

/** Calls back with the fields of the entities of a fetch, with the type that they are selected on. */
function eachEntityField(document: DocumentNode, visitField: (typeName: string, field: FieldNode) => void): void {
  withOnly(document, (typeName, field) => {
    visitField(typeName, field);
    return true;
  });
}

/** An entity fetch with only some fields of its entities; `__typename` stays. */
function withOnly(document: DocumentNode, isKept: (typeName: string, field: FieldNode) => boolean): DocumentNode {
  const within = (set: SelectionSetNode, typeName: string): SelectionSetNode => ({
    ...set,
    selections: set.selections.flatMap((selection): SelectionNode[] => {
      if (selection.kind === Kind.FRAGMENT_SPREAD) return [selection];
      if (selection.kind === Kind.FIELD) {
        return selection.name.value === '__typename' || isKept(typeName, selection) ? [selection] : [];
      }
      const selectionSet = within(selection.selectionSet, selection.typeCondition?.name.value ?? typeName);
      return selectionSet.selections.length > 0 ? [{ ...selection, selectionSet }] : [];
    }),
  });
  return visit(document, {
    Field(node) {
      if (node.name.value !== '_entities' || !node.selectionSet) return false;
      return { ...node, selectionSet: within(node.selectionSet, '') };
    },
  });
}

function withoutUnusedVariables(document: DocumentNode): DocumentNode {
  const used = usedVariables(document);
  return visit(document, {
    VariableDefinition: ({ variable }) => (used.has(variable.name.value) ? undefined : null),
  });
}

function usedVariables(document: DocumentNode): Set<string> {
  const used = new Set<string>();
  visit(document, {
    VariableDefinition: () => false,
    Variable: ({ name }) => void used.add(name.value),
  });
  return used;
}
