import { expect, it } from 'vitest';
import type { UnitFacts } from '../picture/unit-facts.ts';
import { withStockChange, type MeasuredStock } from './measured-stock.ts';
import { stockoutDays, stockoutsOf } from './stockouts.ts';

const MARCH = { from: '2026-03-01', to: '2026-04-01' };
const about = { today: '2026-03-20', timeZone: 'Europe/Berlin' };
const ten = { value: '10', unit: 'EA' };

function facts(rest: Partial<UnitFacts>): UnitFacts {
  return {
    sku: 'PUMP',
    location: 'P100',
    forecasts: [],
    customerOrders: [],
    makingOrders: [],
    consumingOrders: [],
    commitments: [],
    arriving: [],
    leaving: [],
    billsOfMaterial: [],
    routings: [],
    ...rest,
  };
}

const due = (dueAt: string, status: 'OPEN' | 'CANCELLED' = 'OPEN') => ({
  id: dueAt,
  sku: 'PUMP',
  location: 'P100',
  customer: 'C',
  dueAt,
  quantity: ten,
  status,
});

const weekly = (start: string, baseline: string) => ({
  sku: 'PUMP',
  location: 'P100',
  granularity: 'WEEK' as const,
  unit: 'EA',
  version: 'W10',
  publishedAt: '2026-03-01T00:00:00Z',
  status: 'PUBLISHED' as const,
  buckets: [{ start, baseline, version: 'W10' }],
});

it('counts a day on which somebody wanted the item and nothing was available for a while', () => {
  // In Berlin from the tenth, and again for an hour of the thirteenth.
  const spells = [
    { from: '2026-03-09T23:30:00.000Z', to: '2026-03-11T08:00:00.000Z' },
    { from: '2026-03-13T08:00:00.000Z', to: '2026-03-13T09:00:00.000Z' },
  ];
  const days = (rest: Partial<UnitFacts>) => stockoutDays(spells, facts(rest), MARCH, about);
  expect(days({})).toBe(0);
  expect(days({ customerOrders: [due('2026-03-09T12:00:00Z'), due('2026-03-12T12:00:00Z')] })).toBe(0);
  expect(days({ customerOrders: [due('2026-03-11T12:00:00Z'), due('2026-03-13T22:00:00Z')] })).toBe(2);
  expect(days({ customerOrders: [due('2026-03-11T12:00:00Z', 'CANCELLED')] })).toBe(0);
  expect(days({ forecasts: [weekly('2026-03-09', '5')] })).toBe(3);
  expect(days({ forecasts: [weekly('2026-03-09', '0')] })).toBe(0);
});

it('goes on until today where nothing has come since', () => {
  const forecasts = [weekly('2026-03-16', '5')];
  const spells = [{ from: '2026-02-20T08:00:00.000Z' }];
  expect(stockoutDays(spells, facts({ forecasts }), MARCH, about)).toBe(5);
});

it('counts items and their days, and says nothing where no stock is known', () => {
  expect(stockoutsOf([2, 0, 3], 40)).toEqual({ itemLocations: 2, itemDays: 5 });
  expect(stockoutsOf([], 0)).toBeNull();
});

it('takes stock that is promised as not available', () => {
  const changed = (known: MeasuredStock | undefined, position: number, onHand: string, allocated: string) => {
    const after = {
      sku: 'PUMP',
      location: 'P100',
      unit: 'EA',
      stock: [{ status: 'UNRESTRICTED' as const, quantity: { value: onHand, unit: 'EA' } }],
      allocated: { value: allocated, unit: 'EA' },
      belowSafetyStock: false,
      movements: [],
    };
    const event = `e${position}`;
    const change = {
      sku: 'PUMP',
      location: 'P100',
      position,
      event,
      occurredAt: `2026-03-0${position}T08:00:00.000Z`,
      after,
    };
    return withStockChange(known, change, { product: undefined, timeZone: 'UTC' })?.stock;
  };
  let known = changed(undefined, 1, '10', '4');
  expect(known?.spells).toEqual([]);
  known = changed(changed(known, 2, '10', '10'), 3, '10', '12');
  expect(known).toMatchObject({ spells: [{ from: '2026-03-02T08:00:00.000Z' }], outUntil: '9999-12-31T00:00:00.000Z' });
  known = changed(known, 4, '13', '12');
  expect(known).toMatchObject({ outUntil: '2026-03-04T08:00:00.000Z' });
});
