import type { SourceRecord } from '@takt/mapping';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { rawDocument, recordsOf } from './platform.fixture.ts';
import { parseDocument } from './parse.ts';

const HEAD = 'sku,location,segment,granularity,bucket_start,quantity,unit,status,method,mape,bias';
const ATTRIBUTES = { format: 'csv', cycle: '2026-W48', publishedAt: '2026-11-23T06:00:00Z' };

const csv = (...rows: string[]) => recordsOf(rawDocument(Buffer.from([HEAD, ...rows].join('\n')), ATTRIBUTES));
const row = (sku: string, start: string, quantity: string, unit = 'PC') =>
  `${sku},P100,,WEEK,${start},${quantity},${unit},PUBLISHED,,0.2,`;
const told = (records: readonly SourceRecord[]) =>
  records.map((each) => {
    if ('fault' in each) return `${each.place}: ${each.fault.code}`;
    if (!('data' in each)) return 'message';
    const { sku, complete, buckets } = each.data as { sku: string; complete: boolean; buckets: unknown[] };
    return `${sku} ${complete ? 'complete' : 'partial'} ${buckets.length}`;
  });

describe('rows of a cycle', () => {
  it('make one record a series', async () => {
    const records = await csv(row('A', '2026-11-23', '1.50'), row('A', '2026-11-30', '0'), row('B', '2026-11-23', '2'));
    expect(told(records)).toEqual(['A complete 2', 'B complete 1']);
    expect(records[0]).toEqual({
      place: 'line 2',
      type: 'series',
      data: {
        sku: 'A',
        location: 'P100',
        granularity: 'WEEK',
        unit: 'PC',
        status: 'PUBLISHED',
        mape: 0.2,
        cycle: '2026-W48',
        publishedAt: '2026-11-23T06:00:00Z',
        complete: true,
        buckets: [
          { start: '2026-11-23', quantity: '1.5' },
          { start: '2026-11-30', quantity: '0' },
        ],
      },
    });
  });

  it('that come apart add to their series, and take nothing away', async () => {
    const records = await csv(row('A', '2026-11-23', '1'), row('B', '2026-11-23', '2'), row('A', '2026-11-30', '3'));
    expect(told(records)).toEqual(['A complete 1', 'B complete 1', 'A partial 1']);
  });

  it('that cannot be read leave their neighbours incomplete, and no others', async () => {
    const records = await csv(
      row('A', '2026-11-23', '1'),
      'A,broken',
      row('B', '2026-11-23', '2'),
      row('C', '2026-11-23', '2'),
      row('D', '2026-11-23', '-2'),
      row('E', '2026-02-30', '2'),
      row('F', '2026-11-23', '1'),
      row('F', '2026-11-23', '2'),
      row('F', '2026-11-30', '2', 'KG'),
    );
    expect(told(records)).toEqual([
      'line 3: RAGGED',
      'A partial 1',
      'B partial 1',
      'C complete 1',
      'line 6: NEGATIVE_QUANTITY',
      'line 7: NOT_A_DATE',
      'line 9: DUPLICATE_BUCKET',
      'line 10: MIXED_SERIES',
      'F partial 1',
    ]);
  });

  it('may have other names for their columns', async () => {
    const text = 'Item,Plant,segment,Grain,Week,Qty,UoM\nA,P100,,WEEK,2026-11-23,1,PC\n';
    const columns = {
      sku: 'Item',
      location: 'Plant',
      granularity: 'Grain',
      start: 'Week',
      quantity: 'Qty',
      unit: 'UoM',
    };
    expect(told(await recordsOf(rawDocument(Buffer.from(text), ATTRIBUTES), columns))).toEqual(['A complete 1']);
  });

  it('without a column that is needed are refused as a whole', async () => {
    await expect(recordsOf(rawDocument(Buffer.from('sku,location\nA,P\n'), ATTRIBUTES))).rejects.toMatchObject({
      code: 'MISSING_COLUMN',
      reason: 'line 1: no column granularity, bucket_start, quantity, unit.',
    });
  });

  it.each(['[{"sku":', '[1,2', 'null x'])('that are no JSON are refused as a whole: %s', async (text) => {
    const read = recordsOf(rawDocument(Buffer.from(text), { ...ATTRIBUTES, format: 'json' }));
    await expect(read).rejects.toMatchObject({ code: 'MALFORMED' });
  });
});

