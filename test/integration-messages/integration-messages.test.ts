import { mkdir, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Receiver } from '@takt/backing-system';
import { InventoryChangedDocument } from '@takt/client';
import { readBackingSystems } from '@takt/connector-registry';
import { startErp, type Erp, type ErpOptions } from '@takt/demo/peers/erp';
import { encodeCursor } from '@takt/event-log';
import { inboundMessage, systemClock } from '@takt/intake';
import { inventoryPositionId } from '@takt/inventory/contract';
import { expect, it, onTestFinished } from 'vitest';
import { bootSystem, command, temporaryFolder, type BootedSystem } from '../system.ts';

const ENV = { ERP_USER: 'TAKT', ERP_PASSWORD: 's3cret' };
const PATIENT = { timeout: 30_000, interval: 50 };

const STOCK_FILES = `type: files
instance: wms/P100
folder: ./out
pattern: '*.csv'
stillFor: 0s
format: { kind: csv }
schedule: { every: 100ms }
scope: { locations: [P100] }
mapping: ./mappings/counts.yml
`;
const SAP = (erp: Erp) => `type: erp-odata
instance: erp/P100
endpoint: ${erp.url}
version: v2
credentials: { basic: { user: ERP_USER, password: ERP_PASSWORD } }
timeZone: UTC
rate: { requestsPerSecond: 500, burst: 50 }
timeoutMs: 2000
schedule: { every: 100ms }
mapping: sap-s4
entitySets:
  - name: A_ProductionOrder_2
    path: API_PRODUCTION_ORDER_2_SRV/A_ProductionOrder_2
    key: [ManufacturingOrder]
    expand: [to_ProductionOrderComponent, to_ProductionOrderItem, to_ProductionOrderOperation, to_ProductionOrderStatus]
`;
const BUSINESS_CENTRAL = (erp: Erp) => `type: erp-odata
instance: erp/P200
endpoint: ${erp.url}
version: v4
credentials: { basic: { user: ERP_USER, password: ERP_PASSWORD } }
rate: { requestsPerSecond: 500, burst: 50 }
schedule: { every: 100ms }
mapping: business-central
entitySets:
  - { name: productionOrders, path: productionOrders, key: [number], expand: [routingLines, components], paging: server }
`;
const COUNTS = (unit: string, version = 1) => `name: counts
version: ${version}
connector: files
units: { PC: PC }
rules:
  - name: count
    record: row
    emit: StockReported
    data:
      sku: '$canonical("PRODUCT", sku)'
      location: '$canonical("LOCATION", location)'
      unit: '$unit(unit)'
      stock: '[{ "status": "UNRESTRICTED", "quantity": $quantity(quantity, ${unit}) }]'
`;

async function erpOf(options: Pick<ErpOptions, 'system' | 'dialect'>): Promise<Erp> {
  const erp = await startErp({ ...options, credentials: { user: 'TAKT', password: 's3cret' } });
  onTestFinished(() => erp.close());
  return erp;
}

/** The folder that a plant's engineer would write, beside the one in which the warehouse leaves its files. */
async function folderOf(files: Readonly<Record<string, string>>): Promise<string> {
  const folder = await temporaryFolder();
  for (const name of ['out', 'mappings']) await mkdir(join(folder, name));
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
  return folder;
}

async function bootWith(folder: string, dataDir?: string): Promise<BootedSystem> {
  const backingSystems = await readBackingSystems([folder], ENV);
  return bootSystem({ backingSystems, ...(dataDir !== undefined && { dataDir }) });
}

/** As a whole, or not at all. */
async function drop(folder: string, name: string, text: string): Promise<void> {
  await writeFile(join(folder, 'out', `.${name}`), text);
  await rename(join(folder, 'out', `.${name}`), join(folder, 'out', name));
}

async function ask({ system }: BootedSystem, query: string, variables: Record<string, unknown> = {}) {
  const { data, errors } = await system.gateway.execute({ query, variables });
  expect(errors).toBeUndefined();
  return data as Record<string, unknown>;
}

interface Message {
  readonly id: string;
  readonly key: string;
  readonly correlationId: string;
  readonly status: string;
}

