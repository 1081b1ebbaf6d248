import { describe, expect, it } from 'vitest';
import { imported, record } from '../write-fixture.ts';

const location = (name: string, fields: object = {}) => record('input.location', { name, ...fields });
const resource = (name: string, fields: object = {}) => record('input.resource', { name, ...fields });

describe('work centers', () => {
  it('takes resources with capacity, calendars, group and skills; what belongs to people is labor', () => {
    const workCenters = imported(
      'WorkCenterReported',
      location('factory'),
      record('input.calendar', { name: 'capacity' }),
      record('input.calendar', { name: 'week' }),
      record('input.skill', { name: 'sawing' }),
      resource('operators', { location: 'factory', category: 'human' }),
      resource('Ann', { owner: 'operators', maximum_calendar: 'capacity', available: 'week', efficiency: '90.00' }),
      resource('saw', { location_id: 'factory', maximum: '2', constrained: true }),
      record('input.resourceskill', { resource: 'Ann', skill: 'sawing', priority: 1 }),
    );
    expect(workCenters).toMatchObject([
      { code: 'operators', level: 'WORK_CENTER', type: 'LABOR', capacity: '1', capacityUnit: 'people' },
      {
        code: 'Ann',
        location: 'factory',
        level: 'WORK_UNIT',
        parent: 'operators',
        type: 'LABOR',
        capacityCalendar: 'capacity',
        calendar: 'week',
        efficiencyPercent: 90,
        skills: [{ name: 'sawing', priority: 1 }],
      },
      { code: 'saw', type: 'MACHINE', capacity: '2', capacityUnit: 'machines', constrained: true },
    ]);
  });
});
