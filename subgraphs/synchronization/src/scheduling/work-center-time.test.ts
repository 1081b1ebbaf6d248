import type { WorkCenterCapacity } from '@takt/production-orders/contract';
import { expect, it } from 'vitest';
import { FreeCapacity } from './free-capacity.ts';
import { instant, WorkCenterTime } from './work-center-time.ts';

const NIGHTS: WorkCenterCapacity = {
  timeZone: 'Europe/Berlin',
  capacity: '1',
  efficiencyPercent: 80,
  shifts: [{ name: 'NIGHT', days: ['FRIDAY', 'SATURDAY'], startTime: '22:00', endTime: '06:00', crews: 2 }],
};
const HOUR = 3_600_000;

it('counts what is worked of a shift across midnight, also in the night in which clocks are put back', () => {
  const [from, to] = [Date.parse('2026-10-23T00:00:00Z'), Date.parse('2026-10-27T00:00:00Z')];
  const time = new WorkCenterTime(NIGHTS, from, to);

  expect(time.total).toBe(17 * HOUR);
  expect(instant(time.endOf(8 * HOUR))).toBe('2026-10-24T04:00:00.000Z');
  expect(instant(time.startOf(8 * HOUR))).toBe('2026-10-24T20:00:00.000Z');
  expect(time.workedUntil(Date.parse('2026-10-24T12:00:00Z'))).toBe(8 * HOUR);
  expect(time.durationOf(60)).toBe(75 * 60_000);
  expect(time.minutesIn(75 * 60_000)).toBe(60);
});

it('has room for as many at once as there are crews, and none where it is away', () => {
  const [from, to] = [Date.parse('2026-10-23T00:00:00Z'), Date.parse('2026-10-27T00:00:00Z')];
  const free = FreeCapacity.of(new WorkCenterTime(NIGHTS, from, to));
  free.take(0, 10 * HOUR, 1);
  expect(free.earliest(0, 4 * HOUR, 1)).toBe(0);
  free.take(0, 4 * HOUR, 1);
  expect(free.earliest(0, 4 * HOUR, 1)).toBe(4 * HOUR);
  expect(free.earliest(0, 4 * HOUR, 2)).toBe(10 * HOUR);
  expect(free.latest(12 * HOUR, 4 * HOUR, 1)).toBe(8 * HOUR);
  expect(free.latest(12 * HOUR, 4 * HOUR, 2)).toBeUndefined();
  free.block(12 * HOUR, 16 * HOUR);
  expect(free.earliest(0, 5 * HOUR, 1)).toBe(4 * HOUR);
  expect(free.earliest(9 * HOUR, 4 * HOUR, 1)).toBeUndefined();
  expect(free.fits(16 * HOUR, HOUR, 2)).toBe(true);
  expect(free.fits(15 * HOUR, HOUR, 1)).toBe(false);
});
