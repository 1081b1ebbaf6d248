import type { ExecutionResult } from 'graphql';
import { gatewayError, OperationRefused } from '../errors.ts';
import type { BoundOperation } from '../execute/executor.ts';
import { responseShape } from '../execute/response-shape.ts';
import type { PlannedOperation } from '../plan/operation-planner.ts';
import type { Supergraph } from '../supergraph/supergraph.ts';
import { compileEstimate } from './estimate-cost.ts';
import type { CostEstimate } from './estimate-cost.ts';
import type { LimitGuard } from './limit-guard.ts';
import { measureCost } from './measure-cost.ts';
import type { GuardMode } from './operation-limits.ts';

export interface CostOptions {
  /** The most that an operation may cost by its estimate; the estimate of a subscription is that of one event. */
  readonly max: number;
  /** Whether a dearer operation is refused or only reported; as for the other limits unless given. */
  readonly mode?: GuardMode;
  /** The length of lists of which the supergraph says nothing; 10 unless given. */
  readonly assumedListSize?: number;
  /** Works out from each response of a query or mutation what it has really cost, which takes parsing it. */
  readonly measure?: boolean;
  /** Tells clients, in `extensions.cost` of responses to queries and mutations. */
  readonly expose?: boolean;
  /** Hears of each query and mutation that has been answered. */
  readonly onCost?: (cost: OperationCost) => void;
}

export interface OperationCost {
  readonly estimated: number;
  readonly measured?: number;
  readonly max: number;
}

export interface CostGuard {
  /** What an operation costs at most. Throws {@link OperationRefused} if it is more than allowed. */
  estimate(bound: BoundOperation): number;
  /** A response with what it has cost. */
  account(bound: BoundOperation, response: string): string;
}

export function createCostGuard(supergraph: Supergraph, limits: LimitGuard, options: CostOptions): CostGuard {
  const { apiSchema, costs } = supergraph;
  const { max, mode = limits.mode, assumedListSize = 10 } = options;
  const estimates = new WeakMap<PlannedOperation, CostEstimate>();

  const estimateOf = (planned: PlannedOperation): CostEstimate => {
    let estimate = estimates.get(planned);
    if (!estimate) {
      const { operation, fragments } = planned;
      estimates.set(planned, (estimate = compileEstimate(apiSchema, costs, assumedListSize, operation, fragments)));
    }
    return estimate;
  };
  const refuse = (message: string, found: number): void => {
    const refused = mode === 'enforce';
    limits.report({ limit: 'maxCost', found, allowed: max, refused });
    if (!refused) return;
    const extensions = { limit: 'maxCost', found, allowed: max };
    throw new OperationRefused([gatewayError('OPERATION_TOO_LARGE', message, { extensions })]);
  };
  const measured = ({ planned, coercedVariables }: BoundOperation, response: string): number => {
    const { operation, fragments } = planned;
    const shape = responseShape(
      apiSchema,
      fragments,
      operation.selectionSet,
      coercedVariables,
      ({ name }) => name.value,
    );
    const result = JSON.parse(response) as ExecutionResult;
    return measureCost(result, apiSchema, costs, operation.operation, shape, coercedVariables);
  };

  return {
    estimate({ planned, coercedVariables }) {
      const { cost, faults } = estimateOf(planned)(coercedVariables);
      if (faults.length > 0) refuse(`The operation's cost cannot be told: ${faults[0]}.`, cost);
      else if (!(cost <= max))
        refuse(`The operation costs ${cost} by estimate; at most ${max} is allowed (maxCost).`, cost);
      return cost;
    },

    account(bound, response) {
      const { estimatedCost: estimated = 0 } = bound;
      const cost: OperationCost = { estimated, ...(options.measure && { measured: measured(bound, response) }), max };
      options.onCost?.(cost);
      // The gateway's responses are objects of `errors` and `data`.
      return options.expose ? `${response.slice(0, -1)},"extensions":${JSON.stringify({ cost })}}` : response;
    },
  };
}
