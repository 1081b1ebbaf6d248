import { expect, it } from 'vitest';
import { planningPlant, SAME, type PlanningPlant, type SeenException } from '../planning-plant.ts';

it('judges a withdrawal against what was propagated, and asks the planner what becomes of the order', async () => {
  // given an order that a planner has approved for a forecast of 100 pumps
  const plant = await plantWithProposal();
  const approved = await theException(plant);
  const [change] = approved.proposal;
  expect(await approve(plant, approved)).toEqual({ __typename: 'ExceptionAccepted' });
  await plant.settle();
  expect(await week(plant)).toEqual({ netDemand: '100', plannedReceipts: '50', shortage: '0' });
  const orderBefore = await plant.order(change?.orderId ?? '');
  expect(orderBefore.quantity.value).toBe('50');
  const decidedBefore = (await plant.decisions()).length;

  // when the forecast is withdrawn an hour later
  await plant.advance(60);
  await withdraw(plant);
  await plant.settle();

  // then planners see that nothing is needed; what was decided just now is left to cool down
  expect(await week(plant)).toEqual({ netDemand: '0', plannedReceipts: '50', shortage: '0' });
  const cooling = (await plant.decisions('PUMP')).at(-1);
  expect(cooling).toMatchObject({
    outcome: 'SUPPRESS',
    lines: [{ measure: 'DEMAND', baseline: '100', now: '0', outcome: 'SUPPRESS', rule: 'slushy-critical' }],
  });
  expect(cooling?.lines[0]?.because).toBe(`Cooling down until ${cooling?.againAt}.`);
  expect(await plant.exceptions('PUMP')).toMatchObject([{ id: approved.id, status: 'SETTLED' }]);

  // when it has cooled down
  await plant.advance(4 * 60);
  await plant.settle();

  // then the change is one from what was propagated, not from what was forecast before
  const decision = (await plant.decisions('PUMP')).at(-1);
  expect(decision).toMatchObject({
    outcome: 'PROPOSE',
    lines: [{ measure: 'DEMAND', baseline: '100', now: '0', change: '-100', rule: 'slushy-critical' }],
  });
  expect(decision?.explanation[1]).toContain('demand fell from 100 to 0 EA');

  // and a planner is asked what becomes of the order, which no policy cancels
  const asked = (await plant.exceptions('PUMP')).find(({ status }) => status === 'OPEN');
  expect(asked).toMatchObject({
    kind: 'SCHEDULE_APPROVAL',
    owner: 'ada',
    decisionIds: [decision?.id],
    orders: [{ id: change?.orderId }],
    proposal: [],
  });
  expect(asked?.summary).toContain(`Nothing needs order ${change?.orderId} any more`);
  expect(await plant.order(change?.orderId ?? '')).toEqual(orderBefore);

  // and whoever listens hears of both decisions behind the cursor of the last one before
  const heard = await plant.decisionsMade(decidedBefore);
  const news = await plant.decisionsMade(2, heard.at(-1)?.cursor);
  expect(news.map((each) => each.decision.id)).toEqual([cooling?.id, decision?.id]);
  await expectSameReplays(plant);
});

