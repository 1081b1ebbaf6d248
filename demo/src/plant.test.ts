import { createHash } from 'node:crypto';
import type { InboundMessage } from '@takt/intake';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import type {
  BillOfMaterialRecord,
  ForecastReport,
  ItemLocationRecord,
  LocationRecord,
  ProductionOrderReport,
  ProductRecord,
  StockReport,
  SupplierCommitmentReport,
  WorkCenterReport,
} from './contracts.ts';
import { addDays, DAY_MS } from './dates.ts';
import { DEMO_DOMAINS } from './messages.ts';
import { BATCH_SIZE, demoPlant } from './plant.ts';
import { planFor } from './plan.ts';
import type { DemoOptions } from './plan.ts';
import { shiftPeriods, workingIntervals } from '@takt/planning-time';
import { siteCalendar } from './network.ts';
import { faults } from './message-schemas.fixture.ts';
import { danglingReferences } from './references.fixture.ts';

const small: DemoOptions = { seed: 7, size: 'small', today: '2026-11-23' };

describe('the small plant', () => {
  let plant: PlantView;
  beforeAll(() => {
    plant = view(messagesOf(small));
  });

  it('is the same for the same seed and day, and another for another seed', () => {
    expect(digest(small)).toBe(digest(small));
    expect(digest({ ...small, seed: 8 })).not.toBe(digest(small));
  });

  it('gives each message an id of its own', () => {
    const ids = messagesOf(small).map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('has about 50 items over two plants and a warehouse', () => {
    const products = plant.of<ProductRecord>('ProductReported');
    expect(products.length).toBeGreaterThanOrEqual(45);
    expect(products.length).toBeLessThanOrEqual(60);
    const locations = plant.of<LocationRecord>('LocationReported');
    expect(locations.filter(({ type }) => type === 'PLANT').map(({ code }) => code)).toEqual(['P100', 'P200']);
    expect(locations.filter(({ type }) => type === 'WAREHOUSE').map(({ code }) => code)).toEqual(['W100']);
    expect(new Set(products.map(({ type }) => type))).toEqual(
      new Set(['FINISHED', 'SEMI_FINISHED', 'RAW', 'PHANTOM', 'PACKAGING', 'TOOL']),
    );
  });

  it.each(['2026-11-23', '2026-11-22', '2026-12-26', '2027-01-01', '2028-02-29'])(
    'sends only what the domains understand (%s)',
    (today) => {
      expect(faults(messagesOf({ ...small, today }))).toEqual([]);
    },
  );

  it('names the same documents on any day', () => {
    const keys = (today: string) =>
      messagesOf({ ...small, today })
        .filter(({ type }) => type === 'ProductionOrderReported' || type === 'SupplierCommitmentReported')
        .map(({ data }) => (data as { id: string }).id)
        .sort();
    expect(keys('2027-03-04')).toEqual(keys(small.today));
  });

  it('tells nothing that is later than the start of its day but the commands that follow at once', () => {
    const latest = Math.max(...plant.messages.map(({ time }) => Date.parse(time)));
    expect(latest).toBeLessThanOrEqual(Date.parse(`${small.today}T00:00:02Z`));
  });

  it('refers only to masters that came before', () => {
    expect(danglingReferences(plant.messages)).toEqual([]);
  });

  it('has bills of material without a cycle, two to four levels deep', () => {
    const bills = plant.of<BillOfMaterialRecord>('BillOfMaterialReported');
    const depths = bills.map(({ sku }) => depthOf(sku ?? '', bills));
    expect(Math.max(...depths)).toBeLessThanOrEqual(4);
    expect(Math.max(...depths)).toBeGreaterThanOrEqual(3);
    const lines = bills.flatMap((bill) => bill.lines);
    expect(lines.some(({ phantom }) => phantom)).toBe(true);
    expect(lines.some(({ substitutes }) => substitutes?.some(({ approvalNeeded }) => approvalNeeded))).toBe(true);
    expect(lines.some(({ scrapPercent }) => (scrapPercent ?? 0) > 0)).toBe(true);
  });

  it('forecasts 78 weeks from the current one for each item that is sold', () => {
    const current = plant.of<ForecastReport>('ForecastReported').filter(({ version }) => version === '2026-W48');
    const sold = plant.of<ItemLocationRecord>('ItemLocationReported').filter(({ type }) => type === 'FINISHED');
    expect(current.map(key).sort()).toEqual(sold.map(key).sort());
    for (const { buckets, mape } of current) {
      expect(buckets.map(({ start }) => start)).toEqual(
        Array.from({ length: 78 }, (_, week) => addDays('2026-11-23', week * 7)),
      );
      expect(mape).toBeGreaterThan(0);
    }
  });

  it('shows stock, promises and machines in many conditions', () => {
    const statuses = plant.of<StockReport>('StockReported').flatMap(({ stock }) => stock.map(({ status }) => status));
    expect(new Set(statuses)).toEqual(
      new Set([...statuses, 'UNRESTRICTED', 'QUALITY_INSPECTION', 'BLOCKED', 'IN_TRANSIT', 'RETURNS']),
    );
    const confirmations = plant
      .of<SupplierCommitmentReport>('SupplierCommitmentReported')
      .map(({ confirmation }) => confirmation);
    expect(new Set(confirmations).size).toBe(6);
    const night = plant.of<WorkCenterReport>('WorkCenterReported').flatMap(({ shifts = [] }) => shifts);
    expect(night.some(({ startTime, endTime }) => endTime < startTime)).toBe(true);
  });

  it('has stock and lots that fit the demand of each pump', () => {
    const forecasts = new Map(
      plant.of<ForecastReport>('ForecastReported').map((forecast) => [key(forecast), mean(forecast)]),
    );
    for (const { sku, location, stock } of plant.of<StockReport>('StockReported')) {
      const weekly = forecasts.get(`${sku}@${location}`);
      if (weekly === undefined) continue;
      const there = stock.reduce((sum, { quantity }) => sum + Number(quantity.value), 0);
      expect(there / weekly).toBeLessThan(12);
    }
    for (const order of plant.of<ProductionOrderReport>('ProductionOrderReported')) {
      const weekly = forecasts.get(key(order));
      if (weekly !== undefined) expect(Number(order.quantity.value) / weekly).toBeLessThan(9);
    }
  });
});

describe('production orders of the small plant', () => {
  it.each(['2026-11-23', '2026-11-21', '2026-12-26', '2027-04-30'])('are in all states (%s)', (today) => {
    const plant = view(messagesOf({ ...small, today }));
    const states = new Set(plant.of<ProductionOrderReport>('ProductionOrderReported').map(({ state }) => state));
    for (const state of ['PROPOSED', 'PLANNED', 'FIRMED', 'RELEASED', 'IN_PROGRESS', 'PARTIALLY_CONFIRMED'] as const) {
      expect(states).toContain(state);
    }
    for (const state of ['CONFIRMED', 'DELIVERED', 'CLOSED', 'CANCELLED'] as const) expect(states).toContain(state);
    expect(plant.of('PlaceQualityHold').length).toBeGreaterThan(0);
  });

  it('keep each work center busy, and never beyond its working time', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1e6 }), (seed) => {
        const plant = view(messagesOf({ ...small, seed }));
        for (const [code, percent] of utilization(plant, { ...small, seed })) {
          expect(percent, code).toBeGreaterThan(50);
          expect(percent, code).toBeLessThanOrEqual(101);
        }
      }),
      { numRuns: 6 },
    );
  });

  it('do one operation after the other', () => {
    for (const { operations, scheduledStart, scheduledEnd } of view(messagesOf(small)).of<ProductionOrderReport>(
      'ProductionOrderReported',
    )) {
      const times = operations.flatMap(({ scheduledStart: start = '', scheduledEnd: end = '' }) => [start, end]);
      expect(times).toEqual([...times].sort());
      expect([times[0], times.at(-1)]).toEqual([scheduledStart, scheduledEnd]);
    }
  });
});

