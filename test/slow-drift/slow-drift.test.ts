import { expect, it } from 'vitest';
import { planningPlant, SAME, type SeenDecision } from '../planning-plant.ts';

const FAR_WEEK = '2026-12-21';
const demandOf = ({ lines }: SeenDecision) => lines.find(({ measure }) => measure === 'DEMAND');

it('follows a demand that creeps up when the sum of its small steps is worth it, and counts anew from there', async () => {
  const plant = await planningPlant();
  const forecast = async (pieces: number) => {
    plant.advance(300);
    await plant.forecast({ '2026-12-14': 100, [FAR_WEEK]: pieces });
    await plant.settle();
  };
  await plant.stock('PUMP', 220);
  await plant.forecast({ '2026-12-14': 100, [FAR_WEEK]: 100 });
  await plant.settle();

  for (const pieces of [103, 106, 109, 110, 113, 116, 119, 120, 121]) await forecast(pieces);

  const [first, ...decisions] = await plant.decisions('PUMP');
  expect(first).toMatchObject({ outcome: 'SUPPRESS', lines: [] });
  const steps = decisions.map(demandOf).filter((line) => line !== undefined);
  console.log(JSON.stringify(decisions, null, 1), JSON.stringify(await plant.exceptions('PUMP')));
  expect(steps.map(({ baseline, now, outcome }) => `${baseline} → ${now}: ${outcome}`)).toEqual([
    '100 → 103: SUPPRESS',
    '100 → 106: SUPPRESS',
    '100 → 109: SUPPRESS',
    '100 → 110: RECALCULATE',
    '110 → 113: SUPPRESS',
    '110 → 116: SUPPRESS',
    '110 → 119: SUPPRESS',
    '110 → 120: SUPPRESS',
    '110 → 121: RECALCULATE',
  ]);
  expect(await plant.replays()).toEqual(expect.arrayContaining([]));
});
