import type { ExecutionResult } from 'graphql';
import { gatewayError, OperationRefused } from './errors.ts';
import { createExecutor } from './execute/executor.ts';
import type { BoundOperation, RunOptions } from './execute/executor.ts';
import { overrideDecision } from './plan/override-labels.ts';
import { createOperationPlanner } from './plan/operation-planner.ts';
import type { OperationPlanner, PlanningLimits } from './plan/operation-planner.ts';
import { createReferenceCount, releasing } from './reference-count.ts';
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
  /** Whether a query through every subgraph would succeed now. */
  ready(): Promise<boolean>;
  /** Keeps it open after it has been retired, until what this answers is called; `run` and `stream` do so by themselves. */
  retain(): () => void;
  /** A newer version serves: closes once nobody retains it any more. Resolves when it is closed. */
  retire(): Promise<void>;
  /** At once, whoever retains it. */
  close(): Promise<void>;
}

export interface GatewayRequest extends Partial<RunOptions> {
  readonly query: string;
  readonly variables?: Readonly<Record<string, unknown>> | null | undefined;
  readonly operationName?: string | null | undefined;
}

export interface GatewayOptions {
  readonly supergraph: Supergraph;
  /** By subgraph name; closed with the gateway, unless it is given `releaseTransports`. */
  readonly transports: ReadonlyMap<string, SubgraphTransport>;
  /** Called instead of closing the transports: others use them as well. */
  readonly releaseTransports?: () => Promise<void>;
  /** Of the planner that the gateway makes for itself, which plans on the calling thread. */
  readonly limits?: PlanningLimits;
  /** For the same supergraph; closed with the gateway. */
  readonly planner?: OperationPlanner;
  /** The labels of `@override` that are on, besides those of the form `percent(N)`; none unless given. */
  readonly overrideLabels?: Iterable<string>;
  /** Hears of faults of the gateway itself, of which clients learn nothing; to standard error unless given. */
  readonly onFault?: (fault: unknown) => void;
}

export function createGateway(options: GatewayOptions): Gateway {
  const { supergraph, transports, limits, onFault = logFault } = options;
  const { planner = createOperationPlanner(supergraph, limits) } = options;
  const labelsOn = new Set(options.overrideLabels);
  const overrides = overrideDecision(supergraph.overrideLabels, (label) => labelsOn.has(label));
  const executor = createExecutor(supergraph, transports);
  const users = createReferenceCount();
  let closed: Promise<void> | undefined;

  const close = async (): Promise<void> => {
    const released =
      options.releaseTransports?.() ?? Promise.all(Array.from(transports.values(), (transport) => transport.close()));
    await Promise.all([planner.close(), released]);
  };

  const gateway: Gateway = {
    supergraph,

    async prepare({ query, variables, operationName, caller }) {
      try {
        const planned = await planner.plan(query, operationName ?? undefined, overrides(caller), variables ?? {});
        return executor.bind(planned, variables ?? {});
      } catch (error) {
        if (error instanceof OperationRefused) throw error;
        onFault(error);
        throw new OperationRefused([internalError()]);
      }
    },

    async run(operation, options) {
      const release = users.retain();
      try {
        return await executor.respond(operation, options);
      } catch (error) {
        options.signal.throwIfAborted();
        onFault(error);
        return JSON.stringify({ errors: [internalError()] });
      } finally {
        release();
      }
    },

    stream: (operation, options) => releasing(subscribe(executor, transports, operation, options), users.retain()),

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

    retain: () => users.retain(),

    async retire() {
      planner.rest();
      await users.unused();
      await gateway.close();
    },

    close: () => (closed ??= close()),
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

function runOptionsOf({ signal, headers }: GatewayRequest): RunOptions {
  return { signal: signal ?? new AbortController().signal, headers };
}

function internalError() {
  return gatewayError('INTERNAL_ERROR', 'The gateway failed.');
}

function logFault(fault: unknown): void {
  console.error('Gateway:', fault);
}