describe('the large plant', () => {
  it('comes in bounded batches of messages that the domains understand, masters first', () => {
    const messages: InboundMessage[] = [];
    for (const batch of demoPlant({ ...small, size: 'large' })) {
      expect(batch.messages.length).toBeGreaterThan(0);
      expect(batch.messages.length).toBeLessThanOrEqual(BATCH_SIZE);
      expect(DEMO_DOMAINS).toContain(batch.domain);
      messages.push(...batch.messages);
      if (messages.length > 6000) break;
    }
    expect(faults(messages)).toEqual([]);
    expect(danglingReferences(messages)).toEqual([]);
  });

  it('has 50,000 item-locations and 250,000 lines of bills of material, judging by its first segments', () => {
    const plan = planFor({ ...small, size: 'large' });
    const segmentsRead = 2;
    const plant = view(firstSegments({ ...small, size: 'large' }, segmentsRead));
    const materials = 42;
    const itemLocations = plant.of('ItemLocationReported').length - materials;
    const lines = plant
      .of<BillOfMaterialRecord>('BillOfMaterialReported')
      .reduce((sum, bill) => sum + bill.lines.length, 0);
    const scale = plan.shape.segments / segmentsRead;
    expect(Math.abs(itemLocations * scale + materials - 50_000)).toBeLessThan(500);
    expect(Math.abs(lines * scale - 250_000)).toBeLessThan(7500);
  });
});

