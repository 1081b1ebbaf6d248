import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { add, compare, min, negate, subtract, sum } from '@takt/quantity';
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
  weekdays,
} from './facts.fixture.ts';
import { supplyDemand, type SupplyDemandBucket, type SupplyDemandQuestion } from './supply-demand.ts';
import { supplyPlan } from './supply-plan.ts';

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

  it('takes a later shortage from what could be promised earlier', () => {
    const facts = pump({
      stock: stock(100),
      customerOrders: [customerOrder('S1', '2026-12-09', 130), customerOrder('S2', '2026-12-16', 10)],
      makingOrders: [productionOrder('P1', '2026-12-08', 50)],
    });
    expect(figures(facts, 'availableToPromise')).toEqual(['10', '10', '10', '10']);
    expect(figures(pump({ ...facts, makingOrders: [] }), 'availableToPromise')).toEqual(['-40', '-40', '-40', '-40']);
  });

  it('looks beyond the range for what is promised already', () => {
    const facts = pump({ stock: stock(100), customerOrders: [customerOrder('S1', '2027-05-03', 70)] });
    expect(figures(facts, 'availableToPromise')).toEqual(['30', '30', '30', '30']);
  });

  it('begins with the bucket of today, and goes on from its balance when asked for later ones', () => {
    const facts = pump({ stock: stock(100), customerOrders: [customerOrder('S1', '2026-12-02', 30)] });
    const early = supplyDemand(facts, { ...weeks, from: '2026-10-05' });
    const late = supplyDemand(facts, { ...weeks, from: '2026-12-07' });
    expect(early?.buckets.map(({ bucketStart }) => bucketStart)[0]).toBe('2026-11-23');
    expect(early?.openingBalance).toEqual(pieces(100));
    expect(late?.buckets.map(({ bucketStart }) => bucketStart)).toEqual(['2026-12-07', '2026-12-14']);
    expect(late?.openingBalance).toEqual(pieces(70));
    expect(supplyDemand(facts, { ...weeks, to: '2026-11-20' })?.buckets).toEqual([]);
  });

  it('knows nothing of an item of which nobody told anything', () => {
    const unknown = pump({ product: undefined as never });
    expect(supplyDemand(unknown, weeks)).toBeUndefined();
  });
});

describe('demand', () => {
  it('that is past due counts today', () => {
    const facts = pump({
      customerOrders: [customerOrder('S1', '2026-08-03', 30), customerOrder('S2', '2026-11-25', 5)],
      consumingOrders: [consuming('A1', '2026-09-01', 7)],
      leaving: [transfer('T1', '2026-11-10', 3, { origin: 'P100', destination: 'DC1' })],
    });
    expect(figures(facts, 'netDemand')).toEqual(['45', '0', '0', '0']);
  });

  it('of customers counts while the order is open, delivered orders consume the forecast all the same', () => {
    const facts = pump({
      forecasts: [forecast({ '2026-11-23': 50 })],
      customerOrders: [
        customerOrder('S1', '2026-11-24', 20, { status: 'CLOSED' }),
        customerOrder('S2', '2026-11-27', 10),
        customerOrder('S3', '2026-11-27', 500, { status: 'QUOTE' }),
        customerOrder('S4', '2026-11-27', 500, { status: 'CANCELLED' }),
      ],
    });
    expect(figures(facts, 'netForecast', 'customerOrders')[0]).toBe('20 10');
  });

  it('falls on the day that it is at the plant', () => {
    const facts = pump({ customerOrders: [customerOrder('S1', '2026-11-29T23:30:00Z', 30)] });
    expect(figures(facts, 'customerOrders')).toEqual(['0', '30', '0', '0']);
    expect(figures(pump({ ...facts, place: undefined as never }), 'customerOrders')).toEqual(['30', '0', '0', '0']);
  });

  it('for components is what is still to be withdrawn, until the order that needs them is over', () => {
    const facts = pump({
      consumingOrders: [
        consuming('A1', '2026-12-02', 20, 15),
        consuming('A2', '2026-12-02', 20, 25),
        { ...consuming('A3', '2026-12-02', 20), state: 'CONFIRMED' },
        { ...consuming('A4', '2026-12-02', 20), state: 'CANCELLED' },
      ],
    });
    expect(figures(facts, 'dependentDemand')).toEqual(['0', '5', '0', '0']);
  });

  it('of a monthly forecast is spread over the working days of the plant', () => {
    // given December 2026: 23 weekdays, of which the plant works all but the 7th to the 11th
    const closed = ['2026-12-07', '2026-12-08', '2026-12-09', '2026-12-10', '2026-12-11'];
    const december = forecast({ '2026-12-01': 180 }, { granularity: 'MONTH' });
    // then: 18 days, 10 on each
    expect(figures(pump({ forecasts: [december], calendar: weekdays(closed) }), 'netForecast')).toEqual([
      '0',
      '40',
      '0',
      '50',
    ]);
  });

  it('that was forecast and not ordered expires with its week', () => {
    // given 10 a day
    const daily = forecast({ '2026-11-01': 210 }, { granularity: 'MONTH' });
    const facts = pump({ forecasts: [daily] });
    // then: of this week all, of the weeks before nothing
    expect(figures(facts, 'netForecast')).toEqual(['50', '10', '0', '0']);
    expect(figures(facts, 'netForecast', { ...weeks, granularity: 'DAY', to: '2026-11-28' })).toEqual(['40', '10']);
  });
});

