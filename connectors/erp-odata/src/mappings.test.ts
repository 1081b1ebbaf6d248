import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { startErp, type Erp } from '@takt/demo/peers/erp';
import { deriveState } from '@takt/production-orders/contract';
import { describe, expect, it } from 'vitest';
import {
  CREDENTIALS,
  ORDERS,
  receiverContext,
  receiverOf,
  recordsOf,
  runOnce,
  sapErp,
  seed,
  SYSTEM,
} from './erp.fixture.ts';
import { shipped } from './mappings.fixture.ts';
import { normalise } from './normalise.ts';
import type { EntitySet } from './settings.ts';

const clock = () => new Date('2026-11-26T08:00:00Z');

const SAP_SETS: readonly EntitySet[] = [
  { ...ORDERS, expand: ['Component', 'Item', 'Operation', 'Status'].map((part) => `to_ProductionOrder${part}`) },
  {
    name: 'A_Product',
    path: 'API_PRODUCT_SRV/A_Product',
    key: ['Product'],
    expand: ['to_Description', 'to_Plant/to_ProductSupplyPlanning'],
  },
  {
    name: 'A_MaterialStock',
    path: 'API_MATERIAL_STOCK_SRV/A_MaterialStock',
    key: ['Material'],
    expand: ['to_MatlStkInAcctMod'],
  },
  {
    name: 'A_MaterialDocumentHeader',
    path: 'API_MATERIAL_DOCUMENT_SRV/A_MaterialDocumentHeader',
    key: ['MaterialDocumentYear', 'MaterialDocument'],
    expand: ['to_MaterialDocumentItem'],
    changedOn: { field: 'CreationDate', type: 'date' },
  },
  {
    name: 'PlannedIndepRqmt',
    path: 'API_PLND_INDEP_RQMT_SRV/PlannedIndepRqmt',
    key: ['Product', 'Plant', 'PlndIndepRqmtVersion'],
    expand: ['to_PlndIndepRqmtItem'],
  },
];

const BC_SETS: readonly EntitySet[] = [
  { name: 'productionOrders', path: 'productionOrders', key: ['number'], expand: ['routingLines', 'components'] },
  { name: 'items', path: 'items', key: ['number'] },
  { name: 'inventoryByLocation', path: 'inventoryByLocation', key: ['itemNumber', 'locationCode'], expand: ['lots'] },
  {
    name: 'demandForecasts',
    path: 'demandForecasts',
    key: ['itemNumber', 'locationCode', 'forecastName'],
    expand: ['entries'],
  },
];

function fill(erp: Erp, prefix: string): void {
  seed(erp, 1);
  erp.business.release('1000001');
  erp.business.setShortage('1000001', true);
  erp.business.putItem({
    number: `${prefix}-1`,
    description: 'Pump',
    type: 'FINISHED',
    unit: 'ST',
    group: 'PUMPS',
    plants: [{ plant: '1710', planner: 'MZ1', safetyStock: '20' }],
  });
  erp.business.setStock({ item: `${prefix}-1`, plant: '1710', lot: 'L1', type: '02', quantity: '12.500', unit: 'ST' });
  erp.business.setStock({ item: `${prefix}-1`, plant: '1720', type: '01', quantity: '3', unit: 'ST' });
  erp.business.moveStock({
    type: '101',
    item: `${prefix}-1`,
    plant: '1710',
    quantity: '40',
    unit: 'ST',
    order: '1000001',
  });
  erp.business.putForecast({
    item: `${prefix}-1`,
    plant: '1710',
    version: '00',
    unit: 'ST',
    periodType: 'W',
    periods: [
      { start: '2026-11-30', quantity: '75.5' },
      { start: '2026-12-07', quantity: '0' },
    ],
  });
}

async function read(erp: Erp, sets: readonly EntitySet[], settings: object = {}) {
  const [receiver, context] = [receiverOf(erp, sets, settings), receiverContext(SYSTEM, clock)];
  await runOnce(receiver, context);
  return recordsOf(receiver, context);
}

const ORDER = {
  id: 'P100-1000001',
  sku: 'FG-1',
  location: 'P100',
  quantity: { value: '500', unit: 'PC' },
  operations: [
    { sequence: 10, name: 'Assembly', workCenter: 'ASM-1', state: expect.any(String) as string },
    { sequence: 20, name: 'Final Inspection', workCenter: 'Z_INSP1', state: expect.any(String) as string },
  ],
  components: [{ sku: 'MZ-RM-R10-01', required: { value: '1500', unit: 'PC' }, operation: 20 }],
};
const references = {
  PRODUCT: { 'MZ-FG-R10': 'FG-1', 'S-1': 'FG-9', 'B-1': 'FG-9' },
  LOCATION: { '1710': 'P100' },
  WORK_CENTER: { Z_ASM1: 'ASM-1' },
};