async function messages(booted: BootedSystem, filter: Record<string, unknown>, fields = ''): Promise<Message[]> {
  const { integrationMessages } = await ask(
    booted,
    `query ($filter: IntegrationMessageFilter) { integrationMessages(filter: $filter) { nodes { id key correlationId status ${fields} } } }`,
    { filter },
  );
  return (integrationMessages as { nodes: Message[] }).nodes;
}

async function ended(booted: BootedSystem, filter: Record<string, unknown>, status: string): Promise<Message> {
  await expect.poll(async () => (await messages(booted, filter)).map((each) => each.status), PATIENT).toEqual([status]);
  return (await messages(booted, filter))[0]!;
}

async function onHand(booted: BootedSystem, sku: string): Promise<unknown> {
  const { inventory } = await ask(
    booted,
    `{ inventory: inventoryPosition(id: "${inventoryPositionId(sku, 'P100')}") { onHand { value } } }`,
  );
  return (inventory as { onHand: { value: string } } | null)?.onHand.value;
}

function seed({ business }: Erp, number: string, item: string, plant: string, unit: string): void {
  const times = { start: '2026-11-30T07:00:00.000Z', end: '2026-12-01T10:22:30.000Z' };
  const operation = { number: '0010', name: 'Assembly', workCenter: 'ASM1', ...times, yield: '0', status: 'PLANNED' };
  business.create({
    number,
    item,
    plant,
    quantity: '500',
    unit,
    ...times,
    operations: [operation as never],
    components: [],
  });
  business.release(number);
}

async function tell({ system }: BootedSystem, domain: string, type: string, data: unknown): Promise<void> {
  const message = inboundMessage({ type, source: 'engineer/one', data }, systemClock);
  expect(await system.intake(domain).receive([message])).toMatchObject([{ status: 'APPLIED' }]);
}

it('a file changes the stock, and is found by correlation id, entity and document number, with all that became of it', async () => {
  const folder = await folderOf({ 'wms.yml': STOCK_FILES, 'mappings/counts.yml': COUNTS('unit') });
  const booted = await bootWith(folder);
  const changes = booted.client.subscribe(InventoryChangedDocument, {
    plant: 'P100',
    after: encodeCursor(booted.system.domains.get('inventory')!.log.id, 0),
  });
  const heard = changes.next();
  const text = 'sku,location,quantity,unit\nPUMP,P100,12,PC\nVALVE,P100,many,PC\nSEAL,P200,3,PC\n';
  await drop(folder, 'count-1.csv', text);
  const { id, correlationId } = await ended(booted, { system: 'wms/P100' }, 'REJECTED');
  expect(await onHand(booted, 'PUMP')).toBe('12');

  const filters = [
    { correlationId },
    { entity: `InventoryPosition:${inventoryPositionId('PUMP', 'P100')}` },
    { status: ['REJECTED'] },
  ];
  for (const filter of filters) expect((await messages(booted, filter)).map((each) => each.id)).toEqual([id]);
  const { message } = await ask(
    booted,
    `query ($id: ID!) { message: integrationMessage(id: $id) { name raw { text } mapping { name version } receivedAt parsedAt endedAt counts { applied rejected }
      results { nodes { place status type rule field expression refusal { code reason } } } } }`,
    { id },
  );
  expect(message).toMatchObject({
    name: 'count-1.csv',
    raw: { text },
    mapping: { name: 'counts', version: 1 },
    counts: { applied: 1, rejected: 2 },
    results: {
      nodes: [
        { place: 'line 2', status: 'APPLIED', type: 'StockReported' },
        {
          place: 'line 3',
          status: 'REJECTED',
          rule: 'count',
          field: 'data.stock',
          refusal: { code: 'MAPPING_FAILED' },
        },
        { place: 'line 4', status: 'REJECTED', refusal: { code: 'WRONG_PLANT_SCOPE' } },
      ],
    },
  });
  const { receivedAt, parsedAt, endedAt } = message as Record<string, string>;
  expect([receivedAt, parsedAt, endedAt].map(String)).toEqual([receivedAt, parsedAt, endedAt].map(String).sort());
  expect((await heard).value).toMatchObject({ inventoryChanged: { correlationId } });
  await changes.return?.();
});

