import { expect, it } from 'vitest';
import { TODAY } from './arbitrary-facts.ts';
import { customerOrder, pieces, productionOrder, pump, stock } from './facts.fixture.ts';
import { unneededOrders } from './unneeded.ts';

const question = { today: TODAY, to: '2027-03-01' };
const needing = (pumps: number, safetyStock = 0) =>
  pump({
    stock: stock(50, { safetyStock: pieces(safetyStock) }),
    customerOrders: [customerOrder('S1', '2026-12-10', pumps)],
    makingOrders: [
      productionOrder('P1', '2026-12-08', 50),
      productionOrder('P2', '2026-12-09', 50, { state: 'IN_PROGRESS' }),
      productionOrder('P3', '2026-12-20', 50),
    ],
  });

it('are orders that no demand is met from, the last one first', () => {
  expect(unneededOrders(needing(50), question)).toEqual(['P3', 'P1']);
  expect(unneededOrders(needing(60), question)).toEqual(['P3']);
  expect(unneededOrders(needing(150), question)).toEqual(['P3']);
  expect(unneededOrders(needing(151), question)).toEqual([]);
});

it('are not those that have begun', () => {
  expect(unneededOrders(needing(0), question)).toEqual(['P3', 'P1']);
});

it('are not those that safety stock is short without', () => {
  expect(unneededOrders(needing(50, 60), question)).toEqual(['P3']);
  expect(unneededOrders(needing(50, 101), question)).toEqual([]);
});
