import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compareScalars, isScalar } from './conditions.ts';
import { encodeKey, rangeOf } from './index-keys.ts';
import type { Scalar } from './port.ts';

const anyScalar = fc.oneof(
  fc.constantFrom<Scalar[]>(
    null,
    true,
    false,
    '',
    '\0',
    '\0\0',
    '\u00ff',
    'a',
    'a\0',
    'a\u0001',
    0,
    -0,
    5e-324,
    -5e-324,
  ),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.string({ unit: 'binary', maxLength: 200 }).filter(isScalar),
);

describe('index keys', () => {
  it('sort by their bytes as their values do', () => {
    const anyKeys = fc.tuple(
      fc.array(anyScalar, { minLength: 3, maxLength: 3 }),
      fc.array(anyScalar, { minLength: 3, maxLength: 3 }),
    );
    fc.assert(
      fc.property(anyKeys, ([a, b]) => {
        const byValue = a.map((value, i) => compareScalars(value, b[i] ?? null)).find((order) => order !== 0) ?? 0;
        expect(Buffer.compare(encodeKey(a), encodeKey(b))).toBe(Math.sign(byValue));
      }),
      { numRuns: 2000 },
    );
  });

  it('lie in the range of a prefix if and only if they start with its values', () => {
    fc.assert(
      fc.property(anyScalar, anyScalar, anyScalar, (lead, value, rest) => {
        const { low, high } = rangeOf(encodeKey([lead]));
        const key = encodeKey([value, rest]);
        const inside = Buffer.compare(low, key) <= 0 && Buffer.compare(key, high) < 0;
        expect(inside).toBe(compareScalars(lead, value) === 0);
      }),
      { numRuns: 2000 },
    );
  });
});
