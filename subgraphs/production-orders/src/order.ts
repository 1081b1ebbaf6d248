import type { Quantity } from '@takt/quantity';
import type { Component, FactData, MaterialSubstitution, ScheduleRevision } from './events.ts';
import type { OperationPlan, OperationState, OrderState, WRITE_BACK_KINDS, WRITE_BACK_STATES } from './messages.ts';

/** A production order as it is kept. What can be derived is derived again after each event: see progress.ts. */
export interface ProductionOrder {
  readonly id: string;
  readonly sku: string;
  readonly location: string;
  /** TAKT: created here, what is decided holds at once. SOURCE: a backing system owns it and has to apply revisions. */
  readonly owner: 'TAKT' | 'SOURCE';
  /** `system/instance` of that system; absent in documents of earlier versions. */
  readonly ownerSystem?: string;
  readonly quantity: Quantity;
  readonly scheduledStart: string;
  readonly scheduledEnd: string;
  readonly priority?: number;
  readonly routing?: string;
  /** How far commands and reports brought it, confirmations apart. */
  readonly stage: OrderState;
  /** Derived: the stage, or what the confirmations show if that is further. */
  readonly state: OrderState;
  readonly sourceStatuses: readonly string[];
  readonly frozen: boolean;
  readonly materialShortage: boolean;
  /** Derived: a quality hold is open. */
  readonly onHold: boolean;
  /** As the source counts it. */
  readonly delivered?: Quantity;
  /** Derived: output of the last operation; scrap and rework of all. */
  readonly confirmed: Confirmed;
  /** Derived. */
  readonly actualStart?: string;
  /** Derived: when the last operation ended, once the order is finished. */
  readonly actualEnd?: string;
  /** By sequence. */
  readonly operations: readonly Operation[];
  /** Derived: each work center once, for the index. */
  readonly workCenters: readonly string[];
  readonly components: readonly Component[];
  /** Oldest first. */
  readonly confirmations: readonly Confirmation[];
  readonly qualityHolds: readonly QualityHold[];
  readonly substitutions: readonly MaterialSubstitution[];
  /** Oldest first; the oldest are only in the event log once there are more than {@link REVISIONS_KEPT}. */
  readonly scheduleRevisions: readonly ScheduleRevision[];
  /** What the owner has to be told, oldest first; absent in documents of earlier versions. */
  readonly writeBacks?: readonly WriteBack[];
  readonly cancellationReason?: string;
}

export interface WriteBack {
  /** Counts from 1 within the order. */
  readonly number: number;
  readonly kind: (typeof WRITE_BACK_KINDS)[number];
  /** Of what a confirmation, or its reversal, is told. */
  readonly confirmation?: string;
  /** Of a release: the stage before it. */
  readonly from?: OrderState;
  readonly state: (typeof WRITE_BACK_STATES)[number];
  /** Why it was rejected. */
  readonly reason?: string;
  /** When the owner said that it did it: what it reports of earlier is older than that. */
  readonly answeredAt?: string;
}

export interface Operation extends Omit<OperationPlan, 'state' | 'actualStart' | 'actualEnd'> {
  /** What the source says of its progress. */
  readonly reported: Pick<OperationPlan, 'state' | 'actualStart' | 'actualEnd'>;
  /** Derived, like what follows. */
  readonly state: OperationState;
  readonly actualStart?: string;
  readonly actualEnd?: string;
  readonly confirmed: Confirmed;
}

export interface Confirmed {
  readonly yield: Quantity;
  readonly scrap: Quantity;
  readonly rework: Quantity;
}

export type Confirmation = Omit<FactData<'CompletionConfirmed'>, 'id'> & {
  readonly reversal?: { readonly reason: string; readonly reversedAt: string };
};

export type QualityHold = Omit<FactData<'QualityHoldPlaced'>, 'id'> & {
  readonly release?: Omit<FactData<'QualityHoldReleased'>, 'id' | 'hold'>;
};

export const REVISIONS_KEPT = 200;
export const CONFIRMATIONS_KEPT = 5000;
export const HOLDS_KEPT = 500;
export const SUBSTITUTIONS_KEPT = 500;
export const WRITE_BACKS_KEPT = 200;
