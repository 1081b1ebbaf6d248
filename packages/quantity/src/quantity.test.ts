import { Value } from '@sinclair/typebox/value';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  add,
  allocate,
  compare,
  convert,
  decimal,
  DecimalSchema,
  InvalidDecimalError,
  isNegative,
  isZero,
  max,
  min,
  multiply,
  negate,
  quantity,
  QuantitySchema,
  roundUp,
  subtract,
  sum,
  UnitMismatchError,
  UnknownUnitError,
} from './index.ts';

const pieces = (value: string | number) => quantity(value, 'PC');
const anyPieces = fc
  .tuple(fc.bigInt({ min: -(10n ** 15n), max: 10n ** 15n }), fc.integer({ min: 0, max: 12 }))
  .map(([digits, scale]) => pieces(`${String(digits)}e-${String(scale)}`));

describe('decimal', () => {
  it.each([
    ['12.50', '12.5'],
    ['+007', '7'],
    ['-0.00', '0'],
    ['.5', '0.5'],
    ['5.', '5'],
    ['1e3', '1000'],
    ['1.5E-7', '0.00000015'],
    [-0, '0'],
    [1e21, '1000000000000000000000'],
    [1e-7, '0.0000001'],
    [0.1 + 0.2, '0.30000000000000004'],
    ['9999999999999999999999999999999999', '9999999999999999999999999999999999'],
  ])('writes %s as %s', (given, canonical) => {
    expect(decimal(given)).toBe(canonical);
    expect(Value.Check(DecimalSchema, canonical)).toBe(true);
  });

  it.each(['', ' ', '1 ', 'NaN', 'Infinity', '0x1F', '1,5', '--1', '1e', '.', '1e9999', '1'.repeat(35)])(
    'refuses %s',
    (given) => {
      expect(() => decimal(given)).toThrow(InvalidDecimalError);
    },
  );

  it.each([NaN, Infinity, -Infinity, 1e-300])('refuses the number %s', (given) => {
    expect(() => decimal(given)).toThrow(InvalidDecimalError);
  });

  it('says what it expected and what it received', () => {
    expect(() => decimal('abc')).toThrow('Expected a decimal number such as 12.5, received "abc".');
    expect(() => decimal('1'.repeat(35))).toThrow('at most 34 digits');
    expect(() => decimal('1'.repeat(1e6))).toThrow(/received "1{60}…"/);
  });

  it('takes every JSON number as its shortest decimal', () => {
    fc.assert(
      fc.property(fc.double({ min: -1e15, max: 1e15, noNaN: true }), (number) => {
        fc.pre(number === 0 || Math.abs(number) > 1e-15);
        const canonical = decimal(number);
        expect(Number(canonical)).toBe(number === 0 ? 0 : number);
        expect(Value.Check(DecimalSchema, canonical)).toBe(true);
        expect(decimal(canonical)).toBe(canonical);
      }),
    );
  });
});

describe('DecimalSchema', () => {
  it.each(['', '-0', '01', '1.0', '1.', '.5', '1e3', '+1', '-', '0.0'])('refuses the non-canonical %s', (given) => {
    expect(Value.Check(DecimalSchema, given)).toBe(false);
  });
});

describe('quantity', () => {
  it('refuses an empty unit', () => {
    expect(() => quantity(1, '')).toThrow(RangeError);
  });

  it('names both units when they differ', () => {
    const kilograms = quantity(1, 'KG');
    for (const combine of [add, subtract, compare, max, min]) {
      expect(() => combine(pieces(1), kilograms)).toThrow(UnitMismatchError);
    }
    expect(() => sum([kilograms], 'PC')).toThrow(/PC.*KG/);
  });

  it('adds a tenth ten times without drift', () => {
    expect(
      sum(
        Array.from({ length: 10 }, () => pieces(0.1)),
        'PC',
      ),
    ).toEqual(pieces(1));
    expect(sum([], 'PC')).toEqual(pieces(0));
  });

  it('refuses a sum that would lose a digit', () => {
    expect(() => add(pieces('1e33'), pieces('1e-20'))).toThrow(InvalidDecimalError);
  });

  it('rounds products half to even at twenty decimals', () => {
    expect(multiply(pieces('1e-20'), '0.5')).toEqual(pieces(0));
    expect(multiply(pieces('3e-20'), '0.5')).toEqual(pieces('2e-20'));
    expect(multiply(pieces(250), 1.02)).toEqual(pieces(255));
  });

  it('adds in any order and grouping to the same canonical result', () => {
    fc.assert(
      fc.property(anyPieces, anyPieces, anyPieces, (a, b, c) => {
        expect(add(add(a, b), c)).toEqual(add(a, add(b, c)));
        expect(add(a, b)).toEqual(add(b, a));
        expect(sum([a, b, c], 'PC')).toEqual(add(add(c, b), a));
        expect(subtract(add(a, b), b)).toEqual(a);
        expect(isZero(add(a, negate(a)))).toBe(true);
        expect(Value.Check(QuantitySchema, add(a, b))).toBe(true);
      }),
    );
  });

  it('orders as its differences do', () => {
    fc.assert(
      fc.property(anyPieces, anyPieces, (a, b) => {
        expect(compare(a, b) < 0).toBe(isNegative(subtract(a, b)));
        expect(compare(a, b)).toBe(0 - compare(b, a));
        expect(compare(max(a, b), min(a, b))).not.toBe(-1);
        expect(add(max(a, b), min(a, b))).toEqual(add(a, b));
      }),
    );
  });
});

