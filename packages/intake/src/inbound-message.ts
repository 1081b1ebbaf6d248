import { randomUUID } from 'node:crypto';
import type { Cause } from '@takt/event-log';
import type { Clock } from './clock.ts';
import type { InboundMessage } from './intake-port.ts';

export interface MessageInput<Type extends string = string, Data = unknown> {
  readonly type: Type;
  /** `system/instance` that it comes from, e.g. `erp/plant-1`. */
  readonly source: string;
  readonly data: Data;
  /** Idempotency key; a random UUID unless given, which is right only for what is never sent again. */
  readonly id?: string | undefined;
  /** RFC 3339: when it was true in the source. Default: now. */
  readonly time?: string | undefined;
  /** Default: REPORTED. */
  readonly cause?: Cause | undefined;
  /** Default: the id. */
  readonly correlationId?: string | undefined;
  /** Refuse the command unless the document is at this revision. */
  readonly expectedRevision?: number | undefined;
}

/** Wraps data in the envelope that {@link Intake.receive} takes. */
export function inboundMessage<Type extends string, Data>(
  input: MessageInput<Type, Data>,
  clock: Clock,
): InboundMessage & { readonly type: Type; readonly data: Data } {
  const {
    type,
    source,
    data,
    id = randomUUID(),
    time,
    cause = 'REPORTED',
    correlationId = id,
    expectedRevision,
  } = input;
  return {
    specversion: '1.0',
    id,
    source,
    type,
    time: time ?? clock().toISOString(),
    datacontenttype: 'application/json',
    dataschema: `${type}.v1`,
    correlationid: correlationId,
    cause,
    ...(expectedRevision === undefined ? {} : { expectedrevision: expectedRevision }),
    data,
  };
}
