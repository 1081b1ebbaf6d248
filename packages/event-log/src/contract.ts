import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { decodeCursor, encodeCursor } from './cursor.ts';
import { MAX_EVENT_BYTES, PositionExpiredError } from './port.ts';
import { event, ids, numbered, positionsOf, take } from './counted-events.fixture.ts';
import type { EventLog } from './port.ts';

export interface OpenForContract {
  /** Opens the log kept in this directory; the same directory gives the same log. */
  (options: { readonly directory: string; readonly retainEvents?: number }): Promise<EventLog>;
}

/** What every event log must do, whatever keeps it. `forget` removes what is kept for a directory outside of it. */
export function describeEventLog(
  name: string,
  open: OpenForContract,
  forget: (directory: string) => Promise<unknown> = () => Promise.resolve(),
): void {
  describe(`${name} as an event log`, () => {
    let directory: string;
    let otherDirectory: string;
    let log: EventLog;
    let abort: AbortController;

    beforeEach(async () => {
      directory = await mkdtemp(join(tmpdir(), 'takt-event-log-'));
      otherDirectory = await mkdtemp(join(tmpdir(), 'takt-event-log-'));
      log = await open({ directory });
      abort = new AbortController();
    });

    afterEach(async () => {
      abort.abort();
      await log.close();
      for (const path of [directory, otherDirectory]) {
        await forget(path);
        await rm(path, { recursive: true, force: true });
      }
    });

    test('is empty when new, and nobody else has its id', async () => {
      const other = await open({ directory: otherDirectory });
      expect(await log.head()).toBe(0);
      expect(await log.read(0, 10)).toEqual([]);
      expect(log.id).not.toBe(other.id);
      expect(log.id).not.toBe('');
      await other.close();
    });

    test('can be checked', async () => {
      await expect(log.check()).resolves.toBeUndefined();
    });

    test('numbers events from 1 in the order of their append', async () => {
      expect(await log.append([event('a'), event('b')])).toEqual([1, 2]);
      expect(await log.append([event('c')])).toEqual([3]);
      expect(await log.head()).toBe(3);
      expect(await log.read(0, 10)).toEqual([
        { position: 1, event: event('a') },
        { position: 2, event: event('b') },
        { position: 3, event: event('c') },
      ]);
    });

    test('keeps the first position of an event that is appended again', async () => {
      await log.append([event('a'), event('b')]);
      expect(await log.append([event('b'), event('c'), event('c')])).toEqual([2, 3, 3]);
      expect(await log.append([])).toEqual([]);
      expect(ids(await log.read(0, 10))).toEqual(['a', 'b', 'c']);
    });

    test('keeps the order of appends that run at the same time', async () => {
      const positions = await Promise.all(numbered(50).map((one) => log.append([one])));
      expect(positions.flat()).toEqual(numbered(50).map((_, index) => index + 1));
    });

    test('reads pages', async () => {
      await log.append(numbered(5));
      expect(positionsOf(await log.read(0, 2))).toEqual([1, 2]);
      expect(positionsOf(await log.read(2, 2))).toEqual([3, 4]);
      expect(positionsOf(await log.read(4, 2))).toEqual([5]);
      expect(await log.read(5, 2)).toEqual([]);
      expect(await log.read(9, 2)).toEqual([]);
    });

    test('follows from what is there into what comes, without gap or duplicate, under concurrent appends', async () => {
      const total = 2000;
      await log.append(numbered(700));
      const reading = take(log.follow(0, abort.signal), total);
      const appends: Promise<number[]>[] = [];
      for (let from = 700; from < total; from += 13) {
        appends.push(log.append(numbered(Math.min(13, total - from), from)));
        if (from % 3 === 0) await appends.at(-1);
      }
      await Promise.all(appends);
      expect(positionsOf(await reading)).toEqual(Array.from({ length: total }, (_, index) => index + 1));
    });

    test('follows from any position, also from the head', async () => {
      await log.append(numbered(3));
      const fromTwo = take(log.follow(2, abort.signal), 2);
      const fromHead = take(log.follow(3, abort.signal), 1);
      await log.append([event('new')]);
      expect(positionsOf(await fromTwo)).toEqual([3, 4]);
      expect(ids(await fromHead)).toEqual(['new']);
    });

    test('lets each follower keep its own pace', async () => {
      const fast = take(log.follow(0, abort.signal), 600);
      const slow = log.follow(0, abort.signal)[Symbol.asyncIterator]();
      await log.append(numbered(300));
      expect((await slow.next()).value).toMatchObject({ position: 1 });
      await log.append(numbered(300, 300));
      expect(await fast).toHaveLength(600);
      for (let position = 2; position <= 600; position += 1) {
        expect((await slow.next()).value).toMatchObject({ position });
      }
    });

    test('ends a follower that waits when its signal aborts', async () => {
      const waiting = take(log.follow(0, abort.signal), 1);
      abort.abort();
      expect(await waiting).toEqual([]);
      expect(await take(log.follow(0, abort.signal), 1)).toEqual([]);
    });

    test('ends a follower that waits when its consumer returns', async () => {
      const iterator = log.follow(0, abort.signal)[Symbol.asyncIterator]();
      const waiting = iterator.next();
      await iterator.return?.();
      expect(await waiting).toEqual({ done: true, value: undefined });
      expect(await iterator.next()).toEqual({ done: true, value: undefined });
    });

    test('ends its followers when it is closed', async () => {
      const waiting = take(log.follow(0, abort.signal), 1);
      await log.close();
      expect(await waiting).toEqual([]);
      await expect(log.append([event('late')])).rejects.toThrow('closed');
    });

    test('keeps what was being appended when it is closed', async () => {
      const appending = log.append(numbered(3));
      await log.close();
      expect(await appending).toEqual([1, 2, 3]);
      log = await open({ directory });
      expect(await log.head()).toBe(3);
    });

    test('is the same log when it is opened again', async () => {
      await log.append(numbered(3));
      const { id } = log;
      await log.close();
      log = await open({ directory });
      expect(log.id).toBe(id);
      expect(await log.head()).toBe(3);
      expect(await log.append([event('2'), event('new')])).toEqual([3, 4]);
    });

    test('takes an event of up to a million bytes, and nothing of what is appended with a larger one', async () => {
      const largest = event('largest', 'x'.repeat(MAX_EVENT_BYTES - JSON.stringify(event('largest', '')).length));
      expect(await log.append([largest])).toEqual([1]);
      expect(await log.read(0, 10)).toEqual([{ position: 1, event: largest }]);
      const larger = event('larger', 'x'.repeat(MAX_EVENT_BYTES));
      const refusal = log.append([event('a'), larger]);
      await expect(refusal).rejects.toBeInstanceOf(RangeError);
      await expect(refusal).rejects.toThrow(/^Event larger has 10\d{5} bytes; a log takes up to 1000000\.$/);
      expect(await log.head()).toBe(1);
    });

    test.each(['', 'x'.repeat(1025)])('takes no event id that is empty or endless', async (id) => {
      await expect(log.append([event(id)])).rejects.toThrow('An event id must have 1 to 1024 bytes');
    });

    test('takes any other event id', async () => {
      const odd = [' a', 'a ', 'a.b', 'a.*', '>', 'a\r\nb', 'a\u0000', 'Ä', '\u{1f600}', 'x'.repeat(1024)];
      const events = odd.map((id) => event(id));
      const positions = odd.map((_, index) => index + 1);
      expect(await log.append(events)).toEqual(positions);
      expect(await log.append(events)).toEqual(positions);
      expect(ids(await log.read(0, 20))).toEqual(odd);
    });

    test('takes a batch of thousands', async () => {
      const positions = await log.append(numbered(1200));
      expect(positions).toEqual(numbered(1200).map((_, index) => index + 1));
    });

    test('takes the cursors that it gave, and no others', async () => {
      await log.append(numbered(3));
      expect(await decodeCursor(encodeCursor(log.id, 3), log)).toBe(3);
      await expect(decodeCursor(encodeCursor(log.id, 4), log)).rejects.toThrow('restored from a backup');
      await expect(decodeCursor('forged', log)).rejects.toThrow('is no cursor');
      const other = await open({ directory: otherDirectory });
      await expect(decodeCursor(encodeCursor(log.id, 3), other)).rejects.toThrow('belongs to another log');
      await other.close();
    });

    describe('that keeps the newest 10', () => {
      beforeEach(async () => {
        await log.close();
        log = await open({ directory, retainEvents: 10 });
      });

      test('tells the bounds of the gap to who asks for what was dropped', async () => {
        await log.append(numbered(8));
        await log.append(numbered(8, 8));
        const fault = await log.read(3, 5).catch((error: unknown) => error);
        expect(fault).toBeInstanceOf(PositionExpiredError);
        expect(fault).toMatchObject({ requested: 3, oldest: 7 });
        expect(positionsOf(await log.read(6, 20))).toEqual([7, 8, 9, 10, 11, 12, 13, 14, 15, 16]);
        await expect(take(log.follow(3, abort.signal), 1)).rejects.toBeInstanceOf(PositionExpiredError);
      });

      test('keeps counting when it is opened again, and knows its bounds', async () => {
        await log.append(numbered(25));
        await log.close();
        log = await open({ directory, retainEvents: 10 });
        expect(await log.append(numbered(1, 25))).toEqual([26]);
        await expect(log.read(0, 5)).rejects.toMatchObject({ requested: 0, oldest: 17 });
        const cursor = encodeCursor(log.id, 2);
        await expect(take(log.follow(await decodeCursor(cursor, log), abort.signal), 1)).rejects.toMatchObject({
          requested: 2,
          oldest: 17,
        });
      });

      test('tells a follower that fell behind too far', async () => {
        const iterator = log.follow(0, abort.signal)[Symbol.asyncIterator]();
        await log.append(numbered(1));
        expect((await iterator.next()).value).toMatchObject({ position: 1 });
        await log.append(numbered(30, 1));
        await expect(iterator.next()).rejects.toMatchObject({ requested: 1, oldest: 22 });
      });
    });
  });
}
