import { choiceOf, numberOf, upTo, type World } from './world.ts';

/**
 * Supply and demand of a plant's items over six subgraphs, shaped like the flagship operation. Every plant has as many
 * items as are asked for, all of them with as much data as those of any other plant.
 */
export const plant: World = {
  subgraphs: [
    {
      name: 'products',
      sdl: `
        extend type Query { location(code: ID!): Location }
        type Location { code: ID! name: String! timeZone: String! items(first: Int! = 50): ItemConnection! }
        type ItemConnection { totalCount: Int! pageInfo: PageInfo! nodes: [Item!]! }
        type PageInfo { hasNextPage: Boolean! endCursor: String }
        type Item @key(fields: "id") { id: ID! sku: String! product: Product! planning: Planning! }
        type Product { name: String! family: String! abcClass: AbcClass! baseUnit: String! }
        enum AbcClass { A B C }
        type Planning {
          planner: String!
          lotSizeRule: LotSizeRule!
          safetyStock: Quantity!
          leadTimeDays: Int!
          demandTimeFenceDays: Int
          planningTimeFenceDays: Int
        }
        enum LotSizeRule { LOT_FOR_LOT FIXED_ORDER_QUANTITY PERIODS_OF_SUPPLY }
        type Quantity { value: String! unit: String! }`,
      root: { location: ({ code }: { code: string }) => location(code) },
      entities: { Item: ({ id }: { id: string }) => item(id) },
    },
    {
      name: 'forecasts',
      sdl: `
        scalar Date
        extend type Item @key(fields: "id") {
          id: ID! @external
          forecast(from: Date!, to: Date!, granularity: Granularity! = WEEK): [ForecastBucket!]!
        }
        enum Granularity { DAY WEEK MONTH }
        type ForecastBucket { bucketStart: Date! quantity: Quantity! version: String! }
        type Quantity { value: String! unit: String! }`,
      root: {},
      entities: { Item: ({ id }: { id: string }) => ({ id, forecast: (range: DateRange) => forecast(id, range) }) },
    },
    {
      name: 'inventory',
      sdl: `
        scalar DateTime
        extend type Item @key(fields: "id") { id: ID! @external inventory: Inventory }
        type Inventory {
          onHand: Quantity!
          available: Quantity!
          onQualityInspection: Quantity!
          asOf: DateTime!
          freshness: Freshness!
        }
        enum Freshness { CURRENT DELAYED STALE }
        type Quantity { value: String! unit: String! }`,
      root: {},
      entities: { Item: ({ id }: { id: string }) => ({ id, inventory: inventory(id) }) },
    },
    {
      name: 'orders',
      sdl: `
        scalar DateTime
        extend type Item @key(fields: "id") {
          id: ID! @external
          productionOrders(first: Int! = 5, states: [OrderState!]): ProductionOrderConnection!
        }
        type ProductionOrderConnection { totalCount: Int! nodes: [ProductionOrder!]! }
        type ProductionOrder {
          id: ID!
          state: OrderState!
          quantity: Quantity!
          scheduledStart: DateTime!
          scheduledEnd: DateTime!
          onHold: Boolean!
          operations: [ProductionOperation!]!
        }
        enum OrderState { PLANNED FIRMED RELEASED IN_PROGRESS }
        type ProductionOperation { sequence: Int! state: OperationState! workCenter: WorkCenter! }
        enum OperationState { WAITING RUNNING COMPLETED }
        extend type WorkCenter @key(fields: "code") { code: ID! @external }
        type Quantity { value: String! unit: String! }`,
      root: {},
      entities: {
        Item: ({ id }: { id: string }) => ({
          id,
          productionOrders: ({ first }: { first: number }) => ({ totalCount: 2, nodes: orders(id, first) }),
        }),
      },
    },
    {
      name: 'workCenters',
      sdl: `
        scalar Date
        type WorkCenter @key(fields: "code") {
          code: ID!
          name: String!
          state: WorkCenterState!
          utilization(from: Date!, to: Date!): Float
        }
        enum WorkCenterState { RUNNING SET_UP DOWN }`,
      root: {},
      entities: { WorkCenter: ({ code }: { code: string }) => workCenter(code) },
    },
    {
      name: 'suppliers',
      sdl: `
        scalar Date
        extend type Mutation { reviseCommitment(id: ID!, committedOn: Date!): SupplierCommitment! }
        extend type Subscription { supplierCommitmentRevised(minDaysLate: Int!): SupplierCommitment! }
        extend type Item @key(fields: "id") {
          id: ID! @external
          supplierCommitments(first: Int! = 5): SupplierCommitmentConnection!
        }
        type SupplierCommitmentConnection { nodes: [SupplierCommitment!]! }
        type SupplierCommitment {
          id: ID!
          supplier: Supplier!
          requiredOn: Date!
          committedOn: Date
          required: Quantity!
          committed: Quantity!
          confirmation: Confirmation!
          item: Item!
          "Of events: their number."
          revision: Int!
        }
        type Supplier { id: ID! name: String! }
        enum Confirmation { OPEN CONFIRMED REVISED }
        type Quantity { value: String! unit: String! }`,
      root: {
        reviseCommitment: ({ id, committedOn }: { id: string; committedOn: string }) => ({
          ...commitment(id),
          committedOn,
          confirmation: 'REVISED',
        }),
        supplierCommitmentRevised: ({ event }: { event: number }) => ({
          ...commitment(`P1${String(event % 64).padStart(2, '0')}/FG-1000/SC-1`),
          revision: event,
          committedOn: dayAfter('2026-11-23', event % 90),
          confirmation: 'REVISED',
        }),
      },
      entities: {
        Item: ({ id }: { id: string }) => ({
          id,
          supplierCommitments: ({ first }: { first: number }) => ({
            nodes: upTo(Math.min(first, 1), (index) => commitment(`${id}/SC-${index}`)),
          }),
        }),
      },
    },
  ],
};

