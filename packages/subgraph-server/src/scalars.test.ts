import { parseValue as literal } from 'graphql';
import { describe, expect, it } from 'vitest';
import { DateScalar, DateTimeScalar, DecimalScalar } from './scalars.ts';

describe.each([
  [DateScalar, '2026-02-28', '2026-02-28'],
  [DateScalar, '2024-02-29', '2024-02-29'],
  [DateTimeScalar, '2026-11-23T08:00:00Z', '2026-11-23T08:00:00.000Z'],
  [DateTimeScalar, '2026-11-23T09:00:00.5+01:00', '2026-11-23T08:00:00.500Z'],
  [DecimalScalar, '12.50', '12.5'],
  [DecimalScalar, 12.5, '12.5'],
  [DecimalScalar, '-0.000000000000000001', '-0.000000000000000001'],
])('%s takes %s', (scalar, given, canonical) => {
  it('as a variable and as a literal', () => {
    expect(scalar.parseValue(given)).toBe(canonical);
    expect(scalar.parseLiteral(literal(JSON.stringify(given)), {})).toBe(canonical);
  });
});

it.each([
  [DateScalar, '2026-02-29'],
  [DateScalar, '2026-2-1'],
  [DateScalar, '2026-11-23T00:00:00Z'],
  [DateScalar, 20261123],
  [DateTimeScalar, '2026-11-23'],
  [DateTimeScalar, '2026-11-23T08:00:00'],
  [DateTimeScalar, '2026-02-30T08:00:00Z'],
  [DecimalScalar, 'NaN'],
  [DecimalScalar, ''],
  [DecimalScalar, '0x10'],
  [DecimalScalar, true],
])('%s refuses %s and says why', (scalar, given) => {
  expect(() => scalar.parseValue(given)).toThrow(scalar.name);
});
