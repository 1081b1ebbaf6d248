import { OperationTypeNode } from 'graphql';
import type { ExecutionResult } from 'graphql';
import { fromByteText, toByteText } from './byte-text.ts';
import { gatewayError, OperationRefused, SubgraphFault } from './errors.ts';
import type { Compilation, OnWay } from './execute/compiled/compiled-runner.ts';
import { createExecutor } from './execute/executor.ts';
import type { Executor } from './execute/executor.ts';
import { sharingRuns } from './execute/shared-runs.ts';
import type { BoundOperation, RunOptions } from './execute/executor.ts';
import { createAuthorization } from './guard/authorization.ts';
import type { AuthorizationOptions } from './guard/authorization.ts';
import { anonymous } from './guard/caller.ts';
import { createCostGuard } from './guard/cost-guard.ts';
import type { CostOptions } from './guard/cost-guard.ts';
import { limitGuard } from './guard/limit-guard.ts';
import type { LimitGuard, LimitGuardOptions } from './guard/limit-guard.ts';
import { introspectionErrors, withoutSuggestions } from './plan/introspection.ts';
import { overrideDecision } from './plan/override-labels.ts';
import { createOperationPlanner } from './plan/operation-planner.ts';
import type { OperationPlanner, PlanningLimits } from './plan/operation-planner.ts';
import { createReferenceCount } from './reference-count.ts';
import { SubscriptionHub } from './subscribe/hub.ts';
import type { SubscriptionOptions } from './subscribe/hub.ts';
import { responsesOf } from './subscribe/responses.ts';
import type { Responses } from './subscribe/responses.ts';
import type { Subscriber } from './subscribe/subscriber.ts';
import type { SubscriptionCount } from './subscribe/subscription-count.ts';
import type { Supergraph } from './supergraph/supergraph.ts';
import type { SubgraphRequest, SubgraphResult, SubgraphTransport } from './transports/transport.ts';

/** One graph over its subgraphs, without any server. */
export interface Gateway {
  readonly supergraph: Supergraph;
  /** Queries and mutations. What cannot be run is answered with errors and no data; rejects only when `signal` aborts. */
  execute(request: GatewayRequest): Promise<ExecutionResult>;
  /** The responses of a subscription, from the first time that one is asked for. What cannot be run is one with errors. */
  subscribe(request: GatewayRequest): Responses;
  /** Parses, validates and plans, and checks the variables. Throws {@link OperationRefused}. */
  prepare(request: GatewayRequest): Promise<BoundOperation>;
  /** Runs a prepared query or mutation; the response is JSON text. Rejects only when `signal` aborts. */
  run(operation: BoundOperation, options: RunOptions): Promise<string>;
  /** The same as byte text, which is how it is cheapest to pass on. */
  runBytes(operation: BoundOperation, options: RunOptions): Promise<string>;
  /**
   * The same for an operation that defers something: the parts of the response, JSON text each, by the incremental
   * delivery format of 2022-08-24. Rejects only when `signal` aborts.
   */
  runIncrementally(operation: BoundOperation, options: RunOptions): AsyncIterable<string>;
  /**
   * Gives the events of a prepared subscription to a subscriber, beginning after this has returned. What it returns ends
   * that without a word to the subscriber, as does `options.signal`.
   */
  follow(operation: BoundOperation, options: RunOptions, subscriber: Subscriber): () => void;
  /** What `follow` has begun; `subscriptions.move(next.subscriptions)` takes it to a newer version of the graph. */
  readonly subscriptions: SubscriptionHub;
  /** Asks a subgraph directly, past the graph. Throws {@link SubgraphFault} if it does not answer. */
  ask(subgraph: string, request: SubgraphRequest): Promise<SubgraphResult>;
  /** Asks every subgraph a real query and whether it is ready: names of those that are not, with the reason. */
  unavailableSubgraphs(signal: AbortSignal): Promise<Record<string, string>>;
  /** How many requests exceeded which limit. */
  readonly exceeded: LimitGuard['counts'];
  /** Whether a query through every subgraph would succeed now. */
  ready(): Promise<boolean>;
  /** Keeps it open after it has been retired, until what this answers is called; `prepare` and `run` do so by themselves. */
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
  /** `repeated` unless given. */
  readonly compilation?: Compilation;
  /** Hears how each query and mutation that is not answered in parts was run. */
  readonly onWay?: OnWay;
  /**
   * Identical queries at the same time, of callers that may see the same and with the same forwarded headers, are run
   * once; false unless given.
   */
  readonly dedupe?: boolean;
  /** For the same supergraph; closed with the gateway. */
  readonly planner?: OperationPlanner;
  /** Whether clients may ask for the schema; if not, errors also suggest no names of it. On unless false. */
  readonly introspection?: boolean;
  readonly subscriptions?: SubscriptionOptions;
  /** Counted together with other contracts and versions of the graph. */
  readonly subscriptionCount?: SubscriptionCount;
  /** How large an operation may be. */
  readonly operationLimits?: LimitGuardOptions;
  readonly authorization?: AuthorizationOptions;
  /** What operations may cost; nothing is worked out unless given. */
  readonly cost?: CostOptions | undefined;
  /** In place of `operationLimits`: counted together with other versions of the graph. */
  readonly limitGuard?: LimitGuard;
  /** The labels of `@override` that are on, besides those of the form `percent(N)`; none unless given. */
  readonly overrideLabels?: Iterable<string>;
  /** Hears of faults of the gateway itself, of which clients learn nothing; to standard error unless given. */
  readonly onFault?: (fault: unknown) => void;
}

