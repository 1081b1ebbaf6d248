import { Value } from '@sinclair/typebox/value';
import fc from 'fast-check';
import { Temporal } from 'temporal-polyfill';
import { describe, expect, it } from 'vitest';
import { anyCalendar, dateTime } from './arbitrary-calendar.ts';
import type { CalendarPeriod, PlanningCalendar } from './index.ts';
import { checkCalendar, InvalidCalendarError, PlanningCalendarSchema, valueAt, WEEKDAYS } from './index.ts';

const weekdays = WEEKDAYS.slice(0, 5);
const everyDay = [...WEEKDAYS];

/** The warehouse of frePPLe's calendar example: weekdays from 8 to 17 with a lunch break, closed at Christmas. */
const warehouse: PlanningCalendar = {
  code: 'WAREHOUSE',
  timeZone: 'Europe/Brussels',
  defaultValue: 0,
  periods: [
    { days: weekdays, startTime: '08:00', endTime: '17:00', value: 1, priority: 10 },
    { days: weekdays, startTime: '12:00', endTime: '13:00', value: 0, priority: 5 },
    { from: '2014-12-25', to: '2014-12-26', days: everyDay, value: 0, priority: 1 },
  ],
};

describe('a calendar', () => {
  it.each([
    ['2014-12-20T13:00', 0, 'the weekend: no period'],
    ['2014-12-22T11:00', 1, 'working hours'],
    ['2014-12-22T07:59:59.999', 0, 'before the start'],
    ['2014-12-22T08:00', 1, 'the start is inclusive'],
    ['2014-12-22T17:00', 0, 'the end is exclusive'],
    ['2014-12-23T12:15', 0, 'the lunch break has the lower priority number'],
    ['2014-12-25T11:00', 0, 'a holiday'],
  ])('at %s has the value %d: %s', (local, value) => {
    expect(valueAt(warehouse, `${local}+01:00`)).toBe(value);
  });

  it('lets the latest start win among periods of one priority, then the later in the list', () => {
    const period = (from: string | undefined, value: number): CalendarPeriod => ({
      ...(from === undefined ? {} : { from }),
      days: everyDay,
      value,
      priority: 0,
    });
    const at = (periods: CalendarPeriod[]): number =>
      valueAt({ code: 'C', timeZone: 'UTC', defaultValue: 9, periods }, '2025-05-05T12:00:00Z');
    expect(at([period('2025-03-01', 3), period('2025-01-01', 1), period(undefined, 0)])).toBe(3);
    expect(at([period('2025-01-01', 1), period('2025-01-01', 2)])).toBe(2);
    expect(at([period(undefined, 1), period(undefined, 2)])).toBe(2);
    expect(at([period('2025-06-01', 1)])).toBe(9);
  });

  it('carries a night shift into the day after, up to the end of its validity', () => {
    const nights: PlanningCalendar = {
      code: 'NIGHTS',
      timeZone: 'UTC',
      defaultValue: 0,
      periods: [{ to: '2025-01-04', days: ['FRIDAY'], startTime: '22:00', endTime: '06:00', value: 1, priority: 0 }],
    };
    expect(valueAt(nights, '2024-12-28T05:59:59Z')).toBe(1);
    expect(valueAt(nights, '2024-12-28T06:00:00Z')).toBe(0);
    expect(valueAt(nights, '2025-01-03T23:59:59Z')).toBe(1);
    expect(valueAt(nights, '2025-01-04T00:00:00Z')).toBe(0);
    expect(valueAt(nights, '2025-01-03T05:00:00Z')).toBe(0);
  });

  it('tells a day on which a period starts or ends from the same weekday of other weeks', () => {
    const fromNoon: PlanningCalendar = {
      code: 'FROM-NOON',
      timeZone: 'UTC',
      defaultValue: 0,
      periods: [{ from: '2025-05-05T12:00', days: everyDay, value: 1, priority: 0 }],
    };
    expect(valueAt(fromNoon, '2025-05-12T06:00:00Z')).toBe(1);
    expect(valueAt(fromNoon, '2025-05-05T06:00:00Z')).toBe(0);
    expect(valueAt(fromNoon, '2025-05-19T06:00:00Z')).toBe(1);
  });

  it('agrees with its schema, which knows no other fields', () => {
    expect(Value.Check(PlanningCalendarSchema, warehouse)).toBe(true);
    const withPeriod = (period: object) => ({
      ...warehouse,
      periods: [{ days: weekdays, value: 1, priority: 0, ...period }],
    });
    expect(Value.Check(PlanningCalendarSchema, withPeriod({ from: '2025-01-01T06:00' }))).toBe(true);
    for (const bad of [
      { value: -1 },
      { days: ['SOMEDAY'] },
      { endTime: '24:00' },
      { from: '1.1.2025' },
      { colour: 1 },
    ]) {
      expect(Value.Check(PlanningCalendarSchema, withPeriod(bad))).toBe(false);
    }
  });

  it('is refused with the reason if it makes no sense', () => {
    const withPeriod = (period: Partial<CalendarPeriod>) => ({
      ...warehouse,
      periods: [{ days: weekdays, value: 1, priority: 0, ...period }],
    });
    expect(() => {
      checkCalendar({ ...warehouse, timeZone: 'Mars/Olympus' });
    }).toThrow(InvalidCalendarError);
    expect(() => {
      checkCalendar(withPeriod({ from: '2025-02-30' }));
    }).toThrow('Calendar WAREHOUSE: Expected a date YYYY-MM-DD that exists, received "2025-02-30".');
    expect(() => {
      checkCalendar(withPeriod({ from: '2025-02-02', to: '2025-02-01' }));
    }).toThrow('ends (2025-02-01) before it starts');
    expect(() => {
      checkCalendar(withPeriod({ startTime: '25:00' }));
    }).toThrow('HH:MM');
  });

  it('has at every minute the value that the wall clock says', () => {
    fc.assert(
      fc.property(
        fc
          .constantFrom('2025-03-30', '2025-10-26', '2025-03-09', '2025-11-02', '2025-04-06', '2025-04-25')
          .chain((date) =>
            fc.tuple(
              anyCalendar(date),
              fc.array(fc.integer({ min: -15_000, max: 15_000 }), { minLength: 1, maxLength: 10 }),
              fc.constant(date),
            ),
          ),
        ([calendar, minutes, date]) => {
          for (const minute of minutes) {
            const instant = Temporal.Instant.from(`${date}T00:00Z`).add({ minutes: minute });
            expect(valueAt(calendar, instant.toString())).toBe(valueByWallClock(calendar, instant));
          }
        },
      ),
      { numRuns: 200 },
    );
  });
});

