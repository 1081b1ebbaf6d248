import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readInstances } from '@takt/backing-system';
import { cloudEventsHttp } from '@takt/connector-cloudevents-http';
import { startPeer, type Manner, type Peer } from '@takt/connector-cloudevents-http/testing';
import { expect, it, onTestFinished, vi } from 'vitest';
import { planningPlant, SAME, type PlanningPlant, type SeenException } from '../planning-plant.ts';
import { temporaryFolder } from '../system.ts';

const EA = (value: number) => ({ value: String(value), unit: 'EA' });

it('brings the refusal of an approved change back as an exception, with the reason of the ERP', async () => {
  // given a change of its order that a planner has to approve
  const { erp, plant } = await plantWithErp();
  const seen = await proposedAt('2026-12-08', plant);
  erp.behave(REFUSES);

  // when a planner approves it, and the ERP does not take it
  expect(await approve(plant, seen, 'ada')).toEqual({ __typename: 'ExceptionAccepted' });
  await answered(plant, 'REJECTED');

  // then the revision is rejected, and the order is where the ERP has it
  const decision = seen.decisionIds[0];
  expect(erp.applied).toEqual([]);
  expect(erp.requests.map(({ event }) => event)).toMatchObject([
    { type: 'ApplyScheduleRevision', subject: 'MO-1', data: { policyDecision: decision, approvedBy: 'ada' } },
  ]);
  expect(await revisionOf(plant)).toMatchObject({ state: 'REJECTED', policyDecision: decision, rejection: REASON });
  expect(await plant.order('MO-1')).toMatchObject({ scheduledStart: '2026-12-10T05:00:00.000Z' });

  // and planners see it: what was approved has ended, and somebody has to decide what now
  const [ended, refusal, ...others] = await plant.exceptions('PUMP');
  expect(others).toEqual([]);
  expect(ended).toMatchObject({
    id: seen.id,
    status: 'SETTLED',
    settlement: { outcome: 'REFUSED_BY_SOURCE', reason: `erp/p1 refused the change of order MO-1: ${REASON}` },
  });
  expect(refusal).toMatchObject({
    kind: 'SOURCE_REFUSED',
    status: 'OPEN',
    owner: 'ada',
    decisionIds: [decision],
    orders: [{ id: 'MO-1' }],
    proposal: [],
  });
  expect(refusal?.summary).toContain(`erp/p1 refused the change of order MO-1: ${REASON}`);
  const [news] = await plant.exceptionsRaised(1, (await plant.exceptionsRaised(3))[2]?.cursor);
  expect(news).toMatchObject({ kind: 'RAISED', exception: { id: refusal?.id } });

  // and it counts: nothing was applied, one exception is closed and one is open
  await vi.waitFor(async () => {
    expect(await measures(plant)).toEqual({
      planningMeasures: { exceptionResolutionTime: { closed: 1 }, scheduleUpdateLatency: { toApplied: null } },
      openExceptionGroups: [{ kind: 'SOURCE_REFUSED', open: 1 }],
    });
  });

  // and nobody asks the ERP again, or decides anything, until something changes
  await plant.advance(24 * 60);
  await plant.settle();
  expect(erp.requests).toHaveLength(1);
  const decisions = await plant.decisions();
  expect(decisions.filter(({ outcome }) => outcome !== 'SUPPRESS').map(({ id }) => id)).toEqual([decision]);
  expect(await plant.replays()).toEqual(decisions.map(({ id }) => ({ id, ...SAME })));
});

it('has a change applied only once the ERP says so', async () => {
  // given an ERP that takes what it is told, and looks into it later
  const { erp, plant } = await plantWithErp();
  const seen = await proposedAt('2026-12-08', plant);
  const [change] = seen.proposal;
  erp.behave({ kind: 'TAKES' });

  // when a planner approves
  expect(await approve(plant, seen, 'ada')).toEqual({ __typename: 'ExceptionAccepted' });
  await answered(plant, 'SENT');

  // then what was approved is on its way, however long that takes
  expect(await plant.exceptions('PUMP')).toMatchObject([{ id: seen.id, status: 'APPROVED', settlement: null }]);
  await plant.advance(60);
  await plant.settle();
  expect(await revisionOf(plant)).toMatchObject({ state: 'SENT' });

  // when the ERP tells of the order with its new schedule
  await report(plant, change?.scheduledStart ?? '', change?.scheduledEnd ?? '');
  await answered(plant, 'APPLIED');

  // then it has been carried out, once
  expect(erp.applied).toHaveLength(1);
  expect(await plant.exceptions('PUMP')).toMatchObject([
    { id: seen.id, status: 'SETTLED', settlement: { outcome: 'CARRIED_OUT' } },
  ]);
  await vi.waitFor(async () => {
    expect(await measures(plant)).toMatchObject({
      planningMeasures: { scheduleUpdateLatency: { toApplied: { count: 1 } } },
      openExceptionGroups: [],
    });
  });
  const decisions = await plant.decisions();
  expect(await plant.replays()).toEqual(decisions.map(({ id }) => ({ id, ...SAME })));
});

