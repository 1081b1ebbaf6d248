import { Kind, OperationTypeNode, print, stripIgnoredCharacters, validate, visit } from 'graphql';
import type { FieldNode, GraphQLObjectType, GraphQLSchema, OperationDefinitionNode, SelectionNode } from 'graphql';
import type { PlannedOperation } from '../../plan/operation-planner.ts';
import type { Supergraph } from '../../supergraph/supergraph.ts';
import type { SubgraphOperation } from '../../transports/transport.ts';
import { getOwn } from '../own-properties.ts';
import { isIncludedBy, responseShape } from '../response-shape.ts';
import type { SelectionShape } from '../response-shape.ts';
import { buildPlans, KeepApart } from './build-plans.ts';
import type { BuiltPlans, JoinTarget } from './build-plans.ts';
import type { PlanContext } from './plan-context.ts';
import { fetchGraph, NotCompilable } from './fetch-graph.ts';
import type { PlannedFetch } from './fetch-graph.ts';
import { isHole } from './object-plan.ts';
import type { EntityPlan, FieldPlan, Hole, ObjectPlan, ValuePlan } from './object-plan.ts';
import { selectionsOf } from './rewritten-selections.ts';
import { entityScanner } from './scanner.ts';
import type { EntityScanner } from './scanner.ts';

/** An operation made ready to run any number of times, for one set of values of its conditions. */
export interface CompiledOperation {
  readonly rootType: GraphQLObjectType;
  readonly root: ObjectPlan;
  /** Each after those that it waits for; the index is the id. */
  readonly fetches: readonly CompiledFetch[];
  /** The client's response, by the names that the client gave. */
  readonly shape: SelectionShape;
  /** Where objects of abstract types tell their type. */
  readonly typeKey: string;
}

export interface CompiledFetch {
  readonly id: number;
  readonly service: string;
  readonly after: readonly number[];
  /** Undefined where nothing that it would give is needed. */
  readonly operation: SubgraphOperation | undefined;
  /** Names in the fetch, and the client's names, of the variables that it uses. */
  readonly variables: readonly (readonly [name: string, clientName: string])[];
  /** Where the objects of an entity fetch are; undefined for a fetch of root fields. */
  readonly targets: readonly JoinTarget[] | undefined;
  /** The client's names of the root fields that it gives; none of an entity fetch. */
  readonly fields: readonly string[];
  /** By type of the entity. */
  readonly scanners: ReadonlyMap<string, EntityScanner>;
}

export interface CompileOptions {
  /** With defaults filled in. */
  readonly variables: Readonly<Record<string, unknown>>;
  readonly scalarDepth: number;
}

/** An operation that is left to the interpreter gives what it holds that cannot be compiled. */
export function compileOperation(
  supergraph: Supergraph,
  planned: PlannedOperation,
  options: CompileOptions,
): CompiledOperation | NotCompilable {
  const apart = new Set<string>();
  for (;;) {
    try {
      return compile(supergraph, planned, options, apart);
    } catch (error) {
      if (error instanceof KeepApart && !apart.has(error.key)) apart.add(error.key);
      else if (error instanceof NotCompilable) return error;
      else if (error instanceof KeepApart) return new NotCompilable(error.message);
      else throw error;
    }
  }
}

function compile(
  supergraph: Supergraph,
  planned: PlannedOperation,
  { variables, scalarDepth }: CompileOptions,
  apart: ReadonlySet<string>,
): CompiledOperation {
  const { apiSchema, fullSchema } = supergraph;
  const { operation, fragments, names, plan } = planned;
  const rootType = apiSchema.getRootType(operation.operation);
  if (!rootType || !plan.node) throw new NotCompilable('no plan');
  const valueOf = (name: string) => getOwn(variables, names.clientVariable(name)) === true;
  const fetches = fetchGraph(plan.node, valueOf, apart);
  const prefix = unusedPrefix(planned, fetches);
  const ended: Set<number>[] = [];
  for (const { after } of fetches) ended.push(new Set(after.flatMap((id) => [id, ...(ended[id] ?? [])])));
  const context: PlanContext = {
    apiSchema,
    fullSchema,
    subgraphSchema: (name) => supergraph.subgraphSchema(name),
    interfaceObjects: supergraph.interfaceObjects,
    fetches,
    before: (fetch) => ended[fetch] ?? new Set(),
    scalarDepth,
    prefix,
    isIncluded: (directives) => isIncludedBy(directives, (name) => valueOf(name)),
  };
  const shapeBy = (nameOf: (node: FieldNode) => string) =>
    responseShape(apiSchema, fragments, operation.selectionSet, variables, nameOf);
  const built = buildPlans(context, rootType, shapeBy(names.ofField));
  const patterns = [...built.entities.values()].flatMap((byType) => [...byType.values()]).map(patternLengthOf);
  if (patterns.reduce((sum, length) => sum + length, 0) > maxPatternsLength) throw new NotCompilable('size');
  const typeKey = `${prefix}t`;
  return {
    rootType,
    root: built.root,
    fetches: fetches.map((fetch) =>
      compiledFetch(planned, fetch, built, typeKey, context.subgraphSchema(fetch.service)),
    ),
    shape: shapeBy((node) => node.alias?.value ?? node.name.value),
    typeKey,
  };
}