interface DateRange {
  readonly from: string;
  readonly to: string;
}

function location(code: string) {
  return {
    code,
    name: `${choiceOf(code, ['Werk Süd, Göppingen', 'Usine de Saint-Étienne', 'Zakład Łódź'])} ${code}`,
    timeZone: 'Europe/Berlin',
    items: ({ first }: { first: number }) => ({
      totalCount: 5000,
      pageInfo: { hasNextPage: true, endCursor: `c${first}` },
      nodes: upTo(first, (index) => item(`${code}/FG-${1000 + index}`)),
    }),
  };
}

function item(id: string) {
  return {
    id,
    sku: id.slice(id.indexOf('/') + 1),
    product: {
      name: choiceOf(id, [
        'Wälzlager, gehärtet, 6204',
        'Planetengetriebe PG 80, zweistufig',
        'Führungsschiene 1200 mm',
        'Engrenage hélicoïdal 24 dents',
        'Łożysko kulkowe skośne',
        '精密轴承 6204',
        'Hydraulic valve block, 3/2-way',
      ]),
      family: choiceOf(`${id}f`, ['BEARINGS', 'GEARBOXES', 'GUIDES', 'VALVES']),
      abcClass: choiceOf(`${id}a`, ['A', 'B', 'C']),
      baseUnit: 'PCE',
    },
    planning: {
      planner: choiceOf(`${id}p`, ['Jürgen Weiß', 'Anna Müller', 'Zoë Lefèvre', 'Mark Turner']),
      lotSizeRule: choiceOf(`${id}l`, ['LOT_FOR_LOT', 'FIXED_ORDER_QUANTITY', 'PERIODS_OF_SUPPLY']),
      safetyStock: quantity(`${id}s`),
      leadTimeDays: 10 + numberOf(`${id}d`, 80),
      demandTimeFenceDays: numberOf(`${id}t`, 3) === 0 ? null : 10,
      planningTimeFenceDays: 60,
    },
  };
}

function forecast(id: string, { from, to }: DateRange) {
  const weeks = Math.floor((Date.parse(to) - Date.parse(from)) / (7 * dayMs)) + 1;
  return upTo(weeks, (week) => ({
    bucketStart: dayAfter(from, 7 * week),
    quantity: quantity(`${id}w${week}`),
    version: '2026-11-23/1',
  }));
}

function inventory(id: string) {
  return {
    onHand: quantity(`${id}o`),
    available: quantity(`${id}v`),
    onQualityInspection: quantity(`${id}q`),
    asOf: '2026-11-23T06:30:00.000Z',
    freshness: choiceOf(`${id}h`, ['CURRENT', 'DELAYED', 'STALE']),
  };
}

function orders(id: string, first: number) {
  return upTo(Math.min(first, 2), (index) => {
    const order = `${id}/PO-${index}`;
    return {
      id: order,
      state: choiceOf(order, ['FIRMED', 'RELEASED', 'IN_PROGRESS']),
      quantity: quantity(order),
      scheduledStart: `${dayAfter('2026-11-23', 3 * index)}T05:00:00.000Z`,
      scheduledEnd: `${dayAfter('2026-11-23', 3 * index + 2)}T21:30:00.000Z`,
      onHold: numberOf(order, 5) === 0,
      operations: upTo(1 + (index % 2), (operation) => ({
        sequence: 10 * (operation + 1),
        state: choiceOf(`${order}${operation}`, ['WAITING', 'RUNNING', 'COMPLETED']),
        workCenter: { code: `${id.slice(0, id.indexOf('/'))}-WC-${numberOf(`${order}${operation}`, 24)}` },
      })),
    };
  });
}

function workCenter(code: string) {
  return {
    code,
    name: choiceOf(code, ['Härterei 2', 'Fräszentrum Süd', 'Endmontage', 'Contrôle qualité']),
    state: choiceOf(code, ['RUNNING', 'SET_UP', 'DOWN']),
    utilization: numberOf(code, 1000) / 1000,
  };
}

function commitment(id: string) {
  const supplier = numberOf(id, 40);
  return {
    id,
    supplier: { id: `S-${1000 + supplier}`, name: choiceOf(`${supplier}`, ['Stahlwerk Thüringen', 'Söderström AB']) },
    requiredOn: dayAfter('2026-11-30', numberOf(id, 60)),
    committedOn: dayAfter('2026-11-30', numberOf(id, 67)),
    required: quantity(id),
    committed: quantity(id),
    confirmation: choiceOf(id, ['OPEN', 'CONFIRMED', 'REVISED']),
    item: { id: id.split('/').slice(0, 2).join('/') },
    revision: 0,
  };
}

function quantity(text: string) {
  return { value: `${100 + numberOf(text, 900)}.${100 + numberOf(`${text}.`, 900)}`, unit: 'PCE' };
}

const dayMs = 86_400_000;

function dayAfter(date: string, days: number): string {
  return new Date(Date.parse(date) + days * dayMs).toISOString().slice(0, 10);
}