it('asks a planner when the ERP refuses what a policy has decided by itself', async () => {
  // given an order behind the planning time fence
  const { erp, plant } = await plantWithErp('2026-12-22T05:00:00Z', '2026-12-22T13:00:00Z');
  erp.behave(REFUSES);
  await plant.customerOrder('CO-1', 40, '2026-12-18');
  await plant.settle();

  // when the schedule is to follow demand by itself, and the ERP refuses
  await plant.advance(60);
  await plant.customerOrder('CO-2', 30, '2026-12-18');
  await plant.settle();
  await answered(plant, 'REJECTED');

  // then a planner is asked, and the schedule does not try again by itself
  const decision = (await plant.decisions('PUMP')).find(({ outcome }) => outcome === 'RECALCULATE');
  expect(await revisionOf(plant)).toMatchObject({ policyDecision: decision?.id, approvedBy: null, rejection: REASON });
  expect(await plant.exceptions('PUMP')).toMatchObject([
    { kind: 'SOURCE_REFUSED', status: 'OPEN', decisionIds: [decision?.id] },
  ]);
  await plant.advance(24 * 60);
  await plant.settle();
  expect(erp.requests).toHaveLength(1);
  const decisions = await plant.decisions();
  expect(await plant.replays()).toEqual(decisions.map(({ id }) => ({ id, ...SAME })));
});

const REASON = 'Period 12 is closed.';
const REFUSES: Manner = {
  kind: 'ANSWERS',
  status: 422,
  body: JSON.stringify({ outcome: 'REFUSED', reason: REASON }),
};

/** A plant with 50 pumps in stock, whose ERP owns an order for more. */
async function plantWithErp(
  start = '2026-12-10T05:00:00Z',
  end = '2026-12-10T13:00:00Z',
): Promise<{ erp: Peer; plant: PlanningPlant }> {
  const erp = await startPeer();
  onTestFinished(() => erp.close());
  const folder = await temporaryFolder();
  const lines = [
    'type: cloudevents-http',
    'instance: erp/p1',
    `endpoint: ${erp.url}`,
    'credentials: { bearer: ERP_P1_TOKEN }',
    'rate: { requestsPerSecond: 100 }',
    'timeoutMs: 2000',
  ];
  await writeFile(join(folder, 'erp-p1.yml'), lines.join('\n'));
  const backingSystems = await readInstances(folder, [cloudEventsHttp], { ERP_P1_TOKEN: 's3cret' });
  const plant = await planningPlant({ backingSystems });
  await plant.stock('PUMP', 50);
  await plant.stock('MOTOR', 500);
  await plant.stock('SEAL', 500);
  await report(plant, start, end);
  return { erp, plant };
}

/** A customer wants more on a day than there is before the order ends; answers what a planner is asked. */
async function proposedAt(day: string, plant: PlanningPlant): Promise<SeenException> {
  await plant.customerOrder('CO-1', 40, day);
  await plant.settle();
  await plant.advance(60);
  await plant.customerOrder('CO-2', 20, day);
  await plant.settle();
  const exceptions = await plant.exceptions('PUMP');
  expect(exceptions).toMatchObject([{ kind: 'SCHEDULE_APPROVAL', status: 'OPEN' }]);
  return exceptions[0] as SeenException;
}

function approve(plant: PlanningPlant, { id, revision }: SeenException, by: string) {
  return plant.command('approveException', { id, by }, { revision });
}

/** Resolves when the ERP's answer has been heard, and all that came of it is done. */
async function answered(plant: PlanningPlant, state: string): Promise<void> {
  await vi.waitFor(async () => expect(await revisionOf(plant)).toMatchObject({ state }), 20_000);
  await plant.settle();
}

/** The revision of the order that a decision led to. */
async function revisionOf(plant: PlanningPlant) {
  const { productionOrder } = await plant.graph<{ productionOrder: { scheduleRevisions: Revision[] } }>(
    '{ productionOrder(id: "MO-1") { scheduleRevisions { state policyDecision approvedBy rejection } } }',
  );
  return productionOrder.scheduleRevisions.find(({ policyDecision }) => policyDecision !== null);
}

interface Revision {
  readonly state: string;
  readonly policyDecision: string | null;
  readonly approvedBy: string | null;
  readonly rejection: string | null;
}

function measures(plant: PlanningPlant) {
  return plant.graph(`{
    planningMeasures(plant: "P1", from: "2026-11-23", to: "2026-11-30") {
      exceptionResolutionTime { closed } scheduleUpdateLatency { toApplied { count } }
    }
    openExceptionGroups(plant: "P1", by: [KIND]) { kind open }
  }`);
}

/** The ERP tells of its order as it is over there. */
async function report(plant: PlanningPlant, start: string, end: string): Promise<void> {
  const time = { scheduledStart: start, scheduledEnd: end };
  const outcome = await plant.tell('production-orders', 'ProductionOrderReported', {
    ...{ id: 'MO-1', sku: 'PUMP', location: 'P1', quantity: EA(50), state: 'FIRMED', routing: 'R-PUMP', ...time },
    sourceStatuses: ['CRTD'],
    operations: [{ sequence: 10, name: 'Assemble', workCenter: 'ASSEMBLY', plannedMinutes: 480, ...time }],
    components: [
      { position: 10, sku: 'MOTOR', required: EA(50) },
      { position: 20, sku: 'SEAL', required: EA(100) },
    ],
  });
  expect(outcome.status).toBe('APPLIED');
}
