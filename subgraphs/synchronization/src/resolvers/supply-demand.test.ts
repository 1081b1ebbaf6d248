import { execute, parse } from 'graphql';
import { describe, expect, it } from 'vitest';
import { schemaOf } from '@takt/subgraph-server';
import type { Picture, WorkCenterFacts } from '../picture/picture.ts';
import type { UnitFacts } from '../picture/unit-facts.ts';
import { supplyDemandEntities, supplyDemandResolvers } from './supply-demand.ts';
import {
  commitment,
  customerOrder,
  forecast,
  pieces,
  productionOrder,
  pump,
  stock,
} from '../supply-demand/facts.fixture.ts';

const clock = () => new Date('2026-11-26T09:00:00Z');
const { schema } = schemaOf({
  name: 'synchronization',
  aggregates: [],
  resolvers: [...supplyDemandResolvers],
  entities: supplyDemandEntities,
  references: {},
  connect: () => Promise.reject(new Error('Only its schema is asked for.')),
});

describe('an item at a location', () => {
  it('tells supply and demand by bucket', async () => {
    const facts = pump({
      stock: stock(40, { safetyStock: pieces(5) }),
      forecasts: [forecast({ '2026-11-30': 50 })],
      customerOrders: [customerOrder('S1', '2026-12-02', 30)],
    });
    const { ask } = graph([facts]);
    const answer = await ask(
      `${itemLocation('PUMP')} { supplyDemand(from: "2026-11-30", to: "2026-12-07", granularity: WEEK) {
        unit openingBalance { value } safetyStock { value } problems { message }
        buckets {
          bucketStart bucketEnd forecast { value } netForecast { value } customerOrders { value }
          netDemand { value } projectedAvailableBalance { value unit } availableToPromise { value } shortage { value } belowSafetyStock
        }
      } } } }`,
    );
    expect(answer).toEqual([
      {
        supplyDemand: {
          unit: 'EA',
          openingBalance: { value: '40' },
          safetyStock: { value: '5' },
          problems: [],
          buckets: [
            {
              bucketStart: '2026-11-30',
              bucketEnd: '2026-12-07',
              forecast: { value: '50' },
              netForecast: { value: '20' },
              customerOrders: { value: '30' },
              netDemand: { value: '50' },
              projectedAvailableBalance: { value: '-10', unit: 'EA' },
              availableToPromise: { value: '10' },
              shortage: { value: '10' },
              belowSafetyStock: true,
            },
          ],
        },
      },
    ]);
  });

  it('that nobody told of has none', async () => {
    const unknown = pump({ product: undefined as never });
    const { ask } = graph([unknown]);
    const answer = await ask(
      `${itemLocation('PUMP')} { supplyDemand(from: "2026-11-30", to: "2026-12-07", granularity: WEEK) { unit }
        pegging(from: "2026-11-30", to: "2026-12-07") { unit } } } }`,
    );
    expect(answer).toEqual([{ supplyDemand: null, pegging: null }]);
  });

  it.each([
    ['from: "2026-12-07", to: "2026-12-07", granularity: WEEK', 'to must be after from'],
    ['from: "2026-01-01", to: "2027-06-01", granularity: DAY', 'at most 400 buckets'],
    ['from: "2026-01-01", to: "2097-06-01", granularity: MONTH', 'within 20 years'],
  ])('is not asked for %s', async (range, message) => {
    const { fail } = graph([pump()]);
    expect(await fail(`${itemLocation('PUMP')} { supplyDemand(${range}) { unit } } } }`)).toEqual([
      'BAD_USER_INPUT',
      expect.stringContaining(message),
    ]);
  });

  it('50 of them are one read, whatever is asked of them', async () => {
    const skus = Array.from({ length: 50 }, (_, index) => `S${index}`);
    const { ask, reads } = graph(skus.map((sku) => pump({ sku, stock: stock(40) })));
    const answer = await ask(
      `{ _entities(representations: [${skus.map(representation).join()}]) { ... on ItemLocation {
        supplyDemand(from: "2026-11-26", to: "2027-05-27", granularity: WEEK) { buckets { bucketStart } }
        pegging(from: "2026-11-26", to: "2027-05-27") { demands { quantity { value } } }
      } } }`,
    );
    expect(answer).toHaveLength(50);
    expect((answer[0] as { supplyDemand: { buckets: object[] } }).supplyDemand.buckets).toHaveLength(27);
    expect(reads).toEqual(['units 50']);
  });
});

