import { randomUUID } from 'node:crypto';
import { openMongoStore, type DocumentStore } from '@takt/document-store';
import { MongoClient } from 'mongodb';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Outcome } from '@takt/intake';
import type { MapContext, Mapping } from '@takt/mapping';
import { DocumentTooLargeError, type BackingSystem } from '@takt/backing-system';
import { letterMapping, LineReceiver } from './documents.fixture.ts';
import {
  applied,
  startTestExchange,
  testSystem,
  type TestExchange,
  type TestExchangeOptions,
} from './test-exchange.fixture.ts';

const SIGNAL = AbortSignal.timeout(60_000);
const HANDLING = { by: 'planner', reason: 'mended' };

const mongoUri = process.env['MONGODB_URI'];
if (mongoUri === undefined) {
  console.warn('MONGODB_URI is not set: the exchange was NOT tested over MongoDB.');
}

describe.each(mongoUri === undefined ? ['embedded'] : ['embedded', 'MongoDB'])(
  'The exchange over an %s store',
  (kind) => {
    let open: TestExchange | undefined;
    let store: DocumentStore | undefined;
    let database: string;

    beforeEach(async () => {
      database = `takt-integration-${randomUUID()}`;
      if (kind === 'MongoDB') store = await openMongoStore({ uri: mongoUri ?? '', database });
    });

    afterEach(async () => {
      await open?.close();
      open = undefined;
      await store?.close();
      if (!store) return;
      await using client = await MongoClient.connect(mongoUri ?? '');
      await client.db(database).dropDatabase();
    });

    async function start(system: Partial<BackingSystem> = {}, options: Partial<TestExchangeOptions> = {}) {
      const receiver = new LineReceiver();
      const test = (open = await startTestExchange({
        systems: [testSystem({ system: 'erp/P100', receiver, ...system })],
        ...(store && { store }),
        ...options,
      }));
      return { receiver, test };
    }

    async function restart(system: Partial<BackingSystem> = {}) {
      const receiver = new LineReceiver();
      if (!open) throw new Error('Nothing to restart.');
      const test = (open = await open.restart([testSystem({ system: 'erp/P100', receiver, ...system })]));
      return { receiver, test };
    }

    test('maps all records of a document in one context, and another document in its own', async () => {
      const contexts: MapContext[] = [];
      const letters = letterMapping(/./);
      const mapping: Mapping = {
        ...letters,
        map(record, context) {
          contexts.push(context);
          return letters.map(record, context);
        },
      };
      const { receiver } = await start({ mapping });
      for (const key of ['one', 'two']) {
        await (await receiver.accept(key, 'map Told a\n'.repeat(100))).ended(SIGNAL);
      }
      expect(contexts).toHaveLength(200);
      expect([...new Set(contexts)].map(({ document }) => document.key)).toEqual(['one', 'two']);
    });

    test('keeps a document, offers what it says to its domains in order and tells how it ended', async () => {
      const { receiver, test } = await start();
      const receipt = await receiver.accept('page 1', 'products Told a\nproducts Told b\nstock Told c', {
        correlationId: 'story-1',
        documentNumbers: ['4711'],
        time: '2026-01-05T12:00:00Z',
      });
      expect(receipt).toMatchObject({ id: 'erp/P100 page 1', isNew: true });
      expect(await receipt.ended(SIGNAL)).toEqual({
        status: 'APPLIED',
        records: 3,
        counts: { applied: 3, duplicate: 0, rejected: 0, deadLettered: 0 },
        problems: [],
      });
      expect(test.taken.filter(({ domain }) => domain === 'products')).toMatchObject([
        {
          id: 'page 1/0/0',
          source: 'erp/P100',
          correlationid: 'story-1',
          time: '2026-01-05T12:00:00Z',
          data: { value: 'a' },
        },
        { id: 'page 1/1/0', data: { value: 'b' } },
      ]);
      expect(test.taken.filter(({ domain }) => domain === 'stock')).toMatchObject([{ id: 'page 1/2/0' }]);
      const found = await test.reader.message(receipt.id);
      expect(found).toMatchObject({ status: 'APPLIED', correlationId: 'story-1', attempts: 1, bytes: 44, arrival: 1 });
      expect(found).not.toHaveProperty('body');
      expect(test.faults).toEqual([]);
    });

    test('takes a key once, also when it comes twice at the same time and after a restart', async () => {
      const { receiver } = await start();
      const receipts = await Promise.all([receiver.accept('k', 'd T a'), receiver.accept('k', 'd T b')]);
      expect(receipts.map(({ isNew }) => isNew)).toEqual([true, false]);
      await receipts[0].ended(SIGNAL);
      const again = await restart();
      const third = await again.receiver.accept('k', 'd T c');
      expect(third.isNew).toBe(false);
      expect((await third.ended(SIGNAL)).status).toBe('APPLIED');
      expect(again.test.taken).toHaveLength(1);
    });

    test('rejects a document as a whole with nothing of it applied, and makes a bug of its reading a dead letter', async () => {
      const { receiver, test } = await start();
      const rejected = await receiver.accept('r', 'd T a\nreject');
      const dead = await receiver.accept('c', 'd T a\ncrash');
      const empty = await receiver.accept('e', '');
      expect(await rejected.ended(SIGNAL)).toMatchObject({
        status: 'REJECTED',
        refusal: { code: 'BAD_COUNT', reason: 'line 2: it says reject.' },
      });
      expect(await dead.ended(SIGNAL)).toMatchObject({
        status: 'DEAD_LETTERED',
        refusal: { code: 'UNREADABLE', reason: 'TypeError: a bug at line 2' },
      });
      expect(await empty.ended(SIGNAL)).toMatchObject({ status: 'APPLIED', records: 0 });
      expect(test.taken).toEqual([]);
    });

    test('takes the good records of a document that has bad ones, and tells where those stand', async () => {
      const { receiver, test } = await start({ mapping: letterMapping(/[a-c]/) });
      const receipt = await receiver.accept('m', 'bad\nmap Letter a,x,b\nd T z');
      expect(await receipt.ended(SIGNAL)).toEqual({
        status: 'REJECTED',
        records: 3,
        counts: { applied: 3, duplicate: 0, rejected: 2, deadLettered: 0 },
        problems: [
          { place: 'line 1', code: 'BAD_ROW', reason: 'It says bad.' },
          { place: 'line 2', code: 'MAPPING_FAILED', reason: 'x is not known.' },
        ],
      });
      const { results } = await test.reader.results(receipt.id, { first: 10, statuses: ['REJECTED'] });
      expect(results[1]).toMatchObject({ record: 1, rule: 'letter', field: 'letter', expression: '$known(letter)' });
      expect((await test.reader.message(receipt.id))?.mapping).toEqual({ name: 'letters', version: 1, sha256: '1' });
    });

    test('rejects what is outside the scope of the instance', async () => {
      const receiver = new LineReceiver();
      receiver.parse = function* () {
        const message = (type: string, data: object) => ({ place: type, message: { domain: 'd', type, data } });
        yield message('LocationReported', { code: 'P200' });
        yield message('StockReported', { location: 'P100' });
        yield message('StockMoved', { location: 'P200' });
        yield message('DistributionLaneReported', { origin: 'P100', destination: 'P200' });
        yield message('ProductReported', { sku: 'A' });
      };
      await start({ receiver, scope: { locations: new Set(['P100']) } });
      const end = await (await receiver.accept('s', 'x')).ended(SIGNAL);
      expect(end.counts).toMatchObject({ applied: 3, rejected: 2 });
      expect(end.problems.map(({ place, code }) => [place, code])).toEqual([
        ['LocationReported', 'WRONG_PLANT_SCOPE'],
        ['StockMoved', 'WRONG_PLANT_SCOPE'],
      ]);
    });

    test('keeps documents of many chunks as they came, and gives their text from any byte on', async () => {
      const { receiver, test } = await start();
      const line = `d T ${'ä'.repeat(50)}\n`;
      const text = line.repeat(30_000);
      async function* body() {
        const bytes = Buffer.from(text);
        for (let at = 0; at < bytes.length; at += 77_777) yield await Promise.resolve(bytes.subarray(at, at + 77_777));
      }
      const receipt = await receiver.accept('large', body());
      const end = await receipt.ended(SIGNAL);
      expect(end).toMatchObject({ status: 'APPLIED', records: 30_000, counts: { applied: 30_000 } });
      expect(test.taken.map(({ id }) => id)).toEqual(Array.from({ length: 30_000 }, (_, n) => `large/${n}/0`));
      let read = '';
      for (let offset: number | undefined = 0; offset !== undefined;) {
        const part = await test.reader.raw(receipt.id, { offset, limit: 300_001 });
        read += part?.text ?? '';
        offset = part?.nextOffset;
      }
      expect(read === text).toBe(true);
      expect(receiver.parsed).toBe(2);
      const { results, hasNextPage } = await test.reader.results(receipt.id, { first: 700, after: [3, 498] });
      expect([results[0]?.record, results.at(-1)?.record, hasNextPage]).toEqual([1999, 2698, true]);
    });

    // 256 MiB take a server minutes.
    test.skipIf(kind === 'MongoDB')('refuses a document that is too large, and keeps nothing of it', async () => {
      const { receiver, test } = await start();
      async function* endless() {
        const piece = Buffer.alloc(4 * 1024 * 1024);
        for (;;) yield await Promise.resolve(piece);
      }
      await expect(receiver.accept('endless', endless())).rejects.toThrow(DocumentTooLargeError);
      expect((await test.reader.messages({ first: 10 })).messages).toEqual([]);
      const raw = await test.store.collection({ name: 'integration-raw', indexes: [] });
      expect(await raw.count({})).toBe(0);
    });

    test('refuses a document whose stream fails, and keeps nothing of it', async () => {
      const { receiver, test } = await start();
      async function* broken() {
        yield await Promise.resolve(Buffer.alloc(3_000_000));
        throw new Error('The line is dead.');
      }
      await expect(receiver.accept('broken', broken())).rejects.toThrow('The line is dead.');
      expect((await test.reader.messages({ first: 10 })).messages).toEqual([]);
      const raw = await test.store.collection({ name: 'integration-raw', indexes: [] });
      expect(await raw.count({})).toBe(0);
      expect((await receiver.accept('broken', 'd T a')).isNew).toBe(true);
    });

    describe('retries', () => {
      test('a whole document that was refused, with the reading of now, and tells who asked for it', async () => {
        const { receiver, test } = await start();
        const receipt = await receiver.accept('r', 'd T a\nreject');
        await receipt.ended(SIGNAL);
        receiver.parse = function* () {
          yield { place: 'line 1', message: { domain: 'd', type: 'T', data: {} } };
        };
        await test.exchange.retry(receipt.id, HANDLING);
        expect(await receipt.ended(SIGNAL)).toMatchObject({ status: 'APPLIED', counts: { applied: 1 } });
        const found = await test.reader.message(receipt.id);
        expect(found).toMatchObject({ round: 2, attempts: 2, handling: [{ action: 'RETRIED', ...HANDLING }] });
        expect(found).not.toHaveProperty('refusal');
      });

      test('only what failed of a document, even if its numbers shift', async () => {
        const { receiver } = await start({ mapping: letterMapping(/[a-c]/) });
        const receipt = await receiver.accept('m', 'map Letter a,x,b\nmap Letter c\nmap Letter y');
        expect((await receipt.ended(SIGNAL)).counts).toMatchObject({ applied: 3, rejected: 2 });
        const { test } = await restart({ mapping: letterMapping(/[a-x]/, 2) });
        await test.exchange.retry(receipt.id, HANDLING);
        await test.ended(1);
        expect(test.taken.map(({ data }) => (data as { letter: string }).letter)).toEqual(['a', 'b', 'c', 'x']);
        const { results } = await test.reader.results(receipt.id, { first: 10 });
        expect(results.map(({ record, status, messageId }) => [record, status, messageId])).toEqual([
          [0, 'APPLIED', 'm/0/0'],
          [0, 'APPLIED', 'm/0/1~2'],
          [0, 'APPLIED', 'm/0/1'],
          [1, 'APPLIED', 'm/1/0'],
          [2, 'REJECTED', undefined],
        ]);
        const again = await restart({ mapping: letterMapping(/./, 3) });
        await again.test.exchange.retry(receipt.id, HANDLING);
        await again.test.ended(1);
        expect(again.test.taken.map(({ id }) => id)).toEqual(['m/0/0', 'm/0/1', 'm/1/0', 'm/0/1~2', 'm/2/0~3']);
        expect(await again.test.reader.message(receipt.id)).toMatchObject({
          status: 'APPLIED',
          counts: { applied: 5 },
        });
      });

      test('what a domain made a dead letter, as a message of its own', async () => {
        let isBroken = true;
        const answer: TestExchangeOptions['answer'] = (message): Outcome =>
          isBroken && message.data !== null && (message.data as { value: string }).value === 'b'
            ? { status: 'DEAD_LETTERED', messageId: message.id, refusal: { code: 'BUG', reason: 'a bug' } }
            : applied(message);
        const { receiver, test } = await start({}, { answer });
        const receipt = await receiver.accept('d', 'd T a\nd T b');
        expect((await receipt.ended(SIGNAL)).status).toBe('DEAD_LETTERED');
        isBroken = false;
        await test.exchange.retry(receipt.id, HANDLING);
        expect((await receipt.ended(SIGNAL)).counts).toEqual({
          applied: 2,
          duplicate: 0,
          rejected: 0,
          deadLettered: 0,
        });
        expect(test.taken.map(({ id }) => id)).toEqual(['d/0/0', 'd/1/0', 'd/1/0~2']);
      });

      test('nothing that did not fail, and nothing after it was discarded', async () => {
        const { receiver, test } = await start();
        const good = await receiver.accept('g', 'd T a');
        const bad = await receiver.accept('b', 'reject');
        await Promise.all([good.ended(SIGNAL), bad.ended(SIGNAL)]);
        await expect(test.exchange.retry(good.id, HANDLING)).rejects.toMatchObject({ code: 'NOT_FAILED' });
        await expect(test.exchange.retry('nobody', HANDLING)).rejects.toMatchObject({ code: 'UNKNOWN_MESSAGE' });
        await expect(test.exchange.discard(bad.id, { by: ' ', reason: 'x' })).rejects.toMatchObject({
          code: 'BAD_HANDLING',
        });
        await test.exchange.discard(bad.id, HANDLING);
        expect((await bad.ended(SIGNAL)).status).toBe('DISCARDED');
        await expect(test.exchange.retry(bad.id, HANDLING)).rejects.toMatchObject({ code: 'NOT_FAILED' });
      });
    });

    test('finds messages by number, entity, correlation, status and system, newest or oldest first', async () => {
      const answer: TestExchangeOptions['answer'] = (message) => ({
        ...applied(message),
        documentId: (message.data as { value: string }).value,
      });
      const { receiver, test } = await start({}, { answer, noun: () => 'Thing' });
      for (const n of [1, 2, 3, 4]) {
        await (
          await receiver.accept(`k${n}`, `d T a\nd T v${n}`, { documentNumbers: [`N${n % 2}`], correlationId: `c${n}` })
        ).ended(SIGNAL);
      }
      await (await receiver.accept('bad', 'reject')).ended(SIGNAL);
      const keys = async (query: Parameters<typeof test.reader.messages>[0]) => {
        const page = await test.reader.messages(query);
        return [...page.messages.map(({ key }) => key), ...(page.hasNextPage ? ['…'] : [])];
      };
      expect(await keys({ first: 2, newestFirst: true })).toEqual(['bad', 'k4', '…']);
      expect(await keys({ first: 2, filter: { entity: 'Thing:a' } })).toEqual(['k1', 'k2', '…']);
      expect(await keys({ first: 2, filter: { entity: 'Thing:a' }, after: 2 })).toEqual(['k3', 'k4']);
      expect(await keys({ first: 3, filter: { entity: 'Thing:a' }, newestFirst: true, after: 4 })).toEqual([
        'k3',
        'k2',
        'k1',
      ]);
      expect(await keys({ first: 9, filter: { documentNumber: 'v3' } })).toEqual(['k3']);
      expect(await keys({ first: 9, filter: { documentNumber: 'N1' } })).toEqual(['k1', 'k3']);
      expect(await keys({ first: 9, filter: { correlationId: 'c2' } })).toEqual(['k2']);
      expect(await keys({ first: 9, filter: { status: ['REJECTED', 'DEAD_LETTERED'], system: 'erp/P100' } })).toEqual([
        'bad',
      ]);
      expect(await keys({ first: 9, filter: { system: 'erp/P100', direction: 'OUTBOUND' } })).toEqual([]);
      expect(await keys({ first: 9, filter: { direction: 'INBOUND', entity: 'Thing:v2' } })).toEqual(['k2']);
    });
  },
);
