import type { ProductionOrder } from '@takt/production-orders/contract';
import type { RoutingRecord } from '@takt/products/contract';
import { expect, it } from 'vitest';
import type { UnitFacts } from '../picture/unit-facts.ts';
import { customerOrder, pieces, productionOrder, pump, stock } from '../supply-demand/facts.fixture.ts';
import { finiteCapacityScheduler } from './finite-capacity-scheduler.ts';
import type { SchedulerAnswer, SchedulingProblem, SchedulingUnit, SchedulingWorkCenter } from './scheduler.ts';

it('makes what is missing, in working time, as late as the need allows', async () => {
  const answer = await propose({ customerOrders: [customerOrder('CO-1', '2026-12-10', 10)] });

  expect(answer.proposals).toMatchObject([
    {
      kind: 'CREATE',
      quantity: pieces(10),
      scheduledStart: '2026-12-09T07:00:00.000Z',
      scheduledEnd: '2026-12-09T15:00:00.000Z',
      operations: [
        {
          sequence: 10,
          workCenter: 'LATHE',
          scheduledStart: '2026-12-09T07:00:00.000Z',
          scheduledEnd: '2026-12-09T11:00:00.000Z',
        },
        {
          sequence: 20,
          workCenter: 'LINE',
          scheduledStart: '2026-12-09T11:00:00.000Z',
          scheduledEnd: '2026-12-09T15:00:00.000Z',
        },
      ],
      needsApproval: false,
    },
  ]);
  expect(answer.cannot).toEqual([]);
});

/** Of PUMP at P100, now Thursday 26 November, 9 o'clock in Berlin. */
export async function propose(
  facts: Partial<UnitFacts>,
  { unit = {}, workCenters = [], orders = [] }: Around = {},
): Promise<Extract<SchedulerAnswer, { kind: 'PROPOSED' }>> {
  const answer = await finiteCapacityScheduler().propose(
    problemOf(facts, { unit, workCenters, orders }),
    new AbortController().signal,
  );
  if (answer.kind !== 'PROPOSED') throw new Error(answer.kind);
  return answer;
}

export function problemOf(
  facts: Partial<UnitFacts>,
  { unit = {}, workCenters = [], orders = [] }: Around = {},
): SchedulingProblem {
  const whole = pump({ routings: [ROUTING], ...facts });
  return {
    now: NOW,
    location: 'P100',
    units: [
      {
        facts: whole,
        frozenUntil: '2026-12-01T00:00:00+01:00',
        slushyUntil: '2026-12-08T00:00:00+01:00',
        coolingDown: {},
        ...unit,
      },
    ],
    orders: [...whole.makingOrders, ...orders],
    workCenters: ['LATHE', 'LINE']
      .map((code) => ({ ...workCenter(code), ...workCenters.find((each) => each.code === code) }))
      .concat(
        workCenters
          .filter(({ code }) => !['LATHE', 'LINE'].includes(code))
          .map((each) => ({ ...workCenter(each.code), ...each })),
      ),
  };
}

const NOW = '2026-11-26T08:00:00.000Z';

/** Half an hour for each set-up, 21 minutes a piece: ten take four hours. */
const ROUTING: RoutingRecord = {
  id: 'R-PUMP',
  name: 'Pump',
  sku: 'PUMP',
  location: 'P100',
  kind: 'SEQUENCE',
  operations: ['LATHE', 'LINE'].map((code, index) => ({
    id: code,
    sequence: 10 * (index + 1),
    name: code,
    setupSeconds: '1800',
    secondsPerUnit: '1260',
    workCenters: [{ code, quantity: '1' }],
  })),
};

function workCenter(code: string): SchedulingWorkCenter {
  return {
    code,
    capacity: {
      timeZone: 'Europe/Berlin',
      capacity: '1',
      shifts: [
        {
          name: 'DAY',
          days: ['MONDAY', 'TUESDAY', 'WEDNESDAY', 'THURSDAY', 'FRIDAY'],
          startTime: '06:00',
          endTime: '16:00',
        },
      ],
    },
    away: [],
    alternates: [],
  };
}

interface Around {
  readonly unit?: Partial<SchedulingUnit>;
  readonly workCenters?: readonly (Partial<SchedulingWorkCenter> & { readonly code: string })[];
  readonly orders?: readonly ProductionOrder[];
}
void productionOrder;
void stock;
