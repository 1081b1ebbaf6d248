import { DecisionMadeDocument } from '@takt/client';
import { inboundMessage } from '@takt/intake';
import { expect, it, vi } from 'vitest';
import { bootSystem } from '../system.ts';

let now = '2026-11-23T08:00:00.000Z';
const clock = () => new Date(now);
const pieces = (value: number) => ({ value: String(value), unit: 'EA' });

it('a spike beyond the planning time fence moves the order that has to cover it, and says why', async () => {
  // given 400 pumps in stock, 100 needed a week from January on, and an order of 400 for February
  const { system, client } = await bootSystem({
    clock,
    refresh: { criticalSeconds: 0, stableMinutes: 0, batchHour: 0, settleSeconds: 60 },
  });
  const tell = async (domain: string, type: string, data: object, source = 'erp/one') => {
    const [outcome] = await system.intake(domain).receive([inboundMessage({ type, source, data }, clock)]);
    expect(outcome).toMatchObject({ status: 'APPLIED' });
  };
  for (const [domain, type, data] of PLANT) await tell(domain, type, data);
  await tell('production-orders', 'CreateProductionOrder', ORDER, 'takt/planner');
  const decisions = client.subscribe(DecisionMadeDocument, { plant: 'P100' });
  const first = decisions.next();
  await vi.waitFor(async () => {
    const { synchronization } = await ask<Heard>('{ synchronization { heard { domain } } }');
    expect(synchronization.heard.map(({ domain }) => domain).sort()).toEqual(TOLD);
  }, PATIENCE);
  now = '2026-11-23T09:00:00.000Z';
  await vi.waitFor(async () => {
    const { synchronization, decisions } = await ask<Judged>(JUDGED);
    expect(synchronization.pendingUnits).toBe(0);
    expect(decisions.nodes.map(({ id }) => id)).toContain('PUMP@P100:1');
  }, PATIENCE);

  // when the forecast of one week in January rises from 100 to 250
  await tell('forecasts', 'ForecastReported', forecast({ '2027-01-11': 250 }, '2026-11-23T07:00:00Z'), 'planning/one');

  // then the schedule follows by itself
  const order = await vi.waitFor(async () => {
    const { productionOrder } = await ask<Revised>(REVISED);
    expect(productionOrder.scheduleRevisions).toHaveLength(1);
    return productionOrder;
  }, PATIENCE);
  const [revision] = order.scheduleRevisions;
  expect(revision).toMatchObject({ state: 'APPLIED', cause: 'FORECAST_CHANGE' });
  expect(Date.parse(order.scheduledEnd)).toBeLessThan(Date.parse(ORDER.scheduledEnd));

  // and a planner sees why
  const { decision } = await ask<Explained>(EXPLAINED, { id: revision!.policyDecision });
  expect(decision).toMatchObject({ outcome: 'RECALCULATE', policyId: 'takt-default' });
  expect(decision.lines).toContainEqual({
    week: '2027-01-11',
    measure: 'DEMAND',
    baseline: '100',
    now: '250',
    outcome: 'RECALCULATE',
  });
  expect(decision.explanation.join(' ')).toContain('PUMP');
  await vi.waitFor(async () => {
    const { value } = (await first) as { value: { decisionMade: { decision: { id: string } } } };
    expect(value.decisionMade.decision.id).toContain('@P100');
  });
  await decisions.return?.();

  async function ask<Data>(query: string, variables: object = {}): Promise<Data> {
    return client.request<Data, object>({ text: query }, variables);
  }
});

interface Heard {
  readonly synchronization: { readonly heard: readonly { readonly domain: string }[] };
}
const TOLD = ['forecasts', 'inventory', 'production-orders', 'products', 'work-centers'];

interface Judged {
  readonly synchronization: { readonly pendingUnits: number };
  readonly decisions: { readonly nodes: readonly { readonly id: string }[] };
}
const JUDGED = '{ synchronization { pendingUnits } decisions(first: 50) { nodes { id } } }';

