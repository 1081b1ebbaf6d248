import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { add, compare, min, subtract, sum } from '@takt/quantity';
import type { UnitFacts } from '../picture/unit-facts.ts';
import { anyFacts, TODAY } from './arbitrary-facts.ts';
import {
  commitment,
  customerOrder,
  forecast,
  pieces,
  productionOrder,
  pump,
  stock,
  transfer,
} from './facts.fixture.ts';
import { needsOf, pegging } from './pegging.ts';
import { supplyDemand } from './supply-demand.ts';
import { supplyPlan } from './supply-plan.ts';

const weeks = { from: TODAY, to: '2027-01-04', granularity: 'WEEK', today: TODAY } as const;

describe('a demand', () => {
  it('is met from stock, then from what comes next', () => {
    // given 30 in stock, 50 that come on the 3rd, 100 on the 20th
    const facts = pump({
      stock: stock(30),
      customerOrders: [customerOrder('S1', '2026-12-01', 20), customerOrder('S2', '2026-12-09', 90)],
      commitments: [commitment('C1', '2026-12-03', 50)],
      makingOrders: [productionOrder('P1', '2026-12-20', 100, { state: 'PLANNED' })],
    });
    expect(linksOf(facts)).toEqual(['S1: 20 of STOCK', 'S2: 10 of STOCK, 50 of C1, 30 of P1 late']);
  });

  it('that nothing meets says how much of it', () => {
    const facts = pump({
      customerOrders: [customerOrder('S1', '2026-12-01', 20), customerOrder('S2', '2026-12-09', 5)],
      arriving: [transfer('T1', '2026-12-08', 15)],
    });
    expect(linksOf(facts)).toEqual(['S1: 15 of T1 late, 5 uncovered', 'S2: 5 uncovered']);
  });

  it('is met only from what is left once stock below zero is made up for', () => {
    const facts = pump({
      stock: stock(-25),
      customerOrders: [customerOrder('S1', '2026-12-01', 10), customerOrder('S2', '2026-12-09', 10)],
      commitments: [commitment('C1', '2026-11-30', 20), commitment('C2', '2026-12-01', 20)],
    });
    expect(linksOf(facts)).toEqual(['S1: 10 of C2', 'S2: 5 of C2, 5 uncovered']);
  });

  it('goes before others by day, priority, kind and id, and takes scheduled receipts of a day first', () => {
    const facts = pump({
      forecasts: [forecast({ '2026-11-30': 10 }, { granularity: 'WEEK' })],
      customerOrders: [
        customerOrder('S9', '2026-12-01', 1, { priority: 9 }),
        customerOrder('S2', '2026-12-01', 1),
        customerOrder('S1', '2026-12-01', 1),
        customerOrder('S8', '2026-12-01', 1, { priority: 1 }),
        customerOrder('S0', '2026-12-04', 1),
      ],
      leaving: [transfer('T1', '2026-12-04', 1, { shipAt: '2026-12-01T08:00:00Z' })],
      makingOrders: [
        productionOrder('P1', '2026-11-30', 2, { state: 'PLANNED' }),
        productionOrder('P2', '2026-11-30', 2),
      ],
    });
    expect(linksOf(facts)).toEqual([
      'S8: 1 of P2',
      'S9: 1 of P2',
      'S1: 1 of P1',
      'S2: 1 of P1',
      'T1: 1 uncovered',
      'S0: 1 uncovered',
      // what orders left of the week, to be met by its last working day
      '2026-11-30: 5 uncovered',
    ]);
  });

  it('has the same links whatever range is asked for', () => {
    const facts = pump({
      stock: stock(10),
      customerOrders: [customerOrder('S1', '2026-12-01', 8), customerOrder('S2', '2026-12-22', 8)],
    });
    expect(linksOf(facts, { ...weeks, from: '2026-12-21' })).toEqual(['S2: 2 of STOCK, 6 uncovered']);
  });
});

it('an order’s needs of a component are those that its component’s own pegging has', () => {
  const casting = pump({
    stock: stock(25),
    consumingOrders: [
      productionOrder('P1', '2026-12-04', 20, { components: [component(20, 5)] }),
      productionOrder('P2', '2026-12-10', 20, { components: [component(20, 0), component(3, 0, 20)] }),
    ],
  });
  const pegged = pegging(casting, weeks);
  expect(pegged && needsOf('P2', pegged)).toMatchObject([
    { position: 10, quantity: pieces(20), uncovered: pieces(10) },
    { position: 20, quantity: pieces(3), uncovered: pieces(3) },
  ]);
  expect(pegged && needsOf('P3', pegged)).toEqual([]);
});

