import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execute, parse, subscribe, type ExecutionResult } from 'graphql';
import { expect, it, onTestFinished } from 'vitest';
import { countReads, type DocumentStore } from '@takt/document-store';
import { inboundMessage } from '@takt/intake';
import { openDomain } from '@takt/subgraph-server';
import { forecasts } from './domain.ts';
import type { CustomerOrderRecord } from './customer-order.ts';
import type { ForecastReport } from './messages.ts';

const clock = () => new Date('2026-11-23T08:00:00Z');

async function opened() {
  const directory = await mkdtemp(join(tmpdir(), 'takt-forecasts-'));
  const domain = await openDomain(forecasts, { directory, clock });
  onTestFinished(async () => {
    await domain.close();
    await rm(directory, { recursive: true });
  });
  const document = (query: string) => ({
    schema: domain.schema,
    document: parse(query),
    contextValue: domain.createContext(),
  });
  const receive = async (type: string, data: object) => {
    const [outcome] = await domain.intake.receive([inboundMessage({ type, source: 'planning/p1', data }, clock)]);
    return outcome;
  };
  return {
    ask: async (query: string) => {
      const { data, errors } = await execute(document(query));
      expect(errors).toBeUndefined();
      return data as Record<string, never>;
    },
    fail: async (query: string) => (await execute(document(query))).errors?.[0]?.extensions['code'],
    listen: async (query: string) => (await subscribe(document(query))) as AsyncGenerator<ExecutionResult>,
    receive,
    report: (baselines: Record<string, string>, rest: Partial<ForecastReport> = {}) =>
      receive('ForecastReported', {
        sku: 'PUMP',
        location: 'P100',
        granularity: 'WEEK',
        unit: 'EA',
        version: '2026-W48',
        publishedAt: '2026-11-23T05:00:00Z',
        status: 'PUBLISHED',
        complete: true,
        buckets: Object.entries(baselines).map(([start, baseline]) => ({ start, baseline })),
        ...rest,
      }),
    order: (id: string, dueAt: string, pieces: number, rest: Partial<CustomerOrderRecord> = {}) =>
      receive('CustomerOrderReported', {
        id,
        sku: 'PUMP',
        location: 'P100',
        customer: 'ACME',
        dueAt,
        quantity: { value: String(pieces), unit: 'EA' },
        status: 'OPEN',
        ...rest,
      }),
  };
}

const next = { version: '2026-W49', publishedAt: '2026-11-23T06:00:00Z' };

function ofItem(fields: string, sku = 'PUMP') {
  const representation = `{ __typename: "ItemLocation", sku: "${sku}", location: { code: "P100" } }`;
  return `{ _entities(representations: [${representation}]) { ... on ItemLocation { ${fields} } } }`;
}

const bucket = (bucketStart: string, value: string, version: string | null = '2026-W48') => ({
  bucketStart,
  quantity: { value, unit: 'EA' },
  version,
});
const FORECAST = 'bucketStart quantity { value unit } version';

it('answers the forecast of an item at a location week by week, within the days asked for', async () => {
  const { ask, report } = await opened();
  await report({ '2026-11-23': '10', '2026-11-30': '20', '2026-12-07': '30' });
  await report({ '2026-11-23': '10', '2026-11-30': '25', '2026-12-07': '30' }, next);
  const answer = await ask(ofItem(`forecast(from: "2026-11-29", to: "2026-12-07") { ${FORECAST} }`));
  expect(answer).toEqual({
    _entities: [{ forecast: [bucket('2026-11-23', '10'), bucket('2026-11-30', '25', '2026-W49')] }],
  });
  expect(await ask(ofItem(`forecast(from: "2026-11-29", to: "2026-12-07") { version }`, 'OTHER'))).toEqual({
    _entities: [{ forecast: [] }],
  });
});

it('converts buckets exactly', async () => {
  const { ask, report } = await opened();
  await report({ '2026-12-01': '23' }, { granularity: 'MONTH' });
  const answer = await ask(ofItem(`forecast(from: "2026-12-01", to: "2027-01-01") { ${FORECAST} }`));
  const weeks = [
    ['2026-11-30', '4'],
    ['2026-12-07', '5'],
    ['2026-12-14', '5'],
    ['2026-12-21', '5'],
    ['2026-12-28', '4'],
  ];
  expect(answer).toEqual({ _entities: [{ forecast: weeks.map(([start, value]) => bucket(start!, value!)) }] });
});

