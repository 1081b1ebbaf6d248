import { Value } from '@sinclair/typebox/value';
import { describe, expect, it } from 'vitest';
import type { PlanningCalendar, Shift } from './index.ts';
import { PlanningCalendarSchema, shiftPeriods, ShiftSchema, valueAt, WEEKDAYS, workingMinutes } from './index.ts';

const weekdays = WEEKDAYS.slice(0, 5);
const pattern: Shift[] = [
  { name: 'early', days: weekdays, startTime: '06:00', endTime: '14:30', crews: 2 },
  { name: 'late', days: weekdays, startTime: '14:00', endTime: '22:00' },
  { name: 'night', days: weekdays, startTime: '22:00', endTime: '06:00' },
];
const plant: PlanningCalendar = {
  code: 'PLANT',
  timeZone: 'Europe/Berlin',
  defaultValue: 0,
  periods: [
    ...shiftPeriods(pattern, { from: '2025-01-01' }),
    { from: '2025-05-01', to: '2025-05-02', days: [...WEEKDAYS], value: 0, priority: 1 },
  ],
};

describe('a weekly shift pattern', () => {
  it('makes the periods of a calendar', () => {
    expect(pattern.every((shift) => Value.Check(ShiftSchema, shift))).toBe(true);
    expect(Value.Check(PlanningCalendarSchema, plant)).toBe(true);
    expect(workingMinutes([plant], '2025-05-05T00:00+02:00', '2025-05-12T00:00+02:00')).toBe(5 * 24 * 60);
    expect(workingMinutes([plant], '2024-12-01T00:00:00Z', '2024-12-31T23:00:00Z')).toBe(0);
  });

  it('counts the larger crew at a handover, and yields to a holiday', () => {
    expect(valueAt(plant, '2025-05-05T14:15+02:00')).toBe(2);
    expect(valueAt(plant, '2025-05-05T14:30+02:00')).toBe(1);
    expect(valueAt(plant, '2025-05-01T10:00+02:00')).toBe(0);
  });
});
