import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { graphql, parse, subscribe, type ExecutionResult } from 'graphql';
import { countReads, type DocumentStore } from '@takt/document-store';
import { inboundMessage } from '@takt/intake';
import { openDomain, type Domain } from '@takt/subgraph-server';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { productionOrders } from './domain.ts';
import { pieces, PLAN, REPORT } from './order.fixture.ts';

let directory: string;
let domain: Domain;
let reads: () => number;
const clock = () => new Date('2026-03-02T12:00:00Z');

async function open(): Promise<void> {
  domain = await openDomain(productionOrders, {
    directory,
    clock,
    decorateStore: (store: DocumentStore) => {
      const counted = countReads(store);
      reads = counted.reads;
      return counted.store;
    },
  });
}

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'takt-production-orders-'));
  await open();
});

afterEach(async () => {
  await domain.close();
  await rm(directory, { recursive: true });
});

async function ask(source: string, variableValues: Record<string, unknown> = {}) {
  const result = await graphql({ schema: domain.schema, source, variableValues, contextValue: domain.createContext() });
  return JSON.parse(JSON.stringify(result)) as { data: Record<string, unknown>; errors?: { message: string }[] };
}

async function report(orders: (Partial<typeof REPORT> & { id: string })[]): Promise<void> {
  const messages = orders.map((order) =>
    inboundMessage(
      {
        type: 'ProductionOrderReported',
        source: 'erp/P100',
        data: { ...REPORT, ...order },
        time: '2026-03-01T00:00:00Z',
      },
      clock,
    ),
  );
  for (const outcome of await domain.intake.receive(messages)) {
    expect(outcome).toMatchObject({ status: 'APPLIED' });
    await logged(outcome.messageId);
  }
}

/** What a commit caused is in the log a moment later. */
async function logged(messageId: string): Promise<void> {
  await vi.waitFor(async () => {
    const events = await domain.log.read(0, 1000);
    expect(events.some(({ event }) => event.causationid === messageId)).toBe(true);
  });
}

