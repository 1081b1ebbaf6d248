import { createHash } from 'node:crypto';
import type { Contract, ContractName } from '../contracts/contract.ts';
import { contractLabel } from '../contracts/contracts.ts';
import { createGateway } from '../gateway.ts';
import type { Gateway, GatewayOptions } from '../gateway.ts';
import { createOperationPlanner } from '../plan/operation-planner.ts';
import type { KnownOperation, OperationPlanner, PlanningLimits } from '../plan/operation-planner.ts';
import { inlinePlanMaker, lentPlanMaker } from '../plan/plan-maker.ts';
import { createPlanningPool } from '../plan/planning-pool.ts';
import type { PlanningPool, PlanningPoolLimits } from '../plan/planning-pool.ts';
import type { LeasedTransports, SharedTransports } from '../supergraph/shared-transports.ts';
import { loadSupergraph, SupergraphRefused } from '../supergraph/supergraph.ts';
import type { Supergraph } from '../supergraph/supergraph.ts';

/** One supergraph: a gateway for each of its contracts that somebody asks for, over the same connections and threads. */
export interface ServedGraph {
  readonly supergraph: Supergraph;
  /** The beginning of the SHA-256 of its SDL. */
  readonly version: string;
  /** Of the stable contract, or of everything if there are no contracts. */
  readonly gateway: Gateway;
  /** Made when it is first asked for, which costs nothing until then. Undefined if there is no such contract. */
  gatewayOf(name: ContractName | undefined): Gateway | undefined;
  /** Those that have been asked for. */
  readonly open: readonly OpenContract[];
  /** What clients use, over all contracts, most used first. */
  mostUsed(): readonly KnownInContract[];
  /** Plans what was used of another supergraph, one operation after the other until `signal` aborts. */
  warmUp(operations: readonly KnownInContract[], signal: AbortSignal): Promise<void>;
  /** Another one serves: closes once nobody retains any of its gateways. Resolves when it is closed. */
  retire(): Promise<void>;
  /** At once, whoever retains them. */
  close(): Promise<void>;
}

export interface OpenContract {
  /** Undefined of a graph without contracts. */
  readonly name: ContractName | undefined;
  readonly gateway: Gateway;
}

interface KnownInContract {
  readonly name: ContractName | undefined;
  readonly operation: KnownOperation;
}

/** `inline`: on the serving thread, which answers nobody meanwhile. Otherwise in threads, with these limits. */
export type Planning = 'inline' | Partial<PlanningPoolLimits>;

export interface ServedGraphOptions {
  readonly transports: SharedTransports;
  readonly limits: PlanningLimits;
  readonly planning: Planning;
  /** Whether somebody is served meanwhile: then what a thread refuses costs the calling thread nothing. */
  readonly threadsFirst: boolean;
  /** For the gateway of each contract. */
  readonly gateway: Pick<
    GatewayOptions,
    | 'dedupe'
    | 'overrideLabels'
    | 'introspection'
    | 'subscriptions'
    | 'subscriptionCount'
    | 'cost'
    | 'limitGuard'
    | 'authorization'
  >;
}

/** Throws {@link SupergraphRefused}. */
export async function loadServedGraph(sdl: string, options: ServedGraphOptions): Promise<ServedGraph> {
  const { planning } = options;
  const pool = planning === 'inline' ? undefined : createPlanningPool(sdl, planning);
  let leased: LeasedTransports | undefined;
  try {
    // At the start both load at once.
    if (options.threadsFirst) await pool?.loaded();
    const supergraph = loadSupergraph(sdl, { plansElsewhere: pool !== undefined });
    await pool?.loaded();
    leased = options.transports.lease(supergraph.subgraphs);
    return servedGraph(supergraph, leased, pool, options);
  } catch (error) {
    await Promise.all([pool?.close(), leased?.release()]);
    throw error;
  }
}

function servedGraph(
  supergraph: Supergraph,
  { transports, release }: LeasedTransports,
  pool: PlanningPool | undefined,
  { gateway: shared, limits }: ServedGraphOptions,
): ServedGraph {
  const { contracts } = supergraph;
  const maker = pool ? lentPlanMaker(pool) : inlinePlanMaker(supergraph);
  const opened = new Map<string, OpenContract & { readonly planner: OperationPlanner }>();

  /** One of which nothing is left is none. */
  const contractOf = (name: ContractName): Contract | undefined => {
    try {
      return contracts?.get(name);
    } catch {
      return undefined;
    }
  };
  const open = (name: ContractName | undefined): OpenContract | undefined => {
    const contract = name && contractOf(name);
    if (name ? !contract : contracts) return undefined;
    const seen = contract ? supergraph.as(contract) : supergraph;
    const planner = createOperationPlanner(seen, limits, maker, shared.limitGuard);
    const gateway = createGateway({
      ...shared,
      supergraph: seen,
      planner,
      transports,
      // They are those of the other contracts as well.
      releaseTransports: () => Promise.resolve(),
    });
    const made = { name, gateway, planner };
    opened.set(keyOf(name), made);
    return made;
  };
  const gatewayOf = (name: ContractName | undefined) => (opened.get(keyOf(name)) ?? open(name))?.gateway;
  const gateway = gatewayOf(contracts && { version: contracts.list.stable });
  if (!gateway) throw new SupergraphRefused('The supergraph does not have its stable contract.');

  let closed: Promise<void> | undefined;
  const end = async (each: (gateway: Gateway) => Promise<void>): Promise<void> => {
    await Promise.all(Array.from(opened.values(), (contract) => each(contract.gateway)));
    await (closed ??= Promise.all([pool?.close(), release()]).then(() => undefined));
  };

  return {
    supergraph,
    version: createHash('sha256').update(supergraph.sdl).digest('hex').slice(0, 12),
    gateway,
    gatewayOf,
    get open() {
      return [...opened.values()];
    },

    mostUsed: () =>
      [...opened.values()]
        .flatMap(({ name, planner }) => planner.mostUsed().map((operation) => ({ name, operation })))
        .sort((a, b) => b.operation.uses - a.operation.uses),

    async warmUp(operations, signal) {
      for (const { name, operation } of operations) {
        if (!gatewayOf(name)) continue;
        await opened.get(keyOf(name))?.planner.warmUp([operation], signal);
      }
    },

    retire() {
      pool?.rest();
      return end((each) => each.retire());
    },
    close: () => end((each) => each.close()),
  };
}

function keyOf(name: ContractName | undefined): string {
  return name ? contractLabel(name) : '';
}
