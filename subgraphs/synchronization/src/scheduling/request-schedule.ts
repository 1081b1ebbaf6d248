import { Type, type Static } from '@sinclair/typebox';
import type { CloudEvent } from '@takt/event-log';
import { QuantitySchema } from '@takt/quantity';
import type { SchedulingProblem } from './scheduler.ts';

const id = Type.String({ minLength: 1, maxLength: 400 });

/** Data of `RequestSchedule`: a planning system is asked to plan for what has to be met. */
export const RequestSchedule = Type.Object(
  {
    location: id,
    /** Open orders of customers, in the order of their due times. */
    demands: Type.Array(
      Type.Object(
        {
          id,
          sku: id,
          location: id,
          customer: id,
          dueAt: Type.String({ format: 'date-time' }),
          quantity: QuantitySchema,
          priority: Type.Optional(Type.Integer()),
        },
        { additionalProperties: false },
      ),
      { maxItems: 10_000 },
    ),
  },
  { additionalProperties: false },
);
export type RequestSchedule = Static<typeof RequestSchedule>;

/** The command that hands a problem over; the same for the same problem. */
export function requestSchedule({ now, location, units }: SchedulingProblem): CloudEvent {
  const demands = units
    .flatMap(({ facts }) => facts.customerOrders)
    .filter(({ status }) => status === 'OPEN')
    .map(({ id: order, sku, location: at, customer, dueAt, quantity, priority }) => {
      return { id: order, sku, location: at, customer, dueAt, quantity, ...(priority !== undefined && { priority }) };
    })
    .sort((a, b) => Date.parse(a.dueAt) - Date.parse(b.dueAt) || (a.id < b.id ? -1 : 1));
  const data: RequestSchedule = { location, demands };
  const items = units.map(({ facts }) => encodeURIComponent(facts.sku)).join('+');
  const command = `synchronization/schedule/${encodeURIComponent(location)}/${items}/${now}`;
  return {
    specversion: '1.0',
    id: command,
    source: 'takt/synchronization',
    type: 'RequestSchedule',
    subject: location,
    time: now,
    datacontenttype: 'application/json',
    dataschema: 'RequestSchedule.v1',
    correlationid: command,
    cause: 'SHORTAGE',
    data,
  };
}
