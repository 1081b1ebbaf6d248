import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { anyCalendar } from './arbitrary-calendar.ts';
import type { PlanningCalendar } from './index.ts';
import { addWorkingTime, NoWorkingTimeError, valueAt, WEEKDAYS, workingIntervals, workingMinutes } from './index.ts';

const weekdays = WEEKDAYS.slice(0, 5);
const calendar = (
  periods: PlanningCalendar['periods'],
  timeZone = 'Europe/Berlin',
  defaultValue = 0,
): PlanningCalendar => ({
  code: 'C',
  timeZone,
  defaultValue,
  periods,
});
const always = calendar([], 'Europe/Berlin', 1);
const early = calendar([{ days: weekdays, startTime: '06:00', endTime: '14:00', value: 2, priority: 0 }]);
const nights = calendar([{ days: [...WEEKDAYS], startTime: '22:00', endTime: '06:00', value: 1, priority: 0 }]);

/** Changes of the clock in the zones of the arbitrary calendars. */
const anyDate = fc.constantFrom(
  '2025-03-30',
  '2025-10-26',
  '2025-03-09',
  '2025-11-02',
  '2025-04-06',
  '2025-04-25',
  '2025-10-31',
);
const at = (date: string, minutes: number): string =>
  new Date(Date.parse(`${date}T00:00:00Z`) + minutes * 60_000).toISOString();
const dayAround = fc.integer({ min: -1500, max: 3000 });

describe('working time', () => {
  it('knows days of 23 and of 25 hours', () => {
    expect(workingMinutes([always], '2025-03-30T00:00+01:00', '2025-03-31T00:00+02:00')).toBe(23 * 60);
    expect(workingMinutes([always], '2025-10-26T00:00+02:00', '2025-10-27T00:00+01:00')).toBe(25 * 60);
  });

  it('lets a night shift last seven, eight or nine hours', () => {
    expect(workingMinutes([nights], '2025-03-29T12:00:00Z', '2025-03-30T12:00:00Z')).toBe(7 * 60);
    expect(workingMinutes([nights], '2025-06-01T12:00:00Z', '2025-06-02T12:00:00Z')).toBe(8 * 60);
    expect(workingIntervals([nights], '2025-10-25T12:00:00Z', '2025-10-26T12:00:00Z')).toEqual([
      { start: '2025-10-25T20:00:00.000Z', end: '2025-10-26T05:00:00.000Z', value: 1 },
    ]);
  });

  it('is what all calendars have in common, with the least of their values', () => {
    const machine = calendar([{ from: '2025-01-07T08:00', days: [...WEEKDAYS], value: 5, priority: 0 }], 'UTC', 1);
    expect(workingIntervals([early, machine], '2025-01-05T00:00:00Z', '2025-01-08T00:00:00Z')).toEqual([
      { start: '2025-01-06T05:00:00.000Z', end: '2025-01-06T13:00:00.000Z', value: 1 },
      { start: '2025-01-07T05:00:00.000Z', end: '2025-01-07T08:00:00.000Z', value: 1 },
      { start: '2025-01-07T08:00:00.000Z', end: '2025-01-07T13:00:00.000Z', value: 2 },
    ]);
    expect(workingIntervals([early, nights], '2025-01-05T00:00:00Z', '2025-02-05T00:00:00Z')).toEqual([]);
  });

  it('is always if there is no calendar, and never in an empty range', () => {
    expect(workingMinutes([], '2025-01-01T00:00:00Z', '2025-01-02T00:00:00Z')).toBe(1440);
    expect(workingMinutes([], '2025-01-02T00:00:00Z', '2025-01-01T00:00:00Z')).toBe(0);
    expect(workingIntervals([always], '2025-01-01T00:00:00Z', '2025-01-01T00:00:00Z')).toEqual([]);
  });

  it('runs on across the turn of a year and over days that are alike', () => {
    expect(workingIntervals([always], '2024-12-01T00:00:00Z', '2025-02-01T00:00:00Z')).toHaveLength(1);
  });

  it('refuses a range of millennia and what is not an instant', () => {
    expect(() => workingMinutes([always], '0001-01-01T00:00:00Z', '9999-01-01T00:00:00Z')).toThrow(RangeError);
    expect(() => workingMinutes([always], '2025-01-01', '2025-01-02')).toThrow(RangeError);
  });

  it('agrees with a count minute by minute over any calendars', () => {
    fc.assert(
      fc.property(
        anyDate.chain((date) =>
          fc.tuple(fc.constant(date), fc.array(anyCalendar(date), { minLength: 1, maxLength: 2 })),
        ),
        dayAround,
        ([date, calendars], first) => {
          const minutes = Array.from({ length: 400 }, (_, index) => at(date, first + index));
          const values = minutes.map((minute) => Math.min(...calendars.map((each) => valueAt(each, minute))));
          const to = at(date, first + minutes.length);
          expect(workingMinutes(calendars, at(date, first), to)).toBe(values.filter((value) => value > 0).length);
          const intervals = workingIntervals(calendars, at(date, first), to);
          const capacity = intervals.reduce((sum, { start, end, value }) => sum + value * minutesFrom(start, end), 0);
          expect(capacity).toBe(values.reduce((sum, value) => sum + value, 0));
          for (const [index, { start, value }] of intervals.entries()) {
            const previous = intervals[index - 1];
            expect(
              previous === undefined || previous.end < start || (previous.end === start && previous.value !== value),
            ).toBe(true);
          }
        },
      ),
      { numRuns: 60 },
    );
  });

  it('adds up over the parts of a range, and in common never exceeds one calendar', () => {
    fc.assert(
      fc.property(
        anyDate.chain((date) => fc.tuple(fc.constant(date), anyCalendar(date), anyCalendar(date))),
        fc.array(fc.integer({ min: -20_000, max: 20_000 }), { minLength: 3, maxLength: 3 }),
        ([date, one, other], minutes) => {
          const [from, middle, to] = minutes.sort((a, b) => a - b).map((minute) => at(date, minute)) as [
            string,
            string,
            string,
          ];
          const both = workingMinutes([one, other], from, to);
          expect(workingMinutes([one, other], from, middle) + workingMinutes([one, other], middle, to)).toBe(both);
          expect(workingMinutes([other, one], from, to)).toBe(both);
          expect(workingMinutes([one, one], from, to)).toBe(workingMinutes([one], from, to));
          expect(both).toBeLessThanOrEqual(
            Math.min(workingMinutes([one], from, to), workingMinutes([other], from, to)),
          );
        },
      ),
    );
  });
});

