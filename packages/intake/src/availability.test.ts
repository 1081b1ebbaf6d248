import { StoreUnavailableError } from '@takt/document-store';
import type { DocumentStore } from '@takt/document-store';
import { LogUnavailableError } from '@takt/event-log';
import type { EventLog } from '@takt/event-log';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { fill, message, NOON, openTanks, published, removeTanks } from './domain.fixture.ts';
import type { TankDomain } from './domain.fixture.ts';
import { openIntake } from './intake.ts';
import type { IntakeLimits, OpenIntake } from './intake.ts';
import { IntakeUnavailableError } from './intake-port.ts';
import { withMethods } from './store.fixture.ts';
import { tank } from './tank.fixture.ts';

describe('The intake', () => {
  let domain: TankDomain;
  let intake: OpenIntake;
  /** Milliseconds after noon. */
  let elapsed: number;
  let storeFault: Error | undefined;
  let logFault: Error | undefined;
  let writes: number;
  let isWriter: boolean;
  let onRead: () => void;

  beforeEach(async () => {
    [elapsed, storeFault, logFault, writes, isWriter] = [0, undefined, undefined, 0, true];
    onRead = () => undefined;
    domain = await openTanks();
    await domain.intake.close();
    intake = await open();
  });

  afterEach(async () => {
    [storeFault, logFault] = [undefined, undefined];
    await intake.close();
    await removeTanks(domain);
  });

  function open(limits: Partial<IntakeLimits> = {}): Promise<OpenIntake> {
    return openIntake({
      store: failing(domain.store),
      log: failingLog(domain.log),
      aggregates: [tank],
      clock: () => new Date(Date.parse(NOON) + elapsed),
      isWriter: () => isWriter,
      onFault: () => undefined,
      limits: { storeProbeMs: 1, ...limits },
    });
  }

  function failing(store: DocumentStore): DocumentStore {
    const down = () => (storeFault ? Promise.reject(storeFault) : undefined);
    const inbox = withMethods(
      store,
      (entries) => ({
        commit: (changes) => down() ?? entries.commit(changes),
        page: (query) => down() ?? entries.page(query),
      }),
      'inbox',
    );
    const both = withMethods(inbox, (tanks) => ({
      getMany: (ids) => {
        onRead();
        return tanks.getMany(ids);
      },
      commit: (changes) => {
        writes += 1;
        return down() ?? tanks.commit(changes);
      },
    }));
    return { ...both, check: () => down() ?? store.check() };
  }

  function failingLog(log: EventLog): EventLog {
    return {
      id: log.id,
      append: (events) => (logFault ? Promise.reject(logFault) : log.append(events)),
      read: (after, limit) => log.read(after, limit),
      head: () => log.head(),
      check: () => log.check(),
      follow: (after, signal) => log.follow(after, signal),
      close: () => log.close(),
    };
  }

  const available = () =>
    vi.waitFor(
      () => {
        expect(intake.unavailable()).toBeUndefined();
      },
      { timeout: 10_000, interval: 1 },
    );

  describe('while the store is not available', () => {
    test('refuses, says since when and why, and takes messages again by itself', async () => {
      storeFault = new StoreUnavailableError('no connection');
      const refused = intake.receive([fill('m1', 'T1', 1)]);
      await expect(refused).rejects.toBeInstanceOf(IntakeUnavailableError);
      await expect(refused).rejects.toThrow(
        `The document store has not been available since ${NOON}: The document store is not available: no connection.`,
      );
      elapsed = 1000;
      await expect(intake.receive([fill('m2', 'T1', 1)])).rejects.toThrow(`since ${NOON}`);
      expect(intake.unavailable()).toContain('no connection');
      storeFault = undefined;
      await available();
      const outcomes = await intake.receive([fill('m1', 'T1', 1), fill('m2', 'T1', 1)]);
      expect(outcomes).toMatchObject([{ revision: 1 }, { revision: 2 }]);
    });

    test('refuses what waits, rather than letting it wait for the store', async () => {
      await intake.close();
      intake = await open({ batchMessages: 1 });
      const calls = ['m1', 'm2', 'm3'].map((id) => intake.receive([fill(id, 'T1', 1)]));
      storeFault = new StoreUnavailableError('no connection');
      for (const call of calls) await expect(call).rejects.toBeInstanceOf(IntakeUnavailableError);
    });

    test('dead-letters nothing, and brings to its end by itself what was stored', async () => {
      const stored = intake.receive([
        fill('m1', 'T1', 1),
        message({ id: 'm2', type: 'FindBug', data: { tank: 'T1' } }),
      ]);
      const down = new StoreUnavailableError('no connection');
      domain.store.outbox.onCommit(() => (storeFault = down));
      await expect(stored).rejects.toBeInstanceOf(IntakeUnavailableError);
      expect((await domain.intake.messages({ status: 'RECEIVED', first: 9 })).entries).toHaveLength(2);
      storeFault = undefined;
      await vi.waitFor(async () => {
        expect((await domain.intake.messages({ status: 'RECEIVED', first: 9 })).entries).toEqual([]);
      });
      const [again] = await intake.receive([fill('m1', 'T1', 1)]);
      expect(again).toMatchObject({ status: 'DUPLICATE', first: { status: 'APPLIED', revision: 1 } });
    });

    test('cannot be opened', async () => {
      await intake.close();
      storeFault = new StoreUnavailableError('no connection');
      await expect(open()).rejects.toBe(storeFault);
    });
  });

  describe('while events cannot be published', () => {
    test('takes messages for 5 s, then refuses until they can be', async () => {
      logFault = new LogUnavailableError('no connection');
      expect(await intake.receive([fill('m1', 'T1', 1)])).toMatchObject([{ status: 'APPLIED' }]);
      await vi.waitFor(async () => {
        elapsed = 5001;
        await expect(intake.receive([fill('m2', 'T1', 1)])).rejects.toBeInstanceOf(IntakeUnavailableError);
      });
      expect(intake.unavailable()).toMatch(
        /^Events could not be published since 2026.*: The event log.* no connection\.$/,
      );
      logFault = undefined;
      await available();
      expect(await intake.receive([fill('m3', 'T1', 1)])).toMatchObject([{ status: 'APPLIED' }]);
      expect(await published(domain, 2)).toHaveLength(2);
    });

    test('takes no more than so many events that wait, those of earlier processes included', async () => {
      await intake.close();
      intake = await open({ maxUnpublishedEvents: 3 });
      logFault = new LogUnavailableError('no connection');
      await intake.receive([fill('m1', 'T1', 1), fill('m2', 'T1', 1), fill('m3', 'T1', 1)]);
      expect(intake.unavailable()).toBeUndefined();
      await intake.receive([fill('m4', 'T1', 1)]);
      const why = '4 events wait to be published; 3 may.';
      expect(intake.unavailable()).toBe(why);
      await intake.close();
      intake = await open({ maxUnpublishedEvents: 3 });
      await expect(intake.receive([fill('m5', 'T1', 1)])).rejects.toThrow(why);
      logFault = undefined;
      await available();
      expect(await intake.receive([fill('m5', 'T1', 1)])).toMatchObject([{ status: 'APPLIED', revision: 5 }]);
    });
  });

  describe('of a process that has stopped being the writer', () => {
    test('takes nothing any more, even if it is asked again later', async () => {
      isWriter = false;
      await expect(intake.receive([fill('m1', 'T1', 1)])).rejects.toBeInstanceOf(IntakeUnavailableError);
      isWriter = true;
      await expect(intake.receive([fill('m1', 'T1', 1)])).rejects.toThrow('Another process writes');
      await expect(intake.deadLetters.retry('m1', WHO)).rejects.toBeInstanceOf(IntakeUnavailableError);
      await expect(intake.deadLetters.discard('m1', WHO)).rejects.toBeInstanceOf(IntakeUnavailableError);
      expect(writes).toBe(0);
    });

    test('does not commit what it was about to decide; its successor does', async () => {
      onRead = () => (isWriter = false);
      await expect(intake.receive([fill('m1', 'T1', 1)])).rejects.toBeInstanceOf(IntakeUnavailableError);
      expect(writes).toBe(0);
      await intake.close();
      [isWriter, onRead] = [true, () => undefined];
      intake = await open();
      expect(await intake.receive([fill('m1', 'T1', 1)])).toMatchObject([
        { status: 'DUPLICATE', first: { status: 'APPLIED', revision: 1 } },
      ]);
    });

    test('publishes nothing any more', async () => {
      logFault = new LogUnavailableError('no connection');
      await intake.receive([fill('m1', 'T1', 1)]);
      isWriter = false;
      logFault = undefined;
      await intake.close();
      expect(await domain.log.head()).toBe(0);
      isWriter = true;
      intake = await open();
      expect(await published(domain, 1)).toHaveLength(1);
    });
  });
});

const WHO = { by: 'p.lanner', reason: 'It was mended.' };