describe('receipts', () => {
  it('are scheduled from the moment at which an order is firmed', () => {
    const orders = (['PROPOSED', 'PLANNED', 'FIRMED', 'RELEASED', 'IN_PROGRESS'] as const).map((state, index) =>
      productionOrder(state, '2026-12-02', 10 ** index, { state }),
    );
    expect(figures(pump({ makingOrders: orders }), 'scheduledReceipts', 'plannedReceipts')[1]).toBe('11100 11');
  });

  it.each([
    ['what is not delivered', { state: 'PARTIALLY_CONFIRMED', delivered: pieces(30) }, 50, 0, '70'],
    ['what is not confirmed, where nobody counts deliveries', { state: 'PARTIALLY_CONFIRMED' }, 50, 0, '50'],
    ['nothing of what became scrap', { state: 'PARTIALLY_CONFIRMED' }, 50, 8, '42'],
    ['what a confirmed order made and did not deliver', { state: 'CONFIRMED', delivered: pieces(60) }, 95, 5, '35'],
    ['nothing of a confirmed order of which nobody counts deliveries', { state: 'CONFIRMED' }, 95, 5, '0'],
    ['nothing of a closed order', { state: 'CLOSED', delivered: pieces(10) }, 95, 5, '0'],
    ['nothing of a cancelled order', { state: 'CANCELLED' }, 0, 0, '0'],
    ['nothing beyond the order', { state: 'PARTIALLY_CONFIRMED', delivered: pieces(110) }, 110, 0, '0'],
    ['nothing of an order on quality hold', { state: 'RELEASED', onHold: true }, 0, 0, '0'],
  ] as const)('of production bring %s', (_, rest, made, scrapped, expected) => {
    const confirmed = { yield: pieces(made), scrap: pieces(scrapped), rework: pieces(0) };
    const facts = pump({ makingOrders: [productionOrder('P1', '2026-12-02', 100, { ...rest, confirmed })] });
    expect(figures(facts, 'scheduledReceipts')).toEqual(['0', expected, '0', '0']);
  });

  it.each([
    ['what is required, while nobody has answered', {}, ['0', '100', '0', '0']],
    [
      'what is promised, when it is promised',
      { confirmation: 'PARTIAL', committed: pieces(60), committedOn: '2026-12-08' },
      ['0', '0', '60', '0'],
    ],
    [
      'nothing of what was received, but what was turned back',
      { received: pieces(40), rejected: pieces(5) },
      ['0', '65', '0', '0'],
    ],
    ['nothing that was refused', { confirmation: 'REJECTED' }, ['0', '0', '0', '0']],
    ['nothing that is backordered to no date', { confirmation: 'BACKORDERED' }, ['0', '0', '0', '0']],
    [
      'what is backordered to a date',
      { confirmation: 'BACKORDERED', committedOn: '2026-12-15' },
      ['0', '0', '0', '100'],
    ],
  ] as const)('of suppliers bring %s', (_, rest, expected) => {
    const facts = pump({ commitments: [commitment('C1', '2026-12-02', 100, rest)] });
    expect(figures(facts, 'scheduledReceipts')).toEqual(expected);
    const planned = { ...rest, level: 'FORECAST' } as const;
    expect(figures(pump({ commitments: [commitment('C1', '2026-12-02', 100, planned)] }), 'plannedReceipts')).toEqual(
      expected,
    );
  });

  it('from other locations come until they are received, and leave those until they are shipped', () => {
    const states = ['PROPOSED', 'FIRMED', 'SHIPPED', 'RECEIVED', 'CANCELLED'] as const;
    const transfers = states.map((state, index) => transfer(state, '2026-12-03', 10 ** index, { state }));
    expect(figures(pump({ arriving: transfers }), 'scheduledReceipts', 'plannedReceipts')[1]).toBe('110 1');
    expect(figures(pump({ leaving: transfers }), 'dependentDemand')[1]).toBe('11');
  });

  it('of orders that are not made yet come without what is usually scrap, so that what is short is seen', () => {
    const facts = pump({
      itemLocation: { sku: 'PUMP', location: 'P100', type: 'FINISHED', scrapPercent: 10 },
      customerOrders: [customerOrder('S1', '2026-12-10', 200)],
      makingOrders: [
        productionOrder('P1', '2026-12-10', 100),
        productionOrder('P2', '2026-12-10', 100, {
          state: 'CONFIRMED',
          confirmed: { yield: pieces(97), scrap: pieces(3), rework: pieces(0) },
          delivered: pieces(0),
        }),
      ],
    });
    const [bucket] = answered(facts, { ...weeks, from: '2026-12-07' }).buckets;
    expect(bucket).toMatchObject({ scheduledReceipts: pieces(187), shortage: pieces(13) });
  });

  it('that are past due count today', () => {
    const facts = pump({
      makingOrders: [productionOrder('P1', '2026-10-02', 10)],
      commitments: [commitment('C1', '2026-11-25', 5)],
    });
    expect(figures(facts, 'scheduledReceipts')).toEqual(['15', '0', '0', '0']);
  });
});