it('refuses a late approval of what the forecast was withdrawn of, and says why', async () => {
  // given a proposal that nobody has approved yet
  const plant = await plantWithProposal();
  const seen = await theException(plant);

  // when the forecast is withdrawn, and the planner approves what is still on the screen
  await plant.advance(30);
  await withdraw(plant);
  await plant.settle();
  const withdrawn = (await plant.decisions('PUMP')).at(-1);
  expect(withdrawn).toMatchObject({ outcome: 'SUPPRESS', lines: [{ baseline: '100', now: '0' }, { now: '0' }] });

  // then the approval is judged against the state of now, although the change still has to cool down
  expect(await approve(plant, seen)).toMatchObject({ __typename: 'CommandRefused', code: 'CHANGED_SINCE' });
  expect(await refusal(plant, seen)).toContain(`The unit was judged again: decision ${withdrawn?.id}.`);
  expect(await plant.exceptions('PUMP')).toMatchObject([{ id: seen.id, status: 'OPEN', approvals: [] }]);

  // and once it has cooled down nothing is left to approve
  await plant.advance(4 * 60);
  await plant.settle();
  const decision = (await plant.decisions('PUMP')).at(-1);
  expect(await plant.exceptions('PUMP')).toMatchObject([
    { id: seen.id, status: 'SETTLED', settlement: { outcome: 'SUPERSEDED' } },
  ]);
  const closed = await theException(plant);
  expect(closed.settlement?.reason).toContain(decision?.id);
  expect(await approve(plant, seen)).toEqual({ __typename: 'RevisionConflict', currentRevision: closed.revision });
  expect(await approve(plant, closed)).toMatchObject({ __typename: 'CommandRefused', code: 'EXCEPTION_CLOSED' });

  // and nothing was made of it
  const { productionOrders } = await plant.graph('{ productionOrders(first: 10) { nodes { id } } }');
  expect(productionOrders).toEqual({ nodes: [] });
  expect((await plant.exceptionsRaised(2)).map(({ kind }) => kind)).toEqual(['RAISED', 'SETTLED']);
  await expectSameReplays(plant);
});

const WEEK = '2026-12-07';

/** 50 pumps in stock, a forecast of 40 that has become one of 100 inside the planning time fence, and what is proposed. */
async function plantWithProposal(): Promise<PlanningPlant> {
  const plant = await planningPlant();
  await plant.stock('PUMP', 50);
  await plant.stock('MOTOR', 500);
  await plant.stock('SEAL', 500);
  await plant.forecast({ [WEEK]: 40 });
  await plant.settle();
  await plant.advance(60);
  await plant.forecast({ [WEEK]: 100 });
  await plant.settle();
  expect(await theException(plant)).toMatchObject({
    kind: 'SCHEDULE_APPROVAL',
    status: 'OPEN',
    proposal: [{ kind: 'CREATE', quantity: { value: '50' } }],
  });
  return plant;
}

async function withdraw(plant: PlanningPlant): Promise<void> {
  const { result } = await plant.graph(
    `mutation { result: withdrawForecast(idempotencyKey: "withdrawal", input: { id: "PUMP@P1", reason: "The tender was lost." }) {
      __typename } }`,
  );
  expect(result).toEqual({ __typename: 'ForecastAccepted' });
}

async function theException(plant: PlanningPlant): Promise<SeenException> {
  const exceptions = await plant.exceptions('PUMP');
  expect(exceptions).toHaveLength(1);
  return exceptions[0] as SeenException;
}

function approve(plant: PlanningPlant, { id, revision }: SeenException) {
  return plant.command('approveException', { id, by: 'ada' }, { revision });
}

/** Why an approval is refused. */
async function refusal(plant: PlanningPlant, { id, revision }: SeenException): Promise<string> {
  const { result } = await plant.graph<{ result: { reason: string } }>(
    `mutation ($id: ID!, $revision: Int) {
      result: approveException(idempotencyKey: "why", expectedRevision: $revision, input: { id: $id, by: "ada" }) {
        ... on CommandRefused { reason } } }`,
    { id, revision },
  );
  return result.reason;
}

/** Figures of the week as planners see them. */
async function week(plant: PlanningPlant) {
  const { itemLocation } = await plant.graph<{ itemLocation: { supplyDemand: { buckets: Figures[] } } }>(
    `{ itemLocation(sku: "PUMP", location: "P1") { supplyDemand(from: "${WEEK}", to: "2026-12-14", granularity: WEEK) {
      buckets { netDemand { value } plannedReceipts { value } shortage { value } } } } }`,
  );
  const [figures] = itemLocation.supplyDemand.buckets;
  return Object.fromEntries(Object.entries(figures ?? {}).map(([name, { value }]) => [name, value]));
}

type Figures = Readonly<Record<string, { readonly value: string }>>;

async function expectSameReplays(plant: PlanningPlant): Promise<void> {
  const decisions = await plant.decisions();
  expect(await plant.replays()).toEqual(decisions.map(({ id }) => ({ id, ...SAME })));
}
