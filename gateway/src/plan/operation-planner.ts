import type { QueryPlan } from '@apollo/query-planner';
import { visit } from 'graphql';
import type { DocumentNode, FragmentDefinitionNode, GraphQLError, OperationDefinitionNode } from 'graphql';
import { BoundedCache } from '../bounded-cache.ts';
import { gatewayError, OperationRefused } from '../errors.ts';
import { limitGuard } from '../guard/limit-guard.ts';
import type { LimitGuard } from '../guard/limit-guard.ts';
import type { Supergraph } from '../supergraph/supergraph.ts';
import { conditionDefaults, conditionValues } from './conditions.ts';
import type { ConditionDefaults } from './conditions.ts';
import { deprecationsOf } from './deprecations.ts';
import type { Deprecations } from './deprecations.ts';
import { labelDefers } from './deferred-fragments.ts';
import { fragmentsOf, operationNamed } from './plan-document.ts';
import { planKey } from './plan-key.ts';
import type { PlanVariant } from './plan-key.ts';
import { inlinePlanMaker } from './plan-maker.ts';
import type { PlanMaker } from './plan-maker.ts';
import { plannedNames } from './planned-names.ts';
import type { PlannedNames } from './planned-names.ts';

/** What an executor needs to run an operation any number of times, with any variables. */
export interface PlannedOperation {
  readonly document: DocumentNode;
  readonly operation: OperationDefinitionNode;
  readonly fragments: ReadonlyMap<string, FragmentDefinitionNode>;
  readonly plan: QueryPlan;
  readonly names: PlannedNames;
  /** The client's labels by those of the plan, if anything is deferred. */
  readonly deferLabels?: ReadonlyMap<string, string | undefined> | undefined;
  /** What it uses that its contract warns of, if there is anything. */
  readonly deprecations?: Deprecations | undefined;
}

export interface PlanningLimits {
  /** Bytes of documents and their plans, as text, that are kept; in memory they take several times as much. */
  readonly planCacheBytes: number;
}

export const defaultPlanningLimits: PlanningLimits = {
  planCacheBytes: 16 * 1024 * 1024,
};

export interface OperationPlanner {
  /** Rejects with {@link OperationRefused} a document that is not served. */
  plan(
    query: string,
    operationName: string | undefined,
    /** Each combination of labels of `@override` that are on has a plan of its own. */
    overrideLabels?: readonly string[],
    /** As the client gave them. Each combination of values of `@skip` and `@include` has a plan of its own. */
    variables?: Readonly<Record<string, unknown>>,
  ): Promise<PlannedOperation>;
  /** The operations whose plans are kept, those that were asked for most often first. */
  mostUsed(): readonly KnownOperation[];
  /**
   * Plans operations of another version one after the other until `signal` aborts, so that clients need not wait for
   * it. What this version refuses is left out.
   */
  warmUp(operations: readonly KnownOperation[], signal: AbortSignal): Promise<void>;
  /** Clients have a newer version; plans are still made for who asks. */
  rest(): void;
  close(): Promise<void>;
}

/** An operation that clients have asked for, whatever the version of the graph. */
export interface KnownOperation {
  readonly query: string;
  readonly operationName: string | undefined;
  readonly document: DocumentNode;
  readonly variant: PlanVariant;
  readonly uses: number;
}

/**
 * Parses and bounds operations, has them validated and planned, and keeps what was used last. An operation that is asked
 * for again while it is being planned is planned once; one that was refused is refused for a while without another look.
 * All by the contract that the supergraph is of, if it is of one.
 */