describe('stock', () => {
  it('in quality inspection counts, blocked stock does not', () => {
    const lines = [
      { status: 'UNRESTRICTED', quantity: pieces(100) },
      { status: 'QUALITY_INSPECTION', quantity: pieces(20) },
      { status: 'BLOCKED', quantity: pieces(7) },
    ] as const;
    expect(figures(pump({ stock: stock(0, { stock: lines }) }), 'projectedAvailableBalance')[0]).toBe('120');
  });

  it('is short of the safety stock that the planner set, else of that of its source', () => {
    const itemLocation = { sku: 'PUMP', location: 'P100', type: 'FINISHED' } as const;
    const facts = pump({ stock: stock(50, { safetyStock: pieces(60) }) });
    const belowSafetyStock = (unit: UnitFacts) => supplyDemand(unit, weeks)?.buckets[0]?.belowSafetyStock;
    expect(belowSafetyStock(facts)).toBe(true);
    expect(belowSafetyStock({ ...facts, itemLocation })).toBe(true);
    expect(belowSafetyStock({ ...facts, itemLocation: { ...itemLocation, safetyStock: pieces(50) } })).toBe(false);
  });
});

describe('units', () => {
  const product = {
    ...pump().product,
    unitConversions: [{ unit: 'BOX', numerator: '12', denominator: '1' }],
  } as UnitFacts['product'];

  it('are converted into the base unit', () => {
    const facts = pump({
      product: product as NonNullable<typeof product>,
      stock: stock(0, { unit: 'BOX', stock: [{ status: 'UNRESTRICTED', quantity: pieces('2.5', 'BOX') }] }),
      forecasts: [forecast({ '2026-11-30': 3 }, { unit: 'BOX' })],
      customerOrders: [
        customerOrder('S1', '2026-12-02', 24),
        customerOrder('S2', '2026-12-09', 1, { quantity: pieces(1, 'BOX') }),
      ],
    });
    expect(figures(facts, 'netForecast', 'customerOrders', 'projectedAvailableBalance')).toEqual([
      '0 0 30',
      '12 24 -6',
      '0 12 -18',
      '0 0 -18',
    ]);
    expect(supplyDemand(facts, weeks)?.problems).toEqual([]);
  });

  it('that cannot be converted are told, each once', () => {
    const facts = pump({
      stock: stock(10),
      forecasts: [forecast({ '2026-11-30': 3, '2026-12-07': 3 }, { unit: 'PAL' })],
      customerOrders: [customerOrder('S1', '2026-12-02', 2, { quantity: pieces(2, 'PAL') })],
    });
    const answer = supplyDemand(facts, weeks);
    expect(answer?.problems).toEqual([
      {
        kind: 'CUSTOMER_ORDER',
        id: 'S1',
        unit: 'PAL',
        message: '2 PAL of PUMP cannot be counted in EA: There is no conversion for unit PAL; known units: EA.',
      },
      expect.objectContaining({ kind: 'FORECAST', id: 'all customers', unit: 'PAL' }),
    ]);
    expect(answer?.buckets.every(({ projectedAvailableBalance: { value } }) => value === '10')).toBe(true);
  });
});

