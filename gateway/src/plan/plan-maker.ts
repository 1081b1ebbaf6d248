import type { QueryPlan } from '@apollo/query-planner';
import type { DocumentNode } from 'graphql';
import type { ContractName } from '../contracts/contract.ts';
import { contractLabel } from '../contracts/contracts.ts';
import type { Supergraph } from '../supergraph/supergraph.ts';
import { planDocument } from './plan-document.ts';
import type { PlanVariant } from './plan-key.ts';

/** Validates and plans documents on one version of the graph, somewhere. */
export interface PlanMaker {
  /** Rejects with {@link OperationRefused} what is not served, and with another error if planning itself fails. */
  make(request: PlanRequest): Promise<MadePlan>;
  /** Clients have a newer version: keeps nothing ready that it can start again. */
  rest(): void;
  close(): Promise<void>;
}

export interface PlanRequest {
  readonly query: string;
  /** Of `query`. */
  readonly document: DocumentNode;
  readonly operationName: string | undefined;
  readonly variant?: PlanVariant;
  /** What it is validated by; everything there is unless given. Plans are made on the full graph. */
  readonly contract?: ContractName | undefined;
}

export interface MadePlan {
  readonly plan: QueryPlan;
  /** Characters of the plan as JSON. */
  readonly size: number;
}

/** Plans on the calling thread, which does nothing else meanwhile: for tests, tools and trusted operations. */
export function inlinePlanMaker(supergraph: Supergraph): PlanMaker {
  return {
    make: ({ document, operationName, variant, contract }) =>
      new Promise((resolve) => {
        const plan = planDocument(asContract(supergraph, contract), document, operationName, variant);
        resolve({ plan, size: JSON.stringify(plan).length });
      }),
    rest: () => undefined,
    close: () => Promise.resolve(),
  };
}

/** The graph as clients of a contract see it; unchanged unless one is given. */
export function asContract(supergraph: Supergraph, name: ContractName | undefined): Supergraph {
  if (!name) return supergraph;
  const contract = supergraph.contracts?.get(name);
  if (!contract) throw new Error(`This supergraph has no contract ${contractLabel(name)}.`);
  return supergraph.as(contract);
}

/**
 * The same maker for one of several planners, each of another contract of one graph: neither rests nor closes it, which
 * is up to who made it.
 *
 *     const pool = createPlanningPool(sdl);
 *     const supergraph = loadSupergraph(sdl, { plansElsewhere: true }).as(contract);
 *     const planner = createOperationPlanner(supergraph, limits, lentPlanMaker(pool));
 *     const gateway = createGateway({ supergraph, planner, transports, releaseTransports: async () => {} });
 */
export function lentPlanMaker(maker: PlanMaker): PlanMaker {
  return { make: (request) => maker.make(request), rest: () => undefined, close: () => Promise.resolve() };
}
