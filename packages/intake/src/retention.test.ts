import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { fill, message, NOON, openTanks, removeTanks } from './domain.fixture.ts';
import type { TankDomain } from './domain.fixture.ts';
import type { MessageStatus } from './inbox.ts';
import { openIntake } from './intake.ts';
import { withMethods } from './store.fixture.ts';
import { tank } from './tank.fixture.ts';

const DAY_MS = 24 * 60 * 60 * 1000;
const WHO = { by: 'p.lanner', reason: 'It was twice the same.' };

describe('The inbox', () => {
  let domain: TankDomain;
  let day: number;
  const clock = () => new Date(Date.parse(NOON) + day * DAY_MS);

  beforeEach(async () => {
    day = 0;
    domain = await openTanks({ clock });
  });

  afterEach(() => removeTanks(domain));

  const bug = (id: string) => message({ id, type: 'FindBug', data: { tank: 'T1' } });

  async function ids(status: MessageStatus): Promise<string[]> {
    const { entries } = await domain.intake.messages({ status, first: 2000 });
    return entries.map(({ document }) => document.messageId);
  }

  /** Sends one message on a day, and waits until the intake has done what it does after a batch. */
  async function sendOn(then: number, id: string): Promise<void> {
    day = then;
    await domain.intake.receive([fill(id, 'T9', 1)]);
    await domain.intake.close();
    domain = { ...domain, intake: await openIntake({ ...domain, aggregates: [tank], clock }) };
  }

  test('forgets messages 35 days after they came, whatever their end, but no dead letter', async () => {
    await domain.intake.receive([fill('applied', 'T1', 1), fill('nothing', 'T1', 0), fill('refused', 'T1', 2000)]);
    await domain.intake.receive([bug('dead'), bug('discarded')]);
    await domain.intake.deadLetters.discard('mes/hall-1 discarded', WHO);
    await sendOn(35, 'on-35');
    expect(await ids('APPLIED')).toContain('applied');
    await sendOn(36, 'on-36');
    expect(await ids('APPLIED')).toEqual(['on-35', 'on-36']);
    expect([await ids('DUPLICATE'), await ids('REJECTED'), await ids('DISCARDED')]).toEqual([[], [], []]);
    expect(await ids('DEAD_LETTERED')).toEqual(['dead']);
  });

  test('keeps a dead letter that was retried for as long as if it had come then', async () => {
    await domain.intake.receive([bug('dead'), fill('applied', 'T1', 1)]);
    day = 30;
    await domain.intake.deadLetters.retry('mes/hall-1 dead', WHO);
    await domain.intake.deadLetters.discard('mes/hall-1 dead', WHO);
    await sendOn(40, 'on-40');
    expect([await ids('DISCARDED'), await ids('APPLIED')]).toEqual([['dead'], ['on-40']]);
    await sendOn(66, 'on-66');
    expect(await ids('DISCARDED')).toEqual([]);
  });

  test('forgets the oldest first, no more than a few slices with each batch, and as many as come', async () => {
    await domain.intake.receive(Array.from({ length: 1500 }, (_, n) => fill(`m${n}`, `T${n}`, 1)));
    await sendOn(36, 'on-36');
    expect((await ids('APPLIED'))[0]).toBe('m1000');
    await sendOn(37, 'on-37');
    expect((await ids('APPLIED'))[0]).toBe('on-36');
  });

  test('goes on where it stopped when the store fails in between, and tells', async () => {
    await domain.intake.receive([fill('m1', 'T1', 1)]);
    await domain.intake.close();
    const faults: unknown[] = [];
    let failing = true;
    const store = withMethods(
      domain.store,
      (inbox) => ({ remove: (keys) => (failing ? Promise.reject(new Error('no such disk')) : inbox.remove(keys)) }),
      'inbox',
    );
    const onFault = (fault: unknown) => faults.push(fault);
    const intake = await openIntake({ store, log: domain.log, aggregates: [tank], clock, onFault });
    day = 36;
    await intake.receive([fill('m2', 'T1', 1)]);
    await intake.deadLetters.retry('nobody', WHO).catch(() => undefined);
    failing = false;
    await intake.receive([fill('m3', 'T1', 1)]);
    await intake.close();
    expect(new Set(faults.map(String))).toEqual(new Set(['Error: no such disk']));
    expect(await ids('APPLIED')).toEqual(['m2', 'm3']);
  });

  test('takes a message that comes again after that as new, unless its document remembers it', async () => {
    await domain.intake.receive([fill('m1', 'T1', 1), fill('m2', 'T2', 1)]);
    await sendOn(36, 'on-36');
    await domain.intake.receive(Array.from({ length: 64 }, (_, n) => fill(`n${n}`, 'T2', 1)));
    const again = await domain.intake.receive([fill('m1', 'T1', 1), fill('m2', 'T2', 1)]);
    expect(again).toMatchObject([
      { status: 'APPLIED', revision: 1 },
      { status: 'APPLIED', revision: 66 },
    ]);
  });

  test('keeps messages for at least a day', async () => {
    await expect(openTanks({ inboxDays: 0 })).rejects.toThrow('inboxDays must be at least 1');
  });
});