function compiledFetch(
  { names }: PlannedOperation,
  fetch: PlannedFetch,
  { entities, targets }: BuiltPlans,
  typeKey: string,
  schema: GraphQLSchema | undefined,
): CompiledFetch {
  const plans = entities.get(fetch.id);
  const operation = plans && rewritten(fetch, plans, typeKey);
  if (operation && schema) refuseInvalid(operation, schema);
  const used = operation ? variablesOf(operation) : [];
  return {
    id: fetch.id,
    service: fetch.service,
    after: fetch.after,
    operation: operation && {
      query: stripIgnoredCharacters(print(operation)),
      operationName: operation.name?.value,
      idempotent: operation.operation !== OperationTypeNode.MUTATION,
    },
    variables: used
      .filter((name) => !fetch.requires || name !== 'representations')
      .map((name) => [name, names.clientVariable(name)]),
    targets: fetch.requires && (targets.get(fetch.id) ?? []),
    fields: fetch.requires
      ? []
      : [...(plans ?? [])].flatMap(([, { runs }]) => runs.flat().map(({ responseName }) => responseName)),
    scanners: new Map([...(plans ?? [])].map(([typeName, each]) => [typeName, entityScanner(each, typeKey)])),
  };
}

/** Characters of all regular expressions of an operation: what a server's thread should spend on making them once. */
const maxPatternsLength = 60_000;

function patternLengthOf({ hidden, runs }: EntityPlan): number {
  const ofValue = (value: ValuePlan): number => {
    if (value.kind === 'flat') return value.pattern.length;
    if (value.kind === 'list') return ofValue(value.of);
    if (value.kind === 'enum') return 0;
    return [...value.byType.values()].reduce((sum, plan) => sum + ofFields([...plan.hidden, ...plan.parts]), 0);
  };
  const ofFields = (fields: readonly (FieldPlan | Hole)[]): number =>
    fields.reduce((sum, field) => sum + (isHole(field) ? 0 : ofValue(field.value)), 0);
  return ofFields([...hidden, ...runs.flat()]);
}

/** A fetch's operation with what the plans ask for, in their order. */
function rewritten(
  { operation, requires }: PlannedFetch,
  plans: ReadonlyMap<string, EntityPlan>,
  typeKey: string,
): OperationDefinitionNode {
  const selectionsOfPlan = ({ hidden, runs }: EntityPlan) => selectionsOf([...hidden, ...runs.flat()], typeKey);
  const withSelections = (selections: readonly SelectionNode[]): OperationDefinitionNode => {
    const selectionSet = { kind: Kind.SELECTION_SET, selections } as const;
    const used = new Set(variablesOf({ ...operation, selectionSet }));
    return {
      ...operation,
      variableDefinitions: (operation.variableDefinitions ?? []).filter(({ variable }) =>
        used.has(variable.name.value),
      ),
      selectionSet,
    };
  };
  if (!requires) return withSelections([...plans.values()].flatMap(selectionsOfPlan));
  const [entitiesField] = operation.selectionSet.selections;
  if (entitiesField?.kind !== Kind.FIELD) throw new NotCompilable('an entity fetch without entities');
  const selections = [...plans.values()].map((plan): SelectionNode => ({
    kind: Kind.INLINE_FRAGMENT,
    typeCondition: { kind: Kind.NAMED_TYPE, name: { kind: Kind.NAME, value: plan.typeName } },
    selectionSet: { kind: Kind.SELECTION_SET, selections: selectionsOfPlan(plan) },
  }));
  return withSelections([{ ...entitiesField, selectionSet: { kind: Kind.SELECTION_SET, selections } }]);
}

/**
 * A selection on an interface becomes one on each of its types, where fields of one name may differ in what the subgraph
 * makes of them, if only in being nullable.
 */
function refuseInvalid(operation: OperationDefinitionNode, schema: GraphQLSchema): void {
  const document = { kind: Kind.DOCUMENT, definitions: [operation] } as const;
  const [error] = validate(schema, document, undefined, { maxErrors: 1 });
  if (error) throw new NotCompilable('a fetch that its subgraph would refuse', { cause: error });
}

/** Names of the variables that an operation's selections use. */
function variablesOf({ selectionSet }: Pick<OperationDefinitionNode, 'selectionSet'>): string[] {
  const used = new Set<string>();
  visit(selectionSet, { Variable: ({ name }) => void used.add(name.value) });
  return [...used];
}

/** What no response name of the operation begins with, for the names of what only the gateway needs. */
function unusedPrefix({ document }: PlannedOperation, fetches: readonly PlannedFetch[]): string {
  const used = new Set<string>();
  const look = { Name: ({ value }: { readonly value: string }) => void used.add(value) };
  visit(document, look);
  for (const { operation } of fetches) visit(operation, look);
  let prefix = 'j';
  while ([...used].some((name) => name.startsWith(prefix))) prefix += '_';
  return prefix;
}
