import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { OperationLoad } from './load.ts';
import { availableMinutes, localDays, occupiedMinutes, type WorkCenterCapacity } from './utilization.ts';

const weekdays = ['MONDAY', 'TUESDAY', 'WEDNESDAY', 'THURSDAY', 'FRIDAY'] as const;
const early = { name: 'Early', days: [...weekdays], startTime: '06:00', endTime: '14:00' };
const night = { name: 'Night', days: [...weekdays], startTime: '22:00', endTime: '06:00' };
const lathe: WorkCenterCapacity = { timeZone: 'UTC', capacity: '1', shifts: [early] };
const week = localDays('UTC', '2026-03-02', '2026-03-09');

describe('available minutes', () => {
  it.each<[string, WorkCenterCapacity, number]>([
    ['shifts on five days', lathe, 5 * 480],
    ['two machines', { ...lathe, capacity: '2' }, 10 * 480],
    ['two crews in one shift', { ...lathe, shifts: [{ ...early, crews: 2 }] }, 10 * 480],
    ['90 % efficiency', { ...lathe, efficiencyPercent: 90 }, 4.5 * 480],
    ['a night shift, which ends on Saturday', { ...lathe, shifts: [night] }, 5 * 480],
    ['no shifts and no calendar: always', { timeZone: 'UTC', capacity: '1' }, 7 * 1440],
    [
      'a holiday in the calendar',
      {
        ...lathe,
        calendar: {
          code: 'P100',
          timeZone: 'UTC',
          defaultValue: 1,
          periods: [{ from: '2026-03-04', to: '2026-03-05', days: [...weekdays], value: 0, priority: 1 }],
        },
      },
      4 * 480,
    ],
    [
      'a capacity that varies',
      {
        ...lathe,
        capacityCalendar: {
          code: 'LATHE',
          timeZone: 'UTC',
          defaultValue: 1,
          periods: [{ from: '2026-03-04', days: [...weekdays], value: 3, priority: 1 }],
        },
      },
      2 * 480 + 3 * 3 * 480,
    ],
  ])('of %s', (_, capacity, minutes) => {
    expect(availableMinutes(capacity, week)).toBe(minutes);
  });

  it('count local days: the day on which clocks go forward is shorter', () => {
    const window = localDays('Europe/Berlin', '2026-03-29', '2026-03-30');
    expect(window).toEqual({ from: '2026-03-28T23:00:00.000Z', to: '2026-03-29T22:00:00.000Z' });
    expect(availableMinutes({ timeZone: 'Europe/Berlin', capacity: '1' }, window)).toBe(23 * 60);
  });
});

describe('occupied minutes', () => {
  const operation = (start: string, end: string, minutes: number | null): OperationLoad => ({
    order: 'PO-1',
    sequence: 10,
    start: `2026-03-${start}.000Z`,
    end: `2026-03-${end}.000Z`,
    minutes,
  });

  it.each<[string, OperationLoad, number]>([
    ['an operation within', operation('02T06:00:00', '02T10:00:00', 200), 200],
    ['one that begins before: its share of working time', operation('01T00:00:00', '03T14:00:00', 960), 960],
    ['one that ends after', operation('06T10:00:00', '09T10:00:00', 100), 50],
    ['one outside', operation('09T00:00:00', '10T00:00:00', 100), 0],
    ['one of which nobody said how long: the working time', operation('02T00:00:00', '04T00:00:00', null), 960],
    ['one half outside, in time in which nobody works', operation('08T18:00:00', '09T06:00:00', 100), 50],
    ['one that takes no time by the clock', operation('02T06:00:00', '02T06:00:00', 30), 30],
  ])('of %s', (_, load, minutes) => {
    expect(occupiedMinutes(lathe, [load], week)).toBeCloseTo(minutes);
  });

  it('of the parts of a window are those of the whole', () => {
    const day = fc.integer({ min: 1, max: 27 }).map((number) => `${String(number).padStart(2, '0')}T12:30:00`);
    fc.assert(
      fc.property(
        day,
        day,
        fc.option(fc.nat(5000)),
        fc.constantFrom('2026-03-05', '2026-03-07'),
        (one, other, minutes, cut) => {
          const [start = one, end = other] = [one, other].sort();
          const load = [operation(start, end, minutes)];
          const occupied = (from: string, to: string) => occupiedMinutes(lathe, load, localDays('UTC', from, to));
          expect(occupied('2026-03-02', cut) + occupied(cut, '2026-03-20')).toBeCloseTo(
            occupied('2026-03-02', '2026-03-20'),
          );
        },
      ),
    );
  });
});
