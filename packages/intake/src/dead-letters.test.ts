import { StoreUnavailableError } from '@takt/document-store';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { closeTanks, fill, message, NOON, openTanks, published, removeTanks } from './domain.fixture.ts';
import type { TankDomain } from './domain.fixture.ts';
import { DeadLetterError } from './dead-letters.ts';
import { openIntake } from './intake.ts';
import type { OpenIntake } from './intake.ts';
import { IntakeUnavailableError } from './intake-port.ts';
import { withMethods } from './store.fixture.ts';
import { tank } from './tank.fixture.ts';

const WHO = { by: 'p.lanner', reason: 'The bug is mended.' };

describe('A dead letter', () => {
  let domain: TankDomain;
  /** Knows how to empty a tank once it is mended. */
  let mended: OpenIntake;
  let isMended: boolean;
  let failCommits: (ids: readonly string[]) => Error | undefined;
  const bug = message({ id: 'm2', type: 'FindBug', data: { tank: 'T1' } });
  const key = 'mes/hall-1 m2';

  beforeEach(async () => {
    domain = await openTanks();
    await domain.intake.close();
    isMended = false;
    failCommits = () => undefined;
    mended = await openMended();
    await mended.receive([fill('m1', 'T1', 10), bug, fill('m3', 'T1', 10)]);
  });

  afterEach(async () => {
    await mended.close();
    await removeTanks(domain);
  });

  function openMended(): Promise<OpenIntake> {
    const store = withMethods(domain.store, (tanks) => ({
      commit: async (changes) => {
        const results = await tanks.commit(changes);
        const fault = failCommits(changes.map(({ id }) => id));
        if (fault) throw fault;
        return results;
      },
    }));
    return openIntake({
      store,
      log: domain.log,
      aggregates: [
        {
          ...tank,
          decide: (state, asked, context) =>
            isMended && asked.type === 'FindBug'
              ? { events: [{ type: 'TankFilled', data: { litres: 0, by: -20 } }] }
              : tank.decide(state as never, asked as never, context),
        },
      ],
      clock: () => new Date(NOON),
      limits: { storeProbeMs: 1 },
    });
  }

  test('is listed and shown as it came, with what went wrong', async () => {
    const { entries, hasNextPage } = await mended.deadLetters.list({ status: 'DEAD_LETTERED', first: 10 });
    expect(entries).toMatchObject([{ id: key, document: { messageId: 'm2', status: 'DEAD_LETTERED' } }]);
    expect(hasNextPage).toBe(false);
    const entry = await mended.deadLetters.show(key);
    expect(entry).toMatchObject({ outcome: { refusal: { code: 'DECISION_FAILED' } } });
    expect(JSON.parse(entry?.raw ?? '')).toEqual(bug);
    expect(await mended.deadLetters.show('mes/hall-1 m9')).toBeUndefined();
  });

  test('that is retried is decided again, now, and keeps who did it and why', async () => {
    const failed = await mended.deadLetters.retry(key, { ...WHO, reason: 'Perhaps it works.' });
    expect(failed).toMatchObject({ status: 'DEAD_LETTERED', refusal: { reason: 'Error: a bug at 20 litres' } });
    isMended = true;
    const applied = await mended.deadLetters.retry(key, WHO);
    expect(applied).toMatchObject({ status: 'APPLIED', revision: 3, eventIds: ['tanks/T1/3/1'] });
    expect(await mended.deadLetters.show(key)).toMatchObject({
      status: 'APPLIED',
      outcome: applied,
      handling: [
        { action: 'RETRIED', by: 'p.lanner', reason: 'Perhaps it works.', at: NOON },
        { action: 'RETRIED', ...WHO, at: NOON },
      ],
    });
    expect((await published(domain, 3)).map(({ causationid }) => causationid)).toEqual(['m1', 'm3', 'm2']);
  });

  test('that is retried takes its turn among the messages that wait', async () => {
    isMended = true;
    const [before, retried, after] = await Promise.all([
      mended.receive([fill('m4', 'T1', 1)]),
      mended.deadLetters.retry(key, WHO),
      mended.receive([fill('m5', 'T1', 1)]),
    ]);
    expect([before[0]?.revision, retried.revision, after[0]?.revision]).toEqual([3, 4, 5]);
  });

  test('that comes again is answered with how it ended, dead, discarded or retried', async () => {
    const first = { status: 'DEAD_LETTERED' };
    expect(await mended.receive([bug])).toMatchObject([{ status: 'DUPLICATE', first }]);
    await mended.deadLetters.discard(key, WHO);
    expect(await mended.receive([bug])).toMatchObject([{ status: 'DUPLICATE', first }]);
    const other = message({ id: 'm6', type: 'FindBug', data: { tank: 'T1' } });
    await mended.receive([other]);
    isMended = true;
    await mended.deadLetters.retry('mes/hall-1 m6', WHO);
    expect(await mended.receive([other])).toMatchObject([{ status: 'DUPLICATE', first: { status: 'APPLIED' } }]);
  });

  test('that is discarded is kept apart and cannot be retried', async () => {
    await mended.deadLetters.discard(key, WHO);
    expect((await mended.deadLetters.list({ status: 'DEAD_LETTERED', first: 1 })).entries).toEqual([]);
    expect((await mended.deadLetters.list({ status: 'DISCARDED', first: 1 })).entries).toMatchObject([
      { id: key, document: { outcome: { status: 'DEAD_LETTERED' }, handling: [{ action: 'DISCARDED', ...WHO }] } },
    ]);
    await expect(mended.deadLetters.retry(key, WHO)).rejects.toThrow('mes/hall-1 m2 is DISCARDED, not DEAD_LETTERED');
  });

  test('whose retry was committed, though nobody heard, is applied once', async () => {
    isMended = true;
    failCommits = () => new StoreUnavailableError('connection lost');
    await expect(mended.deadLetters.retry(key, WHO)).rejects.toBeInstanceOf(IntakeUnavailableError);
    await mended.close();
    failCommits = () => undefined;
    mended = await openMended();
    expect(await mended.deadLetters.show(key)).toMatchObject({
      status: 'APPLIED',
      outcome: { eventIds: ['tanks/T1/3/1'] },
      handling: [{ action: 'RETRIED' }],
    });
    expect(await published(domain, 3)).toHaveLength(3);
    expect(await domain.log.head()).toBe(3);
  });

  test('that was in truth applied before is recognised', async () => {
    await mended.close();
    let answers = 0;
    failCommits = (ids) => (ids.includes('T2') && (answers += 1) <= 2 ? new RangeError('nobody knows') : undefined);
    mended = await openMended();
    expect(await mended.receive([fill('m7', 'T2', 5)])).toMatchObject([{ status: 'DEAD_LETTERED' }]);
    const retried = await mended.deadLetters.retry('mes/hall-1 m7', WHO);
    expect(retried).toMatchObject({ status: 'APPLIED', revision: 1 });
    expect(await domain.tanks.getMany(['T2'])).toMatchObject([{ document: { litres: 5, fills: 1 } }]);
  });

  test('that breaks a schema by now is rejected when it is retried', async () => {
    await mended.close();
    const { FillTank, TankGauged, NameTank } = tank.messages;
    mended = await openIntake({
      store: domain.store,
      log: domain.log,
      aggregates: [{ ...tank, messages: { FillTank, TankGauged, NameTank } }],
      clock: () => new Date(NOON),
    });
    const retried = await mended.deadLetters.retry(key, WHO);
    expect(retried).toMatchObject({ status: 'REJECTED', refusal: { code: 'UNKNOWN_TYPE' } });
    expect(await mended.deadLetters.show(key)).toMatchObject({ status: 'REJECTED', outcome: retried });
  });

  test('remembers the latest 20 attempts', async () => {
    for (let n = 0; n < 22; n += 1) await mended.deadLetters.retry(key, { ...WHO, reason: `attempt ${n}` });
    const { handling = [] } = (await mended.deadLetters.show(key)) ?? {};
    expect(handling.map(({ reason }) => reason)).toEqual(Array.from({ length: 20 }, (_, n) => `attempt ${n + 2}`));
  });

  test('survives a restart', async () => {
    await mended.close();
    await closeTanks(domain);
    domain = await openTanks({ directory: domain.directory });
    expect((await domain.intake.deadLetters.list({ status: 'DEAD_LETTERED', first: 2 })).entries).toHaveLength(1);
  });

  describe('is not touched', () => {
    test.each([
      ['what is none', 'mes/hall-1 m1', WHO, 'NOT_DEAD_LETTERED'],
      ['a key that nobody knows', 'mes/hall-1 m9', WHO, 'UNKNOWN_MESSAGE'],
      ['a key of any length', 'x'.repeat(10_000), WHO, 'UNKNOWN_MESSAGE'],
      ['no name', key, { ...WHO, by: ' ' }, 'BAD_HANDLING'],
      ['a name too long', key, { ...WHO, by: 'x'.repeat(201) }, 'BAD_HANDLING'],
      ['no reason', key, { ...WHO, reason: '' }, 'BAD_HANDLING'],
      ['a reason too long', key, { ...WHO, reason: 'x'.repeat(1001) }, 'BAD_HANDLING'],
      ['half of a surrogate pair', key, { ...WHO, reason: '\ud800' }, 'BAD_HANDLING'],
    ])('by a retry or a discard of %s', async (_, asked, who, code) => {
      const { deadLetters } = mended;
      for (const done of [deadLetters.retry(asked, who), deadLetters.discard(asked, who)]) {
        const fault: unknown = await done.catch((error: unknown) => error);
        expect(fault).toBeInstanceOf(DeadLetterError);
        expect(fault).toMatchObject({ code });
      }
      expect(await mended.deadLetters.show(key)).not.toHaveProperty('handling');
    });
  });
});