describe('two ERPs of two makes, with item numbers of their own, say the same in our words', () => {
  it('sap-s4', async () => {
    const erp = await sapErp({ clock });
    fill(erp, 'S');
    const { messages, faults } = await (
      await shipped('sap-s4', references, 'Europe/Berlin')
    ).map(await read(erp, SAP_SETS));
    await erp.close();
    expect(faults).toEqual([]);
    expect(messages).toMatchObject([
      {
        domain: 'production-orders',
        type: 'ProductionOrderReported',
        data: {
          ...ORDER,
          scheduledStart: '2026-11-30T06:00:00.000Z',
          scheduledEnd: '2026-12-01T09:22:30.000Z',
          state: 'RELEASED',
          sourceStatuses: ['REL', 'SETC', 'PRC', 'MSPT'],
          materialShortage: true,
          frozen: false,
          delivered: { value: '0', unit: 'PC' },
        },
      },
      {
        type: 'ProductReported',
        data: {
          sku: 'FG-9',
          name: 'Pump',
          type: 'FINISHED',
          baseUnit: 'PC',
          family: 'PUMPS',
          alternativeIds: [{ system: 'erp', instance: 'P100', id: 'S-1' }],
        },
      },
      {
        type: 'ItemLocationReported',
        data: { sku: 'FG-9', location: 'P100', planner: 'MZ1', safetyStock: { value: '20', unit: 'PC' } },
      },
      {
        type: 'StockReported',
        data: {
          sku: 'FG-9',
          location: 'P100',
          unit: 'PC',
          stock: [
            { lot: 'L1', status: 'QUALITY_INSPECTION', quantity: { value: '12.5', unit: 'PC' } },
            { status: 'UNRESTRICTED', quantity: { value: '40', unit: 'PC' } },
          ],
        },
      },
      {
        type: 'StockReported',
        data: { location: '1720', stock: [{ status: 'UNRESTRICTED', quantity: { value: '3', unit: 'PC' } }] },
      },
      {
        type: 'StockMoved',
        id: 'erp/P100/2026/4900000001/1',
        data: {
          document: '2026/4900000001',
          line: 1,
          type: 'RECEIPT',
          quantity: { value: '40', unit: 'PC' },
          reference: 'P100-1000001',
        },
      },
      {
        type: 'ForecastReported',
        data: {
          sku: 'FG-9',
          location: 'P100',
          granularity: 'WEEK',
          unit: 'PC',
          complete: true,
          buckets: [
            { start: '2026-11-30', baseline: '75.5' },
            { start: '2026-12-07', baseline: '0' },
          ],
        },
      },
    ]);
  });

  it('business-central', async () => {
    const erp = await startErp({ system: SYSTEM, dialect: 'business-central', credentials: CREDENTIALS, clock });
    fill(erp, 'B');
    const { messages, faults } = await (
      await shipped('business-central', references)
    ).map(await read(erp, BC_SETS, { version: 'v4' }));
    await erp.close();
    expect(faults).toEqual([]);
    expect(messages).toMatchObject([
      {
        type: 'ProductionOrderReported',
        data: { ...ORDER, scheduledStart: '2026-11-30T07:00:00.000Z', state: 'RELEASED', sourceStatuses: ['Released'] },
      },
      { type: 'ProductReported', data: { sku: 'FG-9', name: 'Pump', type: 'FINISHED', baseUnit: 'PC' } },
      {
        type: 'StockReported',
        data: {
          sku: 'FG-9',
          location: 'P100',
          stock: [
            { lot: 'L1', status: 'QUALITY_INSPECTION', quantity: { value: '12.5', unit: 'PC' } },
            { status: 'UNRESTRICTED' },
          ],
        },
      },
      { type: 'StockReported', data: { location: '1720' } },
      {
        type: 'ForecastReported',
        data: {
          granularity: 'WEEK',
          buckets: [
            { start: '2026-11-30', baseline: '75.5' },
            { start: '2026-12-07', baseline: '0' },
          ],
        },
      },
    ]);
  });
});

