import { expect, test } from 'vitest';
import { operationSlots } from './operation-slots.ts';

const { signal } = new AbortController();

test('operations beyond the limit wait their turn, in order', async () => {
  const slots = operationSlots({ running: 2, waiting: 10 });
  const log: string[] = [];
  const enter = async (name: string) => {
    const release = await slots.take(signal);
    log.push(name);
    return release;
  };
  const [first, second] = await Promise.all([enter('a'), enter('b')]);
  const third = enter('c');
  const fourth = enter('d');
  expect(log).toEqual(['a', 'b']);
  second?.();
  (await third)?.();
  await fourth;
  expect(log).toEqual(['a', 'b', 'c', 'd']);
  first?.();
});

test('those beyond the waiting ones are turned away', async () => {
  const slots = operationSlots({ running: 1, waiting: 1 });
  const release = await slots.take(signal);
  const waiting = slots.take(signal);
  expect(await slots.take(signal)).toBeUndefined();
  release?.();
  expect(await waiting).toBeDefined();
});

test('one that goes away gives up its place', async () => {
  const slots = operationSlots({ running: 1, waiting: 1 });
  const release = await slots.take(signal);
  const client = new AbortController();
  const gone = slots.take(client.signal);
  client.abort(new Error('gone'));
  await expect(gone).rejects.toThrow('gone');
  const next = slots.take(signal);
  release?.();
  (await next)?.();
  expect(await slots.take(signal)).toBeDefined();
});
