import { Value } from '@sinclair/typebox/value';
import { DecimalSchema } from '@takt/quantity';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkTimeZone, date, instant, sapDate } from './dates.ts';
import { decimal, idOf, kindOf, pad, quantity, unit, withoutZeros } from './functions.ts';

const units = new Map([
  ['ST', 'PC'],
  ['KGM', 'KG'],
]);

describe('$date', () => {
  it.each([
    ['2026-01-05', undefined, '2026-01-05'],
    ['2026-01-05T00:00:00', undefined, '2026-01-05'],
    ['20260105', 'YYYYMMDD', '2026-01-05'],
    [20260105, 'YYYYMMDD', '2026-01-05'],
    ['260105', 'YYMMDD', '2026-01-05'],
    ['690105', 'YYMMDD', '1969-01-05'],
    ['680105', 'YYMMDD', '2068-01-05'],
    [' 05.01.2026 ', 'DD.MM.YYYY', '2026-01-05'],
    ['01/05/2026', 'MM/DD/YYYY', '2026-01-05'],
    ['2024-02-29', undefined, '2024-02-29'],
  ])('reads %j by %j', (text, pattern, day) => {
    expect(date(text, pattern)).toBe(day);
  });

  it.each([undefined, null, '', '00000000', '0000-00-00', '  '])('makes nothing of %j', (text) => {
    expect(date(text, 'YYYYMMDD')).toBeUndefined();
  });

  it.each([
    ['20260231', 'YYYYMMDD'],
    ['2026-02-29', undefined],
    ['2026-13-01', undefined],
    ['5.1.2026', 'DD.MM.YYYY'],
    ['2026-01-05x', undefined],
    [true, undefined],
    ['20260105', 'YYYY'],
    ['20260105', 7],
    ['20260105', 'YYYYMMDDDD'],
  ])('refuses %j by %j', (text, pattern) => {
    expect(() => date(text, pattern)).toThrow(/Expected|calendar/);
  });

  it('reads every day of the calendar by every pattern', () => {
    const day = fc
      .date({ min: new Date('1970-01-01'), max: new Date('2067-12-31'), noInvalidDate: true })
      .map((each) => each.toISOString().slice(0, 10));
    fc.assert(
      fc.property(
        day,
        fc.constantFrom('YYYYMMDD', 'YYMMDD', 'DD.MM.YYYY', 'MM/DD/YY', 'DD (MM) YYYY'),
        (iso, pattern) => {
          const [year = '', month = '', ofMonth = ''] = iso.split('-');
          const parts: Record<string, string> = { YYYY: year, YY: year.slice(2), MM: month, DD: ofMonth };
          const text = pattern.replace(/YYYY|YY|MM|DD/g, (part) => parts[part] ?? '');
          expect(date(text, pattern)).toBe(iso);
        },
      ),
    );
  });
});

describe('$instant', () => {
  it.each([
    [['2026-01-05', '10:30:00', 'Europe/Berlin'], '2026-01-05T09:30:00.000Z'],
    [['20260705', '103000', 'Europe/Berlin'], '2026-07-05T08:30:00.000Z'],
    [['2026-01-05', '1030', 'Z'], '2026-01-05T10:30:00.000Z'],
    [['2026-01-05', 'PT10H30M0S', '+01:00'], '2026-01-05T09:30:00.000Z'],
    [['/Date(1767571200000)/', 'PT10H30M', 'UTC'], '2026-01-05T10:30:00.000Z'],
    [['2026-01-05', undefined, 'America/New_York'], '2026-01-05T05:00:00.000Z'],
    [['2026-01-05T10:30:00.5', 'Asia/Kolkata'], '2026-01-05T05:00:00.500Z'],
    [['2026-01-05 10:30', 'Asia/Tokyo'], '2026-01-05T01:30:00.000Z'],
    [['2026-01-05T10:30:00+01:00'], '2026-01-05T09:30:00.000Z'],
    [['/Date(1767609000000+0060)/'], '2026-01-05T10:30:00.000Z'],
    // Twice on that day: the first.
    [['2026-10-25', '02:30', 'Europe/Berlin'], '2026-10-25T00:30:00.000Z'],
    [['2026-10-25', '03:30', 'Europe/Berlin'], '2026-10-25T02:30:00.000Z'],
    [['2026-03-29', '01:59', 'Europe/Berlin'], '2026-03-29T00:59:00.000Z'],
    [['2026-03-29', '03:00', 'Europe/Berlin'], '2026-03-29T01:00:00.000Z'],
    // The clocks change at midnight.
    [['2026-09-05', '23:30', 'America/Santiago'], '2026-09-06T03:30:00.000Z'],
    [['2026-09-06', '01:00', 'America/Santiago'], '2026-09-06T04:00:00.000Z'],
  ])('reads %j', (given, at) => {
    expect(instant(...given)).toBe(at);
  });

  it.each([[[undefined]], [['']], [['00000000', '000000', 'UTC']], [[null, '10:00', 'UTC']]])(
    'makes nothing of %j',
    (given) => {
      expect(instant(...given)).toBeUndefined();
    },
  );

  it.each([
    [['2026-03-29', '02:30', 'Europe/Berlin'], 'does not exist in Europe/Berlin'],
    [['2026-09-06', '00:30', 'America/Santiago'], 'does not exist'],
    [['2026-01-05', '24:00', 'UTC'], 'Expected a time of day'],
    [['2026-01-05', '10:61', 'UTC'], 'Expected a time of day'],
    [['2026-01-05', 'noon', 'UTC'], 'Expected a time of day'],
    [['2026-01-05', '10:00', 'Europe/Atlantis'], 'Expected an IANA time zone'],
    [['2026-01-05', '10:00', undefined], 'Expected a time zone'],
    [['2026-01-05', '10:00', '+25:00'], 'Expected an IANA time zone'],
    [['2026-02-30', '10:00', 'UTC'], 'not a day of the calendar'],
    [['2026-01-05T10:30:00'], 'Expected a time with its offset'],
    [['/Date(99999999999999999)/'], 'Expected /Date'],
    [['/Date(x)/'], 'Expected /Date'],
  ])('refuses %j', (given, reason) => {
    expect(() => instant(...given)).toThrow(reason);
  });

  it('gives an instant whose wall time in the zone is the one that was given', () => {
    const zones = fc.constantFrom(
      'Europe/Berlin',
      'America/New_York',
      'Asia/Kolkata',
      'Australia/Lord_Howe',
      'America/Santiago',
    );
    const at = fc.date({ min: new Date('1975-01-01'), max: new Date('2035-01-01'), noInvalidDate: true });
    fc.assert(
      fc.property(at, zones, (moment, timeZone) => {
        const format = new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short', timeStyle: 'medium' });
        const [day, clock] = format.format(moment).split(' ');
        const answer = instant(day, clock, timeZone);
        expect(format.format(new Date(answer ?? ''))).toBe(`${day ?? ''} ${clock ?? ''}`);
        // A time that comes twice is the first.
        expect(Date.parse(answer ?? '')).toBeLessThanOrEqual(moment.getTime());
      }),
    );
  });

  it('knows what a time zone is', () => {
    for (const known of ['Z', '+01:00', 'UTC', 'Europe/Berlin']) expect(() => checkTimeZone(known)).not.toThrow();
    for (const unknown of ['', 'x'.repeat(1000), 'Mars/Base', 7, undefined, '1']) {
      expect(() => checkTimeZone(unknown)).toThrow('time zone');
    }
  });
});

