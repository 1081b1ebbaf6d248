/** Internal type. DO NOT USE DIRECTLY. */
type Exact<T extends { [key: string]: unknown }> = { [K in keyof T]: T[K] };
/** Internal type. DO NOT USE DIRECTLY. */
export type Incremental<T> = T | { [P in keyof T]?: P extends ' $fragmentName' | '__typename' ? T[P] : never };
import type { TaktDocument } from '@takt/client';
/** By value: A is the most valuable. */
export type AbcClass =
  /** The few that make most of the value. */
  | 'A'
  /** Those between. */
  | 'B'
  /** The many that make little of it. */
  | 'C';

/** Agrees to what an exception proposes; that it has been looked at, where it proposes nothing. */
export type ApproveExceptionInput = {
  /** Your name. */
  by: string;
  comment?: string | null | undefined;
  id: string | number;
};

/** Why something changed, in a planner’s words. */
export type Cause =
  /** What can be made, or by when, has changed. */
  | 'CAPACITY'
  /** What is expected to be sold has changed. */
  | 'FORECAST_CHANGE'
  /** Somebody decided it. */
  | 'MANUAL'
  /** Quality stopped or released something. */
  | 'QUALITY'
  /** A backing system reported it. */
  | 'REPORTED'
  /** Material is missing. */
  | 'SHORTAGE';

/** What the supplier answers. */
export type Confirmation =
  /** The quantity and the day that are required. */
  | 'ACCEPTED'
  /** Another quantity or another day. */
  | 'ACCEPTED_WITH_CHANGE'
  /** Later. */
  | 'BACKORDERED'
  /** Less. */
  | 'PARTIAL'
  /** Nothing yet. */
  | 'PENDING'
  /** It does not deliver. */
  | 'REJECTED';

/** What becomes of a change, the weakest first. */
export type DecisionOutcome =
  /** A planner has to decide. */
  | 'EXCEPTION'
  /** A buyer has to act. */
  | 'PROCUREMENT_ALERT'
  /** A schedule is proposed, and a planner approves it. */
  | 'PROPOSE'
  /** The schedule follows by itself. */
  | 'RECALCULATE'
  /** Nothing is done; it counts towards what comes next. */
  | 'SUPPRESS';

/** What happened to an exception. */
export type ExceptionChangeKind =
  /** One of two approvals that the frozen zone takes. */
  | 'APPROVAL_GIVEN'
  /** What it proposes was agreed to, by as many as it takes. */
  | 'APPROVED'
  /** Somebody else has it now. */
  | 'ASSIGNED'
  /** Somebody left a remark. */
  | 'COMMENTED'
  /** It was not decided when it was due: somebody else has it now. */
  | 'ESCALATED'
  /** It is new. */
  | 'RAISED'
  /** Nothing is done about it. */
  | 'REJECTED'
  /** It is known what became of it. */
  | 'SETTLED'
  /** It was put off. */
  | 'SNOOZED'
  /** It is not as it was told last, e.g. another quantity, another proposal. */
  | 'UPDATED'
  /** The time to which it was put off has come. */
  | 'WOKEN';

/** Every condition must hold; a list means any of its values; what is absent or null does not matter. */
export type ExceptionFilter = {
  family?: Array<string> | null | undefined;
  kind?: Array<ExceptionKind> | null | undefined;
  /** True: open ones that were to be decided by now. False: open ones that are not due yet. */
  overdue?: boolean | null | undefined;
  /** Who has to see to them. */
  owner?: Array<string> | null | undefined;
  plant?: Array<string> | null | undefined;
  severity?: Array<ExceptionSeverity> | null | undefined;
  status?: Array<ExceptionStatus> | null | undefined;
};

/** Why somebody has to look. */
export type ExceptionKind =
  /** Something changed inside the demand time fence, where nothing happens by itself. */
  | 'FROZEN_CHANGE'
  /** A buyer has to act. */
  | 'PROCUREMENT'
  /** A change of the schedule waits for a planner. */
  | 'SCHEDULE_APPROVAL'
  /** The system that owns an order refused an approved change. */
  | 'SOURCE_REFUSED'
  /** Supply cannot follow demand. */
  | 'UNSCHEDULABLE';

