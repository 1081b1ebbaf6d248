import { expect, test } from 'vitest';
import { createReferenceCount } from './reference-count.ts';

test('is unused at once if nobody uses it', async () => {
  const users = createReferenceCount();
  users.retain()();
  await users.unused();
});

test('is unused when the last user has released it, however often one says so', async () => {
  const users = createReferenceCount();
  const [first, second] = [users.retain(), users.retain()];
  const log: string[] = [];
  const unused = users.unused().then(() => log.push('unused'));
  first();
  first();
  await new Promise((resolve) => setImmediate(resolve));
  log.push('first has released');
  second();
  await unused;
  expect(log).toEqual(['first has released', 'unused']);
});

test('is not unused if somebody begins to use it in the turn in which the last user releases it', async () => {
  const users = createReferenceCount();
  const first = users.retain();
  const log: string[] = [];
  const unused = users.unused().then(() => log.push('unused'));
  first();
  const second = users.retain();
  await new Promise((resolve) => setImmediate(resolve));
  await new Promise((resolve) => setImmediate(resolve));
  log.push('second still uses it');
  second();
  await unused;
  expect(log).toEqual(['second still uses it', 'unused']);
});
