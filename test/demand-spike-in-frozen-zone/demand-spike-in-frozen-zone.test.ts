import { expect, it } from 'vitest';
import { planningPlant, type PlanningPlant } from '../planning-plant.ts';

const look = async (plant: PlanningPlant, label: string) => {
  console.log(label, JSON.stringify((await plant.decisions('PUMP')).slice(1), null, 1), JSON.stringify(await plant.exceptions('PUMP'), null, 1), JSON.stringify([await plant.order('MO-1'), await plant.order('MO-2')], null, 1));
};
it('x', async () => {
  const plant = await planningPlant();
  await plant.stock('PUMP', 50);
  await plant.stock('SEAL', 1000);
  await plant.stock('MOTOR', 1000);
  await plant.makeOrder('MO-1', { start: '2026-12-02T05:00:00Z', end: '2026-12-02T13:00:00Z' });
  await plant.makeOrder('MO-2', { start: '2026-12-22T05:00:00Z', end: '2026-12-22T13:00:00Z' });
  await plant.forecast({ '2026-11-23': 40, '2026-11-30': 40, '2026-12-14': 20, '2026-12-21': 40 });
  await plant.settle();
  await look(plant, 'BEGIN');
  plant.advance(60);
  const spike = (id: string, day: string, quantity = 60) => plant.tell('forecasts', 'CustomerOrderReported', { id, customer: 'C1', sku: 'PUMP', location: 'P1', quantity: { value: String(quantity), unit: 'EA' }, dueAt: `${day}T12:00:00Z`, priority: 1, status: 'OPEN' });
  console.log(JSON.stringify(await spike('CO-2', '2026-12-18', 40)));
  await plant.settle();
  await look(plant, 'LIQUID');
  plant.advance(60);
  console.log(JSON.stringify(await spike('CO-1', '2026-11-27')));
  await plant.settle();
  await look(plant, 'FROZEN');
  expect(1).toBe(1);
});