/** How bad it is, by how near it is, the item’s criticality, the customers who wait, and the size of the change. */
export type ExceptionSeverity =
  /** Customers or the plant suffer unless it is decided now. */
  | 'CRITICAL'
  /** To be decided before others. */
  | 'HIGH'
  /** It can wait. */
  | 'LOW'
  /** To be decided in the ordinary course of work. */
  | 'MEDIUM';

/** How far an exception has come. */
export type ExceptionStatus =
  /** What was proposed is being carried out, or there was nothing to do but to look. */
  | 'APPROVED'
  /** Somebody has to decide. */
  | 'OPEN'
  /** Nothing is done about it. */
  | 'REJECTED'
  /** It is known what became of it. */
  | 'SETTLED'
  /** Put off to a certain time; it wakes up earlier if it gets worse. */
  | 'SNOOZED';

/** Whether the source has spoken recently enough to be relied on. */
export type Freshness =
  /** The source has confirmed it within the time in which it should. */
  | 'FRESH'
  /** The source has been silent for too long, or cannot be reached. */
  | 'STALE';

/** How much is ordered at once. */
export type LotSizeRule =
  /** Always the same quantity. */
  | 'FIXED'
  /** What each demand needs. */
  | 'LOT_FOR_LOT'
  /** What is needed, within a minimum and a maximum. */
  | 'MIN_MAX'
  /** What the demand of a period needs. */
  | 'PERIOD';

/** How far an operation is. */
export type ProductionOrderOperationState =
  /** Not to be done. */
  | 'CANCELLED'
  /** It is done. */
  | 'CONFIRMED'
  /** Work has begun. */
  | 'IN_PROGRESS'
  /** Part of it is confirmed. */
  | 'PARTIALLY_CONFIRMED'
  /** Its order is not released. */
  | 'PLANNED'
  /** Work may begin. */
  | 'RELEASED'
  /** The work center is being made ready. */
  | 'SETUP';

/** How far an order is; CLOSED and CANCELLED are final. */
export type ProductionOrderState =
  /** Not to be made. */
  | 'CANCELLED'
  /** Nothing more comes. */
  | 'CLOSED'
  /** Every operation is done. */
  | 'CONFIRMED'
  /** All of it was put into stock. */
  | 'DELIVERED'
  /** Planning no longer changes it by itself. */
  | 'FIRMED'
  /** Something is confirmed, but no output yet. */
  | 'IN_PROGRESS'
  /** Part of its output is confirmed. */
  | 'PARTIALLY_CONFIRMED'
  /** Somebody wants it, planning may still change it. */
  | 'PLANNED'
  /** Suggested by planning, nobody has looked at it. */
  | 'PROPOSED'
  /** Work may begin. */
  | 'RELEASED'
  /** Nothing more is made, costs may still come. */
  | 'TECHNICALLY_COMPLETE';

/** What a work center is doing. */
export type WorkCenterState =
  /** It cannot work, against the plan. */
  | 'DOWN'
  /** It could work, and has nothing to do. */
  | 'IDLE'
  /** It stands still for maintenance. */
  | 'MAINTENANCE'
  /** It works. */
  | 'RUNNING'
  /** It is being made ready for the next work. */
  | 'SETUP';

export type ApproveExceptionMutationVariables = Exact<{
  input: ApproveExceptionInput;
  idempotencyKey: string;
  expectedRevision: number;
}>;


export type ApproveExceptionMutation = { approveException:
    | { __typename: 'CommandRefused', code: string, reason: string }
    | { __typename: 'ExceptionAccepted', exception: { id: string, status: ExceptionStatus, revision: number, approvalsNeeded: number } }
    | { __typename: 'RevisionConflict', currentRevision: number, reason: string }
   };

