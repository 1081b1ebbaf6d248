import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { code, dateTime, FieldFault, integer, number, seconds, text, timeOfDay } from './field-types.ts';

describe('the types of fields', () => {
  it.each([
    [number, 1, '1'],
    [number, '-1.500', '-1.5'],
    [number, 0.1, '0.1'],
    [integer, '20.0', 20],
    [seconds, '86400.0', '86400'],
    [seconds, 90, '90'],
    [seconds, '01:30:00', '5400'],
    [seconds, '2 00:00:00.5', '172800.5'],
    [dateTime, '2026-11-23 09:19:49', '2026-11-23T09:19:49'],
    [dateTime, '2026-11-23T09:19:49.123', '2026-11-23T09:19:49'],
    [dateTime, '2026-11-23', '2026-11-23T00:00:00'],
    [timeOfDay, '23:59:59', '23:59:59'],
    [timeOfDay, '06:00', '06:00:00'],
  ] as const)('read %#', (type, value, expected) => {
    expect(type.read(value)).toBe(expected);
  });

  it.each([
    [code, 'a\nb'],
    [code, '\u0000'],
    [code, '\ud800'],
    [text, '\ud800'],
    [text, 7],
  ] as const)('refuse what could not be an id or be stored, %#', (type, value) => {
    expect(() => type.read(value)).toThrow(FieldFault);
  });

  it('throw nothing but field faults, whatever the value', () => {
    fc.assert(
      fc.property(fc.constantFrom(number, integer, seconds, dateTime, timeOfDay), fc.anything(), (type, value) => {
        try {
          type.read(value);
        } catch (cause) {
          expect(cause).toBeInstanceOf(FieldFault);
        }
      }),
    );
  });
});
