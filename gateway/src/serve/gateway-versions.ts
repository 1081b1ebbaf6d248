import type { ContractList } from '../contracts/contract-list.ts';
import type { Gateway } from '../gateway.ts';
import { defaultPlanningLimits } from '../plan/operation-planner.ts';
import type { PlanningLimits } from '../plan/operation-planner.ts';
import { SubscriptionCount } from '../subscribe/subscription-count.ts';
import type { SharedTransports } from '../supergraph/shared-transports.ts';
import { within } from '../supergraph/within.ts';
import { continuation, endSunset, moveSubscriptions } from './contract-moves.ts';
import { loadServedGraph } from './served-graph.ts';
import type { Planning, ServedGraph, ServedGraphOptions } from './served-graph.ts';
import { watchSunsets } from './sunset-watch.ts';

/** The supergraphs that one server serves one after the other. */
export interface GatewayVersions {
  /** What new requests go to; undefined until the first supergraph is loaded. Whoever awaits something retains its gateway. */
  current(): ServedGraph | undefined;
  /**
   * Serves another supergraph: loads it, plans what clients use most on it, and then puts it in the place of the current
   * one, on which requests that run end. One after the other, in the order offered. Resolves with whether it was another
   * one. Throws {@link SupergraphRefused}; then everything stays as it was.
   */
  offer(sdl: string): Promise<boolean>;
  /** The same for what a feed says again and again: what was rolled back is not taken before the feed says something else. */
  offerFromFeed(sdl: string): Promise<boolean>;
  /**
   * Serves again what was served before the current one. Resolves with whether there was one. Throws
   * {@link SupergraphRefused}; then everything stays as it was.
   */
  rollBack(): Promise<boolean>;
  /** Notes why there is no newer version, for the log and for {@link status}. */
  failed(error: unknown): void;
  status(): SupergraphStatus;
  /** Called at once after each change, while the previous gateways are not yet retired: a listener may retain them. */
  onSwap(listener: SwapListener): () => void;
  /** Ends the subscriptions on all versions with the place to go on from, and those that still come. */
  endSubscriptions(): void;
  /** Closes all versions, whoever retains them. */
  close(): Promise<void>;
}

/** With the gateways of the stable contracts. */
export type SwapListener = (previous: Gateway, next: Gateway) => void;

export interface SupergraphStatus {
  /** The beginning of the SHA-256 of its SDL; undefined before the first. */
  readonly version: string | undefined;
  /** When it began to serve, by ISO 8601. */
  readonly since: string | undefined;
  /** Undefined of a graph without contracts. */
  readonly contracts: Pick<ContractList, 'stable' | 'next' | 'releases' | 'audiences'> | undefined;
  /** The version in whose place this one serves again. */
  readonly rolledBackFrom: string | undefined;
  /** Why what came last does not serve; gone when something newer does. */
  readonly lastFailure: { readonly at: string; readonly reason: string } | undefined;
}

export interface GatewayVersionsOptions {
  readonly transports: SharedTransports;
  readonly limits?: PlanningLimits | undefined;
  readonly planning?: Planning | undefined;
  /** For the gateway of each contract of each version. */
  readonly gateway?: Omit<ServedGraphOptions['gateway'], 'subscriptionCount'>;
  /** In ms since 1970: what sunsets are compared with. */
  readonly now?: () => number;
  readonly log: (line: string) => void;
}