export type DecisionMadeSubscriptionVariables = Exact<{
  plant?: string | null | undefined;
  after?: string | null | undefined;
}>;


export type DecisionMadeSubscription = { decisionMade: { cursor: string, occurredAt: string, cause: Cause, correlationId: string, decision: { id: string, outcome: DecisionOutcome, explanation: Array<string>, itemLocation: { product: { sku: string, name: string | null }, location: { code: string } } } } };

export type ExceptionRaisedSubscriptionVariables = Exact<{
  plant?: string | null | undefined;
  owner?: string | null | undefined;
  after?: string | null | undefined;
}>;


export type ExceptionRaisedSubscription = { exceptionRaised: { cursor: string, occurredAt: string, cause: Cause, correlationId: string, kind: ExceptionChangeKind, exception: { id: string, kind: ExceptionKind, severity: ExceptionSeverity, summary: string, owner: string, dueAt: string } } };

export type ExceptionsQueryVariables = Exact<{
  filter?: ExceptionFilter | null | undefined;
  first?: number;
  after?: string | null | undefined;
}>;


export type ExceptionsQuery = { exceptions: { totalCount: number, pageInfo: { hasNextPage: boolean, endCursor: string | null }, nodes: Array<{ id: string, revision: number, kind: ExceptionKind, severity: ExceptionSeverity, status: ExceptionStatus, summary: string, owner: string, dueAt: string, overdue: boolean }> } };

export type ForecastRevisedSubscriptionVariables = Exact<{
  plant?: string | null | undefined;
  sku?: string | null | undefined;
  after?: string | null | undefined;
}>;


export type ForecastRevisedSubscription = { forecastRevised: { cursor: string, occurredAt: string, cause: Cause, correlationId: string, forecast: { id: string, version: string, product: { sku: string, name: string | null } } } };

export type InventoryChangedSubscriptionVariables = Exact<{
  plant?: string | null | undefined;
  sku?: string | null | undefined;
  after?: string | null | undefined;
}>;


export type InventoryChangedSubscription = { inventoryChanged: { cursor: string, occurredAt: string, cause: Cause, correlationId: string, onHandBefore: { value: string, unit: string }, onHandAfter: { value: string, unit: string }, inventoryPosition: { id: string, product: { sku: string, name: string | null }, location: { code: string }, available: { value: string, unit: string } } } };

export type ReleaseProductionOrderMutationVariables = Exact<{
  id: string | number;
  idempotencyKey: string;
  expectedRevision?: number | null | undefined;
}>;


export type ReleaseProductionOrderMutation = { releaseProductionOrder:
    | { __typename: 'CommandRefused', code: string, reason: string }
    | { __typename: 'ProductionOrderAccepted', productionOrder: { id: string, state: ProductionOrderState, revision: number } }
    | { __typename: 'RevisionConflict', currentRevision: number, reason: string }
   };

export type ScheduleChangedSubscriptionVariables = Exact<{
  plant?: string | null | undefined;
  workCenter?: string | null | undefined;
  after?: string | null | undefined;
}>;


export type ScheduleChangedSubscription = { scheduleChanged: { cursor: string, occurredAt: string, cause: Cause, correlationId: string, productionOrder: { id: string, state: ProductionOrderState, scheduledStart: string, scheduledEnd: string, product: { sku: string, name: string | null } } } };

export type SupplierCommitmentRevisedSubscriptionVariables = Exact<{
  plant?: string | null | undefined;
  supplier?: string | number | null | undefined;
  after?: string | null | undefined;
}>;


export type SupplierCommitmentRevisedSubscription = { supplierCommitmentRevised: { cursor: string, occurredAt: string, cause: Cause, correlationId: string, supplierCommitment: { id: string, confirmation: Confirmation, committedOn: string | null, product: { sku: string, name: string | null }, supplier: { id: string, name: string | null } } } };

export type SupplyDemandQueryVariables = Exact<{
  plant: string;
  from: string;
  to: string;
  first?: number | null | undefined;
  after?: string | null | undefined;
}>;


