import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { Collection, CommitResult, DocumentStore } from '@takt/document-store';
import { Fuse } from './crash.fixture.ts';
import { fill, message, openTanks, published, removeTanks } from './domain.fixture.ts';
import type { TankDomain } from './domain.fixture.ts';
import { openIntake } from './intake.ts';
import type { IntakeLimits, OpenIntake } from './intake.ts';
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

  async function openOver(store: DocumentStore, more: Partial<IntakeLimits> = {}): Promise<OpenIntake> {
    const options = { aggregates: [tank], clock: () => new Date(), onFault: () => undefined };
    intake = await openIntake({ store, log: domain.log, ...options, limits: { retryMs: 0, ...more } });
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

  test('and works again, what was stored is brought to its end though no other call comes', async () => {
    let failures = 1;
    const store = withMethods(domain.store, (tanks) => ({
      getMany: (ids) => ((failures -= 1) >= 0 ? Promise.reject(new Error('no such disk')) : tanks.getMany(ids)),
    }));
    await openOver(store, { storeProbeMs: 1 });
    await expect(intake.receive([fill('m1', 'T1', 1)])).rejects.toThrow('no such disk');
    await vi.waitFor(async () => {
      expect(await domain.tanks.getMany(['T1'])).toMatchObject([{ document: { litres: 2 } }]);
    });
  });

  describe('of a former writer, after its successor has brought to its end what it found,', () => {
    afterEach(() => {
      vi.useRealTimers();
    });

    const unfinished = async () => (await intake.messages({ status: 'RECEIVED', first: 9 })).entries.length;

    async function leaveUnfinished(): Promise<void> {
      const store = withMethods(domain.store, () => ({ getMany: () => Promise.reject(new Error('cut off')) }));
      const former = await openIntake({ store, log: domain.log, aggregates: [tank], clock: () => new Date() });
      await expect(former.receive([fill('m1', 'T1', 1)])).rejects.toThrow('cut off');
      await former.close();
    }

    test('what that left is brought to its end half a minute later, unasked', async () => {
      vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
      await openOver({ ...withMethods(domain.store, () => ({})), shared: true });
      await leaveUnfinished();
      vi.advanceTimersByTime(29_999);
      expect(await unfinished()).toBe(1);
      vi.advanceTimersByTime(1);
      vi.useRealTimers();
      await vi.waitFor(async () => {
        expect(await unfinished()).toBe(0);
      });
      expect(await domain.tanks.getMany(['T1'])).toMatchObject([{ document: { litres: 2 } }]);
    });

    test.each([true, false])('no timer is left when it is closed (shared: %j)', async (shared) => {
      vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
      await openOver({ ...withMethods(domain.store, () => ({})), shared });
      expect(vi.getTimerCount()).toBe(shared ? 1 : 0);
      await intake.close();
      expect(vi.getTimerCount()).toBe(0);
    });
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

  describe('for one message again and again, with a fault that might have passed,', () => {
    const poison = (reason: string) => (changes: readonly { readonly messageIds: readonly string[] }[]) =>
      changes.some(({ messageIds }) => messageIds.some((id) => id.includes(' m2 '))) ? new Error(reason) : undefined;

    async function openPoisoned(reason = 'no idea'): Promise<OpenIntake> {
      const fault = poison(reason);
      return openOver(
        withMethods(domain.store, (tanks) => ({
          commit: (changes) => {
            const found = fault(changes);
            return found ? Promise.reject(found) : tanks.commit(changes);
          },
        })),
      );
    }

    test('its own call fails and the next ones go on without it', async () => {
      await openPoisoned();
      const messages = [fill('m1', 'T1', 1), fill('m2', 'T1', 2), fill('m3', 'T1', 4), fill('m4', 'T2', 8)];
      await expect(intake.receive(messages)).rejects.toThrow('no idea');
      expect(await intake.receive([fill('m5', 'T1', 16), ...messages])).toMatchObject([
        { status: 'APPLIED', revision: 4 },
        { first: { status: 'APPLIED', revision: 2 } },
        { first: { status: 'DEAD_LETTERED', refusal: { code: 'COMMIT_FAILED', reason: '5 times: Error: no idea' } } },
        { first: { status: 'APPLIED', revision: 3 } },
        { first: { status: 'APPLIED', revision: 1 } },
      ]);
      expect(await domain.tanks.getMany(['T1', 'T2'])).toMatchObject([
        { document: { litres: 22 } },
        { document: { litres: 8 } },
      ]);
    });

    test('also the next process goes on without it', async () => {
      await openPoisoned();
      await expect(intake.receive([fill('m2', 'T1', 2)])).rejects.toThrow('no idea');
      await intake.close();
      await openPoisoned();
      expect((await intake.messages({ status: 'DEAD_LETTERED', first: 9 })).entries).toHaveLength(1);
      expect(await intake.receive([fill('m3', 'T1', 4)])).toMatchObject([{ status: 'APPLIED', revision: 2 }]);
    });

    test('also the next process goes on without two of them about one document', async () => {
      const openBroken = () =>
        openOver(
          withMethods(domain.store, (tanks) => ({
            commit: (changes) =>
              changes.some(({ id }) => id === 'T2') ? Promise.reject(new Error('no idea')) : tanks.commit(changes),
          })),
        );
      await openBroken();
      await expect(intake.receive([fill('m1', 'T2', 1), fill('m2', 'T2', 2)])).rejects.toThrow('no idea');
      await intake.close();
      await openBroken();
      expect((await intake.messages({ status: 'DEAD_LETTERED', first: 9 })).entries).toHaveLength(2);
    });

    test('a reason of any length is clipped', async () => {
      await openPoisoned('x\ud800'.repeat(10_000));
      await expect(intake.receive([fill('m2', 'T1', 2)])).rejects.toThrow();
      await intake.receive([fill('m3', 'T1', 4)]);
      const { entries } = await intake.messages({ status: 'DEAD_LETTERED', first: 9 });
      const { outcome } = entries[0]?.document ?? {};
      expect(outcome?.status === 'DEAD_LETTERED' && outcome.refusal.reason.length).toBe(2001);
    });

    test('it is applied if the last attempt was committed all the same', async () => {
      let attempts = 0;
      await openOver(
        withMethods(domain.store, (tanks) => ({
          commit: async (changes) => {
            if (poison('')(changes) === undefined) return tanks.commit(changes);
            attempts += 1;
            if (attempts === 10) await tanks.commit(changes);
            throw new Error(`no idea ${attempts}`);
          },
        })),
      );
      await expect(intake.receive([fill('m2', 'T1', 2)])).rejects.toThrow('no idea');
      expect(await intake.receive([fill('m3', 'T1', 4), fill('m2', 'T1', 2)])).toMatchObject([
        { status: 'APPLIED', revision: 3 },
        { first: { status: 'APPLIED', revision: 2 } },
      ]);
      expect(attempts).toBe(10);
    });
  });

  test('never, because the event is one that no log would take: its message is dead-lettered before', async () => {
    await openOver(domain.store);
    const name = 'é'.repeat(360_000);
    const named = (id: string, text: string) => message({ id, type: 'NameTank', data: { tank: 'T1', name: text } });
    await intake.close();
    intake = await openIntake({
      store: domain.store,
      log: domain.log,
      aggregates: [
        {
          ...tank,
          decide: () => ({ events: [{ type: 'TankNamed', data: { name: name.repeat(2) } }] }),
        },
      ],
      clock: () => new Date(),
    });
    expect(await intake.receive([named('m1', 'short')])).toMatchObject([
      { status: 'DEAD_LETTERED', revision: 1, refusal: { code: 'EVENT_TOO_LARGE' } },
    ]);
    expect(await domain.tanks.getMany(['T1'])).toMatchObject([{ version: 1 }]);
  });

  test('because another process has recorded how a message ended, that is the answer', async () => {
    const asOther = { status: 'APPLIED', messageId: 'm1', documentId: 'T1', revision: 7, eventIds: [] } as const;
    let entries: Collection<object> | undefined;
    const store = withMethods(
      withMethods(domain.store, (inbox) => ((entries = inbox), {}), 'inbox'),
      (tanks) => ({
        commit: async (changes) => {
          const [stored] = (await entries?.getMany(['mes/hall-1 m1'])) ?? [];
          const document = { ...stored?.document, status: 'APPLIED', outcome: asOther };
          await entries?.commit([{ id: 'mes/hall-1 m1', document, events: [], messageIds: [] }]);
          return tanks.commit(changes);
        },
      }),
    );
    await openOver(store);
    expect(await intake.receive([fill('m1', 'T1', 1)])).toEqual([asOther]);
    expect(await intake.receive([fill('m1', 'T1', 1)])).toMatchObject([{ status: 'DUPLICATE', first: asOther }]);
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
