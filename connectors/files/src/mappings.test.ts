import { readdirSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { startWms, type Wms } from '@takt/demo/peers/files';
import { forecasts } from '@takt/forecasts';
import { inventory } from '@takt/inventory';
import type { Mapped } from '@takt/mapping';
import { mappingFixture } from '@takt/mapping/testing';
import { productionOrders } from '@takt/production-orders';
import { products } from '@takt/products';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { makeFolder, type Folder } from './drop.fixture.ts';
import { files } from './files.ts';

const REFERENCES = { PRODUCT: { 'W-1': 'FG-1' }, LOCATION: { '01': 'P100' } };

async function map(mapping: string, csv: string): Promise<Mapped> {
  const fixture = await mappingFixture({
    file: new URL(`../mappings/${mapping}.yml`, import.meta.url),
    connector: 'files',
    domains: [forecasts, inventory, productionOrders, products],
    system: 'wms/P100',
    references: REFERENCES,
  });
  const { receiver } = files.configure({ folder: '.', format: { kind: 'csv' } } as never, {
    secret: () => '',
    system: 'wms/P100',
    folder: '/',
    mapping: fixture.mapping,
  });
  const at = '2026-01-05T12:00:00Z';
  const raw = { id: '1', key: 'k', mediaType: 'text/csv', bytes: 1, time: at, receivedAt: at };
  const body = async function* () {
    yield await Promise.resolve(Buffer.from(csv));
  };
  return fixture.map(receiver!.parse({ ...raw, body }));
}

describe('stock movements', () => {
  const HEADER = 'document;line;type;sku;location;lot;status;to_status;quantity;unit;reference;posted_at\n';

  it('of a warehouse are movements in our words', async () => {
    expect(
      await map('stock-movements', `${HEADER}MD-1;1;issue;W-1;01;;;;5.50;PC;PO-1;2026-11-26T10:00:00+01:00\n`),
    ).toMatchObject({
      faults: [],
      messages: [
        {
          domain: 'inventory',
          type: 'StockMoved',
          id: 'movement/MD-1/1',
          time: '2026-11-26T09:00:00.000Z',
          data: {
            document: 'MD-1',
            line: 1,
            type: 'ISSUE',
            sku: 'FG-1',
            location: 'P100',
            status: 'UNRESTRICTED',
            quantity: { value: '5.5', unit: 'PC' },
            reference: 'PO-1',
          },
        },
      ],
    });
  });

  it('may be changes of status and reversals', async () => {
    const header = 'document,line,type,sku,location,status,to_status,quantity,unit,reverses_document,reverses_line\n';
    const { messages, faults } = await map(
      'stock-movements',
      `${header}MD-2,1,TRANSFER,W-1,01,QUALITY_INSPECTION,UNRESTRICTED,5,PC,,\nMD-3,1,REVERSAL,W-1,01,,,5,PC,MD-1,1\n`,
    );
    expect(faults).toEqual([]);
    expect(messages.map(({ data }) => data)).toMatchObject([
      { status: 'QUALITY_INSPECTION', toStatus: 'UNRESTRICTED' },
      { reverses: { document: 'MD-1', line: 1 } },
    ]);
  });

  it.each([
    ['MD-1;1;STEAL;W-1;01;;;;5;PC;;', 'SCHEMA_VIOLATION', 'type'],
    ['MD-1;x;ISSUE;W-1;01;;;;5;PC;;', 'MAPPING_FAILED', 'line'],
    ['MD-1;1;ISSUE;W-1;01;;;;five;PC;;', 'MAPPING_FAILED', 'quantity'],
    ['MD-1;1;ISSUE;W-1;01;;;;5;PC;;2026-02-30T10:00:00Z', 'MAPPING_FAILED', 'time'],
    [';1;ISSUE;W-1;01;;;;5;PC;;', 'SCHEMA_VIOLATION', 'document'],
  ])('that make no sense are faults: %s', async (line, code, field) => {
    const { messages, faults } = await map('stock-movements', `${HEADER}${line}\n`);
    expect(messages).toEqual([]);
    expect(faults).toMatchObject([{ code, place: 'line 2', rule: 'movement' }]);
    expect(`${faults[0]?.field} ${faults[0]?.reason}`).toContain(field);
  });
});

it.each([
  [
    'stock-count',
    'sku,location,lot,status,quantity,unit,counted_at\nW-1,01,L7,blocked,0,PC,\n',
    {
      type: 'StockReported',
      data: {
        sku: 'FG-1',
        location: 'P100',
        unit: 'PC',
        stock: [{ lot: 'L7', status: 'BLOCKED', quantity: { value: '0', unit: 'PC' } }],
      },
    },
  ],
  [
    'products',
    'sku,name,type,unit,abc,lifecycle,shelf_life_days,unit_cost\nFG-1,Pump,finished,PC,a,active,30,12.50\n',
    {
      type: 'ProductReported',
      data: {
        sku: 'FG-1',
        name: 'Pump',
        type: 'FINISHED',
        baseUnit: 'PC',
        abcClass: 'A',
        lifecycle: { state: 'ACTIVE' },
        shelfLifeDays: 30,
        unitCost: '12.5',
      },
    },
  ],
  [
    'forecasts',
    'sku,location,start,quantity,unit,version,published_at\nW-1,01,2026-11-23,120,PC,2026-W48,2026-11-22T06:00:00Z\n',
    {
      type: 'ForecastReported',
      data: {
        sku: 'FG-1',
        location: 'P100',
        granularity: 'WEEK',
        unit: 'PC',
        version: '2026-W48',
        publishedAt: '2026-11-22T06:00:00.000Z',
        status: 'PUBLISHED',
        complete: false,
        buckets: [{ start: '2026-11-23', baseline: '120' }],
      },
    },
  ],
  [
    'production-orders',
    'order,sku,location,quantity,unit,start,end,state,priority\nP100-1,W-1,01,5,PC,2026-11-26T06:00:00+01:00,2026-11-27T06:00:00+01:00,released,\n',
    {
      type: 'ProductionOrderReported',
      data: {
        id: 'P100-1',
        sku: 'FG-1',
        location: 'P100',
        quantity: { value: '5', unit: 'PC' },
        scheduledStart: '2026-11-26T05:00:00.000Z',
        scheduledEnd: '2026-11-27T05:00:00.000Z',
        operations: [],
        components: [],
        state: 'RELEASED',
        sourceStatuses: ['released'],
      },
    },
  ],
])('%s are in our words', async (mapping, csv, message) => {
  const { messages, faults } = await map(mapping, csv);
  expect(faults).toEqual([]);
  expect(messages).toMatchObject([message]);
});

describe('what a warehouse leaves', () => {
  let folder: Folder;
  let wms: Wms;
  beforeEach(async () => {
    folder = await makeFolder();
    wms = await startWms({ system: 'wms/P100', folder: folder.path });
    for (const line of [1, 2, 3, 4]) {
      wms.move({
        document: 'MD-1',
        line,
        type: 'RECEIPT',
        sku: 'W-1',
        location: '01',
        quantity: '2.5',
        unit: 'KG',
        lot: 'L;1',
        postedAt: '2026-11-26T10:00:00Z',
      });
    }
  });
  afterEach(async () => {
    await wms.close();
    await folder.remove();
  });
  const mapped = async ([name = '']: readonly string[], mapping = 'stock-movements') =>
    map(mapping, await readFile(join(folder.path, name), 'utf8'));

  it('is in our words', async () => {
    const { messages, faults } = await mapped(await wms.dropMovements());
    expect(faults).toEqual([]);
    expect(messages.map(({ id }) => id)).toEqual([1, 2, 3, 4].map((line) => `movement/MD-1/${line}`));
    expect(messages[0]?.data).toMatchObject({ lot: 'L;1', quantity: { value: '2.5', unit: 'KG' } });
    const count = { sku: 'W-1', location: '01', quantity: '7', unit: 'KG', countedAt: '2026-11-26T10:00:00Z' };
    const counted = await mapped(await wms.dropCount([count]), 'stock-count');
    expect(counted).toMatchObject({ faults: [], messages: [{ type: 'StockReported' }] });
  });

  it('has faults where it is corrupt, and the rest is in our words', async () => {
    wms.faults.set('corrupt', true);
    const { messages, faults } = await mapped(await wms.dropMovements());
    expect(messages.map(({ id }) => id)).toEqual(['movement/MD-1/2', 'movement/MD-1/3']);
    expect(faults).toMatchObject([
      { code: 'RAGGED', place: 'line 2' },
      { code: 'MAPPING_FAILED', place: 'line 5' },
    ]);
  });
});

it('each mapping is tested here', () => {
  const names = readdirSync(new URL('../mappings/', import.meta.url)).map((name) => name.replace('.yml', ''));
  expect(names.sort()).toEqual(['forecasts', 'production-orders', 'products', 'stock-count', 'stock-movements']);
});
