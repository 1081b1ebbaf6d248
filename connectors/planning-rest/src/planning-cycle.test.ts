import { fileURLToPath } from 'node:url';
import { ForecastReport } from '@takt/forecasts/contract';
import { canonicalTypes, loadMapping, NO_CROSS_REFERENCES, testMapping, type CrossReferences } from '@takt/mapping';
import { expect, it } from 'vitest';
import { parseDocument } from './parse.ts';
import { rawDocument } from './platform.fixture.ts';

const path = fileURLToPath(new URL('../mappings/planning-cycle.yml', import.meta.url));
const canonical = canonicalTypes([
  { name: 'forecasts', aggregates: [{ messages: { ForecastReported: ForecastReport } }] },
]);
const ATTRIBUTES = { format: 'csv', cycle: '2026-W48', publishedAt: '2026-11-23T06:00:00Z' };
const HEAD = 'sku,location,segment,granularity,bucket_start,quantity,unit,status,method,mape,bias';

function reportOf(rows: readonly string[], crossReferences: CrossReferences = NO_CROSS_REFERENCES) {
  const document = rawDocument(Buffer.from([HEAD, ...rows].join('\n')), ATTRIBUTES);
  const { key, time, receivedAt, attributes } = document;
  const context = { system: 'planning/cloud', document: { key, time, receivedAt, attributes }, crossReferences };
  return loadMapping(path, { connector: 'planning-rest', canonical }).then((mapping) =>
    testMapping(mapping, parseDocument(document, {}), context),
  );
}

it('says a series of a cycle as a forecast, whose version is the cycle', async () => {
  const crossReferences: CrossReferences = {
    ...NO_CROSS_REFERENCES,
    toCanonical: (_system, kind, ids) => Promise.resolve(ids.map((id) => `${kind}:${id}`)),
  };
  const report = await reportOf(['A,P100,OEM,week,2026-11-23,1200.50,PC,published,ETS,0.2,-0.05'], crossReferences);
  expect(report.faults).toEqual([]);
  expect(report.messages).toMatchObject([
    {
      domain: 'forecasts',
      type: 'ForecastReported',
      time: '2026-11-23T06:00:00Z',
      data: {
        sku: 'PRODUCT:A',
        location: 'LOCATION:P100',
        customer: 'CUSTOMER:OEM',
        granularity: 'WEEK',
        unit: 'PC',
        version: '2026-W48',
        publishedAt: '2026-11-23T06:00:00Z',
        status: 'PUBLISHED',
        method: 'ETS',
        mape: 0.2,
        bias: -0.05,
        complete: true,
        buckets: [{ start: '2026-11-23', baseline: '1200.5' }],
      },
    },
  ]);
});

it('takes all customers where no segment is told, and what is published where no status is', async () => {
  const report = await reportOf(['A,P100,,WEEK,2026-11-23,1,PC,,,,', 'A,P100,,WEEK,2026-11-30,2,PC,,,,']);
  expect(report.messages).toHaveLength(1);
  expect(report.messages[0]?.data).toEqual({
    sku: 'A',
    location: 'P100',
    granularity: 'WEEK',
    unit: 'PC',
    version: '2026-W48',
    publishedAt: '2026-11-23T06:00:00Z',
    status: 'PUBLISHED',
    complete: true,
    buckets: [
      { start: '2026-11-23', baseline: '1' },
      { start: '2026-11-30', baseline: '2' },
    ],
  });
});

it('is at fault where the platform says what no forecast may', async () => {
  const report = await reportOf(['A,P100,,QUARTER,2026-11-23,1,PC,,,,']);
  expect(report.messages).toEqual([]);
  expect(report.faults).toMatchObject([{ code: 'SCHEMA_VIOLATION', place: 'line 2' }]);
});
