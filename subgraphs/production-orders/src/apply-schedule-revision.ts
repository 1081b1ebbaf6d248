import { Type } from '@sinclair/typebox';
import type { CloudEvent } from '@takt/event-log';
import { RevisionSchema, type ScheduleRevision } from './events.ts';
import { isFinal } from './lifecycle.ts';
import { identifier } from './messages.ts';
import type { ProductionOrder } from './order.ts';
import { without } from './without.ts';

/** Data of `ApplyScheduleRevision`, which asks the system that owns an order to do what a revision says. */
export const ApplyScheduleRevision = Type.Object(
  {
    id: identifier,
    sku: identifier,
    location: identifier,
    ...Type.Omit(RevisionSchema, ['state', 'rejection', 'answeredAt']).properties,
  },
  { additionalProperties: false },
);

/** The command for a revision; the same whenever it is asked for, as its id is what the system knows it by. */
export function applyScheduleRevision(
  { id, sku, location }: ProductionOrder,
  revision: ScheduleRevision,
  correlationId?: string,
): CloudEvent {
  const command = `production-orders/${id}/schedule-revision/${revision.number}`;
  return {
    specversion: '1.0',
    id: command,
    source: 'takt/production-orders',
    type: 'ApplyScheduleRevision',
    subject: id,
    time: revision.revisedAt,
    datacontenttype: 'application/json',
    dataschema: 'ApplyScheduleRevision.v1',
    correlationid: correlationId ?? command,
    cause: revision.cause,
    data: { id, sku, location, ...without(revision, 'state', 'rejection', 'answeredAt') },
  };
}

/** Revisions that the system that owns the order has yet to hear of. */
export function revisionsToSend({ stage, scheduleRevisions }: ProductionOrder): readonly ScheduleRevision[] {
  return isFinal(stage) ? [] : scheduleRevisions.filter((each) => each.state === 'APPROVED');
}