describe('commands', () => {
  const RESULT = `{
    ... on ProductionOrderAccepted { productionOrder { id state revision onHold confirmed { yield { value unit } } confirmations { id reversal { reason } } } }
    ... on CommandRefused { code reason }
    ... on RevisionConflict { expectedRevision currentRevision }
  }`;
  const mutate = async (field: string, args: string) => {
    const { data, errors } = await ask(`mutation { answer: ${field}(${args}) ${RESULT} }`);
    expect(errors).toBeUndefined();
    return data['answer'] as Record<string, unknown>;
  };
  const create = `idempotencyKey: "k1", input: {
    id: "PO-9", sku: "PUMP", location: "P100", quantity: { value: "10", unit: "PC" },
    scheduledStart: "2026-03-02T06:00:00Z", scheduledEnd: "2026-03-03T06:00:00Z", operations: [{ sequence: 10, workCenter: "LATHE" }]
  }`;

  it('take an order from its creation to its close, and say what they refuse', async () => {
    expect(await mutate('createProductionOrder', create)).toMatchObject({
      productionOrder: { state: 'PLANNED', revision: 1 },
    });
    expect(await mutate('createProductionOrder', create)).toMatchObject({ productionOrder: { revision: 1 } });
    expect(await mutate('closeProductionOrder', 'idempotencyKey: "k2", input: { id: "PO-9" }')).toMatchObject({
      code: 'ORDER_NOT_FINISHED',
    });
    expect(
      await mutate('releaseProductionOrder', 'idempotencyKey: "k3", input: { id: "PO-9" }, expectedRevision: 7'),
    ).toEqual({
      expectedRevision: 7,
      currentRevision: 1,
    });
    expect(await mutate('firmProductionOrder', 'idempotencyKey: "k4", input: { id: "PO-9" }')).toMatchObject({
      productionOrder: { state: 'FIRMED' },
    });
    expect(await mutate('releaseProductionOrder', 'idempotencyKey: "k5", input: { id: "PO-9" }')).toMatchObject({
      productionOrder: { state: 'RELEASED' },
    });
    expect(
      await mutate(
        'placeQualityHold',
        'idempotencyKey: "k6", input: { id: "PO-9", reason: "Porous", placedBy: "Vera" }',
      ),
    ).toMatchObject({ productionOrder: { onHold: true } });
    const confirm = (key: string) =>
      mutate(
        'confirmCompletion',
        `idempotencyKey: "${key}", input: { id: "PO-9", operation: 10, yield: { value: "10", unit: "PC" }, final: true }`,
      );
    expect(await confirm('k7')).toMatchObject({
      code: 'ORDER_ON_HOLD',
      reason: expect.stringContaining('Vera: Porous'),
    });
    await mutate(
      'releaseQualityHold',
      'idempotencyKey: "k8", input: { id: "PO-9", hold: "k6", disposition: USE_AS_IS, releasedBy: "Vera" }',
    );
    expect(await confirm('k9')).toMatchObject({
      productionOrder: { state: 'CONFIRMED', confirmed: { yield: pieces('10') } },
    });
    expect(
      await mutate(
        'reverseConfirmation',
        'idempotencyKey: "k10", input: { id: "PO-9", confirmation: "k9", reason: "Wrong order" }',
      ),
    ).toMatchObject({
      productionOrder: { state: 'RELEASED', confirmations: [{ id: 'k9', reversal: { reason: 'Wrong order' } }] },
    });
    await confirm('k11');
    expect(await mutate('closeProductionOrder', 'idempotencyKey: "k12", input: { id: "PO-9" }')).toMatchObject({
      productionOrder: { state: 'CLOSED' },
    });
    expect(
      await mutate('cancelProductionOrder', 'idempotencyKey: "k13", input: { id: "PO-9", reason: "x" }'),
    ).toMatchObject({ code: 'ORDER_CLOSED' });
  });

  it('revise and substitute, with the history newest first', async () => {
    await report([{ id: 'PO-1' }]);
    await mutate(
      'reviseSchedule',
      'idempotencyKey: "a", input: { id: "PO-1", scheduledEnd: "2026-03-04T14:00:00Z", cause: SHORTAGE }',
    );
    await mutate(
      'reviseSchedule',
      'idempotencyKey: "b", input: { id: "PO-1", operations: [{ sequence: 20, workCenter: "LINE-2" }], cause: CAPACITY }',
    );
    await mutate(
      'substituteMaterial',
      'idempotencyKey: "c", input: { id: "PO-1", position: 20, substitute: "BOLT", ratio: "0.5", reason: "Shortage", approvedBy: "Paul" }',
    );
    const { data } = await ask(`{ productionOrder(id: "PO-1") {
      scheduledEnd
      scheduleRevisions(first: 1) { number state cause from { scheduledEnd operations { sequence workCenter { code } } } to { operations { workCenter { code } } } }
      substitutions { component { sku } substitute { sku } replaced { value } required { value } }
      components { product { sku } substitutedFor { sku } required { value } }
    } }`);
    expect(data['productionOrder']).toEqual({
      scheduledEnd: '2026-03-04T14:00:00.000Z',
      scheduleRevisions: [
        {
          number: 2,
          state: 'APPROVED',
          cause: 'CAPACITY',
          from: { scheduledEnd: null, operations: [{ sequence: 20, workCenter: { code: 'LINE-1' } }] },
          to: { operations: [{ workCenter: { code: 'LINE-2' } }] },
        },
      ],
      substitutions: [
        {
          component: { sku: 'SCREW' },
          substitute: { sku: 'BOLT' },
          replaced: { value: '300' },
          required: { value: '150' },
        },
      ],
      components: [
        { product: { sku: 'CASTING' }, substitutedFor: null, required: { value: '100' } },
        { product: { sku: 'BOLT' }, substitutedFor: { sku: 'SCREW' }, required: { value: '150' } },
      ],
    });
  });
});

