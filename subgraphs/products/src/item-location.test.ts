import fc from 'fast-check';
import { given } from '@takt/intake/testing';
import { quantity } from '@takt/quantity';
import { describe, expect, it } from 'vitest';
import { itemLocation, itemLocationId, type ItemLocationRecord } from './item-location.ts';

const chair: ItemLocationRecord = {
  sku: 'CHAIR',
  location: 'P100',
  type: 'FINISHED',
  planner: 'Ada',
  safetyStock: quantity('20', 'PC'),
};
const reported = { type: 'ItemLocationChanged' as const, data: { record: chair, changed: ['sku'] } };
const decide = (value: string, unit = 'PC') => ({
  type: 'SetSafetyStock' as const,
  data: { sku: 'CHAIR', location: 'P100', safetyStock: quantity(value, unit) },
});

describe('an item at a location', () => {
  it('takes the safety stock that a planner decides', () => {
    const record = { ...chair, safetyStock: quantity('35', 'PC') };
    const state = given(itemLocation, [reported])
      .when(decide('35'))
      .then([{ type: 'ItemLocationChanged', data: { record, changed: ['safetyStock'] } }]);
    expect(state).toEqual(record);
  });

  it('says nothing when the safety stock stays the same', () => {
    given(itemLocation, [reported]).when(decide('20')).then([]);
  });

  it('lets the source take over again with its next report', () => {
    const planned = { ...chair, safetyStock: quantity('35', 'PC') };
    given(itemLocation, [reported, { ...reported, data: { record: planned, changed: ['safetyStock'] } }])
      .when({ type: 'ItemLocationReported', data: chair })
      .then([{ type: 'ItemLocationChanged', data: { record: chair, changed: ['safetyStock'] } }]);
  });

  it('refuses a safety stock in another unit, below zero, or of an item that is not planned there', () => {
    given(itemLocation, [reported]).when(decide('35', 'KG')).thenRefused('UNIT_MISMATCH');
    given(itemLocation, [reported]).when(decide('-1')).thenRefused('BAD_QUANTITY');
    given(itemLocation, []).when(decide('35')).thenRefused('UNKNOWN_ITEM_LOCATION');
  });

  it('has an id that no other pair of codes has', () => {
    const code = fc.string({ minLength: 1, maxLength: 8, unit: fc.constantFrom('a', '@', '%', '4', '0', '/') });
    fc.assert(
      fc.property(code, code, code, code, (sku, location, otherSku, otherLocation) => {
        const same = sku === otherSku && location === otherLocation;
        expect(itemLocationId(sku, location) === itemLocationId(otherSku, otherLocation)).toBe(same);
      }),
    );
  });
});
