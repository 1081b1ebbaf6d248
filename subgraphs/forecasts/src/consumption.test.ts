import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bucketEnd } from '@takt/planning-time';
import { quantity, sum } from '@takt/quantity';
import { consume, type ConsumptionWindow } from './consumption.ts';

const ea = (value: string | number) => quantity(value, 'EA');
const MONDAYS = ['2026-11-02', '2026-11-09', '2026-11-16', '2026-11-23', '2026-11-30'] as const;
const OWN_BUCKET: ConsumptionWindow = { backwardDays: 0, forwardDays: 0 };

function weekly(quantities: readonly number[]) {
  return quantities.map((value, week) => {
    const bucketStart = MONDAYS[week]!;
    return { bucketStart, bucketEnd: bucketEnd(bucketStart, 'WEEK'), quantity: ea(value) };
  });
}

function net(quantities: readonly number[], orders: readonly (readonly [string, number])[], window = OWN_BUCKET) {
  const due = orders.map(([dueOn, value]) => ({ dueOn, quantity: ea(value) }));
  return consume(weekly(quantities), due, window).map((bucket) => Number(bucket.net.value));
}

describe('customer orders', () => {
  it('consume the forecast of the bucket that they are due in', () => {
    expect(net([20, 20], [['2026-11-12', 8]])).toEqual([20, 12]);
  });

  it('consume no more than there is: the rest exceeds the forecast', () => {
    expect(net([20, 20], [['2026-11-12', 25]])).toEqual([20, 0]);
  });

  it('reach back before they reach forward, to the nearest bucket first', () => {
    const order = [['2026-11-18', 50]] as const;
    expect(net([20, 20, 20, 20, 20], order, { backwardDays: 14, forwardDays: 14 })).toEqual([10, 0, 0, 20, 20]);
    expect(net([20, 20, 20, 20, 20], order, { backwardDays: 7, forwardDays: 14 })).toEqual([20, 0, 0, 10, 20]);
    expect(net([20, 20, 20, 20, 20], order, { backwardDays: 0, forwardDays: 14 })).toEqual([20, 20, 0, 0, 10]);
  });

  it('count a bucket as in reach if one day of it is', () => {
    expect(net([20, 20], [['2026-11-09', 30]], { backwardDays: 0, forwardDays: 0 })).toEqual([20, 0]);
    expect(net([20, 20], [['2026-11-09', 30]], { backwardDays: 1, forwardDays: 0 })).toEqual([10, 0]);
    expect(net([20, 20], [['2026-11-08', 30]], { backwardDays: 0, forwardDays: 1 })).toEqual([0, 10]);
  });

  it('of a bucket come before what spills over from others', () => {
    const orders = [
      ['2026-11-04', 30],
      ['2026-11-10', 20],
    ] as const;
    expect(net([20, 20, 20], orders, { backwardDays: 0, forwardDays: 14 })).toEqual([0, 0, 10]);
  });
});

describe('whatever is forecast and ordered', () => {
  const forecasts = fc.array(fc.integer({ min: 0, max: 40 }), { minLength: 1, maxLength: MONDAYS.length });
  const day = fc.integer({ min: 1, max: 30 }).map((n) => `2026-11-${String(n).padStart(2, '0')}`);
  const orders = fc.array(fc.tuple(day, fc.integer({ min: 0, max: 60 })), { maxLength: 8 });
  const days = fc.integer({ min: 0, max: 20 });

  it('consumed and net add up to the forecast, and no more is consumed than ordered', () => {
    fc.assert(
      fc.property(forecasts, orders, days, days, (quantities, due, backwardDays, forwardDays) => {
        const gross = weekly(quantities);
        const netted = consume(
          gross,
          due.map(([dueOn, value]) => ({ dueOn, quantity: ea(value) })),
          { backwardDays, forwardDays },
        );
        netted.forEach(({ consumed, net: left }, index) => {
          expect(Number(left.value)).toBeGreaterThanOrEqual(0);
          expect(Number(consumed.value)).toBeGreaterThanOrEqual(0);
          expect(sum([consumed, left], 'EA')).toEqual(gross[index]?.quantity);
        });
        const total = Number(
          sum(
            netted.map(({ consumed }) => consumed),
            'EA',
          ).value,
        );
        expect(total).toBeLessThanOrEqual(due.reduce((ordered, [, value]) => ordered + value, 0));
      }),
    );
  });

  it('the order in which orders are told does not matter', () => {
    fc.assert(
      fc.property(forecasts, orders, days, days, (quantities, due, backwardDays, forwardDays) => {
        const window = { backwardDays, forwardDays };
        expect(net(quantities, [...due].reverse(), window)).toEqual(net(quantities, due, window));
      }),
    );
  });
});
