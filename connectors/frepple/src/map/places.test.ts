import { describe, expect, it } from 'vitest';
import { dataOf, imported, importRecords, messagesOf, record } from '../write-fixture.ts';

const item = (name: string, fields: object = {}) => record('input.item', { name, ...fields });
const location = (name: string, fields: object = {}) => record('input.location', { name, ...fields });
const operation = (name: string, fields: object = {}) => record('input.operation', { name, ...fields });

describe('places', () => {
  it('takes a location without making for a store, a warehouse or a region, and with it for a plant', () => {
    const locations = imported(
      'LocationReported',
      location('everywhere'),
      location('factory', { owner_id: 'everywhere', available_id: 'week', description: 'where it is made' }),
      location('depot', { owner: 'everywhere' }),
      location('shop', { owner: 'everywhere' }),
      record('input.calendar', { name: 'week' }),
      item('chair'),
      record('input.customer', { name: 'Ann' }),
      operation('assemble', { item: 'chair', location: 'factory' }),
      record('input.itemdistribution', { item: 'chair', origin: 'depot', location: 'shop', leadtime: '86400.0' }),
      ...['depot', 'shop'].map((place) =>
        record('input.demand', {
          name: place,
          item: 'chair',
          location: place,
          customer: 'Ann',
          due: '2026-01-01',
          quantity: 1,
        }),
      ),
    );
    expect(locations).toEqual([
      { code: 'everywhere', name: 'everywhere', type: 'REGION', timeZone: 'UTC' },
      {
        code: 'factory',
        name: 'factory',
        description: 'where it is made',
        type: 'PLANT',
        timeZone: 'UTC',
        calendar: 'week',
        parent: 'everywhere',
      },
      { code: 'depot', name: 'depot', type: 'WAREHOUSE', timeZone: 'UTC', parent: 'everywhere' },
      { code: 'shop', name: 'shop', type: 'STORE', timeZone: 'UTC', parent: 'everywhere' },
    ]);
  });

  it('gathers the buckets of a calendar as periods, with the end of a day that frePPLe names by its last second', () => {
    const calendars = imported(
      'CalendarReported',
      record('input.calendar', { defaultvalue: '0' }, 'shift'),
      record('input.calendarbucket', {
        calendar_id: 'shift',
        startdate: '2026-01-01 00:00:00',
        enddate: '2026-12-31 00:00:00',
        value: '2',
        priority: 10,
        saturday: false,
        sunday: false,
        starttime: '08:00:00',
        endtime: '16:59:59',
      }),
      record(
        'input.calendarbucket',
        { calendar: 'shift', value: 1, priority: 20, starttime: '00:00:00', endtime: '23:59:59' },
        7,
      ),
    );
    const week = ['MONDAY', 'TUESDAY', 'WEDNESDAY', 'THURSDAY', 'FRIDAY'];
    expect(calendars).toEqual([
      {
        code: 'shift',
        timeZone: 'UTC',
        defaultValue: 0,
        periods: [
          {
            from: '2026-01-01T00:00:00',
            to: '2026-12-31T00:00:00',
            days: week,
            startTime: '08:00:00',
            endTime: '17:00:00',
            value: 2,
            priority: 10,
          },
          { days: [...week, 'SATURDAY', 'SUNDAY'], value: 1, priority: 20 },
        ],
      },
    ]);
  });

  it('takes customers with their group and suppliers', () => {
    const result = importRecords(
      record('input.customer', { name: 'all' }),
      record('input.customer', { name: 'Ann', owner_id: 'all' }),
      record('input.supplier', { name: 'Bolt & Co', description: 'bolts' }),
    );
    expect(dataOf(messagesOf(result), 'CustomerReported')).toEqual([
      { id: 'all', name: 'all' },
      { id: 'Ann', name: 'Ann', parent: 'all' },
    ]);
    expect(dataOf(messagesOf(result), 'SupplierReported')).toEqual([
      { id: 'Bolt & Co', name: 'Bolt & Co', description: 'bolts' },
    ]);
  });
});
