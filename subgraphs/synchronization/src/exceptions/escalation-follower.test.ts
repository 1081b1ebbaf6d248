import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished, vi } from 'vitest';
import { openLmdbStore } from '@takt/document-store';
import { openEmbeddedLog } from '@takt/event-log';
import { inboundMessage, IntakeUnavailableError, openIntake, type Intake } from '@takt/intake';
import { followDueExceptions, type EscalationOptions } from './escalation-follower.ts';
import { message, raise } from './exception.fixture.ts';
import type { RaiseException } from './messages.ts';
import type { Ownership } from './ownership.ts';
import { planningException } from './planning-exception.ts';

const hours = (count: number) => ({ hours: count, working: false });
const OWNERSHIP: Ownership = {
  rules: [],
  plants: {},
  otherwise: { owner: 'planning' },
  due: { LOW: hours(40), MEDIUM: hours(16), HIGH: hours(4), CRITICAL: hours(2) },
};

async function opened(wrapped: (intake: Intake) => Intake = (intake) => intake) {
  let now = '2026-01-05T12:00:00.000Z';
  const clock = () => new Date(now);
  const directory = await mkdtemp(join(tmpdir(), 'takt-escalation-'));
  const store = await openLmdbStore({ directory: join(directory, 'store') });
  const log = await openEmbeddedLog({ directory: join(directory, 'log') });
  const intake = await openIntake({ store, log, aggregates: [planningException], clock });
  const exceptions = await store.collection(planningException.collection);
  const alarms = new Set<() => void>();
  const faults: unknown[] = [];
  const options: EscalationOptions = {
    exceptions,
    intake: wrapped(intake),
    clock,
    time: {
      now: () => 0,
      after: (_ms, callback) => {
        alarms.add(callback);
        return () => alarms.delete(callback);
      },
    },
    ownership: OWNERSHIP,
    calendarOf: () => Promise.resolve(undefined),
    onFault: (fault) => faults.push(fault),
  };
  const follower = followDueExceptions(options);
  onTestFinished(async () => {
    await follower.close();
    await intake.close();
    await Promise.all([store.close(), log.close()]);
    await rm(directory, { recursive: true });
  });
  const send = (sent: { type: string; data: object }) =>
    intake.receive([inboundMessage({ ...sent, source: 'takt/graph' }, clock)]);
  return {
    alarms,
    faults,
    follower,
    send,
    at: (instant: string) => (now = instant),
    raise: (rest: Partial<RaiseException> = {}) => send(raise(rest)),
    /** The next look, from its beginning to its end. */
    look: async () => {
      await vi.waitFor(() => expect(alarms.size).toBe(1), { timeout: 20_000 });
      const [alarm] = alarms;
      alarms.clear();
      alarm?.();
      await vi.waitFor(() => expect(alarms.size).toBe(1), { timeout: 20_000 });
    },
    exception: async (id = raise().data.id) => (await exceptions.getMany([id]))[0]?.document,
  };
}

it('escalates what was not decided when it was due, a level each time that it is due', async () => {
  const { at, exception, look, raise: raiseIt } = await opened();
  await raiseIt();
  await look();
  expect(await exception()).toMatchObject({ owner: 'planning', revision: 1 });
  at('2026-01-06T12:00:01.000Z');
  await look();
  expect(await exception()).toMatchObject({ owner: 'lead', escalationLevel: 1, dueAt: '2026-01-07T04:00:01.000Z' });
  await look();
  expect(await exception()).toMatchObject({ revision: 2 });
  for (const instant of ['2026-01-07T05:00:00.000Z', '2026-01-08T05:00:00.000Z', '2026-01-09T05:00:00.000Z']) {
    at(instant);
    await look();
  }
  expect(await exception()).toMatchObject({ owner: 'manager', escalationLevel: 2, revision: 3 });
});

it('wakes up what was put off, due anew from then on', async () => {
  const { at, exception, look, raise: raiseIt, send } = await opened();
  await raiseIt();
  await send(message('SnoozeException', { by: 'Ann', until: '2026-01-08T08:00:00Z' }));
  at('2026-01-07T12:00:00.000Z');
  await look();
  expect(await exception()).toMatchObject({ status: 'SNOOZED', owner: 'planning' });
  at('2026-01-08T08:00:01.000Z');
  await look();
  expect(await exception()).toMatchObject({ status: 'OPEN', owner: 'planning', dueAt: '2026-01-09T00:00:01.000Z' });
});

it('leaves alone what is decided', async () => {
  const { at, exception, look, raise: raiseIt, send } = await opened();
  await raiseIt();
  await send(message('RejectException', { by: 'Ann', reason: 'No.' }));
  at('2026-01-07T12:00:00.000Z');
  await look();
  expect(await exception()).toMatchObject({ status: 'REJECTED', revision: 2 });
});

it('goes through all that are due, however many', async () => {
  const { at, exception, look, raise: raiseIt } = await opened();
  const ids = Array.from({ length: 205 }, (_, n) => `E${n}`);
  await Promise.all(ids.map((id) => raiseIt({ id })));
  at('2026-01-06T13:00:00.000Z');
  await look();
  const owners = await Promise.all(ids.map(async (id) => (await exception(id))?.owner));
  expect(new Set(owners)).toEqual(new Set(['lead']));
});

it('tries again with the next look what could not be taken', async () => {
  let isAway = true;
  const {
    at,
    exception,
    faults,
    look,
    raise: raiseIt,
  } = await opened((intake) => ({
    receive: (messages) =>
      isAway ? Promise.reject(new IntakeUnavailableError('The store is away.')) : intake.receive(messages),
  }));
  await raiseIt();
  at('2026-01-06T13:00:00.000Z');
  await look();
  expect(faults).toEqual([expect.any(IntakeUnavailableError)]);
  isAway = false;
  await look();
  expect(await exception()).toMatchObject({ owner: 'lead' });
});

it('stops', async () => {
  const { alarms, follower } = await opened();
  await follower.close();
  expect(alarms.size).toBe(0);
});