it.each(['', '{}', '{"type":"forecast.revised","data":{}}', '{"type":1}', '\ufffe'])(
  'refuses a delivery that makes no sense: %j',
  async (text) => {
    const read = recordsOf(rawDocument(Buffer.from(text), { format: 'webhook' }));
    await expect(read).rejects.toMatchObject({ code: 'MALFORMED' });
  },
);

it('gives no bucket twice and none that was not told, whatever the order of the rows', async () => {
  const rows = fc.uniqueArray(fc.tuple(fc.constantFrom('A', 'B', 'C'), fc.integer({ min: 1, max: 28 })), {
    selector: ([sku, day]) => `${sku}${day}`,
  });
  await fc.assert(
    fc.asyncProperty(rows, async (given) => {
      const records = await csv(...given.map(([sku, day]) => row(sku, `2026-02-${String(day).padStart(2, '0')}`, '1')));
      const state = new Map<string, Set<string>>();
      for (const each of records) {
        if (!('data' in each)) throw new Error('a fault');
        const { sku, complete, buckets } = each.data as {
          sku: string;
          complete: boolean;
          buckets: { start: string }[];
        };
        if (complete) state.set(sku, new Set());
        for (const { start } of buckets) state.get(sku)?.add(start);
      }
      const count = [...state.values()].reduce((sum, { size }) => sum + size, 0);
      expect(count).toBe(given.length);
    }),
  );
});

it('survives whatever becomes of a file or a delivery', async () => {
  const valid = [
    [HEAD, row('A', '2026-11-23', '1'), row('B', '2026-11-23', '2')].join('\n'),
    JSON.stringify([
      {
        sku: 'A',
        location: 'P',
        granularity: 'WEEK',
        unit: 'PC',
        buckets: [{ bucket_start: '2026-11-23', quantity: 1 }],
      },
    ]),
    JSON.stringify({
      type: 'forecast.revised',
      data: { cycle: 'c', publishedAt: '2026-11-23T00:00:00Z', series: [{ sku: 'A' }] },
    }),
  ];
  const mutation = fc.tuple(
    fc.constantFrom(0, 1, 2),
    fc.nat(),
    fc.integer({ min: 0, max: 20 }),
    fc.uint8Array({ maxLength: 20 }),
  );
  await fc.assert(
    fc.asyncProperty(mutation, async ([which, at, gone, put]) => {
      const bytes = Buffer.from(valid[which] ?? '');
      const place = at % (bytes.length + 1);
      const mutated = Buffer.concat([bytes.subarray(0, place), put, bytes.subarray(place + gone)]);
      const format = ['csv', 'json', 'webhook'][which] ?? '';
      await recordsOf(rawDocument(mutated, { ...ATTRIBUTES, format })).catch((error: unknown) =>
        expect(error).toHaveProperty('name', 'DocumentRejectedError'),
      );
    }),
    { numRuns: 300 },
  );
});

it('reads 400,000 rows with one series in memory', async () => {
  const SERIES = 8_000;
  const WEEKS = Array.from({ length: 50 }, (_, week) =>
    new Date(Date.parse('2026-11-23') + week * 7 * 86_400_000).toISOString().slice(0, 10),
  );
  const body = async function* () {
    yield Buffer.from(`${HEAD}\n`);
    for (let each = 0; each < SERIES; each += 1) {
      yield await Promise.resolve(
        Buffer.from(`${WEEKS.map((week) => row(`SKU-${each}`, week, '120.5')).join('\n')}\n`),
      );
    }
  };
  let [series, buckets, most] = [0, 0, 0];
  globalThis.gc?.();
  const before = process.memoryUsage().heapUsed;
  const startedAt = performance.now();
  for await (const record of parseDocument(rawDocument(body, ATTRIBUTES), {})) {
    if (!('data' in record)) throw new Error(record.place);
    series += 1;
    buckets += (record.data as { buckets: unknown[] }).buckets.length;
    if (series % 500 === 0) most = Math.max(most, process.memoryUsage().heapUsed - before);
  }
  const seconds = (performance.now() - startedAt) / 1000;
  console.info(`${Math.round(buckets / seconds)} rows/s, ${Math.round(most / 1_048_576)} MiB of heap at most`);
  expect([series, buckets]).toEqual([SERIES, SERIES * 50]);
  expect(most).toBeLessThan(150 * 1_048_576);
}, 60_000);
