/**
 * CloudEvents 1.0 in structured JSON form, with Takt's extension attributes (names in lower case as the specification
 * asks: https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/spec.md). Inbound messages and canonical events share it.
 */
export interface CloudEvent<Type extends string = string, Data = unknown> {
  readonly specversion: '1.0';
  /** Unique with `source`, for ever. For an inbound message: its idempotency key. */
  readonly id: string;
  /** `system/instance` that it comes from, e.g. `erp/plant-1`; canonical events carry the source of the message that caused them. */
  readonly source: string;
  /** PascalCase, e.g. `StockReported` (a fact from outside), `ReviseSchedule` (a command), `InventoryChanged` (a canonical event). */
  readonly type: Type;
  /** Id of the document that it is about. */
  readonly subject?: string;
  /** RFC 3339 instant: when it was true in the source. */
  readonly time: string;
  readonly datacontenttype: 'application/json';
  /** `<type>.v<version>`: the JSON Schema under schema/events/. */
  readonly dataschema: string;
  /** Follows one story through every hop. */
  readonly correlationid: string;
  /** Id of the message that caused this event; absent on what comes from outside. */
  readonly causationid?: string;
  readonly cause: Cause;
  readonly data: Data;
}

/** Why something changes, in a planner's words. */
export const CAUSES = ['REPORTED', 'FORECAST_CHANGE', 'SHORTAGE', 'CAPACITY', 'QUALITY', 'MANUAL'] as const;
export type Cause = (typeof CAUSES)[number];
