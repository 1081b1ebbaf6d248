import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { demoPlant } from '@takt/demo';
import { inboundMessage, type InboundMessage, type Outcome } from '@takt/intake';
import { describe, expect, it } from 'vitest';
import { DEMO_PLANT, demoClock, fillDemo, sharedSystem } from '../system.ts';

const shared = sharedSystem({ clock: demoClock }, fillDemo);

const ONE = { value: '1', unit: 'PC' };

function message(type: string, data: object, rest: object = {}): InboundMessage {
  return { ...inboundMessage({ id: `bad-${type}`, source: 'mes/hall-1', type, data }, demoClock), ...rest };
}

describe('a message for something that nobody has told of is refused by name, and kept', () => {
  const confirmation = { id: 'NONE', confirmation: 'C1', operation: 10, yield: ONE, final: false };
  const hold = { id: 'NONE', hold: 'H1', scope: 'ORDER', reason: 'Scratches', placedBy: 'quality' };
  it.each([
    ['production-orders', 'ConfirmCompletion', confirmation, 'ORDER_UNKNOWN'],
    ['production-orders', 'ReviseSchedule', { id: 'NONE', quantity: ONE, cause: 'MANUAL' }, 'ORDER_UNKNOWN'],
    ['production-orders', 'PlaceQualityHold', hold, 'ORDER_UNKNOWN'],
    ['production-orders', 'CancelProductionOrder', { id: 'NONE', reason: 'No need' }, 'ORDER_UNKNOWN'],
    ['supplier-commitments', 'CommitSupply', { id: 'NONE', confirmation: 'ACCEPTED' }, 'UNKNOWN_COMMITMENT'],
    [
      'supplier-commitments',
      'ShipmentNotified',
      { id: 'NONE', notice: 'A1', quantity: ONE, shippedOn: '2026-11-20' },
      'UNKNOWN_COMMITMENT',
    ],
    [
      'supplier-commitments',
      'ReceiptPosted',
      { id: 'NONE', receipt: 'G1', received: ONE, receivedOn: '2026-11-20' },
      'UNKNOWN_COMMITMENT',
    ],
    ['forecasts', 'WithdrawForecast', { id: 'NONE@P100', reason: 'Discontinued' }, 'UNKNOWN_FORECAST'],
    ['inventory', 'AllocateStock', { sku: 'NONE', location: 'P100', allocated: ONE }, 'NO_STOCK'],
    [
      'inventory',
      'StockMoved',
      { document: 'D1', line: 1, type: 'ISSUE', sku: 'NONE', location: 'P100', status: 'UNRESTRICTED', quantity: ONE },
      'INSUFFICIENT_STOCK',
    ],
    ['work-centers', 'WorkCenterStateReported', { code: 'NONE', state: 'DOWN' }, 'UNKNOWN_WORK_CENTER'],
    ['products', 'SetSafetyStock', { sku: 'NONE', location: 'P100', safetyStock: ONE }, 'UNKNOWN_ITEM_LOCATION'],
    ['products', 'ConfirmCompletion', confirmation, 'UNKNOWN_TYPE'],
  ])('%s: %s', async (domain, type, data, code) => {
    const { system } = shared();
    const sent = message(type, data);
    const [outcome] = await system.intake(domain).receive([sent]);
    expect(outcome).toMatchObject({ status: 'REJECTED', refusal: { code } });
    const { entries } = await system.domains.get(domain)!.intake.messages({ status: 'REJECTED', first: 100 });
    expect(entries.map(({ document }) => document)).toContainEqual(expect.objectContaining({ outcome }));
  });
});

