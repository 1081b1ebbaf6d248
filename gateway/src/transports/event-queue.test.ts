import { expect, test } from 'vitest';
import { EventQueue } from './event-queue.ts';

function queueOf(limit: number) {
  const told: string[] = [];
  const queue = new EventQueue<number>(limit, {
    pause: () => told.push('pause'),
    resume: () => told.push('resume'),
    release: () => told.push('release'),
  });
  return { queue, told };
}

test('events wait for their consumer, in order', async () => {
  const { queue, told } = queueOf(10);
  for (const event of [1, 2, 3]) queue.push(event);
  queue.finish();
  const taken: number[] = [];
  for await (const event of queue) taken.push(event);
  expect(taken).toEqual([1, 2, 3]);
  expect(told).toEqual(['release']);
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

test('a source that is too fast is paused until half of the queue is taken, and nothing is lost', async () => {
  const { queue, told } = queueOf(4);
  for (const event of [1, 2, 3, 4, 5]) queue.push(event);
  expect(told).toEqual(['pause']);
  for (const event of [1, 2]) expect((await queue.next()).value).toBe(event);
  expect(told).toEqual(['pause']);
  expect((await queue.next()).value).toBe(3);
  expect(told).toEqual(['pause', 'resume']);
  for (const event of [4, 5]) expect((await queue.next()).value).toBe(event);
});

test('a consumer that stops ends the wait and releases the source', async () => {
  const { queue, told } = queueOf(2);
  const waiting = queue.next();
  await queue.return();
  expect((await waiting).done).toBe(true);
  expect(told).toEqual(['release']);
});