export function createGatewayVersions(options: GatewayVersionsOptions): GatewayVersions {
  const { transports, limits = defaultPlanningLimits, planning = {}, now = Date.now, log } = options;
  const gateway = { ...options.gateway, subscriptionCount: new SubscriptionCount() };
  const listeners = new Set<SwapListener>();
  const retiring = new Set<ServedGraph>();
  const closing = new AbortController();
  /** SDL of what has been served, the current one last. */
  const served: string[] = [];
  let serving: ServedGraph | undefined;
  let replaced = new AbortController();
  let stopWatching: () => void = () => undefined;
  let since: string | undefined;
  let rolledBack: { readonly sdl: string; readonly version: string } | undefined;
  let lastFailure: SupergraphStatus['lastFailure'];
  let turn: Promise<unknown> = Promise.resolve();

  const swapTo = async (sdl: string, insteadOf?: ServedGraph): Promise<boolean> => {
    const previous = serving;
    if (sdl === previous?.supergraph.sdl) return false;
    const next = await loadServedGraph(sdl, { transports, limits, planning, threadsFirst: !!previous, gateway });
    const known = (previous?.mostUsed() ?? []).flatMap(({ name, operation }) => {
      const { goesTo } = continuation(name, next, now());
      return goesTo ? [{ name: goesTo.name, operation }] : [];
    });
    await within(warmUpMs, closing.signal, (inTime) => next.warmUp(known.slice(0, warmedUp), inTime)).catch(
      () => undefined,
    );
    if (closing.signal.aborted) {
      await next.close();
      throw new Error('The gateway is closing.');
    }
    serving = next;
    since = new Date().toISOString();
    rolledBack = insteadOf && { sdl: insteadOf.supergraph.sdl, version: insteadOf.version };
    lastFailure = undefined;
    watch(next);
    replaced.abort();
    replaced = new AbortController();
    if (previous) {
      log(`Serving supergraph ${next.version}.`);
      moveSubscriptions(previous, next, now(), log);
      for (const listener of listeners) listener(previous.gateway, next.gateway);
      retire(previous);
      void next.warmUp(known.slice(warmedUp, carriedOver), replaced.signal);
    }
    return true;
  };

  const watch = (graph: ServedGraph): void => {
    stopWatching();
    const list = graph.supergraph.contracts?.list;
    stopWatching = list ? watchSunsets(list, now, () => endSunset(graph, now())) : () => undefined;
  };

  const offer = async (sdl: string): Promise<boolean> => {
    const isAnother = await swapTo(sdl);
    if (isAnother) served.push(sdl);
    else rolledBack = undefined;
    if (served.length > remembered) served.shift();
    return isAnother;
  };

  const rollBack = async (): Promise<boolean> => {
    const from = serving;
    const sdl = served.at(-2);
    if (!from || sdl === undefined) return false;
    await swapTo(sdl, from);
    served.pop();
    log(`Supergraph ${from.version} has been rolled back.`);
    return true;
  };

  const inTurn = <T>(step: () => Promise<T>): Promise<T> => {
    const stepped = turn.then(step);
    turn = stepped.catch(() => undefined);
    return stepped;
  };

  const retire = (graph: ServedGraph): void => {
    retiring.add(graph);
    graph
      .retire()
      .catch((error: unknown) => log(`A former supergraph's connections did not close: ${reasonOf(error)}`))
      .finally(() => retiring.delete(graph));
  };

  const open = () => [...retiring, ...(serving ? [serving] : [])];

  return {
    current: () => serving,
    offer: (sdl) => inTurn(() => offer(sdl)),
    offerFromFeed: (sdl) =>
      inTurn(() => {
        if (sdl !== rolledBack?.sdl) return offer(sdl);
        log(`Supergraph ${rolledBack.version} has been rolled back and is not taken from its source.`);
        return Promise.resolve(false);
      }),
    rollBack: () => inTurn(rollBack),

    failed(error) {
      const reason = reasonOf(error);
      if (reason !== lastFailure?.reason) log(`The supergraph stays as it is: ${reason}`);
      lastFailure = { at: new Date().toISOString(), reason };
    },

    status: () => ({
      version: serving?.version,
      since,
      contracts: serving?.supergraph.contracts?.list,
      rolledBackFrom: rolledBack?.version,
      lastFailure,
    }),

    onSwap(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },

    endSubscriptions() {
      for (const graph of open()) for (const each of graph.open) each.gateway.subscriptions.close();
    },

    async close() {
      closing.abort();
      replaced.abort();
      stopWatching();
      await turn;
      await Promise.all(open().map((graph) => graph.close()));
      await transports.close();
    },
  };
}

/** Planned before a version serves, for no longer than this; the next ones afterwards, the rest when somebody asks. */
const warmedUp = 200;
const warmUpMs = 10_000;
const carriedOver = 2_000;

/** Supergraphs that can be gone back to, and the current one. */
const remembered = 5;

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
