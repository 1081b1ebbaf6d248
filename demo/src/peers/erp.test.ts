import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { appendFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { startErp, type Erp } from './erp.ts';

const ORDER = {
  number: '1000001',
  item: 'A',
  plant: '1710',
  quantity: '10',
  unit: 'ST',
  start: '2026-11-30T07:00:00.000Z',
  end: '2026-12-01T07:00:00.000Z',
  operations: [
    {
      number: '0010',
      name: 'Assembly',
      workCenter: 'ASM',
      start: '2026-11-30T07:00:00.000Z',
      end: '2026-12-01T07:00:00.000Z',
      yield: '0',
      status: 'PLANNED' as const,
    },
  ],
  components: [],
};
const get = async (erp: Erp, path: string) =>
  (await fetch(`${erp.url}/${path}`)).json() as Promise<Record<string, unknown>>;

it('two plants have ERPs of their own, which keep what they know over a restart', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'erp-'));
  const file = join(folder, 'p100.jsonl');
  const [p100, p200] = [
    await startErp({ system: 'erp/P100', dialect: 'sap', file }),
    await startErp({ system: 'erp/P200', dialect: 'business-central' }),
  ];
  p100.business.create(ORDER);
  p200.business.create({ ...ORDER, number: 'FPO-1', item: '7-4711' });
  p100.business.release('1000001');
  await p100.close();
  appendFileSync(file, '{"table":"orders","key":"half');
  const again = await startErp({ system: 'erp/P100', dialect: 'sap', file });
  expect(again.business.order('1000001').statuses).toEqual(['REL', 'SETC', 'PRC']);
  const { d } = await get(again, "API_PRODUCTION_ORDER_2_SRV/A_ProductionOrder_2('1000001')");
  expect(d).toMatchObject({ ManufacturingOrder: '1000001', Material: 'A', OrderIsReleased: 'X' });
  expect(await get(p200, 'productionOrders')).toMatchObject({
    value: [{ number: 'FPO-1', sourceNumber: '7-4711', status: 'Firm Planned' }],
  });
  again.business.setShortage('1000001', true);
  await Promise.all([again.close(), p200.close()]);
  const third = await startErp({ system: 'erp/P100', dialect: 'sap', file });
  expect(third.business.order('1000001').statuses).toContain('MSPT');
  await third.close();
  await rm(folder, { recursive: true });
});

it('an order goes through its life, and nowhere else', async () => {
  const erp = await startErp({ system: 'erp/P100', dialect: 'sap' });
  const { business } = erp;
  const confirm = (amount: string) =>
    business.confirm({
      order: '1000001',
      operation: '0010',
      yield: amount,
      scrap: '0',
      rework: '0',
      final: false,
      text: '',
    });
  business.create(ORDER);
  expect(() => confirm('1')).toThrow('is not released');
  business.release('1000001');
  expect(() => business.release('1000001')).toThrow('already released');
  const number = confirm('4');
  expect(business.order('1000001').statuses).toContain('PCNF');
  confirm('6');
  expect(business.order('1000001').statuses).toContain('CNF');
  business.reverse(number);
  expect(business.order('1000001').statuses).toContain('PCNF');
  business.technicallyComplete('1000001');
  expect(() => business.reschedule('1000001', { quantity: '5' })).toThrow('TECO');
  business.moveStock({ type: '101', item: 'A', plant: '1710', quantity: '4', unit: 'ST' });
  expect(() => business.moveStock({ type: '261', item: 'A', plant: '1710', quantity: '5', unit: 'ST' })).toThrow(
    'Deficit',
  );
  await erp.close();
});

it('filters as it is asked, and says what it does not understand', async () => {
  const erp = await startErp({ system: 'erp/P100', dialect: 'sap' });
  for (const number of ['1', '2', '3']) erp.business.create({ ...ORDER, number });
  const set = 'API_PRODUCTION_ORDER_2_SRV/A_ProductionOrder_2';
  const numbers = async (filter: string) => {
    const { d } = (await get(erp, `${set}?$filter=${encodeURIComponent(filter)}`)) as {
      d: { results: { ManufacturingOrder: string }[] };
    };
    return d.results.map(({ ManufacturingOrder }) => ManufacturingOrder).join('');
  };
  expect(await numbers("ManufacturingOrder gt '1' and (ManufacturingOrder eq '3' or Material eq 'B')")).toBe('3');
  expect(await numbers("MfgOrderPlannedStartDate ge datetime'2026-11-30T00:00:00'")).toBe('123');
  expect(await numbers("MfgOrderPlannedStartDate gt datetime'2026-11-30T00:00:00'")).toBe('');
  for (const filter of ['', 'A', 'A eq', "A like 'x'", "(A eq 'x'", "A eq 'x' or"]) {
    expect(await get(erp, `${set}?$filter=${encodeURIComponent(filter)}`)).toMatchObject({
      error: { code: 'BAD_REQUEST' },
    });
  }
  await erp.close();
});

it('has a bucket, credentials, and faults on demand', async () => {
  const credentials = { user: 'TAKT', password: 's3cret' };
  const erp = await startErp({ system: 'erp/P100', dialect: 'sap', credentials, rate: { perSecond: 0.001, burst: 1 } });
  const url = `${erp.url}/API_PRODUCT_SRV/A_Product`;
  expect((await fetch(url)).status).toBe(401);
  const headers = { authorization: `Basic ${btoa('TAKT:s3cret')}` };
  expect((await fetch(url, { headers })).status).toBe(200);
  const refused = await fetch(url, { headers });
  expect([refused.status, Number(refused.headers.get('retry-after')) > 900]).toEqual([429, true]);
  erp.faults.set('down', true);
  await expect(fetch(url, { headers })).rejects.toThrow('fetch failed');
  await erp.close();
});
