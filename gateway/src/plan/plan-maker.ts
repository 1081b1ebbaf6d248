import type { QueryPlan } from '@apollo/query-planner';
import type { DocumentNode } from 'graphql';
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
}

export interface MadePlan {
  readonly plan: QueryPlan;
  /** Characters of the plan as JSON. */
  readonly size: number;
}

/** Plans on the calling thread, which does nothing else meanwhile: for tests, tools and trusted operations. */
export function inlinePlanMaker(supergraph: Supergraph): PlanMaker {
  return {
    make: ({ document, operationName, variant }) =>
      new Promise((resolve) => {
        const plan = planDocument(supergraph, document, operationName, variant);
        resolve({ plan, size: JSON.stringify(plan).length });
      }),
    rest: () => undefined,
    close: () => Promise.resolve(),
  };
}
