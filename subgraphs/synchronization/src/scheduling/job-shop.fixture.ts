import { readFixtures } from '@takt/connector-frepple';
import type { CustomerOrderRecord } from '@takt/forecasts/contract';
import type { ItemLocationRecord, ProductRecord, RoutingRecord } from '@takt/products/contract';
import type { WorkCenterReport } from '@takt/work-centers/contract';
import type { SchedulerAnswer, SchedulingProblem } from './scheduler.ts';

/** Hours from the start to the end of the best schedule of it that there is. */
export const BEST_MAKESPAN_HOURS = 930;

/**
 * The job shop of H. Fisher and G. L. Thompson (1963), ten jobs on ten machines, as frePPLe publishes it: an order of a
 * customer for each job, all due when the best schedule ends, machines that work day and night. Its makespan of 930 was
 * proved to be the best by J. Carlier and E. Pinson (Management Science 35, 1989).
 */
export function jobShopProblem(fixture: string): SchedulingProblem {
  const read = readFixtures([{ name: 'jobshop.json', text: fixture }], { run: 'job-shop' });
  if (!read.ok) throw new Error(`${read.faults.length} faults in the fixture.`);
  const dataOf = <Data>(type: string) =>
    read.messages.filter(({ message }) => message.type === type).map(({ message }) => message.data as Data);
  const routings = dataOf<RoutingRecord>('RoutingReported');
  const orders = dataOf<CustomerOrderRecord>('CustomerOrderReported');
  return {
    now: START,
    location: 'The job shop',
    units: dataOf<ItemLocationRecord>('ItemLocationReported').map((itemLocation) => ({
      facts: {
        sku: itemLocation.sku,
        location: itemLocation.location,
        product: dataOf<ProductRecord>('ProductReported').find(({ sku }) => sku === itemLocation.sku),
        itemLocation,
        forecasts: [],
        customerOrders: orders.filter(({ sku }) => sku === itemLocation.sku),
        makingOrders: [],
        consumingOrders: [],
        commitments: [],
        arriving: [],
        leaving: [],
        billsOfMaterial: [],
        routings: routingsOf(itemLocation.sku, routings, orders),
      },
      frozenUntil: START,
      slushyUntil: START,
      coolingDown: {},
    })),
    orders: [],
    workCenters: dataOf<WorkCenterReport>('WorkCenterReported').map(({ code, capacity, timeZone }) => ({
      code,
      capacity: { timeZone, capacity },
      away: [],
      alternates: [],
    })),
  } as SchedulingProblem;
}

export function makespanHours(answer: SchedulerAnswer): number {
  const proposals = answer.kind === 'PROPOSED' ? answer.proposals : [];
  return (
    Math.max(...proposals.map(({ scheduledEnd = START }) => Date.parse(scheduledEnd) - Date.parse(START))) / 3_600_000
  );
}

const START = '2014-01-01T00:00:00.000Z';

/** Which routing makes an item is said by its demand. */
function routingsOf(sku: string, routings: readonly RoutingRecord[], orders: readonly CustomerOrderRecord[]) {
  const names = orders.filter((order) => order.sku === sku).map(({ routing }) => routing);
  return routings.filter(({ id }) => names.includes(id)).map((routing) => ({ ...routing, sku }));
}
