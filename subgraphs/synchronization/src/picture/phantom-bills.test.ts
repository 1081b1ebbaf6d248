import type { BillOfMaterialRecord } from '@takt/products/contract';
import { expect, it, vi } from 'vitest';
import { phantomBills } from './phantom-bills.ts';

it('finds the bills of phantoms in phantoms for all units with one read for each level', async () => {
  const read = reader([bill('PUMP-END', ['SEAL']), bill('SEAL', ['RING'], ['SPRING']), bill('RING', [], ['STEEL'])]);

  const found = await phantomBills(
    [[bill('PUMP', ['PUMP-END'], ['MOTOR'])], [bill('SPARE-SET', ['SEAL'])], [bill('MOTOR', [], ['STATOR'])]],
    read,
  );

  expect(found.map((bills) => bills.map(({ id }) => id))).toEqual([
    ['B-PUMP-END', 'B-SEAL', 'B-RING'],
    ['B-SEAL', 'B-RING'],
    [],
  ]);
  expect(read.mock.calls.map(([phantoms]) => phantoms.map(({ sku }) => sku))).toEqual([['PUMP-END', 'SEAL'], ['RING']]);
});

it('reads each bill once when phantoms are part of each other', async () => {
  const read = reader([bill('A', ['B']), bill('B', ['A'])]);

  const found = await phantomBills([[bill('PUMP', ['A'])]], read);

  expect(found.map((bills) => bills.map(({ id }) => id))).toEqual([['B-A', 'B-B']]);
  expect(read).toHaveBeenCalledTimes(2);
});

it('goes ten levels deep and no deeper', async () => {
  const read = reader(Array.from({ length: 12 }, (_, level) => bill(`L${level}`, [`L${level + 1}`])));

  const [found] = await phantomBills([[bill('PUMP', ['L0'])]], read);

  expect(found?.map(({ id }) => id)).toEqual(Array.from({ length: 10 }, (_, level) => `B-L${level}`));
});

it('reads nothing where there is no phantom', async () => {
  const read = reader([]);

  expect(await phantomBills([[bill('MOTOR', [], ['STATOR'])], []], read)).toEqual([[], []]);
  expect(read).not.toHaveBeenCalled();
});

/** One of each, at P100. */
function bill(sku: string, phantoms: readonly string[], others: readonly string[] = []): BillOfMaterialRecord {
  const one = { value: '1', unit: 'EA' };
  return {
    id: `B-${sku}`,
    sku,
    location: 'P100',
    version: '1',
    baseQuantity: one,
    lines: [...phantoms, ...others].map((component, index) => ({
      position: 10 * (index + 1),
      component,
      quantity: one,
      phantom: index < phantoms.length,
    })),
  };
}

function reader(bills: readonly BillOfMaterialRecord[]) {
  return vi.fn((phantoms: readonly { readonly sku: string; readonly location: string }[]) =>
    Promise.resolve(
      phantoms.map(({ sku, location }) => bills.filter((each) => each.sku === sku && each.location === location)),
    ),
  );
}
