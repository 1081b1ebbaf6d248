import { createHash } from 'node:crypto';
import { createGateway } from '../gateway.ts';
import type { Gateway, GatewayOptions } from '../gateway.ts';
import { createOperationPlanner, defaultPlanningLimits } from '../plan/operation-planner.ts';
import type { OperationPlanner, PlanningLimits } from '../plan/operation-planner.ts';
import { inlinePlanMaker } from '../plan/plan-maker.ts';
import { createPlanningPool } from '../plan/planning-pool.ts';
import type { PlanningPoolLimits } from '../plan/planning-pool.ts';
import type { LeasedTransports, SharedTransports } from '../supergraph/shared-transports.ts';
import { loadSupergraph } from '../supergraph/supergraph.ts';
import { within } from '../supergraph/within.ts';

/** The versions of the graph that one server serves one after the other. */
export interface GatewayVersions {
  /** What new requests go to; undefined until the first supergraph is loaded. Whoever awaits something retains it. */
  current(): Gateway | undefined;
  /**
   * Serves another supergraph: loads it, plans what clients use most on it, and then puts it in the place of the current
   * one, on which requests that run end. One after the other, in the order offered. Resolves with whether it was another
   * one. Throws {@link SupergraphRefused}; then everything stays as it was.
   */
  offer(sdl: string): Promise<boolean>;
  /** Notes why there is no newer version, for the log and for {@link status}. */
  failed(error: unknown): void;
  status(): SupergraphStatus;
  /** Called at once after each change, while the previous gateway is not yet retired: a listener may retain it. */
  onSwap(listener: SwapListener): () => void;
  /** Ends the subscriptions on all versions with the place to go on from, and those that still come. */
  endSubscriptions(): void;
  /** Closes all versions, whoever retains them. */
  close(): Promise<void>;
}

export type SwapListener = (previous: Gateway, next: Gateway) => void;

export interface SupergraphStatus {
  /** The beginning of the SHA-256 of its SDL; undefined before the first. */
  readonly version: string | undefined;
  /** When it began to serve, by ISO 8601. */
  readonly since: string | undefined;
  /** Why what came last does not serve; gone when something newer does. */
  readonly lastFailure: { readonly at: string; readonly reason: string } | undefined;
}

export interface GatewayVersionsOptions {
  readonly transports: SharedTransports;
  readonly limits?: PlanningLimits | undefined;
  readonly planning?: Planning | undefined;
  /** For the gateway of each version. */
  readonly gateway?: Pick<
    GatewayOptions,
    'dedupe' | 'overrideLabels' | 'introspection' | 'subscriptions' | 'cost' | 'limitGuard' | 'authorization'
  >;
  readonly log: (line: string) => void;
}

/** `inline`: on the serving thread, which answers nobody meanwhile. Otherwise in threads, with these limits. */
export type Planning = 'inline' | Partial<PlanningPoolLimits>;

export function createGatewayVersions(options: GatewayVersionsOptions): GatewayVersions {
  const { transports, limits = defaultPlanningLimits, planning = {}, log } = options;
  const listeners = new Set<SwapListener>();
  const retiring = new Set<Gateway>();
  const closing = new AbortController();
  let serving: Version | undefined;
  let since: string | undefined;
  let lastFailure: SupergraphStatus['lastFailure'];
  let turn: Promise<unknown> = Promise.resolve();

  const load = async (sdl: string): Promise<Version> => {
    const pool = planning === 'inline' ? undefined : createPlanningPool(sdl, planning);
    let leased: LeasedTransports | undefined;
    try {
      // What a thread refuses costs the serving thread nothing. At the start nobody is served: both load at once.
      if (serving) await pool?.loaded();
      const supergraph = loadSupergraph(sdl, { plansElsewhere: pool !== undefined });
      await pool?.loaded();
      const { transports: reached, release } = (leased = transports.lease(supergraph.subgraphs));
      const planner = createOperationPlanner(
        supergraph,
        limits,
        pool ?? inlinePlanMaker(supergraph),
        options.gateway?.limitGuard,
      );
      const gateway = createGateway({
        ...options.gateway,
        supergraph,
        planner,
        transports: reached,
        releaseTransports: release,
      });
      return { gateway, planner, name: versionOf(sdl), replaced: new AbortController() };
    } catch (error) {
      await Promise.all([pool?.close(), leased?.release()]);
      throw error;
    }
  };

  const offer = async (sdl: string): Promise<boolean> => {
    if (sdl === serving?.gateway.supergraph.sdl) return false;
    const next = await load(sdl);
    const known = serving?.planner.mostUsed() ?? [];
    await within(warmUpMs, closing.signal, (inTime) => next.planner.warmUp(known.slice(0, warmedUp), inTime)).catch(
      () => undefined,
    );
    if (closing.signal.aborted) {
      await next.gateway.close();
      throw new Error('The gateway is closing.');
    }
    const previous = serving;
    serving = next;
    since = new Date().toISOString();
    lastFailure = undefined;
    if (previous) {
      log(`Serving supergraph ${next.name}.`);
      for (const listener of listeners) listener(previous.gateway, next.gateway);
      retire(previous);
      void next.planner.warmUp(known.slice(warmedUp, carriedOver), next.replaced.signal);
    }
    return true;
  };

  const retire = ({ gateway, replaced }: Version): void => {
    replaced.abort();
    retiring.add(gateway);
    gateway
      .retire()
      .catch((error: unknown) => log(`A former supergraph's connections did not close: ${reasonOf(error)}`))
      .finally(() => retiring.delete(gateway));
  };

  const open = () => [...retiring, ...(serving ? [serving.gateway] : [])];

  return {
    current: () => serving?.gateway,

    offer(sdl) {
      const offered = turn.then(() => offer(sdl));
      turn = offered.catch(() => undefined);
      return offered;
    },

    failed(error) {
      const reason = reasonOf(error);
      if (reason !== lastFailure?.reason) log(`The supergraph stays as it is: ${reason}`);
      lastFailure = { at: new Date().toISOString(), reason };
    },

    status: () => ({ version: serving?.name, since, lastFailure }),

    onSwap(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },

    endSubscriptions() {
      for (const gateway of open()) gateway.subscriptions.close();
    },

    async close() {
      closing.abort();
      serving?.replaced.abort();
      await turn;
      await Promise.all(open().map((gateway) => gateway.close()));
      await transports.close();
    },
  };
}

/** Planned before a version serves, for no longer than this; the next ones afterwards, the rest when somebody asks. */
const warmedUp = 200;
const warmUpMs = 10_000;
const carriedOver = 2_000;

function versionOf(sdl: string): string {
  return createHash('sha256').update(sdl).digest('hex').slice(0, 12);
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

interface Version {
  readonly gateway: Gateway;
  readonly planner: OperationPlanner;
  readonly name: string;
  /** Aborts when another version serves. */
  readonly replaced: AbortController;
}
