import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { emptyLoad, loadsOf, monthsOf, MOST_MONTHS, withOrder, workCenterLoadId } from './load.ts';
import { confirmation, CREATED, givenOrder, RELEASED } from './order.fixture.ts';
import type { ProductionOrder } from './order.ts';

const order = givenOrder([CREATED]).state as ProductionOrder;
const turning = {
  order: 'PO-1',
  sequence: 10,
  start: '2026-03-02T06:00:00.000Z',
  end: '2026-03-02T10:00:00.000Z',
  minutes: 240,
};

describe('the load of an order', () => {
  it('is what its operations ask of each work center and month', () => {
    expect([...loadsOf(order)]).toMatchObject([
      ['LATHE/2026-03', [turning]],
      ['LINE-1/2026-03', [{ sequence: 20, minutes: 480 }]],
    ]);
  });

  it('is in each month that an operation touches, as a whole', () => {
    const [operation] = order.operations;
    const long = { ...order, operations: [{ ...operation!, scheduledEnd: '2026-05-01T00:00:00.000Z' }] };
    expect([...loadsOf(long).keys()]).toEqual(['LATHE/2026-03', 'LATHE/2026-04']);
  });

  it('takes the dates of the order where an operation has none', () => {
    const operations = [
      { ...order.operations[0]!, scheduledStart: undefined, scheduledEnd: undefined, plannedMinutes: undefined },
    ];
    expect([...loadsOf({ ...order, operations } as never).values()]).toEqual([
      [{ order: 'PO-1', sequence: 10, start: order.scheduledStart, end: order.scheduledEnd, minutes: null }],
    ]);
  });

  it('ends with each operation, and with the order', () => {
    const half = givenOrder([CREATED, RELEASED, confirmation('c1', 10, '100', true)]).state as ProductionOrder;
    expect([...loadsOf(half).keys()]).toEqual(['LINE-1/2026-03']);
    const done = givenOrder([CREATED, { type: 'ProductionOrderCancelled', data: { id: 'PO-1', reason: 'x' } }]).state;
    expect(loadsOf(done as ProductionOrder).size).toBe(0);
  });
});

describe('the load of a work center', () => {
  it('has an order’s part replaced as a whole, and nobody else’s touched', () => {
    const other = { ...turning, order: 'PO-2' };
    const load = withOrder(withOrder(emptyLoad('LATHE/2026-03'), 'PO-1', [turning]), 'PO-2', [other]);
    expect(withOrder(load, 'PO-1', []).operations).toEqual([other]);
    expect(withOrder(withOrder(load, 'PO-1', [turning]), 'PO-1', [turning]).operations).toHaveLength(2);
  });

  it('is found again by its id, whatever the code', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', minLength: 1 }), (code) => {
        expect(emptyLoad(workCenterLoadId(code, '2026-03'))).toEqual({
          workCenter: code,
          month: '2026-03',
          operations: [],
        });
      }),
    );
  });
});

describe('the months of a window', () => {
  it.each([
    ['2026-12-31T23:00:00.000Z', '2027-01-01T00:00:00.000Z', ['2026-12']],
    ['2026-12-31T23:00:00.000Z', '2027-02-01T00:00:00.001Z', ['2026-12', '2027-01', '2027-02']],
    ['2026-12-01T00:00:00.000Z', '2026-12-01T00:00:00.000Z', ['2026-12']],
  ])('from %s to %s are %o', (from, to, months) => {
    expect(monthsOf(from, to)).toEqual(months);
  });

  it('are bounded', () => {
    expect(monthsOf('0001-01-01T00:00:00.000Z', '9999-01-01T00:00:00.000Z')).toHaveLength(MOST_MONTHS);
  });
});
