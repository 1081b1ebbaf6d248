import { expect, it } from 'vitest';
import { customerOrder, pieces, stock } from '../supply-demand/facts.fixture.ts';
import { finiteCapacityScheduler } from './finite-capacity-scheduler.ts';
import { after, orderFrom, problemOf, routing } from './problem.fixture.ts';
import type { SchedulerAnswer, SchedulingProblem } from './scheduler.ts';

it('makes what is missing, in working time, as late as the need allows', async () => {
  const answer = await propose(problemOf({ customerOrders: [customerOrder('CO-1', '2026-12-10', 10)] }));

  expect(answer.proposals).toMatchObject([
    {
      kind: 'CREATE',
      quantity: pieces(10),
      scheduledStart: '2026-12-09T07:00:00.000Z',
      scheduledEnd: '2026-12-09T15:00:00.000Z',
      operations: [
        { sequence: 10, workCenter: 'LATHE', plannedMinutes: 240, scheduledEnd: '2026-12-09T11:00:00.000Z' },
        { sequence: 20, workCenter: 'LINE', plannedMinutes: 240, scheduledStart: '2026-12-09T11:00:00.000Z' },
      ],
      needsApproval: false,
    },
  ]);
  expect(answer.cannot).toEqual([]);
});

it('leaves an order that meets its need, also if it is some days early or a little large', async () => {
  const demands = { customerOrders: [customerOrder('CO-1', '2026-12-11', '9.6')] };
  const answer = await propose(
    problemOf({ ...demands, makingOrders: [orderFrom('PO-1', '2026-12-08T07:00:00.000Z')] }),
  );

  expect(answer).toEqual({ kind: 'PROPOSED', proposals: [], cannot: [] });
});

it('has an order come earlier if that covers what is missing for a time', async () => {
  const answer = await propose(
    problemOf({
      customerOrders: [customerOrder('CO-1', '2026-12-10', 10)],
      makingOrders: [orderFrom('PO-1', '2026-12-17T07:00:00.000Z')],
    }),
  );

  expect(answer.proposals).toMatchObject([
    { kind: 'REVISE', order: 'PO-1', scheduledStart: '2026-12-09T07:00:00.000Z', needsApproval: false },
  ]);
  expect(answer.proposals[0]?.reason).toBe('10 EA are missing on 2026-12-10: it is needed 7 days earlier.');
});

it('has an order come later if nothing needs it for more than some days', async () => {
  const answer = await propose(
    problemOf({
      customerOrders: [customerOrder('CO-1', '2026-12-17', 10)],
      makingOrders: [orderFrom('PO-1', '2026-12-02T07:00:00.000Z')],
    }),
  );

  expect(answer.proposals).toMatchObject([
    { kind: 'REVISE', order: 'PO-1', scheduledStart: '2026-12-16T07:00:00.000Z', needsApproval: true },
  ]);
});

it('makes an order larger rather than another one, and its work longer', async () => {
  const answer = await propose(
    problemOf({
      customerOrders: [customerOrder('CO-1', '2026-12-10', 12)],
      makingOrders: [orderFrom('PO-1', '2026-12-09T07:00:00.000Z')],
    }),
  );

  expect(answer.proposals).toMatchObject([{ kind: 'REVISE', order: 'PO-1', quantity: pieces(12) }]);
  const [order] = after(problemOf({ makingOrders: [orderFrom('PO-1', '2026-12-09T07:00:00.000Z')] }), answer).orders;
  const [lathe] = order?.operations ?? [];
  expect(lathe).toMatchObject({ plannedMinutes: 282 });
  expect(Date.parse(lathe?.scheduledEnd ?? '') - Date.parse(lathe?.scheduledStart ?? '')).toBe(282 * 60_000);
});

it('makes another order where the lot size is fixed, or the first would be too large', async () => {
  const facts = {
    customerOrders: [customerOrder('CO-1', '2026-12-10', 12)],
    makingOrders: [orderFrom('PO-1', '2026-12-08T07:00:00.000Z')],
  };
  const item = { sku: 'PUMP', location: 'P100', type: 'FINISHED' } as const;
  const fixed = { ...item, lotSizeRule: 'FIXED', lotSizeMinimum: pieces(10) } as const;
  const limited = { ...item, lotSizeRule: 'MIN_MAX', lotSizeMaximum: pieces(11), lotSizeMinimum: pieces(5) } as const;

  expect((await propose(problemOf({ ...facts, itemLocation: fixed }))).proposals).toMatchObject([
    { kind: 'CREATE', quantity: pieces(10) },
  ]);
  expect((await propose(problemOf({ ...facts, itemLocation: limited }))).proposals).toMatchObject([
    { kind: 'CREATE', quantity: pieces(5) },
  ]);
});

it('keeps safety stock and safety time, and makes up for scrap', async () => {
  const answer = await propose(
    problemOf({
      stock: stock(15),
      customerOrders: [customerOrder('CO-1', '2026-12-14', 10)],
      itemLocation: {
        sku: 'PUMP',
        location: 'P100',
        type: 'FINISHED',
        safetyStock: pieces(10),
        safetyTimeDays: 2,
        scrapPercent: 20,
      },
    }),
  );

  expect(answer.proposals).toMatchObject([
    { kind: 'CREATE', quantity: pieces(7), scheduledEnd: '2026-12-09T15:00:00.000Z' },
  ]);
});