describe('$sapDate', () => {
  it('is the day of a point in time', () => {
    expect(sapDate('/Date(1466121600000)/')).toBe('2016-06-17');
    expect(sapDate('/Date(-86400000+0000)/')).toBe('1969-12-31');
    expect(sapDate('')).toBeUndefined();
    expect(() => sapDate('2016-06-17')).toThrow('Expected /Date(milliseconds)/');
  });
});

describe('$decimal', () => {
  it.each([
    ['1234.50', undefined, '1234.5'],
    [' 12 ', undefined, '12'],
    [0.1, undefined, '0.1'],
    ['1.234,50', ',', '1234.5'],
    ['1234,5', ',', '1234.5'],
    ['-1.234.567', ',', '-1234567'],
    ['', undefined, undefined],
    [undefined, ',', undefined],
    [null, undefined, undefined],
  ])('reads %j with %j', (value, separator, text) => {
    expect(decimal(value, separator)).toBe(text);
  });

  it.each([
    ['1.234,50', undefined],
    ['1.5', ','],
    ['12.34,5', ','],
    ['1,234', undefined],
    ['abc', undefined],
    [true, undefined],
    [NaN, undefined],
    [{}, undefined],
    ['1', ';'],
    ['9'.repeat(35), undefined],
  ])('refuses %j with %j', (value, separator) => {
    expect(() => decimal(value, separator)).toThrow('Expected');
  });

  it('gives canonical text or refuses', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.double(), fc.integer()), fc.constantFrom('.', ','), (value, separator) => {
        let text;
        try {
          text = decimal(value, separator);
        } catch (error) {
          expect(error).toMatchObject({ code: 'MAPPING_FAILED' });
          return;
        }
        if (text !== undefined) expect(Value.Check(DecimalSchema, text)).toBe(true);
      }),
    );
  });
});

describe('$unit and $quantity', () => {
  it('translate by the file', () => {
    expect(unit(units, 'ST')).toBe('PC');
    expect(unit(undefined, 'ST')).toBe('ST');
    expect(unit(units, undefined)).toBeUndefined();
    expect(quantity(units, '10.0', 'KGM')).toEqual({ value: '10', unit: 'KG' });
    expect(quantity(units, undefined, 'KGM')).toBeUndefined();
  });

  it('know no other unit', () => {
    for (const code of ['LB', '', 'constructor', '__proto__']) {
      expect(() => unit(units, code)).toThrow(expect.objectContaining({ code: 'UNKNOWN_UNIT' }));
    }
    expect(() => quantity(units, 1, undefined)).toThrow(expect.objectContaining({ code: 'UNKNOWN_UNIT' }));
    expect(() => unit(units, 5)).toThrow('Expected a unit, received 5.');
  });
});

describe('Ids', () => {
  it('are text, of which zeros in front may not count', () => {
    expect(withoutZeros('000000000000004711')).toBe('4711');
    expect(withoutZeros('0000')).toBe('0');
    expect(withoutZeros('00AB')).toBe('00AB');
    expect(idOf(4711)).toBe('4711');
    expect(idOf('')).toBeUndefined();
    expect(() => idOf(1.5)).toThrow('Expected an id');
    expect(() => idOf('x'.repeat(201))).toThrow('at most 200');
    expect(kindOf('PRODUCT')).toBe('PRODUCT');
    expect(() => kindOf('PRODUKT')).toThrow('Expected PRODUCT, LOCATION');
  });
});

describe('$pad', () => {
  it('fills up to a width that is bounded', () => {
    expect(pad('ab', 5, '-')).toBe('ab---');
    expect(pad('ab', -5, '12')).toBe('121ab');
    expect(pad('abc', 2)).toBe('abc');
    expect(pad(undefined, 2)).toBeUndefined();
    expect(() => pad('a', 1e9)).toThrow('at most 1000');
  });
});
