import { describe, expect, test } from 'vitest';
import { createReferenceCount, releasing } from './reference-count.ts';

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
  await Promise.resolve();
  log.push('first has released');
  second();
  await unused;
  expect(log).toEqual(['first has released', 'unused']);
});

describe('a stream releases', () => {
  // eslint-disable-next-line @typescript-eslint/require-await
  async function* events(fail = false): AsyncGenerator<number, void, void> {
    yield 1;
    if (fail) throw new Error('broken');
  }

  async function releasesAfter(
    read: (stream: AsyncGenerator<number, void, void>) => PromiseLike<unknown>,
    fail = false,
  ) {
    let released = 0;
    const stream = releasing(events(fail), () => released++);
    expect(released).toBe(0);
    await read(stream);
    return released > 0;
  }

  test('when it has ended, and not before', async () => {
    expect(await releasesAfter((stream) => stream.next())).toBe(false);
    expect(await releasesAfter((stream) => stream.next().then(() => stream.next()))).toBe(true);
  });

  test('when its reader stops, even before the first event', async () => {
    expect(await releasesAfter((stream) => stream.return())).toBe(true);
    expect(await releasesAfter((stream) => stream.next().then(() => stream.return()))).toBe(true);
    expect(await releasesAfter((stream) => stream[Symbol.asyncDispose]())).toBe(true);
  });

  test('when it fails', async () => {
    const read = async (stream: AsyncGenerator<number, void, void>) => {
      await stream.next();
      await expect(stream.next()).rejects.toThrow('broken');
    };
    expect(await releasesAfter(read, true)).toBe(true);
  });
});
