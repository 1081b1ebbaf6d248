/** Internal type. DO NOT USE DIRECTLY. */
type Exact<T extends { [key: string]: unknown }> = { [K in keyof T]: T[K] };
/** Internal type. DO NOT USE DIRECTLY. */
export type Incremental<T> = T | { [P in keyof T]?: P extends ' $fragmentName' | '__typename' ? T[P] : never };
import type { TypedDocumentNode as DocumentNode } from '@graphql-typed-document-node/core';
/** By value: A is the most valuable. */
export type AbcClass =
  /** The few that make most of the value. */
  | 'A'
  /** Those between. */
  | 'B'
  /** The many that make little of it. */
  | 'C';

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


export const DecisionMadeDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"subscription","name":{"kind":"Name","value":"DecisionMade"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"plant"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"String"}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"after"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"String"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"decisionMade"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"plant"},"value":{"kind":"Variable","name":{"kind":"Name","value":"plant"}}},{"kind":"Argument","name":{"kind":"Name","value":"after"},"value":{"kind":"Variable","name":{"kind":"Name","value":"after"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"cursor"}},{"kind":"Field","name":{"kind":"Name","value":"occurredAt"}},{"kind":"Field","name":{"kind":"Name","value":"cause"}},{"kind":"Field","name":{"kind":"Name","value":"correlationId"}},{"kind":"Field","name":{"kind":"Name","value":"decision"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"outcome"}},{"kind":"Field","name":{"kind":"Name","value":"explanation"}},{"kind":"Field","name":{"kind":"Name","value":"itemLocation"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"product"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"sku"}},{"kind":"Field","name":{"kind":"Name","value":"name"}}]}},{"kind":"Field","name":{"kind":"Name","value":"location"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"code"}}]}}]}}]}}]}}]}}]} as unknown as DocumentNode<DecisionMadeSubscription, DecisionMadeSubscriptionVariables>;
export const ExceptionRaisedDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"subscription","name":{"kind":"Name","value":"ExceptionRaised"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"plant"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"String"}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"owner"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"String"}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"after"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"String"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"exceptionRaised"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"plant"},"value":{"kind":"Variable","name":{"kind":"Name","value":"plant"}}},{"kind":"Argument","name":{"kind":"Name","value":"owner"},"value":{"kind":"Variable","name":{"kind":"Name","value":"owner"}}},{"kind":"Argument","name":{"kind":"Name","value":"after"},"value":{"kind":"Variable","name":{"kind":"Name","value":"after"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"cursor"}},{"kind":"Field","name":{"kind":"Name","value":"occurredAt"}},{"kind":"Field","name":{"kind":"Name","value":"cause"}},{"kind":"Field","name":{"kind":"Name","value":"correlationId"}},{"kind":"Field","name":{"kind":"Name","value":"kind"}},{"kind":"Field","name":{"kind":"Name","value":"exception"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"kind"}},{"kind":"Field","name":{"kind":"Name","value":"severity"}},{"kind":"Field","name":{"kind":"Name","value":"summary"}},{"kind":"Field","name":{"kind":"Name","value":"owner"}},{"kind":"Field","name":{"kind":"Name","value":"dueAt"}}]}}]}}]}}]} as unknown as DocumentNode<ExceptionRaisedSubscription, ExceptionRaisedSubscriptionVariables>;
export const ForecastRevisedDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"subscription","name":{"kind":"Name","value":"ForecastRevised"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"plant"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"String"}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"sku"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"String"}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"after"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"String"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"forecastRevised"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"plant"},"value":{"kind":"Variable","name":{"kind":"Name","value":"plant"}}},{"kind":"Argument","name":{"kind":"Name","value":"sku"},"value":{"kind":"Variable","name":{"kind":"Name","value":"sku"}}},{"kind":"Argument","name":{"kind":"Name","value":"after"},"value":{"kind":"Variable","name":{"kind":"Name","value":"after"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"cursor"}},{"kind":"Field","name":{"kind":"Name","value":"occurredAt"}},{"kind":"Field","name":{"kind":"Name","value":"cause"}},{"kind":"Field","name":{"kind":"Name","value":"correlationId"}},{"kind":"Field","name":{"kind":"Name","value":"forecast"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"version"}},{"kind":"Field","name":{"kind":"Name","value":"product"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"sku"}},{"kind":"Field","name":{"kind":"Name","value":"name"}}]}}]}}]}}]}}]} as unknown as DocumentNode<ForecastRevisedSubscription, ForecastRevisedSubscriptionVariables>;
export const InventoryChangedDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"subscription","name":{"kind":"Name","value":"InventoryChanged"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"plant"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"String"}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"sku"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"String"}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"after"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"String"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"inventoryChanged"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"plant"},"value":{"kind":"Variable","name":{"kind":"Name","value":"plant"}}},{"kind":"Argument","name":{"kind":"Name","value":"sku"},"value":{"kind":"Variable","name":{"kind":"Name","value":"sku"}}},{"kind":"Argument","name":{"kind":"Name","value":"after"},"value":{"kind":"Variable","name":{"kind":"Name","value":"after"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"cursor"}},{"kind":"Field","name":{"kind":"Name","value":"occurredAt"}},{"kind":"Field","name":{"kind":"Name","value":"cause"}},{"kind":"Field","name":{"kind":"Name","value":"correlationId"}},{"kind":"Field","name":{"kind":"Name","value":"onHandBefore"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"value"}},{"kind":"Field","name":{"kind":"Name","value":"unit"}}]}},{"kind":"Field","name":{"kind":"Name","value":"onHandAfter"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"value"}},{"kind":"Field","name":{"kind":"Name","value":"unit"}}]}},{"kind":"Field","name":{"kind":"Name","value":"inventoryPosition"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"product"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"sku"}},{"kind":"Field","name":{"kind":"Name","value":"name"}}]}},{"kind":"Field","name":{"kind":"Name","value":"location"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"code"}}]}},{"kind":"Field","name":{"kind":"Name","value":"available"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"value"}},{"kind":"Field","name":{"kind":"Name","value":"unit"}}]}}]}}]}}]}}]} as unknown as DocumentNode<InventoryChangedSubscription, InventoryChangedSubscriptionVariables>;
export const ScheduleChangedDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"subscription","name":{"kind":"Name","value":"ScheduleChanged"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"plant"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"String"}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"workCenter"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"String"}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"after"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"String"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"scheduleChanged"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"plant"},"value":{"kind":"Variable","name":{"kind":"Name","value":"plant"}}},{"kind":"Argument","name":{"kind":"Name","value":"workCenter"},"value":{"kind":"Variable","name":{"kind":"Name","value":"workCenter"}}},{"kind":"Argument","name":{"kind":"Name","value":"after"},"value":{"kind":"Variable","name":{"kind":"Name","value":"after"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"cursor"}},{"kind":"Field","name":{"kind":"Name","value":"occurredAt"}},{"kind":"Field","name":{"kind":"Name","value":"cause"}},{"kind":"Field","name":{"kind":"Name","value":"correlationId"}},{"kind":"Field","name":{"kind":"Name","value":"productionOrder"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"state"}},{"kind":"Field","name":{"kind":"Name","value":"scheduledStart"}},{"kind":"Field","name":{"kind":"Name","value":"scheduledEnd"}},{"kind":"Field","name":{"kind":"Name","value":"product"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"sku"}},{"kind":"Field","name":{"kind":"Name","value":"name"}}]}}]}}]}}]}}]} as unknown as DocumentNode<ScheduleChangedSubscription, ScheduleChangedSubscriptionVariables>;
export const SupplierCommitmentRevisedDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"subscription","name":{"kind":"Name","value":"SupplierCommitmentRevised"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"plant"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"String"}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"supplier"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"ID"}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"after"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"String"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"supplierCommitmentRevised"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"plant"},"value":{"kind":"Variable","name":{"kind":"Name","value":"plant"}}},{"kind":"Argument","name":{"kind":"Name","value":"supplier"},"value":{"kind":"Variable","name":{"kind":"Name","value":"supplier"}}},{"kind":"Argument","name":{"kind":"Name","value":"after"},"value":{"kind":"Variable","name":{"kind":"Name","value":"after"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"cursor"}},{"kind":"Field","name":{"kind":"Name","value":"occurredAt"}},{"kind":"Field","name":{"kind":"Name","value":"cause"}},{"kind":"Field","name":{"kind":"Name","value":"correlationId"}},{"kind":"Field","name":{"kind":"Name","value":"supplierCommitment"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"confirmation"}},{"kind":"Field","name":{"kind":"Name","value":"committedOn"}},{"kind":"Field","name":{"kind":"Name","value":"product"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"sku"}},{"kind":"Field","name":{"kind":"Name","value":"name"}}]}},{"kind":"Field","name":{"kind":"Name","value":"supplier"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"name"}}]}}]}}]}}]}}]} as unknown as DocumentNode<SupplierCommitmentRevisedSubscription, SupplierCommitmentRevisedSubscriptionVariables>;
export const SupplyDemandDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"query","name":{"kind":"Name","value":"SupplyDemand"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"plant"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"String"}}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"from"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"Date"}}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"to"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"Date"}}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"first"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"Int"}},"defaultValue":{"kind":"IntValue","value":"50"}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"after"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"String"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"location"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"code"},"value":{"kind":"Variable","name":{"kind":"Name","value":"plant"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"code"}},{"kind":"Field","name":{"kind":"Name","value":"name"}},{"kind":"Field","name":{"kind":"Name","value":"timeZone"}},{"kind":"Field","name":{"kind":"Name","value":"items"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"first"},"value":{"kind":"Variable","name":{"kind":"Name","value":"first"}}},{"kind":"Argument","name":{"kind":"Name","value":"after"},"value":{"kind":"Variable","name":{"kind":"Name","value":"after"}}},{"kind":"Argument","name":{"kind":"Name","value":"filter"},"value":{"kind":"ObjectValue","fields":[{"kind":"ObjectField","name":{"kind":"Name","value":"type"},"value":{"kind":"ListValue","values":[{"kind":"EnumValue","value":"FINISHED"},{"kind":"EnumValue","value":"SEMI_FINISHED"}]}}]}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"totalCount"}},{"kind":"Field","name":{"kind":"Name","value":"pageInfo"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"hasNextPage"}},{"kind":"Field","name":{"kind":"Name","value":"endCursor"}}]}},{"kind":"Field","name":{"kind":"Name","value":"nodes"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"sku"}},{"kind":"Field","name":{"kind":"Name","value":"product"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"name"}},{"kind":"Field","name":{"kind":"Name","value":"family"}},{"kind":"Field","name":{"kind":"Name","value":"abcClass"}},{"kind":"Field","name":{"kind":"Name","value":"baseUnit"}}]}},{"kind":"Field","name":{"kind":"Name","value":"planning"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"planner"}},{"kind":"Field","name":{"kind":"Name","value":"lotSizeRule"}},{"kind":"Field","name":{"kind":"Name","value":"safetyStock"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"value"}},{"kind":"Field","name":{"kind":"Name","value":"unit"}}]}},{"kind":"Field","name":{"kind":"Name","value":"leadTimeDays"}},{"kind":"Field","name":{"kind":"Name","value":"demandTimeFenceDays"}},{"kind":"Field","name":{"kind":"Name","value":"planningTimeFenceDays"}}]}},{"kind":"Field","name":{"kind":"Name","value":"forecast"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"from"},"value":{"kind":"Variable","name":{"kind":"Name","value":"from"}}},{"kind":"Argument","name":{"kind":"Name","value":"to"},"value":{"kind":"Variable","name":{"kind":"Name","value":"to"}}},{"kind":"Argument","name":{"kind":"Name","value":"granularity"},"value":{"kind":"EnumValue","value":"WEEK"}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"bucketStart"}},{"kind":"Field","name":{"kind":"Name","value":"quantity"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"value"}},{"kind":"Field","name":{"kind":"Name","value":"unit"}}]}},{"kind":"Field","name":{"kind":"Name","value":"version"}}]}},{"kind":"Field","name":{"kind":"Name","value":"inventory"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"onHand"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"value"}},{"kind":"Field","name":{"kind":"Name","value":"unit"}}]}},{"kind":"Field","name":{"kind":"Name","value":"available"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"value"}},{"kind":"Field","name":{"kind":"Name","value":"unit"}}]}},{"kind":"Field","name":{"kind":"Name","value":"onQualityInspection"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"value"}},{"kind":"Field","name":{"kind":"Name","value":"unit"}}]}},{"kind":"Field","name":{"kind":"Name","value":"asOf"}},{"kind":"Field","name":{"kind":"Name","value":"freshness"}}]}},{"kind":"Field","name":{"kind":"Name","value":"productionOrders"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"first"},"value":{"kind":"IntValue","value":"5"}},{"kind":"Argument","name":{"kind":"Name","value":"filter"},"value":{"kind":"ObjectValue","fields":[{"kind":"ObjectField","name":{"kind":"Name","value":"state"},"value":{"kind":"ListValue","values":[{"kind":"EnumValue","value":"FIRMED"},{"kind":"EnumValue","value":"RELEASED"},{"kind":"EnumValue","value":"IN_PROGRESS"}]}}]}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"totalCount"}},{"kind":"Field","name":{"kind":"Name","value":"nodes"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"state"}},{"kind":"Field","name":{"kind":"Name","value":"quantity"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"value"}},{"kind":"Field","name":{"kind":"Name","value":"unit"}}]}},{"kind":"Field","name":{"kind":"Name","value":"scheduledStart"}},{"kind":"Field","name":{"kind":"Name","value":"scheduledEnd"}},{"kind":"Field","name":{"kind":"Name","value":"onHold"}},{"kind":"Field","name":{"kind":"Name","value":"operations"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"sequence"}},{"kind":"Field","name":{"kind":"Name","value":"state"}},{"kind":"Field","name":{"kind":"Name","value":"workCenter"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"code"}},{"kind":"Field","name":{"kind":"Name","value":"name"}},{"kind":"Field","name":{"kind":"Name","value":"state"}},{"kind":"Field","name":{"kind":"Name","value":"utilization"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"from"},"value":{"kind":"Variable","name":{"kind":"Name","value":"from"}}},{"kind":"Argument","name":{"kind":"Name","value":"to"},"value":{"kind":"Variable","name":{"kind":"Name","value":"to"}}}]}]}}]}}]}}]}},{"kind":"Field","name":{"kind":"Name","value":"supplierCommitments"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"first"},"value":{"kind":"IntValue","value":"5"}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"nodes"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"supplier"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"name"}}]}},{"kind":"Field","name":{"kind":"Name","value":"requiredOn"}},{"kind":"Field","name":{"kind":"Name","value":"committedOn"}},{"kind":"Field","name":{"kind":"Name","value":"required"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"value"}}]}},{"kind":"Field","name":{"kind":"Name","value":"committed"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"value"}}]}},{"kind":"Field","name":{"kind":"Name","value":"confirmation"}}]}}]}}]}}]}}]}}]}}]} as unknown as DocumentNode<SupplyDemandQuery, SupplyDemandQueryVariables>;
export const WorkCenterChangedDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"subscription","name":{"kind":"Name","value":"WorkCenterChanged"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"plant"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"String"}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"code"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"String"}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"after"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"String"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"workCenterChanged"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"plant"},"value":{"kind":"Variable","name":{"kind":"Name","value":"plant"}}},{"kind":"Argument","name":{"kind":"Name","value":"code"},"value":{"kind":"Variable","name":{"kind":"Name","value":"code"}}},{"kind":"Argument","name":{"kind":"Name","value":"after"},"value":{"kind":"Variable","name":{"kind":"Name","value":"after"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"cursor"}},{"kind":"Field","name":{"kind":"Name","value":"occurredAt"}},{"kind":"Field","name":{"kind":"Name","value":"cause"}},{"kind":"Field","name":{"kind":"Name","value":"correlationId"}},{"kind":"Field","name":{"kind":"Name","value":"workCenter"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"code"}},{"kind":"Field","name":{"kind":"Name","value":"name"}},{"kind":"Field","name":{"kind":"Name","value":"state"}}]}}]}}]}}]} as unknown as DocumentNode<WorkCenterChangedSubscription, WorkCenterChangedSubscriptionVariables>;