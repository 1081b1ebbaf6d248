import { expect, it } from 'vitest';
import { planningPlant } from '../planning-plant.ts';

it('x', async () => {
  const plant = await planningPlant();
  await plant.stock('PUMP', 50);
  await plant.forecast({ '2026-11-01': 420, '2026-12-01': 460, '2027-01-01': 420 }, { granularity: 'MONTH' });
  await plant.settle();
  const before = await plant.decisions('PUMP');
  const look = async () => plant.graph(`{ itemLocation(sku: "PUMP", location: "P1") { supplyDemand(from: "2026-11-23", to: "2027-02-08", granularity: WEEK) { buckets { bucketStart forecast { value } netDemand { value } shortage { value } } } } }`);
  console.log(JSON.stringify(await look()));
  console.log(JSON.stringify(await plant.exceptions('PUMP')));
  const mondays = ['2026-11-23', '2026-11-30', '2026-12-07', '2026-12-14', '2026-12-21', '2026-12-28', '2027-01-04', '2027-01-11', '2027-01-18', '2027-01-25'];
  plant.advance(60);
  await plant.forecast(Object.fromEntries(mondays.map((m) => [m, 100])));
  await plant.settle();
  console.log(JSON.stringify(await look()));
  console.log(JSON.stringify((await plant.decisions('PUMP')).slice(before.length)), before.length);
  console.log(JSON.stringify(await plant.exceptions('PUMP')));
});
