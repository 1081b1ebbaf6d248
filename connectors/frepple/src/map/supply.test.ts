import { describe, expect, it } from 'vitest';
import { imported, record } from '../write-fixture.ts';

const item = (name: string, fields: object = {}) => record('input.item', { name, ...fields });
const location = (name: string, fields: object = {}) => record('input.location', { name, ...fields });
const each = (value: string) => ({ value, unit: 'EA' });

describe('supply', () => {
  it('takes terms of suppliers and lanes, with lead times in days', () => {
    const records = [
      item('wood/oak'),
      location('a'),
      location('b'),
      record('input.supplier', { name: 'Bolt & Co' }),
      record('input.itemsupplier', {
        item: 'wood/oak',
        supplier: 'Bolt & Co',
        location: 'a',
        leadtime: '129600.0',
        sizeminimum: 10,
        sizemultiple: '5',
        cost: 7.5,
        priority: 1,
      }),
      record('input.itemdistribution', {
        item: 'wood/oak',
        origin: 'a',
        location: 'b',
        leadtime: 86_400,
        sizeminimum: 1,
      }),
    ];
    expect(imported('SupplyAgreementReported', ...records)).toEqual([
      {
        id: 'Bolt%20%26%20Co/wood%2Foak@a',
        supplier: 'Bolt & Co',
        sku: 'wood/oak',
        location: 'a',
        leadTimeDays: 1.5,
        minimum: each('10'),
        multiple: each('5'),
        priority: 1,
        unitCost: '7.5',
      },
    ]);
    expect(imported('DistributionLaneReported', ...records)).toEqual([
      { id: 'wood%2Foak@b/a', sku: 'wood/oak', origin: 'a', destination: 'b', leadTimeDays: 1, minimum: each('1') },
    ]);
  });
});
