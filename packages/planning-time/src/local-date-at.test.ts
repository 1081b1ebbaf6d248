import fc from 'fast-check';
import { Temporal } from 'temporal-polyfill';
import { expect, it } from 'vitest';
import { localDateAt } from './index.ts';

it.each([
  ['Europe/Berlin', '2026-03-28T23:30:00Z', '2026-03-29'],
  ['Europe/Berlin', '2026-10-25T22:59:59.999Z', '2026-10-25'],
  ['Europe/Berlin', '2026-10-25T23:00:00Z', '2026-10-26'],
  ['America/New_York', '2026-11-26T04:30:00+00:00', '2026-11-25'],
  ['Asia/Kolkata', '2026-11-26T19:00:00+00:00', '2026-11-27'],
])('in %s it is at %s the day %s', (timeZone, instant, date) => {
  expect(localDateAt(timeZone, instant)).toBe(date);
});

it('agrees with Temporal at any instant', () => {
  const zones = ['UTC', 'Europe/Berlin', 'America/Sao_Paulo', 'Pacific/Apia', 'Australia/Lord_Howe'];
  const milliseconds = fc.integer({ min: Date.UTC(1990, 0, 1), max: Date.UTC(2060, 0, 1) });
  fc.assert(
    fc.property(fc.constantFrom(...zones), milliseconds, (timeZone, at) => {
      const expected = Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(timeZone).toPlainDate().toString();
      expect(localDateAt(timeZone, new Date(at).toISOString())).toBe(expected);
    }),
  );
});

it('refuses a zone that does not exist', () => {
  expect(() => localDateAt('Europe/Atlantis', '2026-11-26T00:00:00Z')).toThrow(RangeError);
});
