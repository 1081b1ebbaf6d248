import { expect, it } from 'vitest';
import { planningPlant, type PlanningPlant } from '../planning-plant.ts';

const look = async (plant: PlanningPlant, label: string, from = 0) => {
  const ds = (await plant.decisions('PUMP')).slice(from);
  console.log(label, JSON.stringify(ds.map((d) => ({ id: d.id, o: d.outcome, e: d.explanation, l: d.lines.map((l) => `${l.week} ${l.measure} ${l.zone} ${l.baseline}->${l.now} ${l.outcome} ${l.rule} ${l.because}`) })), null, 1), JSON.stringify(await plant.exceptions('PUMP'), null, 1));
  for (const id of ['MO-1', 'MO-2', 'MO-3', 'MO-4']) { const o = await plant.order(id); console.log(id, JSON.stringify(o?.operations), JSON.stringify(o?.scheduleRevisions)); }
  return ds.length + from;
};
it('x', async () => {
  const plant = await planningPlant();
  await plant.tell('products', 'ItemLocationReported', {
      sku: 'PUMP', location: 'P1', type: 'FINISHED', planner: 'ada', lotSizeRule: 'FIXED',
      lotSizeMinimum: { value: '50', unit: 'EA' }, lotSizeMultiple: { value: '50', unit: 'EA' }, leadTimeDays: 5,
      demandTimeFenceDays: 1, planningTimeFenceDays: 1, strategy: 'MAKE_TO_STOCK', refreshClass: 'CRITICAL' });
  await plant.stock('PUMP', 0);
  await plant.stock('SEAL', 1000);
  await plant.stock('MOTOR', 1000);
  await plant.makeOrder('MO-1', { start: '2026-11-27T13:00:00Z', end: '2026-11-27T21:00:00Z' });
  await plant.makeOrder('MO-2', { start: '2026-11-30T05:00:00Z', end: '2026-11-30T13:00:00Z' });
  await plant.makeOrder('MO-3', { start: '2026-11-30T13:00:00Z', end: '2026-11-30T21:00:00Z' });
  await plant.makeOrder('MO-4', { start: '2026-12-01T05:00:00Z', end: '2026-12-01T13:00:00Z', workCenter: 'ASSEMBLY-2' });
  await plant.forecast({ '2026-11-30': 200 });
  plant.advance(4 * 24 * 60 + 60);
  await plant.settle();
  let n = await look(plant, `BEGIN ${plant.now().toISOString()}`);
  const state = (s: string, more = {}) => plant.tell('work-centers', 'WorkCenterStateReported', { code: 'ASSEMBLY', state: s, ...more }, { source: 'mes/p1' });
  console.log(await state('DOWN', { reason: 'Spindle', expectedEnd: '2026-11-30T11:00:00Z' }));
  await plant.settle();
  n = await look(plant, 'DOWN', n);
  plant.advance(3 * 24 * 60 + 120);
  console.log(plant.now().toISOString(), await state('RUNNING'));
  await plant.settle();
  n = await look(plant, 'UP', n);
  expect(1).toBe(1);
});