export function createGateway(options: GatewayOptions): Gateway {
  const { supergraph, transports, compilation, dedupe = false, introspection = true, onFault = logFault } = options;
  const { limitGuard: limits = limitGuard(options.operationLimits) } = options;
  const { planner = createOperationPlanner(supergraph, options.limits, undefined, limits) } = options;
  const authorization =
    supergraph.authorization &&
    createAuthorization(supergraph, supergraph.authorization, limits, options.authorization);
  const costs = options.cost && createCostGuard(supergraph, limits, options.cost);
  const labelsOn = new Set(options.overrideLabels);
  const overrides = overrideDecision(supergraph.overrideLabels, (label) => labelsOn.has(label));
  const executor = createExecutor(supergraph, transports, compilation, options.onWay);
  const runner = dedupe ? sharingRuns(executor, transports) : executor;
  const users = createReferenceCount();
  let closed: Promise<void> | undefined;

  const close = async (): Promise<void> => {
    subscriptions.close();
    const released =
      options.releaseTransports?.() ?? Promise.all(Array.from(transports.values(), (transport) => transport.close()));
    await Promise.all([planner.close(), released]);
  };

  const enrich: Executor['enrich'] = async (operation, event, runOptions) =>
    restored(operation, await executor.enrich(operation, event, runOptions));
  const subscriptions = new SubscriptionHub(
    { supergraph, executor: { enrich }, transports, prepare: (request) => gateway.prepare(request) },
    options.subscriptions ?? {},
    onFault,
    options.subscriptionCount,
  );

  const gateway: Gateway = {
    supergraph,

    async prepare({ query, variables, operationName, caller }) {
      const release = users.retain();
      try {
        const asked = { query, operationName: operationName ?? undefined, variables: variables ?? {} };
        limits.checkVariables(asked.variables);
        const plan = (text: string) => planner.plan(text, asked.operationName, overrides(caller), asked.variables);
        const restricted = await authorization?.restrict({
          ...asked,
          caller: caller ?? anonymous,
          // Planning it validates it, where that keeps nobody waiting, and once.
          validate: () => plan(query),
        });
        const planned = await plan(restricted?.query ?? query);
        limits.reportPassed(planned.document);
        const errors = introspection ? [] : introspectionErrors(planned.document);
        if (errors.length > 0) throw new OperationRefused(errors);
        const bound = executor.bind(planned, asked.variables);
        return {
          ...bound,
          ...(restricted && { restore: restricted.restore, asked }),
          ...(costs && { estimatedCost: costs.estimate(bound) }),
        };
      } catch (error) {
        if (error instanceof OperationRefused) {
          throw introspection ? error : new OperationRefused(error.errors.map(withoutSuggestions));
        }
        onFault(error);
        throw new OperationRefused([internalError()]);
      } finally {
        release();
      }
    },

    async runBytes(operation, options) {
      if (operation.planned.operation.operation === OperationTypeNode.SUBSCRIPTION) {
        return JSON.stringify({
          errors: [gatewayError('OPERATION_NOT_SUPPORTED', 'A subscription is followed, not run.')],
        });
      }
      const release = users.retain();
      try {
        const bytes = await runner.respond(operation, options);
        if (!costs && !operation.restore) return bytes;
        const response = fromByteText(bytes);
        return toByteText(restored(operation, costs ? costs.account(operation, response) : response));
      } catch (error) {
        options.signal.throwIfAborted();
        onFault(error);
        return JSON.stringify({ errors: [internalError()] });
      } finally {
        release();
      }
    },

    run: async (operation, options) => fromByteText(await gateway.runBytes(operation, options)),

    async *runIncrementally(operation, options) {
      let hasBegun = false;
      const release = users.retain();
      try {
        for await (const part of executor.respondIncrementally(operation, options)) {
          yield part;
          hasBegun = true;
        }
      } catch (error) {
        options.signal.throwIfAborted();
        onFault(error);
        yield JSON.stringify({ ...(!hasBegun && { errors: [internalError()] }), hasNext: false });
      } finally {
        release();
      }
    },

    follow: (operation, runOptions, subscriber) => subscriptions.follow(operation, runOptions, subscriber),
    subscriptions,

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

    subscribe: (request) =>
      responsesOf(async (signal, subscriber) => {
        const runOptions = { ...runOptionsOf(request), signal };
        return gateway.follow(await gateway.prepare(request), runOptions, subscriber);
      }, request.signal),

    async ask(subgraph, request) {
      const transport = transports.get(subgraph);
      if (!transport) throw new SubgraphFault('SUBGRAPH_UNAVAILABLE', `There is no subgraph "${subgraph}".`);
      const release = users.retain();
      try {
        return await transport.execute(request);
      } finally {
        release();
      }
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
    const { errors } = await transport.execute({ query: '{ __typename }', variables: {}, idempotent: true, signal });
    if (errors?.[0]) return errors[0].message;
    const reasons = (await transport.notReady?.(signal)) ?? [];
    return reasons.length > 0 ? reasons.join(' ') : undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

function runOptionsOf({ signal, headers, caller }: GatewayRequest): RunOptions {
  return { signal: signal ?? new AbortController().signal, headers, caller };
}

/** With what was withheld from the caller in its place, as if it had failed there. */
function restored({ restore }: BoundOperation, response: string): string {
  return restore ? JSON.stringify(restore(JSON.parse(response) as ExecutionResult)) : response;
}

function internalError() {
  return gatewayError('INTERNAL_ERROR', 'The gateway failed.');
}

function logFault(fault: unknown): void {
  console.error('Gateway:', fault);
}