describe('pegging', () => {
  const from = '2026-11-23';
  const pegged = `pegging(from: "${from}", to: "2027-01-04")`;
  const cover = 'kind quantity { value } late productionOrder { id } supplierCommitment { id }';

  it('goes from a customer’s order through what makes it to what its component is waiting for', async () => {
    // given a pump ordered that P1 makes from a casting, which C1 brings too late
    const order = productionOrder('P1', '2026-12-10', 10, {
      components: [{ position: 10, sku: 'CASTING', required: pieces(10) }],
    });
    const pumps = pump({ customerOrders: [customerOrder('S1', '2026-12-11', 10)], makingOrders: [order] });
    const castings = pump({
      sku: 'CASTING',
      stock: stock(4),
      consumingOrders: [order],
      commitments: [commitment('C1', '2026-12-09', 5)],
    });
    const { ask, reads } = graph([pumps, castings]);

    // when
    const [answer] = await ask(
      `${itemLocation('PUMP')} { ${pegged} { demands { customerOrder { id } covers { ${cover}
        components { itemLocation { sku location { code } } dueOn productionOrder { id } uncovered { value } covers { ${cover} } }
      } } } } } }`,
    );

    // then
    expect(answer).toEqual({
      pegging: {
        demands: [
          {
            customerOrder: { id: 'S1' },
            covers: [
              {
                ...link('PRODUCTION_ORDER', '10'),
                productionOrder: { id: 'P1' },
                components: [
                  {
                    itemLocation: { sku: 'CASTING', location: { code: 'P100' } },
                    dueOn: '2026-12-08',
                    productionOrder: { id: 'P1' },
                    uncovered: { value: '1' },
                    covers: [
                      link('STOCK', '4'),
                      { ...link('SUPPLIER_COMMITMENT', '5', true), supplierCommitment: { id: 'C1' } },
                    ],
                  },
                ],
              },
            ],
          },
        ],
      },
    });
    expect(reads).toEqual(['units 1', 'orders 1', 'units 1']);
  });

  it('ends where an order stands above itself', async () => {
    // given rework: P1 makes pumps from pumps
    const order = productionOrder('P1', '2026-12-10', 10, {
      components: [{ position: 10, sku: 'PUMP', required: pieces(4) }],
    });
    const { ask } = graph([pump({ makingOrders: [order], consumingOrders: [order] })]);
    const levels = (depth: number): string =>
      `kind covers { kind ${depth > 0 ? `components { ${levels(depth - 1)} }` : ''} }`;
    const [answer] = await ask(`${itemLocation('PUMP')} { ${pegged} { demands { ${levels(3)} } } } } }`);
    const below = { kind: 'COMPONENT', covers: [{ kind: 'PRODUCTION_ORDER', components: [] }] };
    expect(answer).toEqual({
      pegging: { demands: [{ kind: 'COMPONENT', covers: [{ kind: 'PRODUCTION_ORDER', components: [below] }] }] },
    });
  });
});

