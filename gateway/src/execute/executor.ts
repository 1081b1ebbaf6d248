import { setMaxListeners } from 'node:events';
import { executeSync, getVariableValues, Kind, OperationTypeNode } from 'graphql';
import type { ExecutionResult, GraphQLError } from 'graphql';
import { toByteText } from '../byte-text.ts';
import { gatewayError, OperationRefused } from '../errors.ts';
import type { Caller } from '../guard/caller.ts';
import type { PlannedOperation } from '../plan/operation-planner.ts';
import type { Supergraph } from '../supergraph/supergraph.ts';
import type { SubgraphResult, SubgraphTransport } from '../transports/transport.ts';
import { askerOf } from './asker.ts';
import { clientPath } from './client-path.ts';
import { createCompiledRunner } from './compiled/compiled-runner.ts';
import type { Compilation, OnWay } from './compiled/compiled-runner.ts';
import { Deferrals } from './deferrals.ts';
import { addFields } from './fetch.ts';
import { respondIncrementally } from './respond-incrementally.ts';
import type { PartShaper } from './respond-incrementally.ts';
import { belongsTo, conditionVariables, responseShape } from './response-shape.ts';
import type { FieldShape, RuntimeType, SelectionShape } from './response-shape.ts';
import { runPlan } from './run-plan.ts';
import type { PlanRun } from './run-plan.ts';
import { shapeResponse, typeOf } from './shape-response.ts';

/** Runs planned operations against the subgraphs of one version of the graph. */
export interface Executor {
  /** Checks variables against the operation. Throws {@link OperationRefused}. */
  bind(operation: PlannedOperation, variables: Readonly<Record<string, unknown>>): BoundOperation;
  /** A query or mutation; the response is byte text of JSON. Rejects only when `signal` aborts. */
  respond(bound: BoundOperation, options: RunOptions): Promise<string>;
  /** The same in parts, deferred fragments after the rest, each JSON text of incremental delivery. */
  respondIncrementally(bound: BoundOperation, options: RunOptions): AsyncIterable<string>;
  /** One event of a subscription with what the plan's `rest` adds to it, as JSON text. Rejects only when `signal` aborts. */
  enrich(bound: BoundOperation, event: SubgraphResult, options: RunOptions): Promise<string>;
}

/** A planned operation with the variables to run it with. */
export interface BoundOperation {
  readonly planned: PlannedOperation;
  readonly variables: Readonly<Record<string, unknown>>;
  /** With defaults filled in and inputs checked. */
  readonly coercedVariables: Readonly<Record<string, unknown>>;
  /** What it costs at most, where that is worked out. */
  readonly estimatedCost?: number;
  /** Makes of a response what its caller is to get, where that is allowed to see only a part. */
  readonly restore?: (response: ExecutionResult) => ExecutionResult;
  /** What the client asked, where the caller may not see all of it; `planned` is the rest. */
  readonly asked?: { readonly query: string; readonly operationName: string | undefined };
}

export interface RunOptions {
  readonly signal: AbortSignal;
  /** Sent to every subgraph; lower-case names. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** Anonymous unless given. */
  readonly caller?: Caller | undefined;
  /** Label of the contract that is asked. */
  readonly contract?: string | undefined;
  /** Of a subscription that can be resumed: the cursor to go on behind, whatever the operation says. */
  readonly resumeAfter?: string | undefined;
}

