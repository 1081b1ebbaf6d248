import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { inventory } from '@takt/inventory';
import { mappingFixture } from '@takt/mapping/testing';
import { productionOrders } from '@takt/production-orders';
import { workCenters } from '@takt/work-centers';
import { describe, expect, it } from 'vitest';
import { recordsOf } from './document.fixture.ts';
import { sparkplugDocument } from './sparkplug/payload.fixture.ts';

const domains = [inventory, productionOrders, workCenters];
const open = (name: string) =>
  mappingFixture({
    file: new URL(`../mappings/${name}.yml`, import.meta.url),
    connector: 'mes-mqtt',
    domains,
    system: 'mes/P100',
    references: { WORK_CENTER: { M1: 'WC-1' } },
  });

const performance = (segment: object) => ({
  key: 'k',
  name: 'b2mml/P100/operations-performance',
  mediaType: 'application/json',
  attributes: { format: 'b2mml-json' },
  body: Buffer.from(
    JSON.stringify({
      SyncOperationsPerformance: {
        ApplicationArea: { CreationDateTime: '2026-01-05T10:00:00.000Z' },
        DataArea: {
          Sync: {},
          OperationsPerformance: {
            ID: 'P1',
            OperationsResponse: { ID: 'C1', OperationsRequestID: '4711', SegmentResponse: segment },
          },
        },
      },
    }),
  ),
});

describe.each(['sparkplug-machines', 'mes-plant'])('%s', (name) => {
  it('tells the state of a machine at its own time, with the reason', async () => {
    const { map } = await open(name);
    const metrics = [
      { name: 'Machine/State', type: 'String', value: 'DOWN', timestamp: 1_767_607_200_000 },
      { name: 'Machine/Reason', type: 'String', value: 'Spindle' },
    ] as const;
    const { messages, faults } = await map(await recordsOf(sparkplugDocument('DBIRTH', 'M1', [...metrics])));
    expect(faults).toEqual([]);
    expect(messages).toMatchObject([
      {
        type: 'WorkCenterStateReported',
        time: '2026-01-05T10:00:00.000Z',
        data: { code: 'WC-1', state: 'DOWN', reason: 'Spindle' },
      },
    ]);
  });

  it('refuses a state that is none of ours, and says nothing at a death', async () => {
    const { map } = await open(name);
    const wrong = [{ name: 'Machine/State', type: 'String', value: 'EXPLODED' } as const];
    const { faults } = await map(await recordsOf(sparkplugDocument('DBIRTH', 'M1', wrong)));
    expect(faults).toMatchObject([{ code: 'SCHEMA_VIOLATION' }]);
    expect(await map(await recordsOf(sparkplugDocument('NDEATH', undefined, [])))).toEqual({
      messages: [],
      faults: [],
    });
  });
});

describe.each(['b2mml-performance', 'mes-plant'])('%s', (name) => {
  it('makes a confirmation of a response, with yield, scrap and whether it is the last', async () => {
    const { map } = await open(name);
    const document = performance({
      ID: 'C1',
      ProcessSegmentID: '10',
      SegmentState: 'Completed',
      ActualEndTime: '2026-01-05T09:59:00+01:00',
      SegmentData: [
        { ID: 'Scrap', Value: { ValueString: '1', UnitOfMeasure: 'PC' } },
        { ID: 'Reason', Value: { ValueString: 'Burr' } },
      ],
      MaterialActual: [{ MaterialUse: 'Produced', Quantity: { QuantityString: '4.50', UnitOfMeasure: 'PC' } }],
    });
    const { messages, faults } = await map(await recordsOf(document));
    expect(faults).toEqual([]);
    expect(messages).toMatchObject([
      {
        type: 'ConfirmCompletion',
        id: 'confirmation/C1',
        data: {
          id: 'P100-4711',
          confirmation: 'C1',
          operation: 10,
          yield: { value: '4.5', unit: 'PC' },
          scrap: { value: '1', unit: 'PC' },
          reason: 'Burr',
          final: true,
        },
      },
    ]);
  });

  it('takes a confirmation back', async () => {
    const { map } = await open(name);
    const { messages, faults } = await map(
      await recordsOf(
        performance({
          ID: 'C1',
          SegmentState: 'Aborted',
          SegmentData: [{ ID: 'ReversalReason', Value: { ValueString: 'Counted twice' } }],
        }),
      ),
    );
    expect(faults).toEqual([]);
    expect(messages).toMatchObject([
      { type: 'ReverseConfirmation', data: { id: 'P100-4711', confirmation: 'C1', reason: 'Counted twice' } },
    ]);
  });
});

const folder = fileURLToPath(new URL('../../../../shared/data/b2mml/courbon/', import.meta.url));
const isThere = existsSync(folder);
if (!isThere) console.warn(`Skipped B2MML's real messages: ${folder} is not there.`);

describe.skipIf(!isThere)('B2MML’s real messages', () => {
  it('are read, and of the performance the consumption is mapped', async () => {
    const { map } = await open('b2mml-performance');
    const documents = readdirSync(folder).map((name) => ({
      key: name,
      mediaType: 'application/xml',
      attributes: { format: 'b2mml-xml' },
      body: readFileSync(`${folder}${name}`),
    }));
    const records = (await Promise.all(documents.map(recordsOf))).flat();
    expect(records).toHaveLength(5);
    const { messages, faults } = await map(records);
    expect(faults).toEqual([]);
    expect(messages).toMatchObject([
      {
        type: 'StockMoved',
        data: {
          type: 'ISSUE',
          sku: 'CRBN0001',
          location: 'P100',
          lot: 'CRBN0001_LOT01',
          quantity: { value: '0.41', unit: 'KG' },
        },
      },
    ]);
  });
});
