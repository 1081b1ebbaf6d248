import type { Erp } from '@takt/demo/peers/erp';
import { startErp } from '@takt/demo/peers/erp';
import { TokenBucket } from '@takt/backing-system';
import { pause } from '@takt/resilience';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  CREDENTIALS,
  fieldOf,
  ORDERS,
  receiverContext,
  receiverOf,
  recordsOf,
  runOnce,
  sapErp,
  seed,
  SYSTEM,
} from './erp.fixture.ts';
import type { EntitySet } from './settings.ts';

let erp: Erp;
let now = new Date('2026-11-26T08:00:00Z');
const clock = () => now;
beforeEach(async () => {
  now = new Date('2026-11-26T08:00:00Z');
  erp = await sapErp({ clock });
});
afterEach(() => erp.close());

const numbers = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, index) => String(1_000_000 + from + index));
const context = (kept?: Map<string, unknown>) => receiverContext(SYSTEM, clock, kept);

describe('an entity set', () => {
  it('is read whole the first time, page by page, each row once', async () => {
    seed(erp, 25);
    const [receiver, given] = [receiverOf(erp), context()];
    await runOnce(receiver, given);
    expect(given.accepted.map(({ key }) => key.replace(/[^/]*$/, ''))).toEqual(
      [0, 1, 2].map((page) => `A_ProductionOrder_2/1/${page}/`),
    );
    const records = await recordsOf(receiver, given);
    expect(fieldOf(records, 'ManufacturingOrder')).toEqual(numbers(1, 25));
    expect(records[0]).toMatchObject({
      place: 'entry 1',
      type: 'A_ProductionOrder_2',
      documentNumbers: ['1000001'],
      data: {
        TotalQuantity: '500',
        MfgOrderScheduledStartDate: '2026-11-30T00:00:00',
        MfgOrderScheduledStartTime: '07:00:00',
        to_ProductionOrderStatus: [
          { StatusShortName: 'CRTD' },
          { StatusShortName: 'SETC' },
          { StatusShortName: 'PRC' },
        ],
      },
    });
  });

  it('is asked for what changed since the last run began, with an overlap', async () => {
    seed(erp, 5);
    now = new Date('2026-11-26T08:30:00Z');
    const [receiver, given] = [receiverOf(erp), context()];
    await runOnce(receiver, given);
    now = new Date('2026-11-26T09:00:00Z');
    erp.business.release('1000003');
    await runOnce(receiver, given);
    expect(fieldOf(await recordsOf(receiver, given, 1), 'ManufacturingOrder')).toEqual(['1000003']);
    expect(decodeURIComponent(erp.requests.at(-1) ?? '')).toContain("LastChangeDateTime ge '20261126082800'");
  });

  it('takes nothing in when nothing changed', async () => {
    seed(erp, 5);
    now = new Date('2026-11-26T08:30:00Z');
    const [receiver, given] = [receiverOf(erp), context()];
    await runOnce(receiver, given);
    now = new Date('2026-11-26T09:00:00Z');
    await runOnce(receiver, given);
    now = new Date('2026-11-26T10:00:00Z');
    await runOnce(receiver, given);
    expect(given.accepted).toHaveLength(1);
  });

  it('loses nothing at the boundary: what changes while a run is under way comes with the next', async () => {
    seed(erp, 25);
    const [receiver, given] = [receiverOf(erp), context()];
    erp.beforeNext(() => erp.beforeNext(() => erp.business.release('1000002')));
    await runOnce(receiver, given);
    await runOnce(receiver, given);
    const records = await recordsOf(receiver, given);
    const last = records.findLast(
      (record) => 'data' in record && (record.data as { ManufacturingOrder: string }).ManufacturingOrder === '1000002',
    );
    expect(last).toMatchObject({ data: { OrderIsReleased: 'X' } });
  });

  it.each(['1000001', '1000009', '1000010', '1000015'])(
    'misses no row when order %s is deleted between two pages',
    async (gone) => {
      seed(erp, 25);
      const [receiver, given] = [receiverOf(erp), context()];
      erp.beforeNext(() => erp.beforeNext(() => erp.business.remove(gone)));
      await runOnce(receiver, given);
      const read = new Set(fieldOf(await recordsOf(receiver, given), 'ManufacturingOrder'));
      for (const number of numbers(1, 25)) if (number !== gone) expect(read).toContain(number);
    },
  );

  it('misses no row when one comes in between two pages', async () => {
    seed(erp, 25);
    const [receiver, given] = [receiverOf(erp), context()];
    erp.beforeNext(() => erp.beforeNext(() => seed(erp, 1, 0)));
    await runOnce(receiver, given);
    expect([...new Set(fieldOf(await recordsOf(receiver, given), 'ManufacturingOrder'))]).toEqual(
      expect.arrayContaining(numbers(1, 25)),
    );
  });

  it.each(['duplicates', 'reordering'] as const)('misses no row from a system with %s', async (fault) => {
    seed(erp, 45);
    erp.faults.set(fault, true);
    const [receiver, given] = [receiverOf(erp), context()];
    await runOnce(receiver, given);
    expect([...new Set(fieldOf(await recordsOf(receiver, given), 'ManufacturingOrder'))].sort()).toEqual(
      numbers(1, 45),
    );
  });

  it('follows the system’s own pages, which may be smaller than asked for', async () => {
    await erp.close();
    erp = await sapErp({ clock, maxPageSize: 4 });
    seed(erp, 10);
    for (const paging of ['client', 'server'] as const) {
      const [receiver, given] = [receiverOf(erp, [{ ...ORDERS, paging }]), context()];
      await runOnce(receiver, given);
      expect(fieldOf(await recordsOf(receiver, given), 'ManufacturingOrder')).toEqual(numbers(1, 10));
    }
    expect(erp.requests.filter((request) => request.includes('%24skiptoken')).length).toBe(4);
  });

  it('that is read whole is not read again while its ETag is the same', async () => {
    seed(erp, 5);
    const { name, path, key } = ORDERS;
    const whole = { name, path, key };
    const [receiver, given] = [receiverOf(erp, [whole]), context()];
    await runOnce(receiver, given);
    await runOnce(receiver, given);
    expect(given.accepted).toHaveLength(1);
    erp.business.release('1000001');
    await runOnce(receiver, given);
    expect(given.accepted).toHaveLength(2);
  });

  it('may be read less often than the others', async () => {
    seed(erp, 5);
    const rare: EntitySet = { ...ORDERS, name: 'Rare', every: '1h' };
    const [receiver, given] = [receiverOf(erp, [ORDERS, rare], { concurrency: 2 }), context()];
    await runOnce(receiver, given);
    const before = erp.requests.length;
    now = new Date('2026-11-26T08:59:59Z');
    await runOnce(receiver, given);
    expect(erp.requests.length - before).toBe(1);
    now = new Date('2026-11-26T09:00:00Z');
    await runOnce(receiver, given);
    expect(erp.requests.length - before).toBe(3);
  });
});

