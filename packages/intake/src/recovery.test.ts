import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { CommitResult, DocumentStore } from '@takt/document-store';
import { Fuse } from './crash.fixture.ts';
import { fill, openTanks, published, removeTanks } from './domain.fixture.ts';
import type { TankDomain } from './domain.fixture.ts';
import { openIntake } from './intake.ts';
import type { OpenIntake } from './intake.ts';
import { withMethods } from './store.fixture.ts';
import { tank } from './tank.fixture.ts';

describe('When a step of the store fails', () => {
  let domain: TankDomain;
  let intake: OpenIntake;

  beforeEach(async () => {
    domain = await openTanks();
    ({ intake } = domain);
    await intake.receive([fill('m0', 'T1', 1)]);
    await intake.close();
  });

  afterEach(async () => {
    await intake.close();
    await removeTanks(domain);
  });

  async function openOver(store: DocumentStore): Promise<OpenIntake> {
    const { log } = domain;
    const options = { aggregates: [tank], clock: () => new Date(), onFault: () => undefined };
    intake = await openIntake({ store, log, ...options });
    return intake;
  }

  test('and the process dies with it, the next process brings to its end what was stored, unasked', async () => {
    const fuse = new Fuse(5, false);
    await openOver(fuse.wrapStore(domain.store));
    await expect(intake.receive([fill('m1', 'T1', 2), fill('m2', 'T2', 2)])).rejects.toThrow('dies');
    await intake.close();

    await openOver(domain.store);
    const applied = await intake.messages({ status: 'APPLIED', first: 10 });
    expect(applied.entries.map(({ document }) => document.messageId)).toEqual(['m0', 'm1', 'm2']);
    expect((await published(domain, 3)).map(({ id }) => id)).toEqual(['tanks/T1/1/1', 'tanks/T1/2/1', 'tanks/T2/1/1']);
  });

  test('and works again, the next call comes after what was stored before', async () => {
    let failing = true;
    const store = withMethods(domain.store, (tanks) => ({
      getMany: (ids) => (failing ? Promise.reject(new Error('no such disk')) : tanks.getMany(ids)),
    }));
    await openOver(store);
    await expect(intake.receive([fill('m1', 'T1', 900)])).rejects.toThrow('no such disk');
    failing = false;
    const outcomes = await intake.receive([fill('m2', 'T1', 900), fill('m1', 'T1', 900)]);
    expect(outcomes).toMatchObject([
      { messageId: 'm2', status: 'REJECTED', refusal: { code: 'TANK_OVERFLOWS' } },
      { messageId: 'm1', status: 'DUPLICATE', first: { status: 'APPLIED', revision: 2 } },
    ]);
  });

  test('for one document only, its messages are dead-lettered and the others applied', async () => {
    const store = withMethods(domain.store, (tanks) => ({
      commit: (changes) =>
        changes.some(({ id }) => id === 'T2') ? Promise.reject(new RangeError('too large')) : tanks.commit(changes),
    }));
    await openOver(store);
    expect(await intake.receive([fill('m1', 'T1', 1), fill('m2', 'T2', 1), fill('m3', 'T3', 1)])).toMatchObject([
      { status: 'APPLIED' },
      {
        status: 'DEAD_LETTERED',
        documentId: 'T2',
        refusal: { code: 'COMMIT_FAILED', reason: 'RangeError: too large' },
      },
      { status: 'APPLIED' },
    ]);
  });

  test('for one message only, those about the same document go on without it', async () => {
    const store = withMethods(domain.store, (tanks) => ({
      commit: (changes) =>
        changes.some(({ messageIds }) => messageIds.some((id) => id.includes(' m2 ')))
          ? Promise.reject(new RangeError('too large'))
          : tanks.commit(changes),
    }));
    await openOver(store);
    const messages = [fill('m1', 'T1', 1), fill('m2', 'T1', 990), fill('m3', 'T1', 500)];
    expect(await intake.receive(messages)).toMatchObject([
      { status: 'APPLIED', revision: 2 },
      { status: 'DEAD_LETTERED', refusal: { code: 'COMMIT_FAILED' } },
      { status: 'APPLIED', revision: 3 },
    ]);
    expect(await domain.tanks.getMany(['T1'])).toMatchObject([{ document: { litres: 502 } }]);
  });

  test('only in its answer, messages end as they were committed, once', async () => {
    let lost = false;
    const store = withMethods(domain.store, (tanks) => ({
      commit: async (changes) => {
        const results = await tanks.commit(changes);
        if (lost) return results;
        lost = true;
        throw new Error('connection lost');
      },
    }));
    await openOver(store);
    const later = '2026-01-05T12:01:00Z';
    expect(await intake.receive([fill('m1', 'T1', 999), fill('m2', 'T1', 0, { time: later })])).toEqual([
      {
        status: 'APPLIED',
        messageId: 'm1',
        documentId: 'T1',
        revision: 2,
        eventIds: ['tanks/T1/2/1', 'tanks/T1/2/2'],
      },
      { status: 'DUPLICATE', messageId: 'm2', documentId: 'T1', revision: 2 },
    ]);
    expect(await domain.tanks.getMany(['T1'])).toMatchObject([
      { document: { litres: 1000, fills: 2, revision: 2, provenance: { asOf: later } } },
    ]);
    await published(domain, 3);
  });

  test('each time, and what was written all the same is found by the next call', async () => {
    let failures = 0;
    const store = withMethods(domain.store, (tanks) => ({
      commit: async (changes) => {
        failures += 1;
        if (failures === 1) throw new Error('connection lost before');
        const results = await tanks.commit(changes);
        if (failures === 2) throw new Error('connection lost after');
        return results;
      },
    }));
    await openOver(store);
    await expect(intake.receive([fill('m1', 'T1', 900)])).rejects.toThrow('connection lost after');
    expect((await intake.messages({ status: 'RECEIVED', first: 10 })).entries).toHaveLength(1);
    expect(await intake.receive([fill('m2', 'T1', 900), fill('m1', 'T1', 900)])).toMatchObject([
      { messageId: 'm2', status: 'REJECTED', refusal: { code: 'TANK_OVERFLOWS' } },
      { messageId: 'm1', status: 'DUPLICATE', first: { status: 'APPLIED', revision: 2 } },
    ]);
    await published(domain, 2);
  });

  test('for one message that the inbox cannot take, only that one fails', async () => {
    const store = withMethods(
      domain.store,
      (inbox) => ({
        commit: (changes) =>
          changes.some(({ id }) => id.endsWith(' m2'))
            ? Promise.reject(new TypeError('no key'))
            : inbox.commit(changes),
      }),
      'inbox',
    );
    await openOver(store);
    const calls = ['m1', 'm2', 'm3'].map((id) => intake.receive([fill(id, 'T1', 1)]));
    expect(await Promise.allSettled(calls)).toMatchObject([
      { value: [{ status: 'APPLIED', revision: 2 }] },
      { reason: new TypeError('no key') },
      { value: [{ status: 'APPLIED', revision: 3 }] },
    ]);
  });

  test('only in the answer of the inbox, messages are applied', async () => {
    let lost = false;
    const store = withMethods(
      domain.store,
      (inbox) => ({
        commit: async (changes) => {
          const results = await inbox.commit(changes);
          if (lost) return results;
          lost = true;
          throw new Error('connection lost');
        },
      }),
      'inbox',
    );
    await openOver(store);
    expect(await intake.receive([fill('m1', 'T1', 1), fill('m2', 'T1', 1)])).toMatchObject([
      { status: 'APPLIED', revision: 2 },
      { status: 'APPLIED', revision: 3 },
    ]);
  });

  test('because others write in between, it decides again on what they wrote', async () => {
    let others = 3;
    const store = withMethods(domain.store, (tanks) => ({
      commit: async (changes) => {
        others -= 1;
        if (others >= 0) {
          const document = { litres: 998 - others, fills: 1, full: false, revision: 1, provenance: PROVENANCE };
          await tanks.commit([{ id: 'T1', document, events: [], messageIds: [] }]);
        }
        return tanks.commit(changes);
      },
    }));
    await openOver(store);
    expect(await intake.receive([fill('m1', 'T1', 2)])).toMatchObject([{ status: 'APPLIED', revision: 2 }]);
    expect(await domain.tanks.getMany(['T1'])).toMatchObject([{ document: { litres: 1000, full: true } }]);
  });

  test('because others write in between each time, the message is dead-lettered', async () => {
    const conflict: CommitResult = { status: 'conflict', currentVersion: 7 };
    const store = withMethods(domain.store, () => ({
      commit: (changes) => Promise.resolve(changes.map(() => conflict)),
    }));
    await openOver(store);
    expect(await intake.receive([fill('m1', 'T1', 2), fill('m2', 'T1', 2000)])).toMatchObject([
      { status: 'DEAD_LETTERED', refusal: { code: 'COMMIT_CONFLICTS' } },
      { status: 'REJECTED', refusal: { code: 'TANK_OVERFLOWS' } },
    ]);
  });
});

const PROVENANCE = { system: 'other', instance: 'process', asOf: '2026-01-05T12:00:00Z' };
