import type { RoutingRecord } from '@takt/products/contract';
import { describe, expect, it } from 'vitest';
import type { UnitFacts } from '../picture/unit-facts.ts';
import {
  customerOrder,
  forecast,
  pieces,
  productionOrder,
  pump,
  stock,
  transfer,
  weekdays,
} from '../supply-demand/facts.fixture.ts';
import { HORIZON_WEEKS, madeAt, observe, type Surroundings } from './observe.ts';

/** A Thursday. */
const now = '2026-11-26T08:00:00.000Z';
const surroundings: Surroundings = {
  now,
  workCenters: new Map(),
  load: () => undefined,
  away: new Set(),
  triggers: [],
};

describe('weeks', () => {
  it('say what has to be met and what is missing, in order of time and none that is empty', () => {
    const facts = pump({
      stock: stock(60),
      forecasts: [forecast({ '2026-11-30': 50, '2026-12-14': 50 })],
      makingOrders: [productionOrder('P1', '2026-12-17', 20)],
    });
    expect(observe(facts, surroundings)?.weeks).toEqual([
      { week: '2026-11-30', demand: '50', shortage: '0', lateMinutes: 0 },
      { week: '2026-12-14', demand: '50', shortage: '20', lateMinutes: 0 },
    ]);
  });

  it('want the same whether or not it was delivered, withdrawn or shipped in time, and however late it is', () => {
    // given an order of a customer, a component and a transfer that are due today, and an order that was due last week
    const order = (status: 'OPEN' | 'CLOSED') => customerOrder('S1', '2026-11-26', 30, { status });
    const late = customerOrder('S2', '2026-11-19', 7);
    const maker = (withdrawn: number) =>
      productionOrder('P2', '2026-11-28', 1, {
        sku: 'SKID',
        components: [{ position: 1, sku: 'PUMP', required: pieces(20), withdrawn: pieces(withdrawn) }],
      });
    const leaves = (state: 'FIRMED' | 'SHIPPED') => transfer('T1', '2026-11-29', 10, { origin: 'P100', state });
    const demand = (facts: UnitFacts) => observe(facts, surroundings)?.weeks.map((week) => [week.week, week.demand]);
    const before = { customerOrders: [late, order('OPEN')], consumingOrders: [maker(0)], leaving: [leaves('FIRMED')] };
    const after = { customerOrders: [order('CLOSED')], consumingOrders: [maker(20)], leaving: [leaves('SHIPPED')] };
    const forecasts = [forecast({ '2026-11-23': 40 })];
    expect(demand(pump({ stock: stock(100), forecasts, ...before }))).toEqual([['2026-11-23', '70']]);
    expect(demand(pump({ stock: stock(40), forecasts, ...after }))).toEqual([['2026-11-23', '70']]);
  });

  it('tell the most important customer who waits for something in them; what is past due counts today', () => {
    const facts = pump({
      customerOrders: [
        customerOrder('S1', '2026-12-02', 5, { priority: 3 }),
        customerOrder('S2', '2026-12-03', 5, { priority: 1 }),
        customerOrder('S3', '2026-11-02', 5, { priority: 2 }),
        customerOrder('S4', '2026-12-03', 5, { priority: 0, status: 'CLOSED' }),
      ],
    });
    const weeks = observe(facts, surroundings)?.weeks.map(({ week, customerPriority }) => [week, customerPriority]);
    expect(weeks).toEqual([
      ['2026-11-23', 2],
      ['2026-11-30', 1],
    ]);
  });

  it('tell how loaded the work centers would be that make it, with what is missing', () => {
    // given a mill with 1,000 minutes a week of which 500 are taken, ten minutes for a piece and 60 for the set-up
    const facts = pump({ forecasts: [forecast({ '2026-11-30': 24, '2026-12-07': 0 })], routings: [routing()] });
    const load = (code: string) => (code === 'MILL' ? { availableMinutes: 1000, loadMinutes: 500 } : undefined);
    const [week] = observe(facts, { ...surroundings, load })?.weeks ?? [];
    expect(week?.utilizationPercent).toBe((100 * (500 + 60 + 240)) / 1000);
  });

  it('do not go on for ever', () => {
    const far = { '2028-06-05': 10, '2026-11-30': 10 };
    const weeks = observe(pump({ forecasts: [forecast(far)] }), surroundings)?.weeks.map(({ week }) => week);
    expect(HORIZON_WEEKS).toBe(78);
    expect(weeks).toEqual(['2026-11-30']);
  });
});