function messagesOf(options: DemoOptions): InboundMessage[] {
  return [...demoPlant(options)].flatMap(({ messages }) => messages);
}

function firstSegments(options: DemoOptions, count: number): InboundMessage[] {
  const messages: InboundMessage[] = [];
  let seen = 0;
  let before = '';
  for (const batch of demoPlant(options)) {
    if (before === 'production-orders' && batch.domain !== before && ++seen === count) break;
    before = batch.domain;
    messages.push(...batch.messages);
  }
  return messages;
}

function digest(options: DemoOptions): string {
  return createHash('sha256')
    .update(JSON.stringify([...demoPlant(options)]))
    .digest('hex');
}

interface PlantView {
  readonly messages: readonly InboundMessage[];
  of<Data>(type: string): Data[];
}

function view(messages: readonly InboundMessage[]): PlantView {
  return {
    messages,
    of: <Data>(type: string) => messages.filter((message) => message.type === type).map(({ data }) => data as Data),
  };
}

function depthOf(sku: string, bills: readonly BillOfMaterialRecord[], above: readonly string[] = []): number {
  if (above.includes(sku)) throw new Error(`Cycle: ${[...above, sku].join(' > ')}`);
  const components = bills.filter((bill) => bill.sku === sku).flatMap(({ lines }) => lines);
  return components.length === 0
    ? 0
    : 1 + Math.max(...components.map(({ component }) => depthOf(component, bills, [...above, sku])));
}

/** Percent of its working time that each work center is planned for, over four weeks from the current one. */
function utilization(plant: PlantView, options: DemoOptions): Map<string, number> {
  const plan = planFor(options);
  const from = Date.parse(plan.monday);
  const to = from + 28 * DAY_MS;
  const horizon = [new Date(from).toISOString(), new Date(to).toISOString()] as const;
  const minutesWithin = (spans: readonly { start: number; end: number }[], start: number, end: number) =>
    spans.reduce((sum, span) => sum + Math.max(0, Math.min(span.end, end) - Math.max(span.start, start)) / 60_000, 0);
  const centers = new Map(
    plant
      .of<WorkCenterReport>('WorkCenterReported')
      .filter(({ level, type }) => level !== 'AREA' && type !== 'SUBCONTRACT')
      .map((center) => {
        const site = siteCalendar(center.location as 'P100', plan);
        const pattern = { ...site, code: center.code, periods: shiftPeriods(center.shifts ?? []) };
        const spans = workingIntervals([site, pattern], ...horizon).map(({ start, end }) => ({
          start: Date.parse(start),
          end: Date.parse(end),
        }));
        return [center.code, { units: Number(center.capacity), spans, minutes: 0 }];
      }),
  );
  for (const { operations } of plant.of<ProductionOrderReport>('ProductionOrderReported')) {
    for (const { workCenter = '', scheduledStart = '', scheduledEnd = '' } of operations) {
      const center = centers.get(workCenter);
      if (!center) throw new Error(`${workCenter} is not known`);
      const [start, end] = [Math.max(from, Date.parse(scheduledStart)), Math.min(to, Date.parse(scheduledEnd))];
      if (start < end) center.minutes += minutesWithin(center.spans, start, end);
    }
  }
  return new Map(
    [...centers].map(([code, { units, spans, minutes }]) => [
      code,
      (100 * minutes) / (units * minutesWithin(spans, from, to)),
    ]),
  );
}

function key({ sku, location }: { readonly sku: string; readonly location: string }): string {
  return `${sku}@${location}`;
}

function mean({ buckets }: ForecastReport): number {
  return buckets.reduce((sum, { baseline }) => sum + Number(baseline), 0) / buckets.length;
}
