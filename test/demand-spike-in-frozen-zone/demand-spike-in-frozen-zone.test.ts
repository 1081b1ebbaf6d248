import { expect, it } from 'vitest';
import { planningPlant, SAME, type PlanningPlant } from '../planning-plant.ts';

const NEXT_WEEK = { start: '2026-12-02T05:00:00Z', end: '2026-12-02T13:00:00Z' };
const BEFORE_CHRISTMAS = { start: '2026-12-22T05:00:00Z', end: '2026-12-22T13:00:00Z' };

/** 50 pumps in stock, and all the parts that it takes to make more. */
async function stockedPlant(): Promise<PlanningPlant> {
  const plant = await planningPlant();
  await plant.stock('PUMP', 50);
  await plant.stock('MOTOR', 500);
  await plant.stock('SEAL', 500);
  return plant;
}

it('leaves a spike in the frozen zone to two planners, and does what both have approved', async () => {
  // given 40 pumps to deliver this Friday and 30 the Friday after, which an order of next Wednesday is for
  const plant = await stockedPlant();
  await plant.customerOrder('CO-1', 40, '2026-11-27');
  await plant.customerOrder('CO-2', 30, '2026-12-04');
  await plant.makeOrder('MO-1', NEXT_WEEK);
  await plant.settle();
  expect(await plant.exceptions('PUMP')).toEqual([]);

  // when the most important customer wants 20 more this Friday
  await plant.advance(60);
  await plant.customerOrder('CO-3', 20, '2026-11-27', 1);
  await plant.settle();

  // then planners see what is short, and why somebody has to decide
  const { itemLocation } = await plant.graph(
    `{ itemLocation(sku: "PUMP", location: "P1") { supplyDemand(from: "2026-11-23", to: "2026-11-30", granularity: WEEK) {
      buckets { netDemand { value } shortage { value } } } } }`,
  );
  expect(itemLocation).toEqual({
    supplyDemand: { buckets: [{ netDemand: { value: '60' }, shortage: { value: '10' } }] },
  });
  const decision = (await plant.decisions('PUMP')).at(-1);
  expect(decision).toMatchObject({
    outcome: 'EXCEPTION',
    lines: [
      { measure: 'DEMAND', zone: 'FROZEN', baseline: '40', now: '60', rule: 'frozen-important-customer' },
      { measure: 'SHORTAGE', zone: 'FROZEN', baseline: '0', now: '10', rule: 'frozen-shortage' },
    ],
  });
  expect(decision?.explanation[1]).toContain('demand rose from 40 to 60 EA');
  const [exception, ...others] = await plant.exceptions('PUMP');
  expect(others).toEqual([]);
  expect(exception).toMatchObject({
    kind: 'FROZEN_CHANGE',
    status: 'OPEN',
    severity: 'CRITICAL',
    owner: 'ada',
    approvalsNeeded: 2,
    decisionIds: [decision?.id],
    proposal: [{ kind: 'REVISE', orderId: 'MO-1' }],
  });

  // and nothing happens by itself
  expect(await plant.order('MO-1')).toMatchObject({ revision: 1, scheduleRevisions: [] });

  // when one planner approves, that is not enough, and the same one cannot approve twice
  const { id = '', proposal = [] } = exception ?? {};
  const approve = (by: string, revision: number) => plant.command('approveException', { id, by }, { revision });
  expect(await approve('ada', 1)).toEqual({ __typename: 'ExceptionAccepted' });
  expect(await approve('ada', 2)).toEqual({ __typename: 'CommandRefused', code: 'APPROVED_ALREADY' });
  expect(await approve('grace', 1)).toEqual({ __typename: 'RevisionConflict', currentRevision: 2 });
  await plant.settle();
  expect(await plant.order('MO-1')).toMatchObject({ revision: 1, scheduleRevisions: [] });

  // when another one approves as well
  expect(await approve('grace', 2)).toEqual({ __typename: 'ExceptionAccepted' });
  await plant.settle();

  // then the order is there before Friday, and knows by which decision and whose approval
  const [change] = proposal;
  const order = await plant.order('MO-1');
  expect(order).toMatchObject({
    scheduledStart: change?.scheduledStart,
    scheduledEnd: change?.scheduledEnd,
    scheduleRevisions: [
      { state: 'APPLIED', cause: 'FORECAST_CHANGE', policyDecision: decision?.id, approvedBy: 'ada, grace' },
    ],
  });
  expect(Date.parse(order.scheduledEnd)).toBeLessThan(Date.parse('2026-11-27T11:00:00Z'));
  expect(await plant.exceptions('PUMP')).toMatchObject([
    { id, status: 'SETTLED', approvals: [{ by: 'ada' }, { by: 'grace' }], settlement: { outcome: 'CARRIED_OUT' } },
  ]);

  // and who listens hears it all, also behind a cursor
  const heard = await plant.exceptionsRaised(4);
  expect(heard.map(({ kind }) => kind)).toEqual(['RAISED', 'APPROVAL_GIVEN', 'APPROVED', 'SETTLED']);
  const [next] = await plant.exceptionsRaised(1, heard[1]?.cursor);
  expect(next).toMatchObject({ kind: 'APPROVED', exception: { id } });
  const all = await plant.decisions();
  expect(await plant.replays()).toEqual(all.map(({ id }) => ({ id, ...SAME })));
});

it('follows the same spike by itself beyond the planning time fence', async () => {
  const plant = await stockedPlant();
  await plant.customerOrder('CO-1', 40, '2026-12-18');
  await plant.customerOrder('CO-2', 30, '2026-12-23');
  await plant.makeOrder('MO-1', BEFORE_CHRISTMAS);
  await plant.settle();

  await plant.advance(60);
  await plant.customerOrder('CO-3', 20, '2026-12-18', 1);
  await plant.settle();

  const decisions = await plant.decisions('PUMP');
  const acting = decisions.filter(({ outcome }) => outcome !== 'SUPPRESS');
  expect(acting).toMatchObject([
    {
      outcome: 'RECALCULATE',
      lines: [
        { measure: 'DEMAND', zone: 'LIQUID', baseline: '40', now: '60', rule: 'liquid-critical' },
        { measure: 'SHORTAGE', zone: 'LIQUID', baseline: '0', now: '10', rule: 'shortage' },
      ],
    },
  ]);
  const order = await plant.order('MO-1');
  expect(order.scheduleRevisions).toMatchObject([
    { state: 'APPLIED', cause: 'FORECAST_CHANGE', policyDecision: acting[0]?.id, approvedBy: null },
  ]);
  expect(Date.parse(order.scheduledEnd)).toBeLessThan(Date.parse('2026-12-18T11:00:00Z'));
  expect(await plant.exceptions('PUMP')).toEqual([]);

  const all = await plant.decisions();
  const heard = await plant.decisionsMade(all.length);
  expect(heard.map(({ decision }) => decision.id)).toEqual(all.map(({ id }) => id));
  expect((await plant.decisionsMade(1, heard.at(-2)?.cursor))[0]?.decision.id).toBe(all.at(-1)?.id);
  expect(await plant.replays()).toEqual(all.map(({ id }) => ({ id, ...SAME })));
});