it('takes an alternate where the work center is away or full', async () => {
  const away = [{ from: '2026-12-01T00:00:00Z', to: '2026-12-20T00:00:00Z' }];
  const answer = await propose(
    problemOf(
      { customerOrders: [customerOrder('CO-1', '2026-12-10', 10)] },
      { workCenters: [{ code: 'LATHE', away, alternates: ['LATHE-2'] }, { code: 'LATHE-2' }] },
    ),
  );

  expect(answer.proposals).toMatchObject([{ operations: [{ workCenter: 'LATHE-2' }, { workCenter: 'LINE' }] }]);
  expect(answer.cannot).toEqual([]);
});

it('moves an order off a work center that is away', async () => {
  const away = [{ from: '2026-12-09T00:00:00Z', to: '2026-12-10T00:00:00Z' }];
  const answer = await propose(
    problemOf(
      {
        customerOrders: [customerOrder('CO-1', '2026-12-10', 10)],
        makingOrders: [orderFrom('PO-1', '2026-12-09T07:00:00.000Z')],
      },
      { workCenters: [{ code: 'LATHE', away }] },
    ),
  );

  expect(answer.proposals).toMatchObject([
    { order: 'PO-1', operations: [{ sequence: 10, scheduledStart: '2026-12-08T11:00:00.000Z' }] },
  ]);
});

it('says how late it is, and which work center has no room', async () => {
  const blocker = orderFrom('PO-9', '2026-11-30T23:00:00.000Z', { sku: 'OTHER', quantity: pieces(100) }, ['LATHE']);
  const answer = await propose(
    problemOf({ customerOrders: [customerOrder('CO-1', '2026-12-02', 10)] }, { orders: [blocker] }),
  );

  expect(answer.proposals).toMatchObject([
    { kind: 'CREATE', needsApproval: true, operations: [{ scheduledStart: '2026-12-04T10:30:00.000Z' }, {}] },
  ]);
  expect(answer.cannot).toMatchObject([
    {
      sku: 'PUMP',
      reason: '10 EA needed on 2026-12-02 are there on 2026-12-07, 5 days late: LATHE has no room for it before.',
    },
  ]);
});

it('says why an order that comes late must not be moved', async () => {
  const facts = { customerOrders: [customerOrder('CO-1', '2026-12-02', 10)] };
  const reasonFor = async (order: ReturnType<typeof orderFrom>, unit = {}) => {
    const { proposals, cannot } = await propose(problemOf({ ...facts, makingOrders: [order] }, { unit }));
    expect(proposals.filter(({ kind }) => kind === 'REVISE')).toEqual([]);
    return cannot.map(({ reason }) => reason).join();
  };
  const at = '2026-12-03T07:00:00.000Z';

  expect(await reasonFor(orderFrom('PO-1', at, { frozen: true }))).toContain('PO-1 is frozen');
  expect(await reasonFor(orderFrom('PO-1', at, { state: 'IN_PROGRESS' }))).toContain('PO-1 has begun');
  const coolingDown = { 'PO-1': '2026-11-27T08:00:00.000Z' };
  expect(await reasonFor(orderFrom('PO-1', at), { coolingDown })).toContain('PO-1 was moved lately');
});

it('says that lot sizes contradict each other', async () => {
  const answer = await propose(
    problemOf({
      customerOrders: [customerOrder('CO-1', '2026-12-10', 10)],
      itemLocation: {
        sku: 'PUMP',
        location: 'P100',
        type: 'FINISHED',
        lotSizeMinimum: pieces(50),
        lotSizeMaximum: pieces(20),
      },
    }),
  );

  expect(answer.proposals).toEqual([]);
  expect(answer.cannot).toMatchObject([
    { reason: '10 EA are missing on 2026-12-10. A lot of at least 50 EA is above the maximum of 20 EA.' },
  ]);
});

it('makes the components of what it makes', async () => {
  const problem = problemOf({
    customerOrders: [customerOrder('CO-1', '2026-12-17', 10)],
    billsOfMaterial: [
      {
        id: 'B-PUMP',
        sku: 'PUMP',
        location: 'P100',
        version: '1',
        baseQuantity: pieces(1),
        lines: [{ position: 10, component: 'CASTING', quantity: pieces(2) }],
      },
    ],
  });
  const [unit] = problem.units;
  if (!unit) throw new Error('There is a unit.');
  const casting = {
    ...unit,
    facts: {
      ...unit.facts,
      sku: 'CASTING',
      customerOrders: [],
      billsOfMaterial: [],
      routings: [routing('CASTING', ['LATHE'])],
    },
  };
  const answer = await propose({ ...problem, units: [unit, casting] });

  expect(answer.proposals).toMatchObject([
    { sku: 'PUMP', quantity: pieces(10), components: [{ sku: 'CASTING', required: pieces(20) }] },
    { sku: 'CASTING', quantity: pieces(20), scheduledEnd: '2026-12-15T15:00:00.000Z' },
  ]);
});

it('stops when it is told to', async () => {
  const signal = AbortSignal.abort(new Error('Enough.'));
  await expect(finiteCapacityScheduler().propose(problemOf({}), signal)).rejects.toThrow('Enough.');
});

async function propose(problem: SchedulingProblem): Promise<Extract<SchedulerAnswer, { kind: 'PROPOSED' }>> {
  const answer = await finiteCapacityScheduler().propose(problem, new AbortController().signal);
  if (answer.kind !== 'PROPOSED') throw new Error(`Expected proposals, got ${answer.kind}.`);
  return answer;
}
