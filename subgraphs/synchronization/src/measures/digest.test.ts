import fc from 'fast-check';
import { expect, it } from 'vitest';
import { digestOf, EMPTY_DIGEST, merged, MOST_BUCKETS, quantile, RELATIVE_ERROR } from './digest.ts';

const values = fc.array(fc.double({ min: 1, max: 1e8, noNaN: true }), { minLength: 1, maxLength: 200 });

it('tells a quantile within its error of the value that stands at its rank', () => {
  fc.assert(
    fc.property(values, fc.double({ min: 0, max: 1, noNaN: true }), (given, share) => {
      const sorted = [...given].sort((one, other) => one - other);
      const exact = sorted[Math.max(0, Math.ceil(share * given.length) - 1)]!;
      const told = quantile(digestOf(given), share)!;
      expect(Math.abs(told - exact)).toBeLessThanOrEqual(exact * RELATIVE_ERROR * (1 + 1e-9));
    }),
  );
});

it('is the same whatever the order and the parts', () => {
  fc.assert(
    fc.property(values, values, (one, other) => {
      const whole = digestOf([...one, ...other]);
      expect(merged([digestOf(other), digestOf(one)])).toEqual(whole);
      expect(digestOf([...one, ...other].reverse())).toEqual(whole);
    }),
  );
});

it('has a bounded number of buckets, and an exact maximum', () => {
  const digest = digestOf([0, 0.5, 1e9, 1e12]);
  expect(digest.max).toBe(1e12);
  expect(Object.keys(digest.buckets).map(Number)).toEqual([0, MOST_BUCKETS - 1]);
  expect(quantile(digest, 0.5)).toBe(1);
});

it('says nothing of nothing', () => {
  expect(quantile(EMPTY_DIGEST, 0.5)).toBeNull();
});
