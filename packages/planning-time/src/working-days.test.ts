import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { PlanningCalendar } from './index.ts';
import { addWorkingDays, isWorkingDay, NoWorkingTimeError, WEEKDAYS, workingDaysBetween } from './index.ts';

const weekdays = WEEKDAYS.slice(0, 5);

/** Three shifts from Monday to Friday, the last one ends on Saturday morning; closed on Thursday, May 1st. */
const threeShifts: PlanningCalendar = {
  code: 'THREE-SHIFTS',
  timeZone: 'Europe/Berlin',
  defaultValue: 0,
  periods: [
    { days: weekdays, startTime: '06:00', endTime: '22:00', value: 1, priority: 10 },
    { days: weekdays, startTime: '22:00', endTime: '06:00', value: 1, priority: 10 },
    { from: '2025-05-01', to: '2025-05-02', days: [...WEEKDAYS], value: 0, priority: 0 },
  ],
};

describe('working days', () => {
  it('are those on which work starts: neither holidays nor the morning after a night shift', () => {
    expect(isWorkingDay(threeShifts, '2025-05-02')).toBe(true);
    expect(isWorkingDay(threeShifts, '2025-05-03')).toBe(false);
    expect(isWorkingDay(threeShifts, '2025-05-01')).toBe(false);
  });

  it('are counted from the next day on', () => {
    expect(addWorkingDays(threeShifts, '2025-04-30', 1)).toBe('2025-05-02');
    expect(addWorkingDays(threeShifts, '2025-04-30', 2)).toBe('2025-05-05');
    expect(addWorkingDays(threeShifts, '2025-05-05', -2)).toBe('2025-04-30');
    expect(addWorkingDays(threeShifts, '2025-05-03', 0)).toBe('2025-05-03');
    expect(workingDaysBetween(threeShifts, '2025-04-30', '2025-05-05')).toBe(2);
    expect(workingDaysBetween(threeShifts, '2025-05-05', '2025-04-30')).toBe(-2);
    expect(workingDaysBetween(threeShifts, '2025-05-03', '2025-05-03')).toBe(0);
  });

  it('have an end to the search for them', () => {
    const closed = { ...threeShifts, periods: [] };
    expect(() => addWorkingDays(closed, '2025-01-01', 1)).toThrow(NoWorkingTimeError);
    expect(() => addWorkingDays(threeShifts, '2025-01-01', 1.5)).toThrow(RangeError);
    expect(() => addWorkingDays(threeShifts, '2025-01-01', 1e6)).toThrow(RangeError);
    expect(() => addWorkingDays(threeShifts, '2025-1-1', 1)).toThrow('Expected a date YYYY-MM-DD that exists');
    expect(() => workingDaysBetween(threeShifts, '0001-01-01', '9999-01-01')).toThrow(RangeError);
  });

  it('reach with n days a date that is n days away', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 400 }), fc.integer({ min: -100, max: 100 }), (day, n) => {
        const date = new Date(Date.UTC(2025, 0, 1 + day)).toISOString().slice(0, 10);
        const reached = addWorkingDays(threeShifts, date, n);
        expect(workingDaysBetween(threeShifts, date, reached)).toBe(n);
        expect(n === 0 || isWorkingDay(threeShifts, reached)).toBe(true);
      }),
    );
  });
});
