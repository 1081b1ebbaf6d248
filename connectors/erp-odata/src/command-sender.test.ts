import type { Connector } from '@takt/backing-system';
import { startErp, type Erp } from '@takt/demo/peers/erp';
import type { CloudEvent } from '@takt/event-log';
import { NO_CROSS_REFERENCES, type Mapping } from '@takt/mapping';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { callMapping, configured, CREDENTIALS, sapErp, seed, SYSTEM } from './erp.fixture.ts';
import { shipped } from './mappings.fixture.ts';

const { signal } = new AbortController();
const PC = (value: string) => ({ value, unit: 'PC' });
const ORDER = { id: 'P100-1000001', sku: 'FG-1', location: 'P100' };

function command(type: string, data: object): CloudEvent {
  return {
    specversion: '1.0',
    id: `production-orders/${type}/1`,
    source: 'takt/production-orders',
    type,
    subject: ORDER.id,
    time: '2026-11-26T08:00:00Z',
    datacontenttype: 'application/json',
    dataschema: `${type}.v1`,
    correlationid: 'key-1',
    cause: 'MANUAL',
    data,
  };
}

const RELEASE = command('ApplyOrderRelease', ORDER);
const CONFIRM = command('ApplyConfirmation', {
  id: ORDER.id,
  confirmation: 'C-77',
  operation: 10,
  yield: PC('120'),
  scrap: PC('3'),
  final: false,
});
const REVERSE = command('ApplyConfirmationReversal', { id: ORDER.id, confirmation: 'C-77', reason: 'Miscounted' });
const REVISE = command('ApplyScheduleRevision', {
  ...ORDER,
  number: 1,
  from: {},
  to: { scheduledStart: '2026-12-02T06:30:00Z', scheduledEnd: '2026-12-03T10:00:00Z', quantity: PC('450') },
  cause: 'CAPACITY',
  revisedAt: '2026-11-26T08:00:00Z',
});
const WITH_OPERATION = command('ApplyScheduleRevision', {
  ...(REVISE.data as object),
  to: {
    scheduledStart: '2026-12-02T06:30:00Z',
    scheduledEnd: '2026-12-03T10:00:00Z',
    operations: [{ sequence: 20, scheduledStart: '2026-12-02T12:00:00Z', workCenter: 'Z_INSP2' }],
  },
});

let erp: Erp;
let mapping: Mapping;
const opened: Connector[] = [];
afterEach(async () => {
  await Promise.all(opened.splice(0).map((connector) => connector.close()));
  await erp.close();
});

function connect(settings: object = {}, by: Mapping = mapping): Connector {
  const connector = configured(erp, settings, by).connect!({ crossReferences: NO_CROSS_REFERENCES });
  opened.push(connector);
  return connector;
}
const kindOf = async (connector: Connector, given: CloudEvent) => (await connector.send(given, signal)).kind;
const written = () => erp.requests.filter((request) => !request.startsWith('GET'));