describe('convert', () => {
  const conversions = [
    { unit: 'PC', numerator: '1', denominator: '1' },
    { unit: 'BOX', numerator: '12', denominator: '1' },
    { unit: 'KG', numerator: '1000', denominator: '7' },
  ];

  it('goes through the base unit exactly', () => {
    expect(convert(quantity('2.5', 'BOX'), 'PC', conversions)).toEqual(pieces(30));
    expect(convert(quantity(7, 'KG'), 'BOX', conversions)).toEqual(quantity('83.33333333333333333333', 'BOX'));
    expect(convert(quantity(84, 'KG'), 'BOX', conversions)).toEqual(quantity(1000, 'BOX'));
    expect(convert(quantity(84, 'G'), 'G', [])).toEqual(quantity(84, 'G'));
  });

  it('refuses an unknown unit and a ratio that is not positive', () => {
    expect(() => convert(pieces(1), 'M', conversions)).toThrow(UnknownUnitError);
    expect(() => convert(pieces(1), 'M', conversions)).toThrow('no conversion for unit M; known units: PC, BOX, KG');
    const broken = [...conversions, { unit: 'M', numerator: '0', denominator: '1' }];
    expect(() => convert(pieces(1), 'M', broken)).toThrow('positive');
  });

  it('comes back to what it left, to within the last decimals kept', () => {
    fc.assert(
      fc.property(fc.integer({ min: -1e9, max: 1e9 }), (value) => {
        const there = convert(pieces(value), 'KG', conversions);
        const difference = subtract(convert(there, 'PC', conversions), pieces(value));
        expect(Math.abs(Number(difference.value))).toBeLessThan(1e-16);
      }),
    );
  });
});

describe('allocate', () => {
  it('gives the rest to the largest remainders, earlier parts first', () => {
    expect(allocate(pieces(100), [1, 1, 1]).map((part) => part.value)).toEqual(['34', '33', '33']);
    expect(allocate(pieces(-10), [5, 1, 5]).map((part) => part.value)).toEqual(['-5', '-1', '-4']);
    expect(allocate(pieces(1), [1, 1, 1], 2).map((part) => part.value)).toEqual(['0.34', '0.33', '0.33']);
    expect(allocate(pieces('0.01'), [0, 2]).map((part) => part.value)).toEqual(['0', '0.01']);
  });

  it('refuses weights that give no proportion', () => {
    for (const weights of [[], [0, 0], [1, -1], [0.5], [NaN]])
      expect(() => allocate(pieces(1), weights)).toThrow(RangeError);
  });

  it('adds up, and no part is a last digit away from its share', () => {
    const weights = fc
      .array(fc.integer({ min: 0, max: 31 }), { minLength: 1, maxLength: 12 })
      .filter((each) => each.some((weight) => weight > 0));
    fc.assert(
      fc.property(anyPieces, weights, fc.integer({ min: 0, max: 4 }), (whole, each, decimals) => {
        const parts = allocate(whole, each, decimals);
        expect(sum(parts, 'PC')).toEqual(whole);
        const total = each.reduce((a, b) => a + b, 0);
        const scale = Math.max(decimals, whole.value.split('.')[1]?.length ?? 0);
        parts.forEach((part, index) => {
          const distance = subtract(multiply(part, total), multiply(whole, each[index] ?? 0));
          const bound = quantity(`${String(total)}e-${String(scale)}`, 'PC');
          expect(compare(isNegative(distance) ? negate(distance) : distance, bound)).toBe(-1);
        });
      }),
    );
  });
});

describe('roundUp', () => {
  it('gives the least whole number of steps that is not less', () => {
    const up = (value: string, step: string) => roundUp(pieces(value), pieces(step)).value;
    expect([up('10', '4'), up('12', '4'), up('0', '4'), up('0.31', '0.1'), up('-5', '4')]).toEqual([
      '12',
      '12',
      '0',
      '0.4',
      '-4',
    ]);
    expect(() => up('1', '0')).toThrow(RangeError);
  });
});
