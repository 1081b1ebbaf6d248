import { expect, it } from 'vitest';
import { planningPlant, SAME, type PlanningPlant } from '../planning-plant.ts';

/** 20 for each of the plant's working days: 21 in November, 23 in December, 21 in January. */
const MONTHS = { '2026-11-01': 420, '2026-12-01': 460, '2027-01-01': 420 };
const MONDAYS = [
  ...['2026-11-23', '2026-11-30', '2026-12-07', '2026-12-14', '2026-12-21', '2026-12-28'],
  ...['2027-01-04', '2027-01-11', '2027-01-18', '2027-01-25'],
];
const WEEKS = Object.fromEntries(MONDAYS.map((monday) => [monday, 100]));

/** With stock for all that is forecast, by months. */
async function plantPlannedByMonths(): Promise<PlanningPlant> {
  const plant = await planningPlant();
  await plant.stock('PUMP', 1100);
  await plant.forecast(MONTHS, { granularity: 'MONTH' });
  await plant.settle();
  return plant;
}

async function seen(plant: PlanningPlant): Promise<unknown> {
  return plant.graph(
    `{ itemLocation(sku: "PUMP", location: "P1") { supplyDemand(from: "2026-11-23", to: "2027-02-01", granularity: WEEK) {
      buckets { bucketStart forecast { value } netDemand { value } shortage { value } projectedAvailableBalance { value } }
    } } }`,
  );
}

it('takes the same forecast in other buckets, and told anew, for no change at all', async () => {
  // given
  const plant = await plantPlannedByMonths();
  const before = await seen(plant);
  expect(before).toMatchObject({
    itemLocation: {
      supplyDemand: { buckets: MONDAYS.map((bucketStart) => ({ bucketStart, netDemand: { value: '100' } })) },
    },
  });
  const decided = await plant.decisions();

  // when it is published by weeks, then the same numbers again as a newer version, and by months once more
  for (const [buckets, granularity, status] of [
    [WEEKS, 'WEEK', 'APPLIED'],
    [WEEKS, 'WEEK', 'DUPLICATE'],
    [MONTHS, 'MONTH', 'APPLIED'],
  ] as const) {
    await plant.advance(60);
    expect(await plant.forecast(buckets, { granularity })).toMatchObject({ status });
    await plant.settle();
  }

  // then planners see what they saw before, and nobody has decided or been asked anything
  expect(await seen(plant)).toEqual(before);
  expect(await plant.decisions()).toEqual(decided);
  expect(await plant.exceptions('PUMP')).toEqual([]);
  expect(await plant.replays()).toEqual(decided.map(({ id }) => ({ id, ...SAME })));
});

it('sees the one week that is another when months become weeks', async () => {
  const plant = await plantPlannedByMonths();
  const decided = await plant.decisions();

  await plant.advance(60);
  await plant.forecast({ ...WEEKS, '2027-01-11': 130 });
  await plant.settle();

  const made = (await plant.decisions('PUMP')).slice(1);
  expect(made).toHaveLength(1);
  expect(made[0]).toMatchObject({
    outcome: 'RECALCULATE',
    lines: [{ week: '2027-01-11', measure: 'DEMAND', baseline: '100', now: '130', rule: 'liquid-critical' }],
  });
  // and who listens hears of that alone, behind a cursor from before
  const heard = await plant.decisionsMade(decided.length + 1);
  const [next] = await plant.decisionsMade(1, heard.at(-2)?.cursor);
  expect(next?.decision).toMatchObject({ id: made[0]?.id, outcome: 'RECALCULATE' });
  expect(await plant.exceptions('PUMP')).toEqual([]);
  expect(await plant.replays()).toEqual((await plant.decisions()).map(({ id }) => ({ id, ...SAME })));
});