describe.each([
  { name: 'sap-s4', settings: { version: 'v2' } },
  { name: 'sap-s4', settings: { version: 'v2', batch: true } },
  { name: 'business-central', settings: { version: 'v4' } },
] as const)('$name $settings', ({ name, settings }) => {
  beforeEach(async () => {
    erp =
      name === 'sap-s4'
        ? await sapErp()
        : await startErp({ system: SYSTEM, dialect: 'business-central', credentials: CREDENTIALS });
    seed(erp, 1);
    ({ mapping } = await shipped(name));
  });

  it('writes releases, confirmations, reversals and revisions back', async () => {
    const connector = connect(settings);
    expect(await kindOf(connector, REVISE)).toBe('APPLIED');
    expect(erp.business.order('1000001')).toMatchObject({
      start: '2026-12-02T06:30:00.000Z',
      end: '2026-12-03T10:00:00.000Z',
      quantity: '450',
    });
    expect(await kindOf(connector, RELEASE)).toBe('APPLIED');
    expect(erp.business.order('1000001').statuses).toContain('REL');
    expect(await kindOf(connector, CONFIRM)).toBe('APPLIED');
    expect(erp.business.order('1000001').operations[0]).toMatchObject({ yield: '120', status: 'PARTIALLY_CONFIRMED' });
    expect(await kindOf(connector, REVERSE)).toBe('APPLIED');
    expect(erp.business.order('1000001').operations[0]).toMatchObject({ yield: '0', status: 'RELEASED' });
  });

  it('does nothing twice when the answer was lost', async () => {
    const connector = connect(settings);
    for (const given of [REVISE, RELEASE, CONFIRM, REVERSE]) {
      erp.loseNextAnswer();
      if (name === 'sap-s4') await connector.send(command('ApplyOrderRelease', { id: 'P100-9' }), signal);
      expect(await kindOf(connector, given)).toBe('DOWN');
      const before = written().length;
      expect(await kindOf(connector, given)).toBe('APPLIED');
      expect(written().length).toBe(before);
    }
    expect(erp.store.all('confirmations')).toHaveLength(1);
  });

  it('tells a refusal in the system’s words', async () => {
    const connector = connect(settings);
    expect(await connector.send(CONFIRM, signal)).toMatchObject({
      kind: 'REFUSED',
      reason: 'RU/013: Order 1000001 is not released',
      exchange: {
        sent: expect.stringContaining('POST ') as string,
        answered: expect.stringContaining('RU/013') as string,
      },
    });
    expect(await connector.send(REVERSE, signal)).toMatchObject({
      kind: 'REFUSED',
      reason: expect.stringContaining('It knows nothing at') as string,
    });
    const answer = await connector.send(command('ApplyOrderRelease', { id: "P100-1' or '1" }), signal);
    expect(answer).toMatchObject({ kind: 'REFUSED' });
    expect(JSON.stringify(answer)).not.toContain('s3cret');
  });
});