it('adds customers up, unless there is a series of all together or one is not planned', async () => {
  const { ask, report } = await opened();
  await report({ '2026-11-23': '10' }, { customer: 'ACME' });
  await report({ '2026-11-23': '5', '2026-11-30': '1' }, { customer: 'B&B', ...next });
  await report({ '2026-11-23': '99' }, { customer: 'C', planned: false });
  await report({ '2026-11-23': '7' }, { customer: 'D', unit: 'BOX' });
  const query = ofItem(`forecast(from: "2026-11-23", to: "2026-12-31") { ${FORECAST} } forecasts { totalCount }`);
  const boxes = { ...bucket('2026-11-23', '7'), quantity: { value: '7', unit: 'BOX' } };
  expect(await ask(query)).toEqual({
    _entities: [
      {
        forecast: [bucket('2026-11-23', '15', '2026-W49'), boxes, bucket('2026-11-30', '1', '2026-W49')],
        forecasts: { totalCount: 4 },
      },
    ],
  });
  await report({ '2026-11-23': '12' });
  expect(await ask(query)).toMatchObject({ _entities: [{ forecast: [bucket('2026-11-23', '12')] }] });
});

it('tells what customer orders have consumed and what is left', async () => {
  const { ask, report, order } = await opened();
  await report({ '2026-11-23': '10', '2026-11-30': '20' });
  await order('O1', '2026-12-02T10:00:00Z', 15);
  await order('O2', '2026-12-03T10:00:00Z', 8, { status: 'CLOSED' });
  await order('O3', '2026-12-03T10:00:00Z', 100, { status: 'QUOTE' });
  const net = (more: string) => `forecast(from: "2026-11-23", to: "2026-12-07", measure: NET${more}) { ${FORECAST} }`;
  expect(await ask(ofItem(net('')))).toMatchObject({
    _entities: [{ forecast: [bucket('2026-11-23', '10'), bucket('2026-11-30', '0')] }],
  });
  expect(await ask(ofItem(net(', backwardConsumptionDays: 7')))).toMatchObject({
    _entities: [{ forecast: [bucket('2026-11-23', '7'), bucket('2026-11-30', '0')] }],
  });
  expect(
    await ask(
      ofItem(
        `customerOrders(filter: { status: [OPEN, CLOSED], dueTo: "2026-12-03" }) { totalCount nodes { id customer { id name } } }`,
      ),
    ),
  ).toEqual({
    _entities: [{ customerOrders: { totalCount: 1, nodes: [{ id: 'O1', customer: { id: 'ACME', name: null } }] } }],
  });
});

it('refuses questions that make no sense', async () => {
  const { fail } = await opened();
  expect(await fail(ofItem('forecast(from: "0001-01-01", to: "2026-12-07") { version }'))).toBe('BAD_USER_INPUT');
  expect(
    await fail(ofItem('forecast(from: "2026-01-01", to: "2026-12-07", backwardConsumptionDays: -1) { version }')),
  ).toBe('BAD_USER_INPUT');
});

it('reads the store as often for many rows as for one', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'takt-forecasts-'));
  let counted: ReturnType<typeof countReads> | undefined;
  const decorateStore = (store: DocumentStore) => (counted = countReads(store)).store;
  const domain = await openDomain(forecasts, { directory, clock, decorateStore });
  onTestFinished(async () => {
    await domain.close();
    await rm(directory, { recursive: true });
  });
  const rows = async (count: number) => {
    const places = Array.from(
      { length: count },
      (_, row) => `{ __typename: "ItemLocation", sku: "S${row}", location: { code: "P100" } }`,
    );
    const fields =
      'forecast(from: "2026-11-23", to: "2026-12-31", measure: NET) { version } customerOrders { totalCount nodes { id } } forecasts { nodes { id } }';
    const document = parse(`{ _entities(representations: [${places.join()}]) { ... on ItemLocation { ${fields} } } }`);
    counted!.reset();
    expect(
      (await execute({ schema: domain.schema, document, contextValue: domain.createContext() })).errors,
    ).toBeUndefined();
    return counted!.reads();
  };
  expect(await rows(50)).toBe(await rows(1));
});