function valueByWallClock(calendar: PlanningCalendar, instant: Temporal.Instant): number {
  const now = instant.toZonedDateTimeISO(calendar.timeZone);
  const local = now.toPlainDateTime().toString({ smallestUnit: 'minute' });
  const time = local.slice(11);
  const today = WEEKDAYS[now.dayOfWeek - 1] ?? 'MONDAY';
  const yesterday = WEEKDAYS[(now.dayOfWeek + 5) % 7] ?? 'MONDAY';
  let winner: CalendarPeriod | undefined;
  for (const period of calendar.periods) {
    const { from, to, days, startTime = '00:00', endTime = '00:00' } = period;
    if (from !== undefined && local < dateTime(from)) continue;
    if (to !== undefined && local >= dateTime(to)) continue;
    const covers =
      endTime > startTime
        ? days.includes(today) && startTime <= time && time < endTime
        : (days.includes(today) && startTime <= time) || (days.includes(yesterday) && time < endTime);
    if (!covers) continue;
    if (
      winner === undefined ||
      period.priority < winner.priority ||
      (period.priority === winner.priority && dateTime(from ?? '0000-01-01') >= dateTime(winner.from ?? '0000-01-01'))
    ) {
      winner = period;
    }
  }
  return winner?.value ?? calendar.defaultValue;
}