export type SupplyDemandQuery = { location: { code: string, name: string | null, timeZone: string | null, items: { totalCount: number, pageInfo: { hasNextPage: boolean, endCursor: string | null }, nodes: Array<{ sku: string, product: { name: string | null, family: string | null, abcClass: AbcClass | null, baseUnit: string | null }, planning: { planner: string | null, lotSizeRule: LotSizeRule | null, leadTimeDays: number | null, demandTimeFenceDays: number | null, planningTimeFenceDays: number | null, safetyStock: { value: string, unit: string } | null } | null, forecast: Array<{ bucketStart: string, version: string | null, quantity: { value: string, unit: string } }>, inventory: { asOf: string, freshness: Freshness, onHand: { value: string, unit: string }, available: { value: string, unit: string }, onQualityInspection: { value: string, unit: string } } | null, productionOrders: { totalCount: number, nodes: Array<{ id: string, state: ProductionOrderState, scheduledStart: string, scheduledEnd: string, onHold: boolean, quantity: { value: string, unit: string }, operations: Array<{ sequence: number, state: ProductionOrderOperationState, workCenter: { code: string, name: string | null, state: WorkCenterState | null, utilization: number | null } | null }> }> }, supplierCommitments: { nodes: Array<{ id: string, requiredOn: string, committedOn: string | null, confirmation: Confirmation, supplier: { id: string, name: string | null }, required: { value: string }, committed: { value: string } | null }> } }> } } | null };

export type WorkCenterChangedSubscriptionVariables = Exact<{
  plant?: string | null | undefined;
  code?: string | null | undefined;
  after?: string | null | undefined;
}>;


export type WorkCenterChangedSubscription = { workCenterChanged: { cursor: string, occurredAt: string, cause: Cause, correlationId: string, workCenter: { code: string, name: string | null, state: WorkCenterState | null } } };