describe('a run that is cut short', () => {
  it.each([1, 2, 3])('goes on at its page, under the same keys, after %i pages', async (pages) => {
    seed(erp, 45);
    const whole = context();
    await runOnce(receiverOf(erp), whole);
    const kept = new Map<string, unknown>();
    const first = context(kept);
    let accepted = 0;
    const broken = {
      ...first,
      accept: async (...given: Parameters<typeof first.accept>) => {
        const receipt = await first.accept(...given);
        accepted += 1;
        if (accepted === pages) throw new Error('killed');
        return receipt;
      },
    };
    await expect(runOnce(receiverOf(erp), broken)).rejects.toThrow('killed');
    const before = erp.requests.length;
    const second = context(kept);
    await runOnce(receiverOf(erp), second);
    const keys = (given: typeof first) => given.accepted.map(({ key }) => key);
    // What was accepted last, and was not yet known to be, is offered again under its key.
    expect(keys(second)[0]).toBe(keys(first).at(-1));
    expect([...new Set([...keys(first), ...keys(second)])].slice(0, 5)).toEqual(keys(whole));
    expect(erp.requests[before]).toMatch(pages === 1 ? /\$top|%24top|top=10/ : /skip|skiptoken/);
  });

  it('accepts a page again that has changed since, as another document', async () => {
    seed(erp, 5);
    const kept = new Map<string, unknown>();
    const first = context(kept);
    const broken = {
      ...first,
      checkpoints: {
        ...first.checkpoints,
        write: (name: string, value: unknown) =>
          first.accepted.length > 0 ? Promise.reject(new Error('killed')) : first.checkpoints.write(name, value),
      },
    };
    await expect(runOnce(receiverOf(erp), broken)).rejects.toThrow('killed');
    erp.business.release('1000001');
    const second = context(kept);
    await runOnce(receiverOf(erp), second);
    expect(second.accepted[0]?.key).not.toBe(first.accepted[0]?.key);
    expect(second.accepted[0]?.key).toMatch(/^A_ProductionOrder_2\/1\/0\//);
  });

  it('begins anew when the system does not know its page any more', async () => {
    await erp.close();
    erp = await sapErp({ clock, maxPageSize: 4 });
    seed(erp, 10);
    const given = context(new Map([['set/A_ProductionOrder_2', undefined]]));
    erp.beforeNext(() =>
      erp.answerNext({ status: 410, body: '{"error":{"code":"SKIP","message":{"value":"Token expired"}}}' }),
    );
    await runOnce(receiverOf(erp), given);
    expect(given.accepted.map(({ key }) => key.split('/').slice(1, 3).join('/'))).toEqual(['1/0', '2/0', '2/1', '2/2']);
  });
});

describe('a system', () => {
  it('that wants to be left alone is held for as long as it says, and asked again', async () => {
    seed(erp, 5);
    erp.answerNext({ status: 429, headers: { 'retry-after': '7' }, body: '' });
    erp.answerNext({ status: 503, headers: { 'retry-after': '3' }, body: '' });
    erp.answerNext({ status: 500, body: '{"error":{"code":"SY/530","message":{"lang":"en","value":"Short dump"}}}' });
    const given = context();
    await runOnce(receiverOf(erp), given);
    expect(given.held).toEqual([7_000, 3_000, 4_000]);
    expect(given.observed.map(({ kind }) => kind)).toEqual(['BUSY', 'FAILED', 'FAILED', 'ANSWERED']);
    expect(given.observed[2]).toMatchObject({ reason: expect.stringContaining('Short dump') as string });
    expect(given.accepted).toHaveLength(1);
  });

  it('with a bucket of its own is read to the end at its pace', async () => {
    await erp.close();
    erp = await sapErp({ clock, rate: { perSecond: 50, burst: 2 } });
    seed(erp, 45);
    const given = context();
    const bucket = new TokenBucket({ requestsPerSecond: 40, burst: 1 });
    const turn = async (signal: AbortSignal) => {
      for (let waitMs = bucket.take(); waitMs > 0; waitMs = bucket.take()) await pause(waitMs, signal);
    };
    await runOnce(receiverOf(erp), { ...given, turn });
    expect(given.held).toEqual([]);
    expect(given.accepted).toHaveLength(5);
  });

  it('that answers nonsense is asked four times, then given up with the reason', async () => {
    seed(erp, 5);
    erp.faults.set('corrupt', true);
    const given = context();
    await expect(runOnce(receiverOf(erp), given)).rejects.toThrow('A_ProductionOrder_2: ');
    expect(given.observed.map(({ kind }) => kind)).toEqual(['FAILED', 'FAILED', 'FAILED', 'LEFT_ALONE']);
    const reasons = given.observed.map((observation) => ('reason' in observation ? observation.reason : ''));
    expect(reasons.sort()).toEqual([
      'It answered with an error as if it were none: SY/530: Internal error',
      expect.stringContaining('begins with "<html>'),
      expect.stringMatching(/^It is no JSON of \d+ characters, and begins with "\{/),
      'Its d.results is no list.',
    ]);
    expect(given.accepted).toHaveLength(0);
    erp.faults.set('corrupt', false);
    await runOnce(receiverOf(erp), given);
    expect(given.accepted[0]?.key).toMatch(/^A_ProductionOrder_2\/1\/0\//);
  });

  it('that is not there, hangs up or takes too long is told apart from none', async () => {
    seed(erp, 5);
    erp.faults.set('down', true);
    await expect(runOnce(receiverOf(erp), context())).rejects.toThrow('It cannot be reached');
    erp.faults.set('down', false);
    erp.faults.set('slow', true);
    await expect(runOnce(receiverOf(erp, [ORDERS], { timeoutMs: 100 }), context())).rejects.toThrow('within 100 ms');
  });

  it('whose page is too big is not read into memory', async () => {
    seed(erp, 100);
    const small = receiverOf(erp, [{ ...ORDERS, pageSize: 100 }], { maxPageBytes: 10_000 });
    await expect(runOnce(small, context())).rejects.toThrow('more than 10000 bytes');
  });

  it('may not send our credentials elsewhere', async () => {
    erp.answerNext({
      status: 200,
      body: '{"d":{"results":[{"ManufacturingOrder":"1"}],"__next":"http://evil.example/x"}}',
    });
    for (let index = 0; index < 3; index += 1)
      erp.answerNext({ status: 302, headers: { location: 'http://evil.example/' }, body: '' });
    const given = context();
    await expect(runOnce(receiverOf(erp), given)).rejects.toThrow('HTTP 302');
    expect(given.observed[0]).toMatchObject({ reason: 'It points to another place, http://evil.example.' });
  });

  it('that refuses one set is still asked for the others', async () => {
    seed(erp, 5);
    const given = context();
    const sets = [{ ...ORDERS, name: 'Wrong', path: 'API_PRODUCTION_ORDER_2_SRV/A_Nothing' }, ORDERS];
    await expect(runOnce(receiverOf(erp, sets), given)).rejects.toThrow(
      'Wrong: It answered HTTP 404: 404: Resource not found',
    );
    expect(given.accepted).toHaveLength(1);
  });
});

describe('OData v4', () => {
  const settings = { version: 'v4' };
  const orders: EntitySet = {
    name: 'productionOrders',
    path: 'productionOrders',
    key: ['number'],
    expand: ['routingLines'],
    pageSize: 10,
  };
  beforeEach(async () => {
    await erp.close();
    erp = await startErp({
      system: SYSTEM,
      dialect: 'business-central',
      credentials: CREDENTIALS,
      clock,
      maxPageSize: 7,
    });
    seed(erp, 20);
  });

  it('is read by pages of the client and of the system', async () => {
    for (const paging of ['client', 'server'] as const) {
      const [receiver, given] = [receiverOf(erp, [{ ...orders, paging }], settings), context()];
      await runOnce(receiver, given);
      expect(fieldOf(await recordsOf(receiver, given), 'number')).toEqual(numbers(1, 20));
    }
  });

  it('tells what changed and what is gone by delta links', async () => {
    const [receiver, given] = [
      receiverOf(erp, [{ ...orders, paging: 'server', trackChanges: true }], settings),
      context(),
    ];
    await runOnce(receiver, given);
    const before = given.accepted.length;
    erp.business.release('1000004');
    erp.business.remove('1000005');
    await runOnce(receiver, given);
    expect(await recordsOf(receiver, given, before)).toMatchObject([
      { type: 'productionOrders', data: { number: '1000004', status: 'Released' } },
      {
        type: 'productionOrders.removed',
        documentNumbers: ['1000005'],
        data: { number: '1000005', reason: 'deleted' },
      },
    ]);
    await runOnce(receiver, given);
    expect(given.accepted).toHaveLength(before + 1);
  });

  it('reads everything again when a delta link has expired', async () => {
    const [receiver, given] = [
      receiverOf(erp, [{ ...orders, paging: 'server', trackChanges: true }], settings),
      context(),
    ];
    await runOnce(receiver, given);
    const before = given.accepted.length;
    erp.answerNext({ status: 410, body: '{"error":{"code":"Gone","message":"Too old"}}' });
    await runOnce(receiver, given);
    expect(fieldOf(await recordsOf(receiver, given, before), 'number')).toEqual(numbers(1, 20));
  });
});

it('reads a thousand orders', async () => {
  seed(erp, 1_000);
  const [receiver, given] = [receiverOf(erp, [{ ...ORDERS, pageSize: 200 }]), context()];
  await runOnce(receiver, given);
  expect(await recordsOf(receiver, given)).toHaveLength(1_000);
});
