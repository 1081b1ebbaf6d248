import { countReads } from '@takt/document-store';
import { SupplyDemandDocument, type SupplyDemandQuery } from '@takt/client';
import { demoPlant } from '@takt/demo';
import type { InboundMessage } from '@takt/intake';
import { expect, it } from 'vitest';
import { bootSystem, DEMO_PLANT, demoClock, fillDemo, sharedSystem } from '../system.ts';

type Item = NonNullable<SupplyDemandQuery['location']>['items']['nodes'][number];

const RANGE = { plant: 'P100', from: '2026-11-23', to: '2027-02-22' };

const small = sharedSystem({ clock: demoClock }, fillDemo);

it('answers supply and demand of the items of a plant from six domains in one request', async () => {
  const { client } = small();
  const { location } = await client.request(SupplyDemandDocument, { ...RANGE, first: 50 });

  const reported = demoMessages();
  const expected = reported('ItemLocationReported').filter(
    ({ location: at, type }) => at === 'P100' && (type === 'FINISHED' || type === 'SEMI_FINISHED'),
  );
  expect(location).toMatchObject({ code: 'P100', timeZone: 'Europe/Berlin' });
  expect(location?.items.totalCount).toBe(expected.length);
  expect(location?.items.nodes.map(({ sku }) => sku)).toEqual(expected.map(({ sku }) => sku as string).sort());

  const item = location?.items.nodes.find(
    ({ forecast, productionOrders }) => forecast.length > 0 && productionOrders.totalCount > 0,
  );
  const isItem = (data: Record<string, unknown>) => data['sku'] === item?.sku && data['location'] === 'P100';
  expect(item?.product?.name).toBe(reported('ProductReported').find(({ sku }) => sku === item?.sku)?.['name']);
  expect(item?.forecast.map(({ bucketStart }) => bucketStart)).toEqual(mondays('2026-11-23', 13));
  expect(item?.forecast.map(({ quantity }) => Number(quantity.value))).toEqual(
    weeklyForecast(reported('ForecastReported').filter(isItem)),
  );
  expect(Number(item?.inventory?.onHand.value)).toBe(stockOnHand(reported('StockReported').find(isItem)));
  const open = reported('ProductionOrderReported').filter(
    (order) => isItem(order) && ['FIRMED', 'RELEASED', 'IN_PROGRESS'].includes(order['state'] as string),
  );
  expect(item?.productionOrders.totalCount).toBe(open.length);
  expect(open.map(({ id }) => id)).toEqual(
    expect.arrayContaining(item?.productionOrders.nodes.map(({ id }) => id) ?? []),
  );
});

it('follows the orders’ operations to the work centers and how busy these are', async () => {
  const { client } = small();
  const workCenters = async () => {
    const { location } = await client.request(SupplyDemandDocument, { ...RANGE, first: 50 });
    return location?.items.nodes
      .flatMap(({ productionOrders }) => productionOrders.nodes.flatMap(({ operations }) => operations))
      .map(({ workCenter }) => ({ named: workCenter?.name != null, busy: (workCenter?.utilization ?? 0) > 0 }));
  };
  // The load follows the schedule by way of the log: soon, not at once.
  await expect
    .poll(workCenters, { timeout: 60_000 })
    .toSatisfy((all: { busy: boolean }[]) => all.length > 20 && all.every(({ busy }) => busy));
  expect((await workCenters())?.every(({ named }) => named)).toBe(true);
});

it('costs a number of store reads that does not depend on the number of rows', async () => {
  const counters: { reads(): number; reset(): void }[] = [];
  const { system, client } = await bootSystem({
    clock: demoClock,
    decorateStore: (engine, domain) => {
      // It reads by itself what it has heard.
      if (domain === 'synchronization') return engine;
      const counter = countReads(engine);
      counters.push(counter);
      return counter.store;
    },
  });
  await fillDemo(system, { size: 'large', messages: 6000 });
  const readsFor = async (first: number): Promise<{ rows: Item[]; reads: number }> => {
    for (const counter of counters) counter.reset();
    const { location } = await client.request(SupplyDemandDocument, { ...RANGE, first });
    return { rows: location?.items.nodes ?? [], reads: counters.reduce((sum, counter) => sum + counter.reads(), 0) };
  };
  // Fewer rows than these have no production orders, whose work centers are then not read at all.
  const few = await readsFor(20);
  const many = await readsFor(50);
  expect(few.rows).toHaveLength(20);
  expect(many.rows).toHaveLength(50);
  expect(many.reads).toBe(few.reads);
});

it('pages through the items, each once', async () => {
  const { client } = small();
  const all = await client.request(SupplyDemandDocument, { ...RANGE, first: 500 });
  const paged: string[] = [];
  let after: string | null = null;
  do {
    const { location }: SupplyDemandQuery = await client.request(SupplyDemandDocument, { ...RANGE, first: 4, after });
    paged.push(...(location?.items.nodes.map(({ sku }) => sku) ?? []));
    after = location?.items.pageInfo.hasNextPage === true ? location.items.pageInfo.endCursor : null;
  } while (after !== null);
  expect(paged).toEqual(all.location?.items.nodes.map(({ sku }) => sku));
});

/** Data of the demo plant's messages of one type. */
function demoMessages() {
  const all: InboundMessage[] = [];
  for (const { messages } of demoPlant(DEMO_PLANT)) all.push(...messages);
  return (type: string) =>
    all.filter((message) => message.type === type).map(({ data }) => data as Record<string, unknown>);
}

function mondays(first: string, count: number): string[] {
  return Array.from({ length: count }, (_, week) =>
    new Date(Date.parse(first) + week * 7 * 86_400_000).toISOString().slice(0, 10),
  );
}

/** What all series of one item add up to, week by week; of each series the cycle published last counts. */
function weeklyForecast(reports: Record<string, unknown>[]): number[] {
  const latest = new Map<unknown, Record<string, unknown>>();
  for (const report of [...reports].sort((a, b) =>
    (a['publishedAt'] as string) < (b['publishedAt'] as string) ? -1 : 1,
  )) {
    latest.set(report['customer'], report);
  }
  return mondays(RANGE.from, 13).map((start) =>
    [...latest.values()]
      .flatMap(({ buckets }) => buckets as { start: string; baseline: string }[])
      .filter((bucket) => bucket.start === start)
      .reduce((sum, { baseline }) => sum + Number(baseline), 0),
  );
}

function stockOnHand(report: Record<string, unknown> | undefined): number {
  const elsewhere = ['IN_TRANSIT', 'CONSIGNMENT', 'SUBCONTRACT'];
  const lines = (report?.['stock'] ?? []) as { status: string; quantity: { value: string } }[];
  return lines
    .filter(({ status }) => !elsewhere.includes(status))
    .reduce((sum, { quantity }) => sum + Number(quantity.value), 0);
}