interface Revised {
  readonly productionOrder: {
    readonly scheduledEnd: string;
    readonly scheduleRevisions: readonly { readonly policyDecision: string }[];
  };
}
const REVISED = `{ productionOrder(id: "P1") { scheduledEnd scheduleRevisions { state cause policyDecision } } }`;

interface Explained {
  readonly decision: { readonly lines: readonly object[]; readonly explanation: readonly string[] };
}
const EXPLAINED = `query ($id: ID!) {
  decision(id: $id) { outcome policyId explanation lines { week measure baseline now outcome } }
}`;

const PATIENCE = { timeout: 15_000, interval: 100 };

function forecast(changed: Readonly<Record<string, number>>, publishedAt: string) {
  const weeks = {
    '2027-01-04': 100,
    '2027-01-11': 100,
    '2027-01-18': 100,
    '2027-01-25': 100,
    '2027-02-01': 100,
    '2027-02-08': 100,
    '2027-02-15': 100,
    '2027-02-22': 100,
    ...changed,
  };
  return {
    ...{ sku: 'PUMP', location: 'P100', granularity: 'WEEK', unit: 'EA', status: 'PUBLISHED', complete: true },
    version: publishedAt,
    publishedAt,
    buckets: Object.entries(weeks).map(([start, baseline]) => ({ start, baseline: String(baseline) })),
  };
}

const WEEKDAYS = ['MONDAY', 'TUESDAY', 'WEDNESDAY', 'THURSDAY', 'FRIDAY'];
const ORDER = {
  id: 'P1',
  sku: 'PUMP',
  location: 'P100',
  quantity: pieces(400),
  scheduledStart: '2027-01-28T07:00:00.000Z',
  scheduledEnd: '2027-01-29T12:00:00.000Z',
  routing: 'R1',
  operations: [
    {
      ...{ sequence: 10, workCenter: 'LINE', plannedMinutes: 800 },
      scheduledStart: '2027-01-28T07:00:00.000Z',
      scheduledEnd: '2027-01-29T12:00:00.000Z',
    },
  ],
  components: [],
};
const PLANT: readonly (readonly [string, string, object])[] = [
  [
    'products',
    'CalendarReported',
    { code: 'P100', timeZone: 'Europe/Berlin', defaultValue: 0, periods: [{ days: WEEKDAYS, value: 1, priority: 1 }] },
  ],
  [
    'products',
    'LocationReported',
    { code: 'P100', name: 'Plant', type: 'PLANT', timeZone: 'Europe/Berlin', calendar: 'P100' },
  ],
  ['products', 'ProductReported', { sku: 'PUMP', name: 'Pump', type: 'FINISHED', baseUnit: 'EA', procurement: 'MAKE' }],
  [
    'products',
    'ItemLocationReported',
    {
      sku: 'PUMP',
      location: 'P100',
      type: 'FINISHED',
      demandTimeFenceDays: 5,
      planningTimeFenceDays: 20,
      refreshClass: 'CRITICAL',
    },
  ],
  [
    'work-centers',
    'WorkCenterReported',
    {
      code: 'LINE',
      name: 'Line',
      location: 'P100',
      level: 'WORK_CENTER',
      type: 'LINE',
      capacity: '1',
      capacityUnit: 'line',
      calendar: 'P100',
      timeZone: 'Europe/Berlin',
    },
  ],
  [
    'products',
    'RoutingReported',
    {
      ...{ id: 'R1', name: 'Pump', sku: 'PUMP', location: 'P100', kind: 'SINGLE' },
      operations: [
        {
          id: 'R1/10',
          sequence: 10,
          name: 'Assemble',
          secondsPerUnit: '120',
          workCenters: [{ code: 'LINE', quantity: '1' }],
        },
      ],
    },
  ],
  [
    'inventory',
    'StockReported',
    { sku: 'PUMP', location: 'P100', unit: 'EA', stock: [{ status: 'UNRESTRICTED', quantity: pieces(400) }] },
  ],
  ['forecasts', 'ForecastReported', forecast({}, '2026-11-20T05:00:00Z')],
];
