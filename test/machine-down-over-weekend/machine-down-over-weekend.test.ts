import { expect, it } from 'vitest';
import { planningPlant, SAME } from '../planning-plant.ts';

const MONDAY_NOON = '2026-11-30T11:00:00Z';
const TUESDAY_MORNING = '2026-12-01T05:00:00Z';

it('makes what a machine cannot make elsewhere, asks about what is frozen, and leaves it so when it is back', async () => {
  // given fences of one working day, an order for this Friday's late shift, and two for Monday's early and late shifts
  const plant = await planningPlant();
  await plant.fences(1, 1);
  await plant.stock('MOTOR', 500);
  await plant.stock('SEAL', 500);
  await plant.makeOrder('FRIDAY', { start: '2026-11-27T13:00:00Z', end: '2026-11-27T21:00:00Z' });
  await plant.makeOrder('EARLY', { start: '2026-11-30T05:00:00Z', end: '2026-11-30T13:00:00Z' });
  await plant.makeOrder('LATE', { start: '2026-11-30T13:00:00Z', end: '2026-11-30T21:00:00Z' });
  await plant.customerOrder('CO-1', 50, '2026-11-30');
  await plant.customerOrder('CO-2', 100, '2026-12-01');
  const tellState = async (code: string, state: string, expectedEnd?: string) => {
    const outcome = await plant.tell(
      'work-centers',
      'WorkCenterStateReported',
      { code, state, ...(expectedEnd !== undefined && { reason: 'Spindle', expectedEnd }) },
      { source: 'mes/p1' },
    );
    expect(outcome).toMatchObject({ status: 'APPLIED' });
  };
  const machine = async (...told: Parameters<typeof tellState>) => {
    await tellState(...told);
    await plant.settle();
  };
  await plant.advance(4 * 24 * 60 + 60);
  await plant.settle();
  const [first] = await plant.decisions('PUMP');
  expect(first).toMatchObject({ decidedAt: '2026-11-27T09:00:00.000Z', outcome: 'SUPPRESS', lines: [] });

  // when ASSEMBLY is down from Friday morning until Monday noon
  await machine('ASSEMBLY', 'DOWN', MONDAY_NOON);

  // then planners see how much it can still do
  const { workCenter } = await plant.graph(
    `{ workCenter(code: "ASSEMBLY") { load(from: "2026-11-27", to: "2026-12-01", granularity: DAY) {
      buckets { bucketStart loadMinutes availableMinutes critical } } } }`,
  );
  expect(workCenter).toEqual({
    load: {
      buckets: [
        { bucketStart: '2026-11-27', loadMinutes: 480, availableMinutes: 600, critical: false },
        { bucketStart: '2026-11-28', loadMinutes: 0, availableMinutes: 0, critical: false },
        { bucketStart: '2026-11-29', loadMinutes: 0, availableMinutes: 0, critical: false },
        { bucketStart: '2026-11-30', loadMinutes: 960, availableMinutes: 720, critical: true },
      ],
    },
  });

  // and two orders are late: one inside the demand time fence, one behind it
  const down = (await plant.decisions('PUMP')).at(-1);
  expect(down).toMatchObject({
    outcome: 'EXCEPTION',
    triggers: [{ type: 'WorkCenterStateChanged' }],
    lines: [
      { week: '2026-11-23', measure: 'CAPACITY', zone: 'FROZEN', now: '4200', rule: 'frozen-capacity' },
      { week: '2026-11-30', measure: 'CAPACITY', zone: 'LIQUID', now: '360', rule: 'late-orders', outcome: 'PROPOSE' },
    ],
  });
  expect(down?.explanation[1]).toContain('the lateness of orders rose from 0 to 4200 min');
  const exceptions = await plant.exceptions('PUMP');
  const frozen = exceptions.find(({ kind }) => kind === 'FROZEN_CHANGE');
  const approval = exceptions.find(({ kind }) => kind === 'SCHEDULE_APPROVAL');
  expect(exceptions).toHaveLength(2);
  expect(frozen).toMatchObject({ status: 'OPEN', approvalsNeeded: 2, orders: [{ id: 'FRIDAY' }] });
  expect(approval).toMatchObject({ status: 'OPEN', approvalsNeeded: 1, orders: [{ id: 'EARLY' }] });

  // when a planner approves what is proposed for the one behind it
  const { id } = approval ?? {};
  expect(await plant.command('approveException', { id, by: 'ada' }, { revision: 1 })).toEqual({
    __typename: 'ExceptionAccepted',
  });
  await plant.settle();

  // then it is made in time on the alternate, in a shift, and not before the fence; the frozen one is where it was
  const early = await plant.order('EARLY');
  expect(early).toMatchObject({
    operations: [{ workCenter: { code: 'ASSEMBLY-2' } }],
    scheduleRevisions: [{ state: 'APPLIED', cause: 'CAPACITY', policyDecision: down?.id, approvedBy: 'ada' }],
  });
  for (const { scheduledStart, scheduledEnd } of [early, ...early.operations]) {
    expect(isInShifts(scheduledStart) && isInShifts(scheduledEnd)).toBe(true);
    expect(scheduledStart >= '2026-11-29T23:00:00.000Z').toBe(true);
    expect(scheduledEnd <= '2026-11-30T23:00:00.000Z').toBe(true);
  }
  expect(await plant.order('FRIDAY')).toMatchObject({ revision: 1, scheduleRevisions: [] });
  expect(await plant.order('LATE')).toMatchObject({ revision: 1, scheduleRevisions: [] });

  // when the alternate breaks down within the cool-down, and is repaired before it is over
  await plant.advance(10);
  await machine('ASSEMBLY-2', 'DOWN', TUESDAY_MORNING);
  const held = (await plant.decisions('PUMP')).at(-1);
  expect(held).toMatchObject({
    outcome: 'SUPPRESS',
    lines: [{ measure: 'CAPACITY', baseline: '0', now: '840', because: expect.stringContaining('Cooling down until') }],
  });
  await plant.advance(10);
  await machine('ASSEMBLY-2', 'RUNNING');
  await plant.advance(240);
  await plant.settle();

  // and ASSEMBLY is back when what is late is looked at on Monday, and the alternate away for some minutes before it has to begin
  await tellState('ASSEMBLY', 'RUNNING');
  await plant.advance((Date.parse(MONDAY_NOON) - plant.now().getTime()) / 60_000);
  await plant.settle();
  await plant.advance(210);
  await machine('ASSEMBLY-2', 'DOWN', '2026-11-30T15:20:00Z');
  expect((await plant.decisions('PUMP')).at(-1)).toMatchObject({
    outcome: 'SUPPRESS',
    lines: [{ measure: 'CAPACITY', zone: 'FROZEN', now: '20', rule: null }],
  });
  await plant.advance(10);
  await machine('ASSEMBLY-2', 'RUNNING');

  // then nothing is moved back, or to and fro, and nobody is asked again
  const all = await plant.decisions();
  expect(all.filter(({ outcome }) => outcome !== 'SUPPRESS').map((each) => each.id)).toEqual([down?.id]);
  expect(await plant.order('EARLY')).toEqual(early);
  expect(await plant.order('LATE')).toMatchObject({ revision: 1 });
  const afterwards = await plant.exceptions('PUMP');
  expect(afterwards).toHaveLength(2);
  expect(afterwards).toContainEqual(frozen);
  expect(afterwards.find((each) => each.id === id)).toMatchObject({
    status: 'SETTLED',
    settlement: { outcome: 'CARRIED_OUT' },
  });

  // and who listens hears each of it once, also behind a cursor
  const news = await plant.exceptionsRaised(4);
  expect(news.map(({ kind, exception }) => `${exception.kind} ${kind}`)).toEqual([
    'FROZEN_CHANGE RAISED',
    'SCHEDULE_APPROVAL RAISED',
    'SCHEDULE_APPROVAL APPROVED',
    'SCHEDULE_APPROVAL SETTLED',
  ]);
  expect(await plant.exceptionsRaised(2, news[1]?.cursor)).toEqual(news.slice(2));
  const heard = await plant.decisionsMade(all.length);
  expect(heard.map(({ decision }) => decision.id)).toEqual(all.map((each) => each.id));
  expect(await plant.decisionsMade(1, heard.at(-2)?.cursor)).toEqual(heard.slice(-1));
  expect(await plant.replays()).toEqual(all.map((each) => ({ id: each.id, ...SAME })));
});

/** From Monday, 06:00, to Saturday, 06:00, of Berlin's winter time. */
function isInShifts(instant: string): boolean {
  const at = new Date(instant);
  const hours = ((at.getUTCDay() + 6) % 7) * 24 + at.getUTCHours() + at.getUTCMinutes() / 60;
  return hours >= 5 && hours <= 5 * 24 + 5;
}
