import type { CommandData, ProductionOrder, WorkCenterCapacity } from '@takt/production-orders/contract';
import type { Quantity } from '@takt/quantity';
import type { UnitFacts } from '../picture/unit-facts.ts';

/** What a schedule may be made of, as it stands. */
export interface SchedulingProblem {
  readonly now: string;
  readonly location: string;
  /** Items whose supply is to follow their demand; what makes them is in their facts. */
  readonly units: readonly SchedulingUnit[];
  /** All open orders that share a work center with theirs, theirs included. */
  readonly orders: readonly ProductionOrder[];
  readonly workCenters: readonly SchedulingWorkCenter[];
}

export interface SchedulingUnit {
  readonly facts: UnitFacts;
  /** First instant behind the demand time fence: nothing that starts before is touched. */
  readonly frozenUntil: string;
  /** First instant behind the planning time fence: what starts before may only be moved with approval. */
  readonly slushyUntil: string;
  /** Orders that were moved lately, and until when they must not be moved again. */
  readonly coolingDown: Readonly<Record<string, string>>;
}

export interface SchedulingWorkCenter {
  readonly code: string;
  readonly capacity: WorkCenterCapacity;
  /** It does nothing in these: half-open instants. */
  readonly away: readonly { readonly from: string; readonly to: string }[];
  readonly alternates: readonly string[];
}

/** One change that would make supply follow demand. */
export type ScheduleProposal =
  | {
      readonly kind: 'REVISE';
      readonly order: string;
      readonly scheduledStart?: string;
      readonly scheduledEnd?: string;
      readonly quantity?: Quantity;
      readonly operations?: readonly {
        readonly sequence: number;
        readonly workCenter?: string;
        readonly scheduledStart: string;
        readonly scheduledEnd: string;
      }[];
      /** It starts, or would start, before `slushyUntil`. */
      readonly needsApproval: boolean;
      readonly reason: string;
    }
  | {
      readonly kind: 'CREATE';
      readonly sku: string;
      readonly location: string;
      readonly quantity: Quantity;
      readonly scheduledStart: string;
      readonly scheduledEnd: string;
      readonly routing?: string;
      /** In their places; without any if nobody told how it is made. */
      readonly operations: CommandData<'CreateProductionOrder'>['operations'];
      /** What its bill of material asks for. */
      readonly components: CommandData<'CreateProductionOrder'>['components'];
      readonly needsApproval: boolean;
      readonly reason: string;
    };

/** What could not be done, and why, as a planner would say it. */
export interface Unschedulable {
  readonly sku: string;
  readonly location: string;
  readonly order?: string;
  readonly reason: string;
}

export type SchedulerAnswer =
  | {
      readonly kind: 'PROPOSED';
      readonly proposals: readonly ScheduleProposal[];
      readonly cannot: readonly Unschedulable[];
    }
  /** A planning system was asked; what it proposes comes back as reports. */
  | { readonly kind: 'HANDED_OVER'; readonly to: string };

/** Makes supply follow demand. */
export interface Scheduler {
  /** Rejects with the reason of `signal` when that aborts. */
  propose(problem: SchedulingProblem, signal: AbortSignal): Promise<SchedulerAnswer>;
}
