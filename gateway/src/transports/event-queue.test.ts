import { expect, test } from 'vitest';
import { EventQueue } from './event-queue.ts';

function queueOf(limit: number) {
  let releases = 0;
  const queue = new EventQueue<number>(limit, () => releases++);
  return { queue, releases: () => releases };
}

test('events wait for their consumer, in order', async () => {
  const { queue, releases } = queueOf(10);
  for (const event of [1, 2, 3]) queue.push(event);
  queue.finish();
  const taken: number[] = [];
  for await (const event of queue) taken.push(event);
  expect(taken).toEqual([1, 2, 3]);
  expect(releases()).toBe(1);
});

test('a consumer waits for its events', async () => {
  const { queue } = queueOf(10);
  const next = queue.next();
  queue.push(7);
  expect(await next).toEqual({ done: false, value: 7 });
});

test('an error comes after what is queued, once', async () => {
  const { queue } = queueOf(10);
  queue.push(1);
  queue.finish({ error: new Error('lost') });
  expect((await queue.next()).value).toBe(1);
  await expect(queue.next()).rejects.toThrow('lost');
  expect((await queue.next()).done).toBe(true);
});

test('a consumer that falls too far behind is told, and the source released', async () => {
  const { queue, releases } = queueOf(2);
  for (const event of [1, 2, 3, 4]) queue.push(event);
  expect(releases()).toBe(1);
  expect((await queue.next()).value).toBe(1);
  expect((await queue.next()).value).toBe(2);
  await expect(queue.next()).rejects.toMatchObject({ code: 'SUBSCRIPTION_TOO_SLOW' });
});

test('a consumer that stops ends the wait and releases the source', async () => {
  const { queue, releases } = queueOf(2);
  const waiting = queue.next();
  await queue.return();
  expect((await waiting).done).toBe(true);
  expect(releases()).toBe(1);
});