describe('lists', () => {
  beforeEach(async () => {
    await report(
      Array.from({ length: 12 }, (_, index) => ({
        id: `PO-${String(index).padStart(2, '0')}`,
        sku: index % 2 === 0 ? 'PUMP' : 'VALVE',
        state: index < 9 ? ('RELEASED' as const) : ('CLOSED' as const),
        scheduledStart: `2026-03-${String(index + 1).padStart(2, '0')}T06:00:00Z`,
        scheduledEnd: '2026-04-01T00:00:00Z',
      })),
    );
  });

  it('are filtered, sorted, counted and paged', async () => {
    const query = `query ($after: String) { productionOrders(
      first: 3, after: $after, orderBy: { field: SCHEDULED_START, direction: DESC },
      filter: { state: [RELEASED, FIRMED], sku: ["PUMP"], location: ["P100"], workCenter: ["LATHE"], onHold: false, scheduledStart: { from: "2026-03-02T00:00:00Z" } }
    ) { totalCount pageInfo { hasNextPage endCursor } nodes { id } } }`;
    const first = (await ask(query)).data['productionOrders'] as { pageInfo: { endCursor: string } };
    expect(first).toMatchObject({
      totalCount: 4,
      nodes: [{ id: 'PO-08' }, { id: 'PO-06' }, { id: 'PO-04' }],
      pageInfo: { hasNextPage: true },
    });
    const second = await ask(query, { after: first.pageInfo.endCursor });
    expect(second.data['productionOrders']).toMatchObject({
      nodes: [{ id: 'PO-02' }],
      pageInfo: { hasNextPage: false },
    });
  });

  it.each(['SCHEDULED_START', 'SCHEDULED_END'])('are served whatever is filtered, by %s', async (field) => {
    for (const filter of [
      '{}',
      '{ state: [CLOSED] }',
      '{ location: ["P100"] }',
      '{ sku: ["PUMP"] }',
      '{ workCenter: ["LATHE", "LINE-1"] }',
      '{ onHold: false, materialShortage: false }',
    ]) {
      const { data, errors } = await ask(
        `{ productionOrders(filter: ${filter}, orderBy: { field: ${field} }) { totalCount nodes { id } } }`,
      );
      expect(errors).toBeUndefined();
      const { totalCount, nodes } = data['productionOrders'] as { totalCount: number; nodes: { id: string }[] };
      expect(nodes).toHaveLength(totalCount);
      expect(new Set(nodes.map(({ id }) => id)).size).toBe(totalCount);
    }
  });

  it('of many items cost as many reads as of one', async () => {
    const query = `query ($representations: [_Any!]!) { _entities(representations: $representations) { ... on ItemLocation {
      productionOrders(first: 5, filter: { state: [FIRMED, RELEASED, IN_PROGRESS] }) { totalCount nodes { id operations { workCenter { code } } } }
    } } }`;
    const item = (sku: string) => ({ __typename: 'ItemLocation', sku, location: { code: 'P100' } });
    const cost = async (representations: unknown[]) => {
      const before = reads();
      const { data, errors } = await ask(query, { representations });
      expect(errors).toBeUndefined();
      return { cost: reads() - before, entities: data['_entities'] };
    };
    await vi.waitFor(async () => expect((await cost([item('PUMP')])).cost).toBe(2));
    const many = await cost([
      item('PUMP'),
      item('VALVE'),
      ...Array.from({ length: 48 }, (_, index) => item(`S-${index}`)),
    ]);
    expect(many.cost).toBe(2);
    expect(many.entities).toMatchObject([
      { productionOrders: { totalCount: 5 } },
      { productionOrders: { totalCount: 4 } },
      { productionOrders: { totalCount: 0 } },
      ...Array.from({ length: 47 }, () => ({})),
    ]);
  });
});

describe('utilization', () => {
  const query = `query ($representations: [_Any!]!, $from: Date!, $to: Date!) { _entities(representations: $representations) {
    ... on WorkCenter { utilization(from: $from, to: $to) productionOrders { totalCount } }
  } }`;
  const days = ['MONDAY', 'TUESDAY', 'WEDNESDAY', 'THURSDAY', 'FRIDAY'];
  const workCenter = (code: string, change = {}) => ({
    __typename: 'WorkCenter',
    code,
    timeZone: 'UTC',
    capacity: '1',
    efficiencyPercent: null,
    shifts: [{ name: 'Early', days, startTime: '06:00', endTime: '14:00' }],
    calendar: null,
    capacityCalendar: null,
    ...change,
  });
  const utilizations = async (representations: unknown[], from = '2026-03-02', to = '2026-03-03') => {
    const { data, errors } = await ask(query, { representations, from, to });
    expect(errors).toBeUndefined();
    return (data['_entities'] as { utilization: number | null }[]).map(({ utilization }) => utilization);
  };

  it('is what open orders take of the working time, and follows what becomes of them', async () => {
    await report([{ id: 'PO-1' }]);
    await vi.waitFor(async () => expect(await utilizations([workCenter('LATHE')])).toEqual([50]));
    expect(await utilizations([workCenter('LINE-1')])).toEqual([0]);
    expect(
      await utilizations([workCenter('LATHE', { capacity: '2' }), workCenter('LATHE', { efficiencyPercent: 50 })]),
    ).toEqual([25, 100]);
    const { data } = await ask(
      `mutation { reviseSchedule(idempotencyKey: "a", input: { id: "PO-1", cause: CAPACITY, operations: [{ sequence: 10, workCenter: "LINE-1" }] }) { __typename } }`,
    );
    expect(data['reviseSchedule']).toEqual({ __typename: 'ProductionOrderAccepted' });
    await vi.waitFor(async () =>
      expect(await utilizations([workCenter('LATHE'), workCenter('LINE-1')])).toEqual([0, 50]),
    );
    await report([{ id: 'PO-2', operations: PLAN.operations.slice(0, 1) }]);
    await vi.waitFor(async () => expect(await utilizations([workCenter('LATHE')])).toEqual([50]));
    await ask(
      `mutation { cancelProductionOrder(idempotencyKey: "b", input: { id: "PO-2", reason: "No demand" }) { __typename } }`,
    );
    await vi.waitFor(async () => expect(await utilizations([workCenter('LATHE')])).toEqual([0]));
  });

  it('goes on from its checkpoint after a restart', async () => {
    await report([{ id: 'PO-1' }]);
    await domain.close();
    await open();
    await vi.waitFor(async () => expect(await utilizations([workCenter('LATHE')])).toEqual([50]));
  });

  it('of many work centers costs one read', async () => {
    await report([{ id: 'PO-1' }]);
    await vi.waitFor(async () => expect(await utilizations([workCenter('LATHE')])).toEqual([50]));
    const onlyLoad = (representations: unknown[]) =>
      ask(query.replace('productionOrders { totalCount }', ''), {
        representations,
        from: '2026-01-01',
        to: '2026-07-01',
      });
    const before = reads();
    await onlyLoad(Array.from({ length: 50 }, (_, index) => workCenter(`W-${index}`)));
    expect(reads() - before).toBe(1);
  });

  it('is null where nothing is known of the working time, or there is none', async () => {
    const closed = { code: 'C', timeZone: 'UTC', defaultValue: 0, periods: [] };
    expect(
      await utilizations([
        { __typename: 'WorkCenter', code: 'X', timeZone: null, capacity: null, shifts: [], calendar: null },
        workCenter('LATHE', { calendar: closed }),
      ]),
    ).toEqual([null, null]);
  });

  it('wants a window of days', async () => {
    const { errors } = await ask(query, {
      representations: [workCenter('LATHE')],
      from: '2026-03-03',
      to: '2026-03-03',
    });
    expect(errors?.[0]?.message).toBe('to must be after from, got 2026-03-03 and 2026-03-03.');
  });
});