/** The contract that the operations were generated against. */
export const CONTRACT = "2026-11";
export const ApproveExceptionDocument: TaktDocument<ApproveExceptionMutation, ApproveExceptionMutationVariables> & { readonly text: string } = {
  "name": "ApproveException",
  "hash": "49cdb0753eb7ce46c6acf8d72277472a0c152e82c2a88607fc305bf38bc0e4fd",
  "text": "mutation ApproveException($input: ApproveExceptionInput!, $idempotencyKey: String!, $expectedRevision: Int!) {\n  approveException(\n    input: $input\n    idempotencyKey: $idempotencyKey\n    expectedRevision: $expectedRevision\n  ) {\n    __typename\n    ... on ExceptionAccepted {\n      exception {\n        id\n        status\n        revision\n        approvalsNeeded\n      }\n    }\n    ... on CommandRefused {\n      code\n      reason\n    }\n    ... on RevisionConflict {\n      currentRevision\n      reason\n    }\n  }\n}"
};
export const DecisionMadeDocument: TaktDocument<DecisionMadeSubscription, DecisionMadeSubscriptionVariables> & { readonly text: string } = {
  "name": "DecisionMade",
  "hash": "c948c0fd7fbc439498088c9bfd8b42a42c44c4a48bf189b6d0579956ba494cf4",
  "isResumable": true,
  "text": "subscription DecisionMade($plant: String, $after: String) {\n  decisionMade(plant: $plant, after: $after) {\n    cursor\n    occurredAt\n    cause\n    correlationId\n    decision {\n      id\n      outcome\n      explanation\n      itemLocation {\n        product {\n          sku\n          name\n        }\n        location {\n          code\n        }\n      }\n    }\n  }\n}"
};
export const ExceptionRaisedDocument: TaktDocument<ExceptionRaisedSubscription, ExceptionRaisedSubscriptionVariables> & { readonly text: string } = {
  "name": "ExceptionRaised",
  "hash": "3f4578d85bd0b1f9301c7076e4e1079c5615d855f93d453775a4e23605ef6346",
  "isResumable": true,
  "text": "subscription ExceptionRaised($plant: String, $owner: String, $after: String) {\n  exceptionRaised(plant: $plant, owner: $owner, after: $after) {\n    cursor\n    occurredAt\n    cause\n    correlationId\n    kind\n    exception {\n      id\n      kind\n      severity\n      summary\n      owner\n      dueAt\n    }\n  }\n}"
};
export const ExceptionsDocument: TaktDocument<ExceptionsQuery, ExceptionsQueryVariables> & { readonly text: string } = {
  "name": "Exceptions",
  "hash": "82bbb7d8f429fb0937ba477993c643f0bb06de214ba89575700725329f7ea64b",
  "text": "query Exceptions($filter: ExceptionFilter, $first: Int! = 50, $after: String) {\n  exceptions(filter: $filter, first: $first, after: $after) {\n    totalCount\n    pageInfo {\n      hasNextPage\n      endCursor\n    }\n    nodes {\n      id\n      revision\n      kind\n      severity\n      status\n      summary\n      owner\n      dueAt\n      overdue\n    }\n  }\n}"
};
export const ForecastRevisedDocument: TaktDocument<ForecastRevisedSubscription, ForecastRevisedSubscriptionVariables> & { readonly text: string } = {
  "name": "ForecastRevised",
  "hash": "d2a4485c9c5d865d4c7fad985506b588d15108981f2168a1bc2aab36e5d05212",
  "isResumable": true,
  "text": "subscription ForecastRevised($plant: String, $sku: String, $after: String) {\n  forecastRevised(plant: $plant, sku: $sku, after: $after) {\n    cursor\n    occurredAt\n    cause\n    correlationId\n    forecast {\n      id\n      version\n      product {\n        sku\n        name\n      }\n    }\n  }\n}"
};
export const InventoryChangedDocument: TaktDocument<InventoryChangedSubscription, InventoryChangedSubscriptionVariables> & { readonly text: string } = {
  "name": "InventoryChanged",
  "hash": "9d6a3d218eca232ad10dd95773c489681ccdea8541c035eb8d83dbbac4185dda",
  "isResumable": true,
  "text": "subscription InventoryChanged($plant: String, $sku: String, $after: String) {\n  inventoryChanged(plant: $plant, sku: $sku, after: $after) {\n    cursor\n    occurredAt\n    cause\n    correlationId\n    onHandBefore {\n      value\n      unit\n    }\n    onHandAfter {\n      value\n      unit\n    }\n    inventoryPosition {\n      id\n      product {\n        sku\n        name\n      }\n      location {\n        code\n      }\n      available {\n        value\n        unit\n      }\n    }\n  }\n}"
};
export const ReleaseProductionOrderDocument: TaktDocument<ReleaseProductionOrderMutation, ReleaseProductionOrderMutationVariables> & { readonly text: string } = {
  "name": "ReleaseProductionOrder",
  "hash": "de93d6240531810af58557aa9fa41b4cd9267fb6070f55b627b3b84412834964",
  "text": "mutation ReleaseProductionOrder($id: ID!, $idempotencyKey: String!, $expectedRevision: Int) {\n  releaseProductionOrder(\n    input: {id: $id}\n    idempotencyKey: $idempotencyKey\n    expectedRevision: $expectedRevision\n  ) {\n    __typename\n    ... on ProductionOrderAccepted {\n      productionOrder {\n        id\n        state\n        revision\n      }\n    }\n    ... on CommandRefused {\n      code\n      reason\n    }\n    ... on RevisionConflict {\n      currentRevision\n      reason\n    }\n  }\n}"
};
export const ScheduleChangedDocument: TaktDocument<ScheduleChangedSubscription, ScheduleChangedSubscriptionVariables> & { readonly text: string } = {
  "name": "ScheduleChanged",
  "hash": "09ee04b40f8e34927a0a1a961afb6ee95d4c31b7f0e22f9f25f056a48db463fe",
  "isResumable": true,
  "text": "subscription ScheduleChanged($plant: String, $workCenter: String, $after: String) {\n  scheduleChanged(plant: $plant, workCenter: $workCenter, after: $after) {\n    cursor\n    occurredAt\n    cause\n    correlationId\n    productionOrder {\n      id\n      state\n      scheduledStart\n      scheduledEnd\n      product {\n        sku\n        name\n      }\n    }\n  }\n}"
};
export const SupplierCommitmentRevisedDocument: TaktDocument<SupplierCommitmentRevisedSubscription, SupplierCommitmentRevisedSubscriptionVariables> & { readonly text: string } = {
  "name": "SupplierCommitmentRevised",
  "hash": "054e5e15c31408eabb4998c2271a2bec72b391119b325ef2de7b1a590fb15ad4",
  "isResumable": true,
  "text": "subscription SupplierCommitmentRevised($plant: String, $supplier: ID, $after: String) {\n  supplierCommitmentRevised(plant: $plant, supplier: $supplier, after: $after) {\n    cursor\n    occurredAt\n    cause\n    correlationId\n    supplierCommitment {\n      id\n      confirmation\n      committedOn\n      product {\n        sku\n        name\n      }\n      supplier {\n        id\n        name\n      }\n    }\n  }\n}"
};
export const SupplyDemandDocument: TaktDocument<SupplyDemandQuery, SupplyDemandQueryVariables> & { readonly text: string } = {
  "name": "SupplyDemand",
  "hash": "b20d092dfe8b611128a5618553d8c2ef84f215fb6f25f549db73977d181180e9",
  "text": "query SupplyDemand($plant: String!, $from: Date!, $to: Date!, $first: Int = 50, $after: String) {\n  location(code: $plant) {\n    code\n    name\n    timeZone\n    items(first: $first, after: $after, filter: {type: [FINISHED, SEMI_FINISHED]}) {\n      totalCount\n      pageInfo {\n        hasNextPage\n        endCursor\n      }\n      nodes {\n        sku\n        product {\n          name\n          family\n          abcClass\n          baseUnit\n        }\n        planning {\n          planner\n          lotSizeRule\n          safetyStock {\n            value\n            unit\n          }\n          leadTimeDays\n          demandTimeFenceDays\n          planningTimeFenceDays\n        }\n        forecast(from: $from, to: $to, granularity: WEEK) {\n          bucketStart\n          quantity {\n            value\n            unit\n          }\n          version\n        }\n        inventory {\n          onHand {\n            value\n            unit\n          }\n          available {\n            value\n            unit\n          }\n          onQualityInspection {\n            value\n            unit\n          }\n          asOf\n          freshness\n        }\n        productionOrders(first: 5, filter: {state: [FIRMED, RELEASED, IN_PROGRESS]}) {\n          totalCount\n          nodes {\n            id\n            state\n            quantity {\n              value\n              unit\n            }\n            scheduledStart\n            scheduledEnd\n            onHold\n            operations {\n              sequence\n              state\n              workCenter {\n                code\n                name\n                state\n                utilization(from: $from, to: $to)\n              }\n            }\n          }\n        }\n        supplierCommitments(first: 5) {\n          nodes {\n            id\n            supplier {\n              id\n              name\n            }\n            requiredOn\n            committedOn\n            required {\n              value\n            }\n            committed {\n              value\n            }\n            confirmation\n          }\n        }\n      }\n    }\n  }\n}"
};
export const WorkCenterChangedDocument: TaktDocument<WorkCenterChangedSubscription, WorkCenterChangedSubscriptionVariables> & { readonly text: string } = {
  "name": "WorkCenterChanged",
  "hash": "b9bad8e25ef417392142ab9f4255aca8239b1332d206628aac1239d071c6dc8b",
  "isResumable": true,
  "text": "subscription WorkCenterChanged($plant: String, $code: String, $after: String) {\n  workCenterChanged(plant: $plant, code: $code, after: $after) {\n    cursor\n    occurredAt\n    cause\n    correlationId\n    workCenter {\n      code\n      name\n      state\n    }\n  }\n}"
};