it('competes with all forecasts until the last order that needs it starts', () => {
  const casting = pump({
    stock: stock(25),
    forecasts: [forecast({ '2027-01-04': 20 })],
    consumingOrders: [productionOrder('P1', '2027-01-20', 20, { components: [component(20, 0)] })],
  });
  const pegged = pegging(casting, { ...weeks, to: '2999-12-31' });
  expect(pegged?.demands.map(({ uncovered }) => uncovered.value)).toEqual(['0', '15']);
});

describe('whatever the facts', () => {
  it('exactly as much is covered as there is both supply and demand', () => {
    fc.assert(
      fc.property(anyFacts, (facts) => {
        const question = { ...weeks, to: '2028-01-01' };
        const plan = supplyPlan(facts, { ...question, until: question.to });
        const demands = pegging(facts, question)?.demands ?? [];
        const supply = sum([plan?.stock ?? pieces(0), ...(plan?.receipts ?? []).map(({ quantity }) => quantity)], 'EA');
        const demand = sum(
          (plan?.demands ?? []).map(({ quantity }) => quantity),
          'EA',
        );
        const covered = sum(
          demands.flatMap(({ covers }) => covers.map(({ quantity }) => quantity)),
          'EA',
        );
        expect(covered).toEqual(min(supply, demand));
        for (const { quantity, covers, uncovered } of demands) {
          expect(
            add(
              sum(
                covers.map((cover) => cover.quantity),
                'EA',
              ),
              uncovered,
            ),
          ).toEqual(quantity);
        }
      }),
    );
  });

  it('nothing gives more than it has', () => {
    fc.assert(
      fc.property(anyFacts, (facts) => {
        const question = { ...weeks, to: '2028-01-01' };
        const plan = supplyPlan(facts, { ...question, until: question.to });
        const there = new Map((plan?.receipts ?? []).map(({ kind, id, quantity }) => [`${kind} ${id}`, quantity]));
        there.set('STOCK ', plan?.stock ?? pieces(0));
        for (const { kind, id = '', quantity } of (pegging(facts, question)?.demands ?? []).flatMap(
          ({ covers }) => covers,
        )) {
          there.set(`${kind} ${id}`, subtract(there.get(`${kind} ${id}`) ?? pieces(0), quantity));
        }
        for (const left of there.values()) expect(compare(left, pieces(0))).toBeGreaterThanOrEqual(0);
      }),
    );
  });

  it('what is not covered in time is what the time-phased record says is short, day by day', () => {
    fc.assert(
      fc.property(anyFacts, (facts) => {
        const question = { ...weeks, granularity: 'DAY' } as const;
        const demands = pegging(facts, question)?.demands ?? [];
        for (const { bucketStart, shortage } of supplyDemand(facts, question)?.buckets ?? []) {
          const due = demands.filter(({ on }) => on === bucketStart);
          const missing = due.flatMap(({ covers, uncovered }) => [
            uncovered,
            ...covers.filter(({ late }) => late).map(({ quantity }) => quantity),
          ]);
          expect(sum(missing, 'EA')).toEqual(shortage);
        }
      }),
    );
  });

  it('the links do not depend on the order in which the facts are told', () => {
    fc.assert(
      fc.property(anyFacts, (facts) => {
        const other: UnitFacts = {
          ...facts,
          customerOrders: [...facts.customerOrders].reverse(),
          makingOrders: [...facts.makingOrders].reverse(),
          consumingOrders: [...facts.consumingOrders].reverse(),
          commitments: [...facts.commitments].reverse(),
          arriving: [...facts.arriving].reverse(),
        };
        expect(pegging(other, weeks)).toEqual(pegging(facts, weeks));
      }),
    );
  });
});

function component(required: number, withdrawn: number, position = 10) {
  return { position, sku: 'PUMP', required: pieces(required), withdrawn: pieces(withdrawn) };
}

function linksOf(facts: UnitFacts, question: Parameters<typeof pegging>[1] = weeks) {
  return pegging(facts, question)?.demands.map(({ id, covers, uncovered }) => {
    const links = covers.map(
      ({ kind, id: of, quantity, late }) => `${quantity.value} of ${of ?? kind}${late ? ' late' : ''}`,
    );
    return `${id}: ${[...links, ...(uncovered.value === '0' ? [] : [`${uncovered.value} uncovered`])].join(', ')}`;
  });
}
