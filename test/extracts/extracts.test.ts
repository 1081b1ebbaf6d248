import { readFile } from 'node:fs/promises';
import { expect, it, vi } from 'vitest';
import { bootSystem, demoClock, fillDemo } from '../system.ts';
import { extracting } from './extracting.ts';

it('extracts all rows of a query, as of one position', async () => {
  // given the demo plant
  const { system } = await bootSystem({ clock: demoClock });
  await fillDemo(system);
  const { ask, extracted, rowsOf } = extracting(system.url);
  const { productionOrders } = await ask<{ productionOrders: { totalCount: number } }>(
    '{ productionOrders(first: 1) { totalCount } }',
  );

  // when somebody extracts its orders
  const query = '{ productionOrders { nodes { id state quantity { value unit } product { name } } } }';
  const extract = await extracted({ query, formats: ['JSON_LINES', 'CSV', 'PARQUET'] });

  // then each of them is there once, with what was asked of it
  expect(extract).toMatchObject({ state: 'DONE', failure: null, progress: { rows: productionOrders.totalCount } });
  const rows = await rowsOf(extract);
  expect(rows).toHaveLength(productionOrders.totalCount);
  expect(new Set(rows.map(({ id }) => id)).size).toBe(rows.length);
  expect(rows[0]).toMatchObject({ _id: expect.any(String), product: { name: expect.any(String) } });
});