describe('SAP’s gateway', () => {
  beforeEach(async () => {
    erp = await sapErp();
    seed(erp, 1);
    ({ mapping } = await shipped('sap-s4'));
  });

  it('gives a token once, and another when the session is over', async () => {
    const connector = connect();
    await connector.send(RELEASE, signal);
    expect(erp.requests.filter((request) => request.endsWith('_SRV/'))).toHaveLength(1);
    expect(await kindOf(connector, CONFIRM)).toBe('APPLIED');
    expect(erp.requests.filter((request) => request.endsWith('_SRV/'))).toHaveLength(1);
    erp.expireTokens();
    expect(await kindOf(connector, REVERSE)).toBe('APPLIED');
    expect(erp.requests.filter((request) => request.endsWith('_SRV/'))).toHaveLength(2);
  });

  it('is asked again what an order is when somebody else changed it meanwhile, once', async () => {
    const connector = connect();
    await connector.send(RELEASE, signal);
    const meddle = () => erp.business.setShortage('1000001', true);
    erp.beforeNext(() => erp.beforeNext(meddle));
    expect(await kindOf(connector, REVISE)).toBe('APPLIED');
    expect(written().filter((request) => request.startsWith('PATCH'))).toHaveLength(2);
    erp.business.reschedule('1000001', { quantity: '7' });
    const meddleTwice = () => {
      meddle();
      erp.beforeNext(() => erp.beforeNext(meddle));
    };
    erp.beforeNext(() => erp.beforeNext(meddleTwice));
    expect(await connector.send(REVISE, signal)).toMatchObject({
      kind: 'BUSY',
      reason: '412: Precondition failed',
      retryAfterMs: 2_000,
    });
  });

  it('takes what one command changes as one change set, whole or not at all', async () => {
    expect(await kindOf(connect({ batch: true }), WITH_OPERATION)).toBe('APPLIED');
    expect(written()).toEqual([expect.stringMatching(/^POST .*API_PRODUCTION_ORDER_2_SRV\/\$batch$/)]);
    expect(erp.business.order('1000001')).toMatchObject({
      start: '2026-12-02T06:30:00.000Z',
      operations: [{}, { start: '2026-12-02T12:00:00.000Z', workCenter: 'Z_INSP2' }],
    });
  });

  it('undoes all of a change set of which it refuses one', async () => {
    const requests = ['2026-12-24', '2026-01-01'].map((day) => ({
      method: 'PATCH',
      path: 'API_PRODUCTION_ORDER_2_SRV/A_ProductionOrder_2',
      key: { ManufacturingOrder: day.endsWith('24') ? '1000002' : '1000001' },
      ifMatch: true,
      body: { MfgOrderPlannedEndDate: { $date: day } },
    }));
    seed(erp, 1, 2);
    const answer = await connect({ batch: true }, callMapping({ requests })).send(REVISE, signal);
    expect(answer).toMatchObject({
      kind: 'REFUSED',
      reason: 'CO/301: Order 1000001: the finish date is before the start date',
    });
    expect(erp.business.order('1000002').end).toBe('2026-12-01T10:22:30.000Z');
  });

  it('says how far it came when it takes no batches', async () => {
    expect(await kindOf(connect(), WITH_OPERATION)).toBe('APPLIED');
    const to = { quantity: PC('9'), operations: [{ sequence: 90, scheduledStart: '2026-12-02T12:00:00Z' }] };
    const answer = await connect().send(command('ApplyScheduleRevision', { ...(REVISE.data as object), to }), signal);
    expect(answer).toMatchObject({
      kind: 'REFUSED',
      reason: expect.stringMatching(/^1 of 2 were done, then: It knows nothing/) as string,
    });
  });

  it.each([
    [
      { status: 429, headers: { 'retry-after': '5' }, body: '' },
      { kind: 'BUSY', retryAfterMs: 5_000 },
    ],
    [{ status: 503, body: '' }, { kind: 'DOWN' }],
    [{ status: 401, body: '' }, { kind: 'DOWN' }],
    [
      { status: 423, body: '{"error":{"code":"CO/469","message":{"value":"Order is locked by MZ1"}}}' },
      { kind: 'BUSY', reason: 'CO/469: Order is locked by MZ1' },
    ],
    [{ status: 200, body: '<html>Logon</html>' }, { kind: 'WRONG' }],
    [
      { status: 200, body: '{"error":{"code":"X","message":{"value":"No"}}}' },
      { kind: 'WRONG', reason: expect.stringContaining('X: No') as string },
    ],
    [
      { status: 302, body: '' },
      { kind: 'WRONG', reason: 'HTTP 302.' },
    ],
    [{ status: 202, body: '' }, { kind: 'TAKEN' }],
  ])('%j to what is written', async (reply, answer) => {
    const connector = connect();
    await connector.send(RELEASE, signal);
    erp.beforeNext(() => erp.answerNext(reply));
    expect(await connector.send(CONFIRM, signal)).toMatchObject(answer);
  });

  it('is not there, or hangs', async () => {
    erp.faults.set('down', true);
    expect(await kindOf(connect(), RELEASE)).toBe('DOWN');
    erp.faults.set('down', false);
    erp.faults.set('slow', true);
    const late = connect().send(RELEASE, AbortSignal.timeout(50));
    await expect(late).rejects.toThrow();
  });

  it.each([
    [undefined, 'test says nothing of ApplyOrderRelease.'],
    [{ method: 'GET', path: 'x' }, 'The mapping’s call makes no sense: /method'],
    [{ method: 'POST', path: "A('1')" }, 'The mapping’s call makes no sense: /path'],
    [{ method: 'POST', path: '../admin' }, 'The mapping’s call makes no sense: /path'],
    [{ requests: [{ method: 'POST', path: 'x', key: {} }] }, 'The mapping’s call makes no sense: /requests/0'],
    [{ method: 'POST', path: 'x', key: { a: { $found: 'b' } } }, 'What was found has no b.'],
  ])('is not bothered with a call such as %j', async (call, reason) => {
    const answer = await connect({}, callMapping(call)).send(RELEASE, signal);
    expect(answer).toMatchObject({ kind: 'REFUSED', reason: expect.stringContaining(reason) as string });
    expect(erp.requests).toEqual([]);
  });
});