it('sap-s4 derives the state of a set of statuses as production orders do', async () => {
  const sap = await shipped('sap-s4');
  const names = ['CRTD', 'REL', 'PREL', 'PCNF', 'CNF', 'PDLV', 'DLV', 'TECO', 'CLSD', 'DLFL', 'DLT'];
  const sets = names.flatMap((one) => names.map((other) => ['SETC', one, other, 'MSPT']));
  const record = (statuses: readonly string[]) => ({
    place: statuses.join(' '),
    type: 'A_ProductionOrder_2',
    data: {
      ManufacturingOrder: '1',
      Material: 'M',
      ProductionPlant: 'P',
      TotalQuantity: '1',
      ProductionUnit: 'PC',
      MfgOrderScheduledStartDate: '2026-11-30',
      MfgOrderScheduledEndDate: '2026-11-30',
      to_ProductionOrderStatus: statuses.map((StatusShortName) => ({ StatusShortName })),
    },
  });
  const { messages, faults } = await sap.map(sets.map(record));
  expect(faults).toEqual([]);
  expect(messages.map(({ data }) => data)).toMatchObject(
    sets.map((sourceStatuses) => ({ ...deriveState(sourceStatuses), sourceStatuses })),
  );
});

it('names record, field and expression of what cannot be mapped', async () => {
  const sap = await shipped('sap-s4');
  const data = {
    Material: 'M',
    MaterialBaseUnit: 'XYZ',
    to_MatlStkInAcctMod: [
      { Plant: 'P', Batch: '', InventoryStockType: '99', MatlWrhsStkQtyInMatlBaseUnit: '1', MaterialBaseUnit: 'XYZ' },
    ],
  };
  const { faults } = await sap.map([{ place: 'entry 3', type: 'A_MaterialStock', data }]);
  expect(faults[0]).toMatchObject({
    code: 'UNKNOWN_UNIT',
    place: 'entry 3',
    rule: 'stock',
    reason: expect.stringContaining('XYZ') as string,
  });
});

const folder = fileURLToPath(new URL('../../../../shared/data/sap-payloads/', import.meta.url));
const isThere = existsSync(folder);
if (!isThere) console.warn(`Skipped what SAP’s sandbox answered: ${folder} is not there.`);

describe.skipIf(!isThere)('what SAP’s sandbox answered', () => {
  const list = (name: string) =>
    (JSON.parse(readFileSync(`${folder}${name}`, 'utf8')) as { message: Record<string, unknown>[] }).message;

  it('is an order with its parts', async () => {
    const [general = {}] = list('production-order-01-general-sample.json');
    const data = normalise({
      ...general,
      to_ProductionOrderComponent: { results: list('production-order-02-component-sample.json') },
      to_ProductionOrderItem: { results: list('production-order-03-item-sample.json') },
      to_ProductionOrderOperation: { results: list('production-order-04-operation-sample.json') },
      to_ProductionOrderStatus: { results: list('production-order-05-status-sample.json') },
    });
    const sap = await shipped('sap-s4');
    const { messages, faults } = await sap.map([{ place: 'entry 1', type: 'A_ProductionOrder_2', data }]);
    expect(faults).toEqual([]);
    expect(messages[0]?.data).toMatchObject({
      id: 'P100-1000000',
      sku: 'MZ-FG-R10',
      location: '1710',
      quantity: { value: '500', unit: 'PC' },
      scheduledStart: '2017-06-06T07:00:00.000Z',
      scheduledEnd: '2017-06-07T10:22:30.000Z',
      state: 'TECHNICALLY_COMPLETE',
      materialShortage: true,
      sourceStatuses: ['SETC', 'PRC', 'GMPS', 'TECO', 'MSPT'],
      operations: [
        { sequence: 10, workCenter: 'Z_ASM1', state: 'RELEASED' },
        { sequence: 20, workCenter: 'Z_INSP1', scheduledEnd: '2017-06-07T10:22:30.000Z' },
      ],
    });
    expect(messages[0]?.data).toHaveProperty('components.length', 7);
  });

  it('is stock and independent requirements', async () => {
    const rows = (name: string) => JSON.parse(readFileSync(`${folder}${name}`, 'utf8')) as Record<string, unknown>[];
    const sap = await shipped('sap-s4');
    const stock = { Material: '21', to_MatlStkInAcctMod: { results: rows('material-stock-sample.json') } };
    const records = [
      { place: 'entry 1', type: 'A_MaterialStock', data: normalise(stock) },
      ...rows('planned-independent-requirement-sample.json').map((item) => ({
        place: 'entry 2',
        type: 'PlannedIndepRqmtItem',
        data: normalise(item),
      })),
    ];
    const { messages, faults } = await sap.map(records);
    expect(faults).toEqual([]);
    expect(messages.map(({ data }) => data)).toMatchObject([
      { sku: '21', location: '0001', stock: [{ status: 'UNRESTRICTED', quantity: { value: '10', unit: 'PC' } }] },
      { sku: 'FG-FL-MV-V00', granularity: 'MONTH', buckets: [{ start: '2017-11-01', baseline: '0' }] },
      { buckets: [{ start: '2017-12-01', baseline: '0' }] },
    ]);
  });
});
