import type { BillOfMaterialRecord } from '@takt/products/contract';
import { expect, it } from 'vitest';
import { pieces, pump } from '../supply-demand/facts.fixture.ts';
import { componentsOf } from './components.ts';
import { routing } from './problem.fixture.ts';

const DATE = '2026-12-01';

/** For 20 pumps it takes 20 / 10 × 8 = 16 pump ends, of which a fifth is scrapped: 20, that is 5 times its base of 4. */
const PUMP = bill('PUMP', 10, [
  { position: 10, component: 'MOTOR', quantity: pieces(10), operation: 'LATHE' },
  {
    position: 20,
    component: 'PUMP-END',
    quantity: pieces(8),
    phantom: true,
    scrapPercent: 20,
    operation: 'LINE',
    substitutes: [{ component: 'OLD-END', group: 'E', priority: 1, ratio: '1', approvalNeeded: true }],
  },
  { position: 30, component: 'LABEL', quantity: pieces(10) },
]);

it('asks instead of a phantom for what is in it, and in the phantoms in that', () => {
  const pumpEnd = bill('PUMP-END', 4, [
    { position: 10, component: 'IMPELLER', quantity: pieces(4) },
    { position: 20, component: 'SEAL', quantity: pieces(6), phantom: true, operation: 'LATHE' },
    { position: 30, component: 'JIG', quantity: pieces(1), fixed: true },
    { position: 40, component: 'OLD-RING', quantity: pieces(4), effectiveTo: DATE },
    { position: 50, component: 'NEW-RING', quantity: pieces(4), effectiveFrom: DATE },
  ]);
  const seal = bill('SEAL', 1, [
    { position: 10, component: 'GREASE', quantity: pieces('0.25', 'KG'), scrapPercent: 50 },
  ]);
  const facts = pump({ billsOfMaterial: [PUMP], phantomBills: [pumpEnd, seal] });

  expect(componentsOf(facts, routing(), pieces(20), DATE)).toEqual([
    { position: 10, sku: 'MOTOR', required: pieces(20), operation: 10 },
    { position: 31, sku: 'IMPELLER', required: pieces(20), operation: 20 },
    // 5 × 6 = 30 seals of 0.25 kg, half of which is scrapped.
    { position: 32, sku: 'GREASE', required: pieces(15, 'KG'), operation: 10 },
    { position: 33, sku: 'JIG', required: pieces(1), operation: 20 },
    { position: 34, sku: 'NEW-RING', required: pieces(20), operation: 20 },
    { position: 30, sku: 'LABEL', required: pieces(20) },
  ]);
});

it('takes the bill of a phantom that is valid when the order starts', () => {
  const first = { ...bill('PUMP-END', 1, [line('BRASS')]), validTo: DATE };
  const second = { ...bill('PUMP-END', 1, [line('STEEL')]), validFrom: DATE };
  const facts = pump({ billsOfMaterial: [PUMP], phantomBills: [first, second] });
  const on = (date: string) => componentsOf(facts, routing(), pieces(20), date).map(({ sku }) => sku);

  expect(on('2026-11-30')).toEqual(['MOTOR', 'BRASS', 'LABEL']);
  expect(on(DATE)).toEqual(['MOTOR', 'STEEL', 'LABEL']);
});

it.each<[string, BillOfMaterialRecord[]]>([
  ['nobody told what is in it', []],
  ['its bill is over another unit', [{ ...bill('PUMP-END', 1, [line('SEAL')]), baseQuantity: pieces(1, 'KG') }]],
  ['its bill is over nothing', [bill('PUMP-END', 0, [line('SEAL')])]],
  ['it is in itself', [bill('PUMP-END', 1, [line('SEAL'), line('PUMP-END', true)])]],
  [
    'it is in a phantom that is in it',
    [bill('PUMP-END', 1, [line('SEAL', true)]), bill('SEAL', 1, [line('RING'), line('PUMP-END', true)])],
  ],
])('asks for a phantom itself when %s', (_, phantomBills) => {
  const facts = pump({ billsOfMaterial: [PUMP], phantomBills });

  expect(componentsOf(facts, routing(), pieces(20), DATE)).toEqual([
    { position: 10, sku: 'MOTOR', required: pieces(20), operation: 10 },
    { position: 20, sku: 'PUMP-END', required: pieces(20), operation: 20 },
    { position: 30, sku: 'LABEL', required: pieces(20) },
  ]);
});

it('looks into a phantom as far as phantoms in it go round in a circle', () => {
  const phantomBills = [
    bill('PUMP-END', 1, [line('IMPELLER'), line('SEAL', true)]),
    bill('SEAL', 1, [line('RING', true)]),
    bill('RING', 1, [line('SEAL', true)]),
  ];
  const facts = pump({ billsOfMaterial: [PUMP], phantomBills });

  expect(componentsOf(facts, routing(), pieces(20), DATE).map(({ sku }) => sku)).toEqual([
    'MOTOR',
    'IMPELLER',
    'SEAL',
    'LABEL',
  ]);
});

function line(component: string, phantom = false): BillOfMaterialRecord['lines'][number] {
  return { position: 10, component, quantity: pieces(1), phantom };
}

function bill(sku: string, base: number, lines: BillOfMaterialRecord['lines']): BillOfMaterialRecord {
  return { id: `B-${sku}`, sku, location: 'P100', version: '1', baseQuantity: pieces(base), lines };
}
