import { PositionExpiredError } from '@takt/event-log';
import { expect, it, vi } from 'vitest';
import { countTypes, replay } from './replay.ts';
import { event, openEngines } from './tally.fixture.ts';

const never = new AbortController().signal;

async function filledLog(count: number, retainEvents?: number) {
  const { log } = await openEngines(retainEvents);
  for (let number = 1; number <= count; number += 1) {
    await log.append([event(number, 'A', number % 3 === 0 ? 'TankNamed' : 'TankFilled')]);
  }
  return log;
}

/** Positions that a replay fed. */
async function fed(options: Omit<Parameters<typeof replay>[0], 'consumer' | 'signal'>): Promise<number[]> {
  const positions: number[] = [];
  const apply = (events: readonly { position: number }[]) => {
    positions.push(...events.map(({ position }) => position));
    return Promise.resolve();
  };
  expect(await replay({ ...options, consumer: { apply }, signal: never })).toBe(positions.length);
  return positions;
}

it('feeds what comes behind a position, up to and with another', async () => {
  const log = await filledLog(7);
  expect(await fed({ log, range: { after: 2, upTo: 5 } })).toEqual([3, 4, 5]);
  expect(await fed({ log, range: { after: 5, upTo: 5 } })).toEqual([]);
});

it('feeds events of the types that were asked for', async () => {
  const log = await filledLog(7);
  expect(await fed({ log, range: { after: 0, upTo: 7 }, types: new Set(['TankNamed']) })).toEqual([3, 6]);
});

it('tells how far it got, batch by batch', async () => {
  const { log } = await openEngines();
  await log.append(Array.from({ length: 1100 }, (_, number) => event(number, 'A')));
  const onPosition = vi.fn();
  await fed({ log, range: { after: 10, upTo: 1100 }, onPosition });
  expect(onPosition.mock.calls.flat()).toEqual([522, 1034, 1100]);
});

it('counts the types of a range', async () => {
  const log = await filledLog(7);
  expect([...(await countTypes(log, { after: 1, upTo: 6 }, never))]).toEqual([
    ['TankFilled', 3],
    ['TankNamed', 2],
  ]);
});

it('says when the log no longer has all of it', async () => {
  const log = await filledLog(7, 2);
  await expect(fed({ log, range: { after: 0, upTo: 7 } })).rejects.toThrow(PositionExpiredError);
});

it('ends when its signal aborts', async () => {
  const log = await filledLog(2);
  const apply = vi.fn();
  const signal = AbortSignal.abort(new Error('enough'));
  await expect(replay({ log, range: { after: 0, upTo: 2 }, consumer: { apply }, signal })).rejects.toThrow('enough');
  expect(apply).not.toHaveBeenCalled();
});
