import { expect, it } from 'vitest';
import { planningPlant, SAME, type SeenDecision } from '../planning-plant.ts';

const FAR_WEEK = '2026-12-21';
const STEADY = { '2026-12-14': 100 };

const demandSteps = (decisions: readonly SeenDecision[]) =>
  decisions.flatMap(({ lines }) =>
    lines
      .filter(({ measure }) => measure === 'DEMAND')
      .map(({ baseline, now, outcome }) => `${baseline} → ${now}: ${outcome}`),
  );

it('follows a demand that creeps up when the sum of its small steps is worth it, and counts anew from there', async () => {
  // given stock that covers what is needed before Christmas, and 20 more
  const plant = await planningPlant();
  await plant.stock('PUMP', 220);
  await plant.forecast({ ...STEADY, [FAR_WEEK]: 100 });
  await plant.settle();

  // when the forecast of one week rises by a little each time, five hours apart, and falls a little at last
  for (const pieces of [103, 106, 109, 110, 113, 116, 119, 120, 121, 108]) {
    await plant.advance(300);
    await plant.forecast({ ...STEADY, [FAR_WEEK]: pieces });
    await plant.settle();
  }

  // then it is followed at 10 % of what was followed last, and not before: at 110, and at 121; back it takes more
  const decisions = await plant.decisions('PUMP');
  expect(demandSteps(decisions)).toEqual([
    '100 → 103: SUPPRESS',
    '100 → 106: SUPPRESS',
    '100 → 109: SUPPRESS',
    '100 → 110: RECALCULATE',
    '110 → 113: SUPPRESS',
    '110 → 116: SUPPRESS',
    '110 → 119: SUPPRESS',
    '110 → 120: SUPPRESS',
    '110 → 121: RECALCULATE',
    '121 → 108: SUPPRESS',
  ]);
  expect(decisions.at(-1)).toMatchObject({
    lines: [{ measure: 'DEMAND', because: 'A change back, within the hysteresis of 25 %.' }],
  });
  const [first] = decisions.filter(({ outcome }) => outcome === 'RECALCULATE');
  expect(first).toMatchObject({ lines: [{ week: FAR_WEEK, zone: 'LIQUID', rule: 'liquid-critical' }] });
  expect(first?.explanation[1]).toContain('demand rose from 100 to 110 EA (+10, +10 %). Rule liquid-critical applies');

  // and planners find an order of the smallest lot, for the one pump that stock did not cover any more
  const { itemLocation } = await plant.graph<{ itemLocation: { supplyDemand: object; productionOrders: object } }>(
    `{ itemLocation(sku: "PUMP", location: "P1") {
      supplyDemand(from: "${FAR_WEEK}", to: "2026-12-28", granularity: WEEK) {
        buckets { netDemand { value } plannedReceipts { value } shortage { value } projectedAvailableBalance { value } }
      }
      productionOrders { nodes { quantity { value } scheduleRevisions { number } } }
    } }`,
  );
  expect(itemLocation).toMatchObject({
    supplyDemand: { buckets: [{ netDemand: { value: '108' }, shortage: { value: '0' } }] },
    productionOrders: { nodes: [{ quantity: { value: '50' }, scheduleRevisions: [] }] },
  });
  expect(await plant.exceptions('PUMP')).toEqual([]);

  // and who listens hears each decision once, also behind a cursor
  const all = await plant.decisions();
  const heard = await plant.decisionsMade(all.length);
  expect(heard.map(({ decision }) => decision.id)).toEqual(all.map(({ id }) => id));
  expect(await plant.decisionsMade(1, heard.at(-2)?.cursor)).toEqual(heard.slice(-1));
  expect(await plant.replays()).toEqual(all.map(({ id }) => ({ id, ...SAME })));
});

it('is not moved by a version that is older than what it knows, nor by one that is told twice', async () => {
  const plant = await planningPlant();
  await plant.stock('PUMP', 220);
  await plant.forecast({ ...STEADY, [FAR_WEEK]: 100 });
  await plant.settle();
  await plant.advance(60);
  const yesterday = new Date(plant.now().getTime() - 86_400_000).toISOString();
  const data = {
    ...{ sku: 'PUMP', location: 'P1', granularity: 'WEEK', unit: 'EA', status: 'PUBLISHED', complete: true },
    version: 'today',
    publishedAt: plant.now().toISOString(),
    buckets: [
      { start: '2026-12-14', baseline: '100' },
      { start: FAR_WEEK, baseline: '105' },
    ],
  };
  const tellTwice = { source: 'planning/main', id: 'cycle-of-today' };

  expect(await plant.tell('forecasts', 'ForecastReported', data, tellTwice)).toMatchObject({ status: 'APPLIED' });
  await plant.settle();
  expect(await plant.tell('forecasts', 'ForecastReported', data, tellTwice)).toMatchObject({ status: 'DUPLICATE' });
  expect(await plant.forecast({ ...STEADY, [FAR_WEEK]: 500 }, { publishedAt: yesterday })).toMatchObject({
    status: 'REJECTED',
  });
  await plant.settle();

  const decisions = await plant.decisions('PUMP');
  expect(decisions).toHaveLength(2);
  expect(demandSteps(decisions)).toEqual(['100 → 105: SUPPRESS']);
  expect(await plant.exceptions('PUMP')).toEqual([]);
});