describe('the subscription', () => {
  const follow = async (args = '') => {
    const document = parse(`subscription { scheduleChanged${args} {
      cursor occurredAt cause correlationId event productionOrder { id state } revision { number to { scheduledEnd operations { workCenter { code } } } }
    } }`);
    const result = await subscribe({ schema: domain.schema, document, contextValue: domain.createContext() });
    if (!(Symbol.asyncIterator in result)) throw new Error(JSON.stringify(result));
    const next = async () => {
      const { value } = (await result.next()) as { value: ExecutionResult };
      expect(value.errors).toBeUndefined();
      return (value.data as { scheduleChanged: { cursor: string } }).scheduleChanged;
    };
    return { next, stop: () => result.return(undefined) };
  };
  const move = (key: string, id: string) =>
    ask(
      `mutation { reviseSchedule(idempotencyKey: "${key}", input: { id: "${id}", scheduledEnd: "2026-03-0${key}T00:00:00Z", cause: SHORTAGE }) { __typename } }`,
    );

  it('tells what happened, why, and goes on from a cursor without gap or duplicate', async () => {
    await report([{ id: 'PO-1' }]);
    const live = await follow();
    await move('5', 'PO-1');
    const change = await live.next();
    expect(change).toMatchObject({
      cause: 'SHORTAGE',
      correlationId: '5',
      event: 'ProductionOrderRescheduled',
      productionOrder: { id: 'PO-1', state: 'RELEASED' },
      revision: { number: 1, to: { scheduledEnd: '2026-03-05T00:00:00.000Z', operations: [] } },
    });
    await live.stop();
    await move('6', 'PO-1');
    await domain.close();
    await open();
    const resumed = await follow(`(after: "${change.cursor}")`);
    await move('7', 'PO-1');
    expect([await resumed.next(), await resumed.next()]).toMatchObject([
      { revision: { number: 2 } },
      { revision: { number: 3 } },
    ]);
    await resumed.stop();
  });

  it('tells of one plant or work center only, also of what leaves it', async () => {
    await report([{ id: 'PO-1' }, { id: 'PO-2', location: 'P200', operations: [] }]);
    const plant = await follow('(plant: "P200")');
    const lathe = await follow('(workCenter: "LATHE")');
    await move('5', 'PO-1');
    await move('6', 'PO-2');
    await ask(
      `mutation { reviseSchedule(idempotencyKey: "7", input: { id: "PO-1", cause: CAPACITY, operations: [{ sequence: 10, workCenter: "MILL" }] }) { __typename } }`,
    );
    expect(await plant.next()).toMatchObject({ productionOrder: { id: 'PO-2' } });
    expect([await lathe.next(), await lathe.next()]).toMatchObject([
      { correlationId: '5' },
      { correlationId: '7', revision: { to: { operations: [{ workCenter: { code: 'MILL' } }] } } },
    ]);
    await plant.stop();
    await lathe.stop();
  });
});