it('what a mapping could not say is said once it is mended, through the graph, and no row is applied twice', async () => {
  const folder = await folderOf({ 'wms.yml': STOCK_FILES, 'mappings/counts.yml': COUNTS('uom') });
  const dataDir = await temporaryFolder();
  const before = await bootWith(folder, dataDir);
  await drop(folder, 'count-1.csv', 'sku,location,quantity,unit\nPUMP,P100,12,PC\n');
  const { id } = await ended(before, { system: 'wms/P100' }, 'REJECTED');
  expect(await onHand(before, 'PUMP')).toBeUndefined();
  await before.system.close();

  await writeFile(join(folder, 'mappings/counts.yml'), COUNTS('unit', 2));
  const booted = await bootWith(folder, dataDir);
  const { result } = await ask(
    booted,
    'mutation ($input: HandleIntegrationMessageInput!) { result: retryIntegrationMessage(input: $input) { __typename } }',
    { input: { id, by: 'Vera', reason: 'The unit has another name.' } },
  );
  expect(result).toEqual({ __typename: 'IntegrationMessageAccepted' });
  await ended(booted, { system: 'wms/P100' }, 'APPLIED');
  expect(await onHand(booted, 'PUMP')).toBe('12');
  const [retried] = await messages(booted, {}, 'mapping { version } handling { action by }');
  expect(retried).toMatchObject({ mapping: { version: 2 }, handling: [{ action: 'RETRIED', by: 'Vera' }] });
});

it('a revision approved here reaches the ERP, and is kept with what went over the wire; an ERP that is down makes its orders stale', async () => {
  const erp = await erpOf({ system: 'erp/P100', dialect: 'sap' });
  seed(erp, '1000040', 'PUMP', 'P100', 'ST');
  const booted = await bootWith(await folderOf({ 'sap.yml': SAP(erp) }));
  const order = async () =>
    (
      await ask(
        booted,
        '{ order: productionOrder(id: "P100-1000040") { state scheduledStart provenance { freshness staleSince } scheduleRevisions { state } } }',
      )
    )['order'] as { provenance: { staleSince: string | null } } | null;
  await expect.poll(order, PATIENT).toMatchObject({ state: 'RELEASED', provenance: { freshness: 'FRESH' } });
  // What came of a document is known to its domain first, and then to its message.
  await expect
    .poll(() => messages(booted, { documentNumber: '1000040', direction: 'INBOUND' }), PATIENT)
    .not.toEqual([]);

  const { result } = await ask(
    booted,
    'mutation { result: reviseSchedule(idempotencyKey: "r-1", input: { id: "P100-1000040", scheduledStart: "2026-12-02T06:00:00Z", scheduledEnd: "2026-12-03T06:00:00Z", cause: CAPACITY }) { __typename } }',
  );
  expect(result).toEqual({ __typename: 'ProductionOrderAccepted' });
  const outbound = () =>
    messages(
      booted,
      { entity: 'ProductionOrder:P100-1000040', direction: 'OUTBOUND' },
      'name exchange { sent answered }',
    );
  await expect.poll(outbound, PATIENT).toMatchObject([
    {
      name: 'ApplyScheduleRevision',
      exchange: { sent: expect.stringContaining('MfgOrderPlannedStartDate') as string },
    },
  ]);
  expect(JSON.stringify(await outbound())).not.toContain('s3cret');
  expect(erp.business.order('1000040').start).toBe('2026-12-02T06:00:00.000Z');
  await expect.poll(order, PATIENT).toMatchObject({ scheduleRevisions: [{ state: 'APPLIED' }] });

  erp.faults.set('down', true);
  await expect.poll(async () => (await order())?.provenance, PATIENT).toMatchObject({ freshness: 'STALE' });
  const { connectors } = await ask(booted, '{ connectors { id inbound { state since } } }');
  expect(connectors).toMatchObject([{ id: 'erp/P100', inbound: { state: 'DOWN' } }]);
  erp.faults.set('down', false);
  await expect
    .poll(async () => (await order())?.provenance, PATIENT)
    .toMatchObject({ freshness: 'FRESH', staleSince: null });
}, 90_000);