it('overrides and withdraws a forecast, and tells who listens what changed against what', async () => {
  const { ask, report, listen } = await opened();
  const live = await listen(`subscription { forecastRevised(plant: "P100", sku: "PUMP") {
    cursor cause version priorVersion withdrawn reason buckets { bucketStart prior { value } quantity { value unit } }
    forecast { revision planned itemLocation { forecast(from: "2026-11-30", to: "2026-12-07") { quantity { value } } } }
  } }`);
  const opening = live.next();
  await report({ '2026-11-23': '10', '2026-11-30': '20' });
  expect((await opening).value).toMatchObject({
    data: { forecastRevised: { cause: 'REPORTED', priorVersion: null, forecast: { revision: 1 } } },
  });
  const first = live.next();
  const override = `mutation { overrideForecast(idempotencyKey: "o1", expectedRevision: 1, input: {
    id: "PUMP@P100", reason: "Campaign", buckets: [{ start: "2026-11-30", quantity: "50" }, { start: "2026-11-23", quantity: null }]
  }) { __typename ... on ForecastAccepted { forecast { revision buckets(from: "2026-11-30") { quantity { value } baseline { value } override { value } prior { value } } } } } }`;
  const accepted = {
    overrideForecast: {
      __typename: 'ForecastAccepted',
      forecast: {
        revision: 2,
        buckets: [
          { quantity: { value: '50' }, baseline: { value: '20' }, override: { value: '50' }, prior: { value: '20' } },
        ],
      },
    },
  };
  expect(await ask(override)).toEqual(accepted);
  expect(await ask(override)).toEqual(accepted);
  expect((await first).value).toMatchObject({
    data: {
      forecastRevised: {
        cause: 'MANUAL',
        version: '2026-W48',
        priorVersion: '2026-W48',
        withdrawn: false,
        reason: 'Campaign',
        buckets: [{ bucketStart: '2026-11-30', prior: { value: '20' }, quantity: { value: '50', unit: 'EA' } }],
        forecast: { revision: 2, planned: true, itemLocation: { forecast: [{ quantity: { value: '50' } }] } },
      },
    },
  });
  const second = live.next();
  const withdraw = (id: string) =>
    `mutation { withdrawForecast(idempotencyKey: "w-${id}", input: { id: "${id}", reason: "Delisted" }) { __typename ... on CommandRefused { code } ... on ForecastAccepted { forecast { status } } } }`;
  expect(await ask(withdraw('PUMP@P100'))).toMatchObject({ withdrawForecast: { forecast: { status: 'SUPERSEDED' } } });
  expect(await ask(withdraw('NONE@P100'))).toEqual({
    withdrawForecast: { __typename: 'CommandRefused', code: 'UNKNOWN_FORECAST' },
  });
  expect((await second).value).toMatchObject({
    data: {
      forecastRevised: {
        withdrawn: true,
        buckets: [
          { bucketStart: '2026-11-23', prior: { value: '10' }, quantity: null },
          { bucketStart: '2026-11-30', prior: { value: '50' }, quantity: null },
        ],
        forecast: { revision: 3, planned: false, itemLocation: { forecast: [] } },
      },
    },
  });
  await live.return(undefined);
});

it('replays what a subscriber of one plant has missed', async () => {
  const { report, listen } = await opened();
  const live = await listen('subscription { forecastRevised { cursor } }');
  const first = live.next();
  await report({ '2026-11-23': '10' });
  const { cursor } = ((await first).value as { data: { forecastRevised: { cursor: string } } }).data.forecastRevised;
  await live.return(undefined);
  await report({ '2026-11-23': '1' }, { location: 'P200' });
  await report({ '2026-11-23': '11' }, next);
  const resumed = await listen(
    `subscription { forecastRevised(plant: "P100", after: "${cursor}") { version forecast { location { code } } } }`,
  );
  expect((await resumed.next()).value).toEqual({
    data: { forecastRevised: { version: '2026-W49', forecast: { location: { code: 'P100' } } } },
  });
  await resumed.return(undefined);
});

it('pages, filters and sorts series, customers and orders', async () => {
  const { ask, report, order, receive } = await opened();
  await report({ '2026-11-23': '10' });
  await report({ '2026-11-23': '10' }, { sku: 'AXLE', location: 'P200', customer: 'ACME', status: 'DRAFT' });
  await order('O2', '2026-12-02T10:00:00Z', 15);
  await order('O1', '2026-12-05T10:00:00Z', 15, { customer: 'B&B' });
  await receive('CustomerReported', { id: 'ACME', name: 'Acme', parent: 'RETAIL' });
  const ids = (nodes: string[]) => ({ nodes: nodes.map((id) => ({ id })) });
  expect(
    await ask(`{
      all: forecasts(first: 1) { totalCount nodes { id } pageInfo { hasNextPage } }
      drafts: forecasts(filter: { status: [DRAFT], customer: ["ACME"], sku: ["AXLE"], location: ["P200"] }) { nodes { id } }
      latest: forecasts(orderBy: { field: LOCATION, direction: DESC }) { nodes { id } }
      forecast(id: "PUMP@P100") { status customer { id } provenance { system freshness } }
      customer(id: "ACME") { name parent { id name } orders { nodes { id } } }
      customers(filter: { parent: ["RETAIL"] }) { totalCount }
      customerOrder(id: "O1") { quantity { value } customer { id } }
      byDue: customerOrders { nodes { id } }
      byId: customerOrders(orderBy: { field: ID }, filter: { dueFrom: "2026-12-02", sku: ["PUMP"] }) { nodes { id } }
    }`),
  ).toEqual({
    all: { totalCount: 2, nodes: [{ id: 'AXLE@P200/ACME' }], pageInfo: { hasNextPage: true } },
    drafts: ids(['AXLE@P200/ACME']),
    latest: ids(['AXLE@P200/ACME', 'PUMP@P100']),
    forecast: { status: 'PUBLISHED', customer: null, provenance: { system: 'planning', freshness: 'FRESH' } },
    customer: { name: 'Acme', parent: { id: 'RETAIL', name: null }, orders: ids(['O2']) },
    customers: { totalCount: 1 },
    customerOrder: { quantity: { value: '15' }, customer: { id: 'B&B' } },
    byDue: ids(['O2', 'O1']),
    byId: ids(['O1', 'O2']),
  });
});
