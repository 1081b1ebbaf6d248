import { expect, it } from 'vitest';
import { planningPlant, SAME, type PlanningPlant } from '../planning-plant.ts';

const look = async (plant: PlanningPlant, label: string, from = 0) => {
  const ds = (await plant.decisions('PUMP')).slice(from);
  console.log(label, JSON.stringify(ds.map((d) => ({ id: d.id, o: d.outcome, a: d.againAt, l: d.lines.map((l) => `${l.week} ${l.measure} ${l.zone} ${l.baseline}->${l.now} ${l.outcome} ${l.rule} ${l.because}`) })), null, 1), JSON.stringify(await plant.exceptions('PUMP')));
  for (const id of ['MO-1', 'MO-2', 'MO-3']) { const o = await plant.order(id); console.log(id, JSON.stringify(o?.operations), JSON.stringify(o?.scheduleRevisions)); }
  return ds.length + from;
};
it('x', async () => {
  const plant = await planningPlant();
  await plant.fences(1, 1);
  await plant.stock('SEAL', 500);
  await plant.stock('MOTOR', 500);
  await plant.makeOrder('MO-1', { start: '2026-11-27T13:00:00Z', end: '2026-11-27T21:00:00Z' });
  await plant.makeOrder('MO-2', { start: '2026-11-30T05:00:00Z', end: '2026-11-30T13:00:00Z' });
  await plant.makeOrder('MO-3', { start: '2026-11-30T13:00:00Z', end: '2026-11-30T21:00:00Z' });
  await plant.customerOrder('CO-1', 50, '2026-11-30');
  await plant.customerOrder('CO-2', 50, '2026-12-01');
  await plant.customerOrder('CO-3', 50, '2026-12-02');
  plant.advance(4 * 24 * 60 + 60);
  await plant.settle();
  let n = await look(plant, `BEGIN ${plant.now().toISOString()}`);
  const state = (s: string, more = {}, code = 'ASSEMBLY') => plant.tell('work-centers', 'WorkCenterStateReported', { code, state: s, ...more }, { source: 'mes/p1' });
  console.log(await state('DOWN', { reason: 'Spindle', expectedEnd: '2026-11-30T11:00:00Z' }));
  await plant.settle();
  n = await look(plant, 'DOWN', n);
  const approval = (await plant.exceptions('PUMP')).find(({ kind }) => kind === 'SCHEDULE_APPROVAL');
  console.log(await plant.command('approveException', { id: approval?.id, by: 'ada' }, { revision: 1 }));
  await plant.settle();
  n = await look(plant, 'APPROVED', n);
  plant.advance(10);
  await state('DOWN', { reason: 'x', expectedEnd: '2026-11-30T11:00:00Z' }, 'ASSEMBLY-2');
  await plant.settle();
  n = await look(plant, 'TWO DOWN', n);
  plant.advance(10);
  await state('RUNNING', {}, 'ASSEMBLY-2');
  await plant.settle();
  n = await look(plant, 'TWO UP', n);
  plant.advance(240);
  await plant.settle();
  n = await look(plant, 'COOLED', n);
  plant.advance(3 * 24 * 60 + 120 - 260);
  console.log(plant.now().toISOString(), await state('RUNNING'));
  await plant.settle();
  n = await look(plant, 'UP', n);
  expect(1).toBe(1);
});