/** Runs what can be compiled on text, and interprets every other plan: fetches and joins results, then shapes the response. */
export function createExecutor(
  supergraph: Supergraph,
  transports: ReadonlyMap<string, SubgraphTransport>,
  compilation: Compilation = 'repeated',
  onWay?: OnWay,
): Executor {
  const { apiSchema } = supergraph;
  const compiled = createCompiledRunner(supergraph, compilation, onWay);
  const shapes = new WeakMap<PlannedOperation, ShapesOfOperation>();

  const shapeOf = ({ planned, coercedVariables }: BoundOperation, inParts: boolean): SelectionShape => {
    const { operation, fragments } = planned;
    let known = shapes.get(planned);
    if (!known) {
      const selectionSets = [operation, ...fragments.values()].map((node) => node.selectionSet);
      shapes.set(planned, (known = { conditions: conditionVariables(selectionSets), byValues: new Map() }));
    }
    const values =
      known.conditions.map((name) => (coercedVariables[name] === true ? '1' : '0')).join('') +
      (inParts ? ' in parts' : '');
    let shape = known.byValues.get(values);
    if (!shape) {
      const { selectionSet } = operation;
      shape = responseShape(apiSchema, fragments, selectionSet, coercedVariables, planned.names.ofField, inParts);
      if (known.byValues.size < maxShapesPerOperation) known.byValues.set(values, shape);
    }
    return shape;
  };

  const startRun = ({ planned, variables, coercedVariables }: BoundOperation, options: RunOptions): PlanRun => {
    // Each fetch that runs at the same time listens.
    setMaxListeners(0, options.signal);
    return {
      supergraph,
      transports,
      operation: planned,
      variables,
      coercedVariables,
      signal: options.signal,
      headers: options.headers,
      asker: askerOf(options),
      data: Object.create(null) as Record<string, unknown>,
      errors: [],
    };
  };

  const respond = (bound: BoundOperation, run: PlanRun): ExecutionResult => {
    const { planned } = bound;
    const rootType = rootTypeOf(planned);
    const shape = shapeOf(bound, false);
    if (!planned.plan.node && shape.fieldsOf(rootType).some((field) => field.kind === 'value')) {
      return { errors: [gatewayError('OPERATION_NOT_PLANNED', 'No subgraph answers the fields that were asked for.')] };
    }
    const errors: GraphQLError[] = run.errors.map((error) => clientPath(error, rootType, shape, supergraph));
    const data = shapeResponse(apiSchema, rootType, shape, run.data, errors, introspection(bound, errors));
    return errors.length > 0 ? { errors, data } : { data };
  };

  const introspection =
    ({ planned, variables }: BoundOperation, errors: GraphQLError[]) =>
    (field: FieldShape): unknown => {
      const result = executeSync({
        schema: apiSchema,
        document: {
          kind: Kind.DOCUMENT,
          definitions: [
            {
              ...planned.operation,
              operation: OperationTypeNode.QUERY,
              selectionSet: { kind: Kind.SELECTION_SET, selections: field.nodes },
            },
            ...planned.fragments.values(),
          ],
        },
        variableValues: variables,
      });
      errors.push(...(result.errors ?? []));
      return result.data?.[field.responseName] ?? null;
    };

  const rootTypeOf = ({ operation: { operation } }: PlannedOperation): RuntimeType => {
    const rootType = apiSchema.getRootType(operation);
    if (!rootType) throw new Error(`no ${operation} type`);
    return rootType;
  };

  const partShaper = (bound: BoundOperation, run: PlanRun): PartShaper => {
    const rootType = rootTypeOf(bound.planned);
    const whole = shapeOf(bound, false);
    const shape = shapeOf(bound, true);
    return {
      initial: (errors, places) =>
        shapeResponse(apiSchema, rootType, shape, run.data, errors, introspection(bound, errors), places),
      deferred: (place, errors, places) => {
        const { selection, data, path, condition } = place;
        const type = typeOf(apiSchema, data, place.type) ?? place.type;
        if (condition !== undefined && !belongsTo(apiSchema, type, condition)) return undefined;
        return shapeResponse(apiSchema, type, selection, data, errors, introspection(bound, errors), places, path);
      },
      clientError: (error) => clientPath(error, rootType, whole, supergraph),
      clientLabel: (label) => bound.planned.deferLabels?.get(label),
    };
  };

  return {
    bind(planned, variables) {
      const definitions = planned.operation.variableDefinitions ?? [];
      const { errors, coerced } = getVariableValues(apiSchema, definitions, variables, { maxErrors: 20 });
      if (errors) {
        throw new OperationRefused(
          errors.map((error) => gatewayError('BAD_USER_INPUT', error.message, { nodes: error.nodes ?? null })),
        );
      }
      return { planned, variables, coercedVariables: coerced };
    },

    async respond(bound, options) {
      const text = compiled.run(bound, { transports, variables: bound.variables, options });
      if (text) return text;
      const run = startRun(bound, options);
      const { node } = bound.planned.plan;
      if (node && node.kind !== 'Subscription') await runPlan(run, node);
      return toByteText(JSON.stringify(respond(bound, run)));
    },

    async *respondIncrementally(bound, options) {
      const deferrals = new Deferrals();
      const run: PlanRun = { ...startRun(bound, options), deferrals };
      const { node } = bound.planned.plan;
      if (node && node.kind !== 'Subscription') await runPlan(run, node);
      yield* respondIncrementally(partShaper(bound, run), run.errors, deferrals);
    },

    async enrich(bound, event, options) {
      const run = startRun(bound, options);
      const { node } = bound.planned.plan;
      if (node?.kind !== 'Subscription') throw new Error('not the plan of a subscription');
      addFields(run, node.primary, [], event);
      if (node.rest) await runPlan(run, node.rest);
      return JSON.stringify(respond(bound, run));
    },
  };
}

/** Two to the number of conditions would be unbounded; further combinations are worked out for each run. */
const maxShapesPerOperation = 16;

interface ShapesOfOperation {
  readonly conditions: readonly string[];
  readonly byValues: Map<string, SelectionShape>;
}
