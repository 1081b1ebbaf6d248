import type { ExecutionResult } from 'graphql';
import { gatewayError, OperationRefused } from './errors.ts';
import { createExecutor } from './execute/executor.ts';
import type { BoundOperation, RunOptions } from './execute/executor.ts';
import { createAuthorization } from './guard/authorization.ts';
import type { AuthorizationOptions } from './guard/authorization.ts';
import { anonymous } from './guard/caller.ts';
import { createCostGuard } from './guard/cost-guard.ts';
import type { CostOptions } from './guard/cost-guard.ts';
import { limitGuard } from './guard/limit-guard.ts';
import type { LimitGuard, LimitGuardOptions } from './guard/limit-guard.ts';
import { createOperationPlanner } from './plan/operation-planner.ts';
import type { PlanningLimits } from './plan/operation-planner.ts';
import { endingAtOnce, subscribe } from './subscribe/subscription.ts';
import type { Supergraph } from './supergraph/supergraph.ts';
import type { SubgraphTransport } from './transports/transport.ts';

/** One graph over its subgraphs, without any server. */
export interface Gateway {
  readonly supergraph: Supergraph;
  /** Queries and mutations. What cannot be run is answered with errors and no data; rejects only when `signal` aborts. */
  execute(request: GatewayRequest): Promise<ExecutionResult>;
  /** Subscriptions. What cannot be run is one result with errors and no data. */
  subscribe(request: GatewayRequest): AsyncGenerator<ExecutionResult, void, void>;
  /** Parses, validates and plans, and checks the variables. Throws {@link OperationRefused}. */
  prepare(request: GatewayRequest): Promise<BoundOperation>;
  /** Runs a prepared query or mutation; the response is JSON text. Rejects only when `signal` aborts. */
  run(operation: BoundOperation, options: RunOptions): Promise<string>;
  /** Runs a prepared subscription. */
  stream(operation: BoundOperation, options: RunOptions): AsyncGenerator<ExecutionResult, void, void>;
  /** Asks every subgraph a real query: names of those that do not answer, with the reason. */
  unavailableSubgraphs(signal: AbortSignal): Promise<Record<string, string>>;
  /** How many requests exceeded which limit. */
  readonly exceeded: LimitGuard['counts'];
  /** Whether a query through every subgraph would succeed now. */
  ready(): Promise<boolean>;
  close(): Promise<void>;
}

export interface GatewayRequest extends Partial<RunOptions> {
  readonly query: string;
  readonly variables?: Readonly<Record<string, unknown>> | null | undefined;
  readonly operationName?: string | null | undefined;
}

export interface GatewayOptions {
  readonly supergraph: Supergraph;
  /** By subgraph name; closed with the gateway. */
  readonly transports: ReadonlyMap<string, SubgraphTransport>;
  readonly limits?: PlanningLimits;
  /** How large an operation may be. */
  readonly operationLimits?: LimitGuardOptions;
  readonly authorization?: AuthorizationOptions;
  /** What operations may cost; nothing is worked out unless given. */
  readonly cost?: CostOptions | undefined;
  /** Hears of faults of the gateway itself, of which clients learn nothing; to standard error unless given. */
  readonly onFault?: (fault: unknown) => void;
}

export function createGateway(options: GatewayOptions): Gateway {
  const { supergraph, transports, onFault = logFault } = options;
  const limits = limitGuard(options.operationLimits);
  const authorization =
    supergraph.authorization &&
    createAuthorization(supergraph, supergraph.authorization, limits, options.authorization);
  const costs = options.cost && createCostGuard(supergraph, limits, options.cost);
  const planner = createOperationPlanner(supergraph, options.limits, limits);
  const executor = createExecutor(supergraph, transports);

  const gateway: Gateway = {
    supergraph,

    async prepare({ query, variables, operationName, caller }) {
      try {
        const asked = { query, operationName: operationName ?? undefined, variables: variables ?? {} };
        limits.checkVariables(asked.variables);
        const restricted = await authorization?.restrict({ ...asked, caller: caller ?? anonymous });
        const planned = await planner.plan(restricted?.query ?? query, asked.operationName);
        limits.reportPassed(planned.document);
        const bound = executor.bind(planned, asked.variables);
        return {
          ...bound,
          ...(restricted && { restore: restricted.restore }),
          ...(costs && { estimatedCost: costs.estimate(bound) }),
        };
      } catch (error) {
        if (error instanceof OperationRefused) throw error;
        onFault(error);
        throw new OperationRefused([internalError()]);
      }
    },

    async run(operation, options) {
      try {
        const response = await executor.respond(operation, options);
        const accounted = costs ? costs.account(operation, response) : response;
        if (!operation.restore) return accounted;
        return JSON.stringify(operation.restore(JSON.parse(accounted) as ExecutionResult));
      } catch (error) {
        options.signal.throwIfAborted();
        onFault(error);
        return JSON.stringify({ errors: [internalError()] });
      }
    },

    stream: (operation, options) => subscribe(executor, transports, operation, options),

    exceeded: limits.counts,

    async execute(request) {
      try {
        const response = await gateway.run(await gateway.prepare(request), runOptionsOf(request));
        return JSON.parse(response) as ExecutionResult;
      } catch (error) {
        if (error instanceof OperationRefused) return { errors: error.errors };
        throw error;
      }
    },

    subscribe(request) {
      const stop = new AbortController();
      const signal = AbortSignal.any([stop.signal, ...(request.signal ? [request.signal] : [])]);
      return endingAtOnce(prepareAndStream(gateway, request, { ...runOptionsOf(request), signal }), stop);
    },

    async unavailableSubgraphs(signal) {
      const reasons: Record<string, string> = {};
      await Promise.all(
        supergraph.subgraphs.map(async ({ name }) => {
          const reason = await unavailability(transports.get(name), signal);
          if (reason !== undefined) reasons[name] = reason;
        }),
      );
      return reasons;
    },

    async ready() {
      return Object.keys(await gateway.unavailableSubgraphs(new AbortController().signal)).length === 0;
    },

    async close() {
      await Promise.all([...transports.values()].map((transport) => transport.close()));
    },
  };
  return gateway;
}

async function unavailability(
  transport: SubgraphTransport | undefined,
  signal: AbortSignal,
): Promise<string | undefined> {
  if (!transport) return 'no transport';
  try {
    const { errors } = await transport.execute({ query: '{ __typename }', variables: {}, signal });
    return errors?.[0]?.message;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

async function* prepareAndStream(
  gateway: Gateway,
  request: GatewayRequest,
  options: RunOptions,
): AsyncGenerator<ExecutionResult, void, void> {
  try {
    yield* gateway.stream(await gateway.prepare(request), options);
  } catch (error) {
    if (!(error instanceof OperationRefused)) throw error;
    yield { errors: error.errors };
  }
}

function runOptionsOf({ signal, headers, caller }: GatewayRequest): RunOptions {
  return { signal: signal ?? new AbortController().signal, headers, caller };
}

function internalError() {
  return gatewayError('INTERNAL_ERROR', 'The gateway failed.');
}

function logFault(fault: unknown): void {
  console.error('Gateway:', fault);
}