describe('adding working time', () => {
  it('skips what is not worked, forwards and backwards', () => {
    expect(addWorkingTime([early], '2025-01-03T12:00:00Z', 90)).toBe('2025-01-06T05:30:00.000Z');
    expect(addWorkingTime([early], '2025-01-06T05:30:00Z', -90)).toBe('2025-01-03T12:00:00.000Z');
    expect(addWorkingTime([early], '2025-01-03T12:00:00Z', 60)).toBe('2025-01-03T13:00:00.000Z');
    expect(addWorkingTime([early], '2025-01-04T12:00:00Z', 0)).toBe('2025-01-04T12:00:00.000Z');
    expect(addWorkingTime([early], '2025-01-04T12:00:00Z', 0.5)).toBe('2025-01-06T05:00:30.000Z');
  });

  it('gives up at the horizon', () => {
    expect(() => addWorkingTime([early, nights], '2025-01-01T00:00:00Z', 1)).toThrow(NoWorkingTimeError);
    expect(() => addWorkingTime([early], '2025-01-01T00:00:00Z', 1e9)).toThrow(
      'within 730 days of 2025-01-01T00:00:00Z',
    );
    expect(() => addWorkingTime([early], '2025-01-04T00:00:00Z', 1, 2)).toThrow(NoWorkingTimeError);
    expect(() => addWorkingTime([early], '2025-01-04T00:00:00Z', 1, NaN)).toThrow(NoWorkingTimeError);
    expect(() => addWorkingTime([early], '2025-01-04T00:00:00Z', NaN)).toThrow(RangeError);
  });

  it('works exactly that many minutes, no later and no earlier than needed', () => {
    fc.assert(
      fc.property(
        anyDate.chain((date) => fc.tuple(fc.constant(date), fc.array(anyCalendar(date), { maxLength: 2 }))),
        dayAround,
        fc.integer({ min: 1, max: 3000 }),
        ([date, calendars], start, minutes) => {
          const from = at(date, start);
          let end: string;
          try {
            end = addWorkingTime(calendars, from, minutes, 60);
          } catch (error) {
            expect(error).toBeInstanceOf(NoWorkingTimeError);
            expect(workingMinutes(calendars, from, at(date, start + 60 * 1440))).toBeLessThan(minutes);
            return;
          }
          expect(workingMinutes(calendars, from, end)).toBe(minutes);
          expect(workingMinutes(calendars, from, at(end.slice(0, 10), minutesOfDay(end) - 1))).toBeLessThan(minutes);
          const back = addWorkingTime(calendars, end, -minutes, 120);
          expect(workingMinutes(calendars, back, end)).toBe(minutes);
          expect(back >= from).toBe(true);
        },
      ),
    );
  });
});

function minutesFrom(start: string, end: string): number {
  return (Date.parse(end) - Date.parse(start)) / 60_000;
}

function minutesOfDay(instant: string): number {
  return minutesFrom(`${instant.slice(0, 10)}T00:00:00Z`, instant);
}