it('two ERPs call one product otherwise, and both speak of the same in the graph', async () => {
  const [sap, dynamics] = await Promise.all([
    erpOf({ system: 'erp/P100', dialect: 'sap' }),
    erpOf({ system: 'erp/P200', dialect: 'business-central' }),
  ]);
  const booted = await bootWith(await folderOf({ 'p100.yml': SAP(sap), 'p200.yml': BUSINESS_CENTRAL(dynamics) }));
  const pump = { system: 'erp', kind: 'PRODUCT', canonicalId: 'PUMP' };
  await tell(booted, 'products', 'CrossReferenceReported', { ...pump, instance: 'P100', id: 'MZ-4711' });
  await tell(booted, 'products', 'CrossReferenceReported', { ...pump, instance: 'P200', id: '0815' });
  seed(sap, '1000040', 'MZ-4711', 'P100', 'ST');
  seed(dynamics, '1000040', '0815', 'P200', 'PCS');
  const orders = () =>
    ask(
      booted,
      '{ a: productionOrder(id: "P100-1000040") { product { sku } } b: productionOrder(id: "P200-1000040") { product { sku } } }',
    );
  await expect.poll(orders, PATIENT).toEqual({ a: { product: { sku: 'PUMP' } }, b: { product: { sku: 'PUMP' } } });
});

it('the command line sees how systems do, what a file would cause, and to what could not be brought to an end', async () => {
  const folder = await folderOf({ 'wms.yml': STOCK_FILES, 'mappings/counts.yml': COUNTS('unit') });
  const [wms] = await readBackingSystems([folder], ENV);
  let hasBug = true;
  const parse: Receiver['parse'] = (document) => {
    if (hasBug) throw new RangeError('Nobody thought of this.');
    return wms!.receiver!.parse(document);
  };
  const booted = await bootSystem({ backingSystems: [{ ...wms!, receiver: { ...wms!.receiver!, parse } }] });
  const pump = { system: 'wms', instance: 'P100', kind: 'PRODUCT', id: '4711', canonicalId: 'PUMP' };
  await tell(booted, 'products', 'CrossReferenceReported', pump);
  const run = (...args: string[]) => command(args, { TAKT_DATA_DIR: booted.dataDir, TAKT_CONNECTORS: folder });
  await expect
    .poll(() => run('connector', 'list'), PATIENT)
    .toEqual({
      code: 0,
      output: expect.stringMatching(/wms\/P100 +files +UP +0 .*every 100ms +counts 1\n/) as string,
    });
  const text = 'sku,location,quantity,unit\n4711,P100,12,PC\n';
  const sample = join(folder, 'sample.csv');
  await writeFile(sample, text);
  expect(await run('connector', 'dry-run', 'wms/P100', sample)).toEqual({
    code: 0,
    output: expect.stringMatching(/"type": "StockReported"[^]*"sku": "PUMP"[^]*1 messages, 0 faults\./) as string,
  });
  expect(await messages(booted, {})).toEqual([]);

  const deadLetter = (action: string, ...args: string[]) =>
    run('deadletter', action, ...args, '--domain', 'integration');
  expect(await deadLetter('list')).toEqual({ code: 0, output: 'There are none.\n' });
  await drop(folder, 'count-1.csv', text);
  await drop(folder, 'count-2.csv', text.replace('12', '13'));
  await expect.poll(async () => (await messages(booted, { status: ['DEAD_LETTERED'] })).length, PATIENT).toBe(2);
  const listed = (await deadLetter('list', '--json')).output.split('\n').filter(Boolean);
  const [first, second] = listed.map((line) => JSON.parse(line) as { key: string; short: string });
  expect((await deadLetter('show', first!.short)).output).toMatch(/count-1\.csv[^]*4711,P100,12/);
  expect(await deadLetter('discard', second!.key, '--reason', 'scrap')).toMatchObject({ code: 0 });
  hasBug = false;
  expect(await deadLetter('retry', first!.key, '--reason', 'The bug is gone.')).toMatchObject({ code: 0 });
  await expect.poll(() => onHand(booted, 'PUMP'), PATIENT).toBe('12');
  const statuses = async () => (await messages(booted, {})).map(({ status }) => status);
  await expect.poll(statuses, PATIENT).toEqual(['DISCARDED', 'APPLIED']);
}, 120_000);
