import { describe, expect, it } from 'vitest';
import type { UnitFacts } from '../picture/unit-facts.ts';
import { customerOrder, forecast, pieces, productionOrder, pump, stock } from './facts.fixture.ts';
import { supplyDemand, type SupplyDemandQuestion } from './supply-demand.ts';

/** A Thursday; its week began on 2026-11-23. */
const today = '2026-11-26';
const weeks = { from: '2026-11-23', to: '2026-12-21', granularity: 'WEEK', today } as const;

describe('the time-phased record', () => {
  it('is what a planner gets with pencil and paper', () => {
    // given 100 in stock, a forecast of 50 a week, 80 ordered of the second week, an order of 60 that is firmed, one of 40
    // that is planned, and 20 that are needed as a component
    const facts = pump({
      stock: stock(100, { safetyStock: pieces(15) }),
      forecasts: [forecast({ '2026-11-23': 50, '2026-11-30': 50, '2026-12-07': 50, '2026-12-14': 50 })],
      customerOrders: [customerOrder('S1', '2026-12-02', 80), customerOrder('S2', '2026-12-09', 20)],
      makingOrders: [
        productionOrder('P1', '2026-12-10', 60),
        productionOrder('P2', '2026-12-17', 40, { state: 'PLANNED' }),
      ],
      consumingOrders: [consuming('A1', '2026-12-16', 20)],
    });

    // when
    const record = rowsOf(facts);

    // then: nothing can be promised before the 10th, for S2 needs what S1 leaves, a day before P1 ends
    expect(record).toEqual([
      //           forecast, net, orders, dependent, gross, net, scheduled, planned, balance, promisable, shortage, short of safety
      ['2026-11-23', '50', '50', '0', '0', '50', '50', '0', '0', '50', '0', '0', false],
      ['2026-11-30', '50', '0', '80', '0', '130', '80', '0', '0', '-30', '0', '30', true],
      ['2026-12-07', '50', '30', '20', '0', '70', '50', '60', '0', '-20', '40', '20', true],
      ['2026-12-14', '50', '50', '0', '20', '70', '70', '0', '40', '-50', '40', '50', true],
    ]);
  });
});

function consuming(id: string, startsOn: string, needed: number) {
  return productionOrder(id, startsOn, 1, {
    sku: 'ASSEMBLY',
    scheduledStart: `${startsOn}T06:00:00.000Z`,
    components: [{ position: 10, sku: 'PUMP', required: pieces(needed) }],
  });
}

function rowsOf(facts: UnitFacts, question: SupplyDemandQuestion = weeks) {
  return supplyDemand(facts, question)?.buckets.map(({ bucketStart, bucketEnd: _, ...figures }) => [
    bucketStart,
    ...Object.values(figures).map((figure) => (typeof figure === 'boolean' ? figure : figure.value)),
  ]);
}
