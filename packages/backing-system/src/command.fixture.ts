import type { CloudEvent } from '@takt/event-log';

export function command(id: string, subject = `PO-${id}`): CloudEvent {
  return {
    specversion: '1.0',
    id,
    source: 'takt/production-orders',
    type: 'ApplyScheduleRevision',
    subject,
    time: '2026-11-23T08:00:00Z',
    datacontenttype: 'application/json',
    dataschema: 'ApplyScheduleRevision.v1',
    correlationid: id,
    cause: 'MANUAL',
    data: { id: subject },
  };
}