export function createOperationPlanner(
  supergraph: Supergraph,
  limits: PlanningLimits = defaultPlanningLimits,
  maker: PlanMaker = inlinePlanMaker(supergraph),
  guard: LimitGuard = limitGuard(),
): OperationPlanner {
  const plans = new BoundedCache<Kept>(limits.planCacheBytes);
  const refusals = new BoundedCache<Refusal>(limits.planCacheBytes / refusalsShare);
  const planning = new Map<string, Promise<PlannedOperation>>();
  const conditional = new BoundedCache<ConditionDefaults>(limits.planCacheBytes / refusalsShare);

  const make = async (key: string, asked: Omit<KnownOperation, 'uses'>, uses: number): Promise<PlannedOperation> => {
    const { query, operationName, document, variant } = asked;
    try {
      const contract = supergraph.contract?.name;
      const { plan, size } = await maker.make({ query, document, operationName, variant, contract });
      const fragments = fragmentsOf(document);
      const operation = operationNamed(document, operationName);
      const planned: PlannedOperation = {
        document,
        deprecations: contract && deprecationsOf(supergraph.apiSchema, operation, fragments),
        ...labelDefers(document, operation, fragments),
        fragments,
        plan,
        names: plannedNames(document, supergraph.joinedNames),
      };
      plans.set(key, { query, operationName, variant, planned, uses }, query.length + size);
      return planned;
    } catch (error) {
      if (error instanceof OperationRefused && !isPassing(error)) {
        refusals.set(key, { error, until: Date.now() + refusedForMs }, query.length + error.message.length);
      }
      throw error;
    }
  };

  const plan = (
    query: string,
    operationName: string | undefined,
    overrideLabels: readonly string[],
    variables: Readonly<Record<string, unknown>>,
  ): PlannedOperation | Promise<PlannedOperation> => {
    let document: DocumentNode | undefined;
    let conditions: Readonly<Record<string, boolean>> = {};
    if (mayHaveConditions.test(query)) {
      const conditionsKey = planKey(query, operationName);
      let variablesOfConditions = conditional.get(conditionsKey);
      if (!variablesOfConditions) {
        document = parsed(query);
        variablesOfConditions = conditionDefaults(document, operationName);
        conditional.set(conditionsKey, variablesOfConditions, query.length);
      }
      conditions = conditionValues(variablesOfConditions, variables);
    }
    const variant: PlanVariant = { overrideLabels, conditions };
    const key = planKey(query, operationName, variant);
    const kept = plans.get(key);
    if (kept) {
      kept.uses++;
      return kept.planned;
    }
    const refusal = refusals.get(key);
    if (refusal && Date.now() < refusal.until) throw refusal.error;
    return planning.get(key) ?? start(key, { query, operationName, variant, document: document ?? parsed(query) }, 1);
  };

  const parsed = (query: string): DocumentNode => {
    const document = guard.parse(query);
    refuseUnsupported(document, supergraph);
    return document;
  };

  const start = (key: string, asked: Omit<KnownOperation, 'uses'>, uses: number): Promise<PlannedOperation> => {
    const started = make(key, asked, uses).finally(() => planning.delete(key));
    planning.set(key, started);
    return started;
  };

  return {
    plan: (query, operationName, overrideLabels = [], variables = {}) =>
      new Promise((resolve) => resolve(plan(query, operationName, overrideLabels, variables))),

    mostUsed: () =>
      plans
        .values()
        .sort((a, b) => b.uses - a.uses)
        .map(({ query, operationName, variant, planned, uses }) => ({
          query,
          operationName,
          variant,
          document: planned.document,
          uses,
        })),

    async warmUp(operations, signal) {
      for (const { uses, ...operation } of operations) {
        if (signal.aborted) return;
        const key = planKey(operation.query, operation.operationName, operation.variant);
        if (plans.has(key) || planning.has(key)) continue;
        try {
          refuseUnsupported(operation.document, supergraph);
          await settledOrAborted(start(key, operation, Math.ceil(uses / 2)), signal);
        } catch {
          // Whoever asks for it is told why.
        }
      }
    },

    rest: () => maker.rest(),
    close: () => maker.close(),
  };
}

/** What is kept of refusals, as a part of what is kept of plans. */
const refusalsShare = 16;
const refusedForMs = 60_000;
const mayHaveConditions = /@[\s,]*(skip|include)|#/;

function isPassing({ errors }: OperationRefused): boolean {
  return errors.some(({ extensions }) => extensions['code'] === 'PLANNING_BUSY');
}

/** Refuses `@stream`, and aliases that would pass for the type name that joins rely on. */
function refuseUnsupported(document: DocumentNode, supergraph: Supergraph): void {
  const errors: GraphQLError[] = [];
  visit(document, {
    Directive(node) {
      const { value: name } = node.name;
      if ((name === 'defer' || name === 'stream') && !supergraph.apiSchema.getDirective(name)) {
        errors.push(gatewayError('OPERATION_NOT_SUPPORTED', `This gateway does not offer @${name}.`, { nodes: node }));
      }
    },
    Field(node) {
      if (node.alias?.value === '__typename' && node.name.value !== '__typename') {
        errors.push(
          gatewayError('OPERATION_NOT_SUPPORTED', 'Only the field __typename may be called "__typename".', {
            nodes: node,
          }),
        );
      }
    },
  });
  if (errors.length > 0) throw new OperationRefused(errors);
}

async function settledOrAborted(promise: Promise<unknown>, signal: AbortSignal): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    const stop = () => resolve();
    if (signal.aborted) stop();
    signal.addEventListener('abort', stop, { once: true });
    promise.then(() => resolve(), reject).finally(() => signal.removeEventListener('abort', stop));
  });
}

interface Kept {
  readonly query: string;
  readonly operationName: string | undefined;
  readonly variant: PlanVariant;
  readonly planned: PlannedOperation;
  uses: number;
}

interface Refusal {
  readonly error: OperationRefused;
  /** In ms since 1970. */
  readonly until: number;
}
