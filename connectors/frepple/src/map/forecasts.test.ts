import { describe, expect, it } from 'vitest';
import { imported, record } from '../write-fixture.ts';

describe('forecasts', () => {
  it('takes a series without buckets, in the bucket size of the parameter', () => {
    const forecast = record('forecast.forecast', {
      name: 'chair @ shop',
      item_id: 'chair',
      location_id: 'shop',
      customer_id: 'Ann',
      method: 'automatic',
      priority: 20,
      discrete: true,
      planned: false,
    });
    const records = [
      forecast,
      record('common.parameter', { value: 'week' }, 'forecast.calendar'),
      record('common.parameter', { name: 'currentdate', value: '2026-01-01 00:00:00' }),
    ];
    expect(imported('ForecastReported', ...records)).toEqual([
      {
        sku: 'chair',
        location: 'shop',
        customer: 'Ann',
        name: 'chair @ shop',
        granularity: 'WEEK',
        unit: 'EA',
        version: 'frepple',
        publishedAt: '2026-01-01T00:00:00Z',
        status: 'PUBLISHED',
        method: 'automatic',
        priority: 20,
        discrete: true,
        planned: false,
        complete: false,
        buckets: [],
      },
    ]);
  });
});