describe('whatever the facts', () => {
  const range = { from: '2026-11-02', to: '2027-03-01', today: TODAY };
  const granularity = fc.constantFrom('DAY' as const, 'WEEK' as const, 'MONTH' as const);

  it('nothing gets lost: what comes and goes is what the balance changes by', () => {
    fc.assert(
      fc.property(anyFacts, granularity, (facts, by) => {
        const { openingBalance, buckets } = answered(facts, { ...range, granularity: by });
        const change = sum(
          buckets.flatMap((each) => [each.scheduledReceipts, each.plannedReceipts, negate(each.netDemand)]),
          'EA',
        );
        expect(buckets.at(-1)?.projectedAvailableBalance).toEqual(add(openingBalance, change));
      }),
    );
  });

  it('days, weeks and months end with the same balance and the same promise', () => {
    fc.assert(
      fc.property(anyFacts, (facts) => {
        const days = answered(facts, { ...range, granularity: 'DAY', to: '2027-02-01' }).buckets;
        for (const by of ['WEEK', 'MONTH'] as const) {
          for (const bucket of answered(facts, { ...range, granularity: by, to: '2027-01-25' }).buckets) {
            const day = days.find(({ bucketEnd }) => bucketEnd === bucket.bucketEnd);
            expect(pick(bucket)).toEqual(day && pick(day));
          }
        }
      }),
    );
  });

  it('a range in two parts ends as the whole', () => {
    fc.assert(
      fc.property(anyFacts, granularity, fc.integer({ min: 0, max: 110 }), (facts, by, after) => {
        const middle = new Date(Date.parse('2026-11-03') + after * 86_400_000).toISOString().slice(0, 10);
        const question = { ...range, granularity: by };
        const whole = answered(facts, question).buckets;
        const second = answered(facts, { ...question, from: middle });
        const first = whole.filter(({ bucketEnd }) => bucketEnd <= (second.buckets[0]?.bucketStart ?? ''));
        expect([...first, ...second.buckets]).toEqual(whole);
        expect(second.openingBalance).toEqual(
          first.at(-1)?.projectedAvailableBalance ?? answered(facts, question).openingBalance,
        );
      }),
    );
  });

  it('no more can be promised than is free at any later time', () => {
    fc.assert(
      fc.property(anyFacts, granularity, (facts, by) => {
        const { buckets } = answered(facts, { ...range, granularity: by });
        const plan = supplyPlan(facts, { today: TODAY, until: range.to });
        const freeAt = (end: string) =>
          sum(
            [
              plan?.stock ?? pieces(0),
              ...(plan?.receipts ?? []).flatMap((each) => (each.scheduled && each.on < end ? each.quantity : [])),
              ...(plan?.demands ?? []).flatMap((each) =>
                each.committed && each.on < end ? negate(each.quantity) : [],
              ),
            ],
            'EA',
          );
        buckets.forEach(({ availableToPromise }, index) => {
          const later = buckets.slice(index).map(({ bucketEnd }) => freeAt(bucketEnd));
          expect(compare(availableToPromise, min(later[0] ?? pieces(0), ...later.slice(1)))).toBeLessThanOrEqual(0);
        });
      }),
    );
  });

  it('a forecast and its orders need the greater of both', () => {
    fc.assert(
      fc.property(fc.nat({ max: 500 }), fc.array(fc.nat({ max: 200 }), { maxLength: 5 }), (expected, ordered) => {
        const customerOrders = ordered.map((value, index) =>
          customerOrder(`S${index}`, `2026-12-0${index + 1}`, value),
        );
        const facts = pump({ forecasts: [forecast({ '2026-11-30': expected })], customerOrders });
        const total = ordered.reduce((a, b) => a + b, 0);
        expect(figures(facts, 'netDemand')[1]).toBe(String(Math.max(expected, total)));
      }),
    );
  });

  it('a shortage is never more than what is needed, and none is left out while the balance is negative', () => {
    fc.assert(
      fc.property(anyFacts, granularity, (facts, by) => {
        for (const { netDemand, shortage, projectedAvailableBalance: balance } of answered(facts, {
          ...range,
          granularity: by,
        }).buckets) {
          expect(compare(shortage, netDemand)).toBeLessThanOrEqual(0);
          const short = compare(balance, pieces(0)) < 0 && compare(netDemand, pieces(0)) > 0;
          expect(compare(shortage, pieces(0))).toBe(short ? 1 : 0);
          if (short) expect(compare(subtract(negate(balance), shortage), pieces(0))).toBeGreaterThanOrEqual(0);
        }
      }),
    );
  });
});

