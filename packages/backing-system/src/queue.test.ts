import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openLmdbStore, type DocumentStore } from '@takt/document-store';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { command } from './command.fixture.ts';
import { OutboundQueue, OutboundQueueFullError } from './queue.ts';

let directory: string;
let store: DocumentStore;
const now = new Date('2026-11-23T08:00:00Z');
const placed = (id: string, position: number, part = 0) => ({ place: { position, part }, command: command(id) });

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'takt-queue-'));
  store = await openLmdbStore({ directory });
});
afterEach(async () => {
  await store.close();
  await rm(directory, { recursive: true });
});

/** Takes everything out, and answers it in order. */
async function drain(queue: OutboundQueue): Promise<string[]> {
  const ids: string[] = [];
  for (let head = await queue.head(); head; head = await queue.head()) {
    ids.push(head.id);
    await queue.remove(head.id);
  }
  return ids;
}

it('gives commands in the order of what caused them, whatever the order in which they are added', async () => {
  const queue = await OutboundQueue.open(store, 'erp/P100');
  await queue.enqueue([placed('c', 9), placed('e', 12, 2), placed('d', 12, 1)], now);
  await queue.enqueue([placed('a', 1), placed('f', 100), placed('b', 2)], now);
  expect(await drain(queue)).toEqual(['a', 'b', 'c', 'd', 'e', 'f']);
});

it('takes a command once', async () => {
  const queue = await OutboundQueue.open(store, 'erp/P100');
  await queue.enqueue([placed('a', 1), placed('b', 2)], now);
  await queue.enqueue([placed('a', 7), placed('b', 8)], new Date('2026-11-24T08:00:00Z'));
  expect(await queue.length()).toBe(2);
  expect((await queue.head())?.document).toMatchObject({ place: { position: 1 }, enqueuedAt: now.toISOString() });
});

it('lets a command that waits go forward, never back: a log that was restored has smaller positions', async () => {
  const queue = await OutboundQueue.open(store, 'erp/P100');
  await queue.enqueue([placed('a', 90), placed('b', 91), placed('c', 3)], now);
  await queue.enqueue([placed('a', 5), placed('b', 5, 1), placed('c', 5, 2)], now);
  await queue.enqueue([placed('d', 6)], now);
  expect(await drain(queue)).toEqual(['c', 'a', 'b', 'd']);
});

it('keeps each system’s commands apart', async () => {
  const [one, other] = [await OutboundQueue.open(store, 'erp/P100'), await OutboundQueue.open(store, 'erp/P200')];
  await one.enqueue([placed('a', 2)], now);
  await other.enqueue([placed('b', 1)], now);
  expect([await drain(one), await drain(other)]).toEqual([['a'], ['b']]);
});

it('takes as many as there is room for, says that it is full, and goes on when the same are offered again', async () => {
  const queue = await OutboundQueue.open(store, 'erp/P100', 3);
  const all = [1, 2, 3, 4, 5].map((position) => placed(String(position), position));
  await expect(queue.enqueue(all, now)).rejects.toThrow(OutboundQueueFullError);
  expect(await queue.length()).toBe(3);
  await queue.remove('1');
  await queue.remove('2');
  await queue.enqueue(all.slice(2), now);
  expect(await drain(queue)).toEqual(['3', '4', '5']);
});

it('wakes who waits for a command, also when it was added before the wait began', async () => {
  const queue = await OutboundQueue.open(store, 'erp/P100');
  const { signal } = new AbortController();
  const before = queue.changes;
  const woken = queue.added(before, signal);
  await queue.enqueue([placed('a', 1)], now);
  await woken;
  await queue.added(before, signal);
});

it('lets go of who waits when told to', async () => {
  const queue = await OutboundQueue.open(store, 'erp/P100');
  const stopped = new AbortController();
  const woken = queue.added(queue.changes, stopped.signal);
  stopped.abort();
  await woken;
});