describe('a work center', () => {
  it('tells its load by bucket, many in two reads', async () => {
    const none = pieces(0);
    const operation = {
      sequence: 10,
      workCenter: 'W1',
      plannedMinutes: 720,
      reported: {},
      state: 'PLANNED',
      confirmed: { yield: none, scrap: none, rework: none },
    } as const;
    const order = productionOrder('P1', '2026-12-02', 1, { workCenters: ['W1'], operations: [operation] });
    const { ask, reads } = graph([pump({ makingOrders: [order] })], ['W1', 'W2']);
    const answer = await ask(
      `{ _entities(representations: [{ __typename: "WorkCenter", code: "W1" }, { __typename: "WorkCenter", code: "W2" }, { __typename: "WorkCenter", code: "W3" }]) {
        ... on WorkCenter { load(from: "2026-11-30", to: "2026-12-01", granularity: WEEK) {
          criticalLoadPercent overdueMinutes buckets { bucketStart loadMinutes availableMinutes utilizationPercent overloadMinutes critical }
        } }
      } }`,
    );
    const week = { bucketStart: '2026-11-30', availableMinutes: 10080, overloadMinutes: 0, critical: false };
    const load = (loadMinutes: number, utilizationPercent: number) => ({
      load: { criticalLoadPercent: 90, overdueMinutes: 0, buckets: [{ ...week, loadMinutes, utilizationPercent }] },
    });
    expect(answer).toEqual([load(720, 7.14), load(0, 0), { load: null }]);
    expect(reads).toEqual(['workCenters 3', 'openOrdersAt 3']);
  });
});

function link(kind: string, value: string, late = false) {
  return { kind, quantity: { value }, late, productionOrder: null, supplierCommitment: null };
}

function representation(sku: string): string {
  return `{ __typename: "ItemLocation", sku: "${sku}", location: { code: "P100" } }`;
}

function itemLocation(sku: string): string {
  return `{ _entities(representations: [${representation(sku)}]) { ... on ItemLocation`;
}

/** The fields over a picture that holds so much, and what was read of it: the kind, and for how many. */
function graph(units: readonly UnitFacts[], workCenters: readonly string[] = []) {
  const reads: string[] = [];
  const orders = units.flatMap(({ makingOrders }) => makingOrders.map((order) => ({ ...order, revision: 1 })));
  const answer = <Value>(kind: string, count: number, value: Value): Promise<Value> => {
    reads.push(`${kind} ${count}`);
    return Promise.resolve(value);
  };
  const picture: Picture = {
    units: (keys) =>
      answer(
        'units',
        keys.length,
        keys.map(({ sku }) => units.find((each) => each.sku === sku) ?? pump({ sku })),
      ),
    workCenters: (codes) =>
      answer(
        'workCenters',
        codes.length,
        codes.map((code) => (workCenters.includes(code) ? workCenter(code) : undefined)),
      ),
    orders: (ids) =>
      answer(
        'orders',
        ids.length,
        ids.map((id) => orders.find((order) => order.id === id)),
      ),
    openOrdersAt: (codes) =>
      answer(
        'openOrdersAt',
        codes.length,
        orders.filter((order) => order.workCenters.some((code) => codes.includes(code))),
      ),
    locations: (codes) => answer('locations', codes.length, []),
    usedIn: () => answer('usedIn', 1, []),
    heard: () => answer('heard', 1, []),
  };
  const run = (query: string) => execute({ schema, document: parse(query), contextValue: { picture, clock } });
  return {
    reads,
    ask: async (query: string) => {
      const { data, errors } = await run(query);
      expect(errors).toBeUndefined();
      return (data?.['_entities'] ?? []) as object[];
    },
    fail: async (query: string) => {
      const error = (await run(query)).errors?.[0];
      return [error?.extensions['code'], error?.message];
    },
  };
}

function workCenter(code: string): WorkCenterFacts {
  return {
    workCenter: {
      code,
      name: code,
      location: 'P100',
      level: 'WORK_UNIT',
      type: 'MACHINE',
      capacity: '1',
      capacityUnit: 'machine',
      timeZone: 'Europe/Berlin',
      recordTold: { system: 'erp', instance: 'P100', asOf: '2026-11-01T00:00:00Z' },
      downtimes: [],
    },
  };
}
