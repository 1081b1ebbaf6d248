import type { InboundMessage } from '@takt/intake';
import type { CustomerOrderRecord, CustomerRecord } from './contracts.ts';
import { addDays } from './dates.ts';
import type { Need } from './items.ts';
import { amount, planMessage } from './messages.ts';
import type { Plan } from './plan.ts';
import { randomFor } from './random.ts';

/** Segments, and the customers within them. */
export function* customerMessages(plan: Plan): Generator<InboundMessage> {
  for (const [id, name, priority] of SEGMENTS) yield reported(plan, { id, name, priority });
  for (let index = 0; index < plan.shape.customers; index++) yield reported(plan, customer(index));
}

/**
 * Orders of a location's customers: what they take of the coming weeks shrinks from nine tenths of the forecast to almost
 * nothing, the usual order book. Ids do not depend on the plan's day.
 */
export function* customerOrderMessages(
  plan: Plan,
  { item, location, fromCustomers = 0 }: Need,
): Generator<InboundMessage> {
  const random = randomFor(plan.seed, 'customer-orders', item.sku, location);
  for (let index = 0; index < plan.shape.customerOrders; index++) {
    const weeksAhead = index * 0.75 + random.between(-0.4, 0.4);
    const share = [0.9, 0.6, 0.35, 0.15][Math.max(0, Math.floor(weeksAhead))] ?? 0.08;
    const draw = random.next();
    const weekday = random.integer(0, 4);
    const data: CustomerOrderRecord = {
      id: `SO-${item.sku}-${location}-${String(index + 1)}`,
      sku: item.sku,
      location,
      customer: customer(random.integer(0, plan.shape.customers - 1)).id,
      dueAt: `${addDays(plan.monday, Math.floor(weeksAhead) * 7 + weekday)}T15:00:00Z`,
      quantity: amount(Math.max(1, fromCustomers * 0.75 * share * random.between(0.7, 1.2)), item.unit),
      priority: random.pick([1, 2, 2, 3]),
      status: statusOf(weeksAhead, draw),
    };
    yield planMessage(plan, { system: 'erp', type: 'CustomerOrderReported', key: data.id, data });
  }
}

function statusOf(weeksAhead: number, draw: number): CustomerOrderRecord['status'] {
  if (weeksAhead < 0) return draw < 0.8 ? 'CLOSED' : 'OPEN';
  if (draw < 0.04) return 'CANCELLED';
  if (weeksAhead > 2.5 && draw < 0.3) return draw < 0.18 ? 'QUOTE' : 'INQUIRY';
  return 'OPEN';
}

function customer(index: number): CustomerRecord {
  const name = CUSTOMERS[index % CUSTOMERS.length] ?? CUSTOMERS[0];
  const branch = Math.floor(index / CUSTOMERS.length);
  const [parent, , priority] = SEGMENTS[index % SEGMENTS.length] ?? SEGMENTS[0];
  return {
    id: `C-${String(1001 + index)}`,
    name: branch === 0 ? name : `${name}, branch ${String(branch + 1)}`,
    parent,
    priority,
  };
}

function reported(plan: Plan, data: CustomerRecord): InboundMessage {
  return planMessage(plan, { system: 'erp', type: 'CustomerReported', key: data.id, data });
}

const SEGMENTS = [
  ['SEG-WHOLESALE', 'Building services wholesale', 2],
  ['SEG-OEM', 'Heating and cooling OEMs', 1],
  ['SEG-MUNICIPAL', 'Municipal water', 3],
] as const;

const CUSTOMERS = [
  'Nordsee Haustechnik',
  'Brandt Wärmepumpen',
  'Stadtwerke Kiel',
  'Van Leeuwen Installatie',
  'Prairie Heating Supply',
  'Lakeshore Water District',
  'Alpen Klima',
  'Delta Pumps Trading',
] as const;