describe('zones', () => {
  const fenced = (rest: Partial<UnitFacts> = {}) =>
    pump({
      stock: stock(1),
      itemLocation: {
        sku: 'PUMP',
        location: 'P100',
        type: 'FINISHED',
        demandTimeFenceDays: 2,
        planningTimeFenceDays: 5,
      },
      ...rest,
    });

  it('end behind so many working days of the location, today included', () => {
    // given Friday is a holiday: Thursday and Monday are frozen
    const observation = observe(fenced({ calendar: weekdays(['2026-11-27']) }), surroundings);
    expect(observation).toMatchObject({ today: '2026-11-26', frozenUntil: '2026-12-01', slushyUntil: '2026-12-04' });
  });

  it('begin with the day of the location’s clock', () => {
    const inAuckland = { code: 'P100', name: 'Plant', type: 'PLANT', timeZone: 'Pacific/Auckland' } as const;
    const atNoon = { ...surroundings, now: '2026-11-26T12:00:00.000Z' };
    expect(observe(fenced({ place: inAuckland }), atNoon)).toMatchObject({
      today: '2026-11-27',
      frozenUntil: '2026-12-01',
    });
  });

  it('freeze everything at a location that works no more', () => {
    const closed = { ...weekdays(), periods: [] };
    expect(observe(fenced({ calendar: closed }), surroundings)?.frozenUntil).toBe('2028-05-22');
  });
});

it('names the systems away that own orders which make it', () => {
  const owned = (id: string, ownerSystem: string, state: 'RELEASED' | 'CLOSED') =>
    productionOrder(id, '2026-12-10', 5, { owner: 'SOURCE', ownerSystem, state });
  const makingOrders = [
    owned('P1', 'erp/one', 'RELEASED'),
    owned('P2', 'erp/two', 'RELEASED'),
    owned('P3', 'erp/old', 'CLOSED'),
  ];
  const away = new Set(['erp/two', 'erp/old', 'aps/x']);
  expect(observe(pump({ makingOrders }), { ...surroundings, away })?.away).toEqual(['erp/two']);
});

it('names those that told its forecasts and cannot be asked now', () => {
  const facts = pump({ stock: stock(1), forecastSources: ['planning/demo', 'planning/other'] });
  expect(observe(facts, { ...surroundings, away: new Set(['planning/demo']) })).toMatchObject({
    away: [],
    stale: ['planning/demo'],
  });
  expect(observe(facts, surroundings)).not.toHaveProperty('stale');
});

it('is bought where the product says so, and else if nothing makes it', () => {
  const product = { sku: 'PUMP', name: 'Pump', type: 'FINISHED', baseUnit: 'EA' } as const;
  const isBought = (rest: Partial<UnitFacts>) => observe(pump(rest), surroundings)?.bought;
  expect(isBought({ product: { ...product, procurement: 'BUY' }, routings: [routing()] })).toBe(true);
  expect(isBought({ product: { ...product, procurement: 'MAKE' } })).toBe(false);
  expect(isBought({ product: { ...product, procurement: 'MAKE_OR_BUY' }, routings: [routing()] })).toBe(false);
  expect(isBought({ product })).toBe(true);
});

it('is nothing of what has no unit', () => {
  expect(observe(withoutProduct(pump()), surroundings)).toBeUndefined();
});

it('knows the work centers that make an item, planned and under way', () => {
  const order = productionOrder('P1', '2026-12-10', 5, { workCenters: ['SAW', 'MILL'] });
  expect(madeAt(pump({ routings: [routing()], makingOrders: [order] })).sort()).toEqual(['MILL', 'SAW']);
});

function withoutProduct({ product: _product, ...facts }: UnitFacts): UnitFacts {
  return facts;
}

function routing(): RoutingRecord {
  const workCenters = [{ code: 'MILL', quantity: '1' }];
  const operation = {
    id: 'R1/10',
    sequence: 10,
    name: 'Mill',
    setupSeconds: '3600',
    secondsPerUnit: '600',
    workCenters,
  };
  return { id: 'R1', name: 'Pump', sku: 'PUMP', location: 'P100', kind: 'SINGLE', operations: [operation] };
}