function pick({ projectedAvailableBalance, availableToPromise }: SupplyDemandBucket) {
  return { projectedAvailableBalance, availableToPromise };
}

function answered(facts: UnitFacts, question: SupplyDemandQuestion) {
  const answer = supplyDemand(facts, question);
  if (!answer) throw new Error('Nothing is known.');
  return answer;
}

function consuming(id: string, startsOn: string, needed: number, withdrawn = 0) {
  return productionOrder(id, startsOn, 1, {
    sku: 'ASSEMBLY',
    scheduledStart: `${startsOn}T06:00:00.000Z`,
    components: [{ position: 10, sku: 'PUMP', required: pieces(needed), withdrawn: pieces(withdrawn) }],
  });
}

type Figure = {
  [name in keyof SupplyDemandBucket]: SupplyDemandBucket[name] extends object ? name : never;
}[keyof SupplyDemandBucket];

/** Of each bucket the figures named, in one text. */
function figures(facts: UnitFacts, ...asked: (Figure | SupplyDemandQuestion)[]) {
  const question = asked.find((each) => typeof each === 'object') ?? weeks;
  const names = asked.filter((each) => typeof each === 'string');
  return answered(facts, question).buckets.map((bucket) => names.map((name) => bucket[name].value).join(' '));
}

function rowsOf(facts: UnitFacts) {
  return answered(facts, weeks).buckets.map(({ bucketStart, bucketEnd: _, ...rest }) => [
    bucketStart,
    ...Object.values(rest).map((figure) => (typeof figure === 'boolean' ? figure : figure.value)),
  ]);
}