describe('a report that is older than what the same source has told', () => {
  const newsByType: Readonly<Record<string, object>> = {
    BillOfMaterialReported: { version: '7' },
    CalendarReported: { defaultValue: 1 },
    CrossReferenceReported: { canonicalId: 'OTHER' },
    CustomerOrderReported: { priority: 7 },
    CustomerReported: { name: 'Late' },
    DistributionLaneReported: { leadTimeDays: 7 },
    ForecastReported: { version: '2026-W01', publishedAt: '2026-01-01T00:00:00Z' },
    ItemLocationReported: { planner: 'Late' },
    LocationReported: { name: 'Late' },
    ProductionOrderReported: { priority: 7 },
    ProductReported: { name: 'Late' },
    RoutingReported: { name: 'Late' },
    StockReported: { sequence: 1, stock: [] },
    SupplierCommitmentReported: { requiredOn: '2026-12-24' },
    SupplierReported: { name: 'Late' },
    SupplyAgreementReported: { leadTimeDays: 7 },
    TransferOrderReported: { receiveAt: '2026-12-24T14:00:00.000Z' },
    WorkCenterReported: { name: 'Late' },
    WorkCenterStateReported: { state: 'DOWN' },
  };
  const told = new Map<string, { domain: string; first: InboundMessage }>();
  for (const { domain, messages } of demoPlant(DEMO_PLANT)) {
    for (const first of messages) if (!told.has(first.type)) told.set(first.type, { domain, first });
  }
  const reports = [...told.values()].filter(({ first }) => first.type.endsWith('Reported'));

  it('is tried with every report that there is', () => {
    expect(reports.map(({ first }) => first.type).sort()).toEqual(Object.keys(newsByType).sort());
  });

  it.each(reports.map(({ domain, first }) => [first.type, domain, first] as const))(
    'is refused: %s',
    async (type, domain, first) => {
      const { system } = shared();
      const time = new Date(Date.parse(first.time) - 86_400_000).toISOString();
      const data = { ...(first.data as object), ...newsByType[type] };
      const late = { ...first, id: `${first.id}-late`, time, data };
      const before = await system.domains.get(domain)!.log.head();
      const [outcome] = await system.intake(domain).receive([late]);
      expect(outcome).toMatchObject({ status: 'REJECTED', refusal: { code: 'OLDER_THAN_KNOWN' } });
      expect(await system.domains.get(domain)!.log.head()).toBe(before);
    },
  );
});

describe('what comes through the door of a running process', () => {
  const stock = (rest: object = {}) =>
    message('StockReported', { sku: 'DOOR', location: 'P100', unit: 'PC', stock: [] }, { id: 'door-1', ...rest });

  it.each([
    ['Latin 1', Buffer.from('[{"id":"Größe"}]', 'latin1'), 400],
    ['UTF-16', Buffer.from('[{"id":"Größe"}]', 'utf16le'), 400],
    ['half a message', Buffer.from('[{"id":'), 400],
    ['no array', Buffer.from('{}'), 400],
    ['more than 32 MiB', Buffer.alloc(32 * 1024 * 1024 + 1, ' '), 413],
  ])('is refused as a whole: %s', async (_, body, status) => {
    expect((await post(body)).status).toBe(status);
  });

  it('has each its end, whatever is wrong with the others', async () => {
    const escaped = JSON.stringify(stock({ id: 'door-2', correlationid: 'HALF' }));
    const texts = [
      JSON.stringify(stock()),
      JSON.stringify(stock({ data: { sku: 'OTHER', location: 'P100', unit: 'PC', stock: [] } })),
      JSON.stringify(stock({ id: undefined })),
      escaped.replace('HALF', '\\ud800'),
      escaped.replace('HALF', '\\u0000'),
      JSON.stringify(stock({ id: 'door-3', time: '2026-11-24T08:00:01Z' })),
      JSON.stringify(stock({ id: 'door-4', correlationid: 'x'.repeat(800_000) })),
      JSON.stringify(stock({ id: 'door-5', dataschema: 'StockReported.v9' })),
      'null',
      JSON.stringify(stock()),
    ];
    const response = await post(Buffer.from(`[${texts.join()}]`));
    const outcomes = (await response.json()) as Outcome[];
    expect(outcomes.map((outcome) => ('refusal' in outcome ? outcome.refusal.code : outcome.status))).toEqual([
      'APPLIED',
      'MESSAGE_ID_REUSED',
      'SCHEMA_VIOLATION',
      'SCHEMA_VIOLATION',
      'SCHEMA_VIOLATION',
      'MESSAGE_FROM_FUTURE',
      'MESSAGE_TOO_LARGE',
      'UNKNOWN_TYPE',
      'SCHEMA_VIOLATION',
      'DUPLICATE',
    ]);
  });

  async function post(body: Buffer<ArrayBuffer>): Promise<Response> {
    const address = await readFile(join(shared().dataDir, 'inventory', 'process.json'), 'utf8');
    const { url, token } = JSON.parse(address) as { url: string; token: string };
    return fetch(url, { method: 'POST', headers: { authorization: `Bearer ${token}` }, body });
  }
});
