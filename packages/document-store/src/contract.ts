import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { compareScalars } from './conditions.ts';
import { describeQueries } from './contract-queries.ts';
import { APPLIED_MESSAGES_KEPT } from './port.ts';
import type { Change, Collection, CollectionDefinition, DocumentStore } from './port.ts';

/** A store of its own for each test; `reopen` closes it and opens it again on the same data. */
export interface OpenedStore {
  readonly store: DocumentStore;
  reopen(): Promise<DocumentStore>;
  /** Closes the store and makes its data that of a version of Takt with format 2. */
  becomeNewer(): Promise<void>;
  dispose(): Promise<void>;
}

interface Order {
  readonly sku: string;
  readonly plant?: string | null;
  readonly start?: number;
  readonly note?: string;
  readonly tags?: readonly string[];
  readonly quantity?: { readonly value: string; readonly unit: string };
  readonly dueAt?: Date;
}

const orders: CollectionDefinition<Order> = {
  name: 'orders',
  indexes: [['sku'], ['plant', 'start'], ['tags'], ['quantity.unit', 'sku']],
};

/** What every adapter of the store port must do. */
export function describeDocumentStore(name: string, open: () => Promise<OpenedStore>): void {
  describe(name, () => {
    let opened: OpenedStore;
    let store: DocumentStore;
    let collection: Collection<Order>;

    beforeEach(async () => {
      opened = await open();
      store = opened.store;
      collection = await store.collection(orders);
    });

    afterEach(async () => {
      await opened.dispose();
    });

    async function reopen(): Promise<void> {
      store = await opened.reopen();
      collection = await store.collection(orders);
    }

    describe('commits', () => {
      it('gives back what was committed, after a restart too', async () => {
        const document = { sku: 'A', quantity: { value: '12.50', unit: 'EA' }, dueAt: new Date(0), tags: ['x', 'y'] };
        await collection.commit([change('1', document, { messageIds: ['m1'] })]);
        const expected = { id: '1', version: 1, document, appliedMessages: ['m1'] };
        expect(await collection.getMany(['1'])).toEqual([expected]);
        await reopen();
        expect(await collection.getMany(['1'])).toEqual([expected]);
      });

      it('answers getMany in the order asked, with undefined for what does not exist', async () => {
        await collection.commit([change('1', { sku: 'A' }), change('2', { sku: 'B' })]);
        const found = await collection.getMany(['2', 'none', '1', '2']);
        expect(found.map((stored) => stored?.document.sku)).toEqual(['B', undefined, 'A', 'B']);
        expect(await collection.getMany([])).toEqual([]);
      });

      it('has no document with an id longer than any key, and answers for the others', async () => {
        await collection.commit([change('1', { sku: 'A' })]);
        const found = await collection.getMany(['x'.repeat(1_976), 'x'.repeat(1_977), 'é'.repeat(50_000), '1']);
        expect(found.map((stored) => stored?.document.sku)).toEqual([undefined, undefined, undefined, 'A']);
      });

      it('writes whatever is there without an expected version, and grows the version by one', async () => {
        const first = await collection.commit([change('1', { sku: 'A' })]);
        const second = await collection.commit([change('1', { sku: 'B' })]);
        expect([...first, ...second]).toEqual([committed(1), committed(2)]);
        expect((await collection.getMany(['1']))[0]?.document).toEqual({ sku: 'B' });
      });

      it('refuses a version that is not the current one and tells which is', async () => {
        await collection.commit([change('1', { sku: 'A' })]);
        await collection.commit([change('1', { sku: 'B' }, { expectedVersion: 1 })]);
        const results = await collection.commit([
          change('1', { sku: 'C' }, { expectedVersion: 1, events: [{ id: 'never' }] }),
          change('1', { sku: 'C' }, { expectedVersion: 0, events: [{ id: 'never either' }] }),
          change('none', { sku: 'C' }, { expectedVersion: 3, events: [{ id: 'nor this' }] }),
        ]);
        expect(results).toEqual([conflict(2), conflict(2), conflict(0)]);
        expect((await collection.getMany(['1', 'none'])).map((stored) => stored?.document.sku)).toEqual([
          'B',
          undefined,
        ]);
        expect(await store.outbox.pending(10)).toEqual([]);
      });

      it('tells which of many were written, also where versions are long gone', async () => {
        const ids = Array.from({ length: 30 }, (_, i) => `${i}`);
        for (let round = 0; round < 4; round++)
          await collection.commit(ids.map((id) => change(id, { sku: `${round}` })));
        const expected = ids.map((_, i) => [4, 1, 3, 9][i % 4]);
        const results = await collection.commit(
          ids.map((id, i) => change(id, { sku: 'new' }, { expectedVersion: expected[i] ?? 0, events: [{ id }] })),
        );
        expect(results).toEqual(expected.map((version) => (version === 4 ? committed(5) : conflict(4))));
        const written = ids.filter((_, i) => expected[i] === 4);
        expect((await store.outbox.pending(100)).map(({ id }) => id).sort()).toEqual([...written].sort());
        expect(await collection.count({ sku: 'new' })).toBe(written.length);
      });

      it('commits each change on its own, in order where they share a document', async () => {
        const results = await collection.commit([
          change('1', { sku: 'A' }, { expectedVersion: 0 }),
          change('1', { sku: 'B' }, { expectedVersion: 0 }),
          change('2', { sku: 'C' }, { expectedVersion: 0 }),
          change('1', { sku: 'D' }, { expectedVersion: 1 }),
        ]);
        expect(results).toEqual([committed(1), conflict(1), committed(1), committed(2)]);
        expect((await collection.getMany(['1']))[0]?.document.sku).toBe('D');
      });

      it('lets exactly one of many concurrent writers of a version win', async () => {
        const writers = Array.from({ length: 20 }, (_, i) => `writer ${i}`);
        const results = await Promise.all(
          writers.map((sku) =>
            collection.commit([change('1', { sku }, { expectedVersion: 0, events: [{ id: sku }] })]),
          ),
        );
        const winners = writers.filter((_, i) => results[i]?.[0]?.status === 'committed');
        expect(winners).toHaveLength(1);
        expect((await collection.getMany(['1']))[0]?.document.sku).toBe(winners[0]);
        expect(await store.outbox.pending(100)).toEqual([{ id: winners[0] }]);
      });

      it('lets one of many concurrent writers of a later version win', async () => {
        await collection.commit([change('1', { sku: 'A' })]);
        const writers = Array.from({ length: 20 }, (_, i) => `writer ${i}`);
        const results = await Promise.all(
          writers.map((sku) => collection.commit([change('1', { sku }, { expectedVersion: 1 })])),
        );
        expect(results.filter(([result]) => result?.status === 'committed')).toHaveLength(1);
        expect((await collection.getMany(['1']))[0]?.version).toBe(2);
      });

      it('loses no concurrent blind write', async () => {
        const results = await Promise.all(
          Array.from({ length: 20 }, (_, i) => collection.commit([change('1', { sku: `${i}` })])),
        );
        const versions = results.map(([result]) => (result?.status === 'committed' ? result.version : 0));
        expect(versions.sort((a, b) => a - b)).toEqual(Array.from({ length: 20 }, (_, i) => i + 1));
      });

      it(`keeps the latest ${APPLIED_MESSAGES_KEPT} applied messages`, async () => {
        const ids = Array.from({ length: APPLIED_MESSAGES_KEPT + 10 }, (_, i) => `m${i}`);
        await collection.commit([change('1', { sku: 'A' }, { messageIds: ids.slice(0, 5) })]);
        await collection.commit([change('1', { sku: 'A' }, { messageIds: ids.slice(5, -1) })]);
        await collection.commit([change('1', { sku: 'A' }, { messageIds: ids.slice(-1) })]);
        expect((await collection.getMany(['1']))[0]?.appliedMessages).toEqual(ids.slice(10));
      });

      it.each([
        ['NaN', NaN],
        ['Infinity', Infinity],
        ['a symbol', Symbol('x')],
        ['an object', { a: 1 }],
        ['a date', new Date(0)],
        ['a lone surrogate', 'a\ud800'],
        ['a big integer', 1n],
      ])('refuses to index %s, and writes nothing of the call', async (_, value) => {
        const changes = [change('1', { sku: 'A' }), change('2', { sku: value as string })];
        await expect(collection.commit(changes)).rejects.toThrow(/Document 2: sku cannot be indexed/);
        expect(await collection.getMany(['1', '2'])).toEqual([undefined, undefined]);
      });

      it('refuses an indexed value that is too long for a key, and takes it where it is not indexed', async () => {
        const long = 'ä'.repeat(1000);
        await expect(collection.commit([change('1', { sku: long })])).rejects.toThrow(
          /\[sku\] and the id make an index key/,
        );
        await collection.commit([change('1', { sku: 'A', note: long })]);
        expect((await collection.getMany(['1']))[0]?.document.note).toBe(long);
        expect(await collection.count({ sku: long })).toBe(0);
        expect(await collection.count({ sku: { from: 'A', to: long } })).toBe(1);
        expect(await collection.count({ sku: { from: long } })).toBe(0);
      });

      it.each([
        ['', 'an empty id'],
        ['\udc00', 'a lone surrogate'],
      ])('refuses %j as an id: %s', async (id) => {
        await expect(collection.commit([change(id, { sku: 'A' })])).rejects.toThrow(/is no document id/);
      });

      it('keeps strings of any Unicode, as ids too', async () => {
        const texts = ['\0', 'a\0b', '\u0001', '\u001b', 'é', '\uffff', '😀', '𐀀', '\u2028', '"\\', '$', '.'];
        await collection.commit(texts.map((text) => change(text, { sku: text })));
        expect((await collection.getMany(texts)).map((stored) => stored?.document.sku)).toEqual(texts);
        for (const text of texts) expect(await collection.count({ sku: text })).toBe(1);
        const { entries } = await collection.page({ orderBy: ['sku'], first: 100 });
        expect(entries.map(({ id }) => id)).toEqual([...texts].sort(compareScalars));
      });
    });

    describe('removal', () => {
      it('removes documents from reads, pages and counts, ignores ids that are not there, and starts anew', async () => {
        await collection.commit(['1', '2', '3'].map((id) => change(id, { sku: id, tags: ['x', id] })));
        expect(await collection.remove(['1', '3', 'none'])).toBe(2);
        expect(await collection.remove([])).toBe(0);
        expect((await collection.getMany(['1', '2'])).map((stored) => stored?.id)).toEqual([undefined, '2']);
        expect((await collection.page({ orderBy: ['sku'], first: 9 })).entries.map(({ id }) => id)).toEqual(['2']);
        expect([await collection.count({}), await collection.count({ tags: 'x' })]).toEqual([1, 1]);
        expect(await collection.commit([change('1', { sku: 'A' }, { expectedVersion: 0 })])).toEqual([committed(1)]);
        await reopen();
        expect(await collection.count({ tags: 'x' })).toBe(1);
      });

      it('loses no event that has not been published', async () => {
        await collection.commit([change('1', { sku: 'A' }, { events: [{ id: 'a' }] })]);
        await collection.remove(['1']);
        expect(await store.outbox.pending(10)).toEqual([{ id: 'a' }]);
        await store.outbox.remove(['a']);
        await collection.remove(['1']);
        expect(await collection.getMany(['1'])).toEqual([undefined]);
      });
    });

    it('refuses data that a newer version wrote, and leaves it as it is', async () => {
      await opened.becomeNewer();
      for (let i = 0; i < 2; i++) {
        await expect(opened.reopen()).rejects.toThrow(
          /has format 2, this version of Takt reads 1. Run the version of Takt that wrote it, or a later one/,
        );
      }
    });

    it('can be checked', async () => {
      await expect(store.check()).resolves.toBeUndefined();
    });

    describe('the outbox', () => {
      it('keeps the events of each document in the order of their commits, after a restart too', async () => {
        for (let i = 0; i < 12; i++)
          await collection.commit([change('1', { sku: 'A' }, { events: [{ id: `a${i}` }, { id: `b${i}` }] })]);
        await reopen();
        await collection.commit([change('1', { sku: 'A' }, { events: [{ id: 'last' }] })]);
        const expected = [...Array.from({ length: 12 }, (_, i) => [`a${i}`, `b${i}`]).flat(), 'last'];
        expect((await store.outbox.pending(100)).map(({ id }) => id)).toEqual(expected);
        expect((await store.outbox.pending(3)).map(({ id }) => id)).toEqual(expected.slice(0, 3));
      });

      it('keeps events as they are', async () => {
        const event = {
          id: 'e',
          type: 'OrderReleased',
          data: { list: [1, null, 'x'], at: '2026-11-23', deep: { yes: true } },
        };
        await collection.commit([change('1', { sku: 'A' }, { events: [event] })]);
        expect(await store.outbox.pending(1)).toEqual([event]);
      });

      it('forgets what has been published, and ignores ids that are not there', async () => {
        const events = ['a', 'b', 'c'].map((id) => ({ id }));
        await collection.commit([
          change('1', { sku: 'A' }, { events }),
          change('2', { sku: 'A' }, { events: [{ id: 'd' }] }),
        ]);
        await store.outbox.remove(['a', 'c', 'never']);
        expect((await store.outbox.pending(10)).map(({ id }) => id).sort()).toEqual(['b', 'd']);
        await store.outbox.remove(['b', 'd']);
        await reopen();
        expect(await store.outbox.pending(10)).toEqual([]);
        expect((await collection.getMany(['1', '2'])).map((stored) => stored?.version)).toEqual([1, 1]);
      });

      it('holds the events of all collections', async () => {
        const others = await store.collection<{ name: string }>({ name: 'others', indexes: [] });
        await collection.commit([change('1', { sku: 'A' }, { events: [{ id: 'a' }] })]);
        await others.commit([{ id: '1', document: { name: 'B' }, events: [{ id: 'b' }], messageIds: [] }]);
        expect((await store.outbox.pending(10)).map(({ id }) => id)).toEqual(['a', 'b']);
        await store.outbox.remove(['a', 'b']);
        expect(await store.outbox.pending(10)).toEqual([]);
      });

      it('calls back after each commit with events, until that is stopped', async () => {
        const heard: (string | undefined)[] = [];
        let label = 'first';
        const called = () =>
          new Promise<void>((resolve) => {
            const stop = store.outbox.onCommit(() => {
              heard.push(label);
              stop();
              resolve();
            });
          });
        const first = called();
        await collection.commit([change('1', { sku: 'A' })]);
        label = 'second';
        await collection.commit([change('1', { sku: 'A' }, { events: [{ id: 'a' }] })]);
        await first;
        await collection.commit([change('1', { sku: 'A' }, { events: [{ id: 'b' }] })]);
        expect(heard).toEqual(['second']);
      });
    });

    describe('collections', () => {
      it('gives the same collection for the same definition, and refuses another of the same name', async () => {
        const again = await store.collection(orders);
        await again.commit([change('1', { sku: 'A' })]);
        expect(await collection.count({})).toBe(1);
        await expect(store.collection({ name: 'orders', indexes: [] })).rejects.toThrow(/already declared/);
      });

      it.each(['', 'Orders', '_orders', 'a b', 'a.b'])('refuses %j as a name', async (bad) => {
        await expect(store.collection({ name: bad, indexes: [] })).rejects.toThrow(TypeError);
      });

      it('fills an index that is declared later, and drops one that no longer is', async () => {
        await collection.commit([
          change('1', { sku: 'B', note: 'x' }),
          change('2', { sku: 'A' }),
          change('3', { sku: 'C', note: 'w' }),
        ]);
        store = await opened.reopen();
        const later = await store.collection<Order>({ name: 'orders', indexes: [['note']] });
        expect((await later.page({ orderBy: ['note'], first: 9 })).entries.map(({ id }) => id)).toEqual([
          '2',
          '3',
          '1',
        ]);
        await expect(later.page({ orderBy: ['sku'], first: 9 })).rejects.toThrow(/No index of orders/);
        await later.commit([change('4', { sku: 'D', note: 'a' })]);
        await reopen();
        expect((await collection.page({ orderBy: ['sku'], first: 9 })).entries.map(({ id }) => id)).toEqual([
          '2',
          '1',
          '3',
          '4',
        ]);
      });

      it('keeps an index exact through any changes', async () => {
        const steps = fc.array(
          fc.record({
            id: fc.constantFrom('1', '2', '3'),
            tags: fc.uniqueArray(fc.constantFrom('a', 'b', 'c')),
            plant: fc.constantFrom('P', 'Q', null),
          }),
          { maxLength: 12 },
        );
        let round = 0;
        await fc.assert(
          fc.asyncProperty(steps, async (sequence) => {
            const definition = { ...orders, name: `orders-${round++}` };
            const fresh = await store.collection(definition);
            const model = new Map<string, Order>();
            for (const { id, ...rest } of sequence) {
              await fresh.commit([change(id, { sku: 'A', ...rest })]);
              model.set(id, { sku: 'A', ...rest });
            }
            for (const tag of ['a', 'b', 'c']) {
              expect(await fresh.count({ tags: tag })).toBe(
                [...model.values()].filter(({ tags }) => tags?.includes(tag)).length,
              );
            }
            for (const plant of ['P', 'Q', null]) {
              expect(await fresh.count({ plant })).toBe(
                [...model.values()].filter((order) => order.plant === plant).length,
              );
            }
          }),
          { numRuns: 15 },
        );
      });
    });

    describeQueries(() => store);
  });
}

function change(id: string, document: Order, rest: Partial<Change<Order>> = {}): Change<Order> {
  return { id, document, events: [], messageIds: [], ...rest };
}

function committed(version: number) {
  return { status: 'committed', version };
}

function conflict(currentVersion: number) {
  return { status: 'conflict', currentVersion };
}
