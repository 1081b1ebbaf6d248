import { expect, test } from 'vitest';
import { EventQueue } from './event-queue.ts';

function queueOf({ maxEvents = 10, maxBytes = 1_000 } = {}) {
  let released = 0;
  const limits = { maxEvents, maxBytes, overflow: () => new Error('too many') };
  return { queue: new EventQueue<number>(limits, () => released++), released: () => released };
}

test('events wait for their consumer, in order', async () => {
  const { queue, released } = queueOf();
  for (const event of [1, 2, 3]) queue.push(event, 1);
  queue.finish();
  const taken: number[] = [];
  for await (const event of queue) taken.push(event);
  expect(taken).toEqual([1, 2, 3]);
  expect(released()).toBe(1);
});

test('a consumer waits for its events', async () => {
  const { queue } = queueOf();
  const next = queue.next();
  queue.push(7, 1);
  expect(await next).toEqual({ done: false, value: 7 });
});

test('an error comes after what is queued, once', async () => {
  const { queue } = queueOf();
  queue.push(1, 1);
  queue.finish({ error: new Error('lost') });
  expect((await queue.next()).value).toBe(1);
  await expect(queue.next()).rejects.toThrow('lost');
  expect((await queue.next()).done).toBe(true);
});

test.each([
  ['events', { maxEvents: 2 }],
  ['bytes', { maxBytes: 21 }],
])('too many %s end it after those that fit, and release the source', async (_name, limits) => {
  const { queue, released } = queueOf(limits);
  for (const event of [1, 2, 3, 4]) queue.push(event, 10);
  expect(released()).toBe(1);
  for (const event of [1, 2]) expect((await queue.next()).value).toBe(event);
  await expect(queue.next()).rejects.toThrow('too many');
  expect((await queue.next()).done).toBe(true);
});

test('what is taken makes room', async () => {
  const { queue } = queueOf({ maxEvents: 2, maxBytes: 20 });
  for (let event = 1; event < 10; event++) {
    queue.push(event, 20);
    expect(queue.bytes).toBe(20);
    expect((await queue.next()).value).toBe(event);
  }
});

test('one event alone may be larger than the limit', async () => {
  const { queue } = queueOf({ maxBytes: 10 });
  queue.push(1, 11);
  expect((await queue.next()).value).toBe(1);
});

test('a consumer that stops ends the wait and releases the source', async () => {
  const { queue, released } = queueOf();
  const waiting = queue.next();
  await queue.return();
  expect((await waiting).done).toBe(true);
  expect(released()).toBe(1);
});
