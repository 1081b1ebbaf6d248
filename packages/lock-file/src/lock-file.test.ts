import { mkdtemp, readdir, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { readLockFile, replaceLockFile, takeLockFile } from './lock-file.ts';

let folder: string;
let path: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'takt-lock-'));
  path = join(folder, 'lock');
});
afterEach(() => rm(folder, { recursive: true }));

const living = (text: string) => Promise.resolve(text === 'stale' ? undefined : text);
const take = (text: string) => takeLockFile(path, text, living);

it('is taken where there is none, or a stale one, and nowhere else', async () => {
  expect(await take('stale')).toBeUndefined();
  expect(await take('A')).toBeUndefined();
  expect(await take('B')).toBe('A');
  await replaceLockFile(path, 'A, still');
  expect(await take('B')).toBe('A, still');
  expect(await readdir(folder)).toEqual(['lock']);
});

it('that somebody else has taken since is left alone', async () => {
  // given that B takes the stale one after A has looked at it
  await take('stale');
  const held = await takeLockFile(path, 'A', async (text) => {
    if (text === 'stale') await take('B');
    return living(text);
  });
  // then B has it
  expect([held, await readLockFile(path)]).toEqual(['B', 'B']);
  expect(await readdir(folder)).toEqual(['lock']);
});

it('that is gone by the time it is looked at is taken', async () => {
  await take('stale');
  const held = await takeLockFile(path, 'A', async (text) => {
    await rm(path);
    return living(text);
  });
  expect([held, await readLockFile(path)]).toEqual([undefined, 'A']);
});

it('is that of who is about to take it, and free again if that one died there', async () => {
  await take('stale');
  await writeFile(`${path}.taking`, 'B');
  expect([await take('A'), await readLockFile(path)]).toEqual(['B', 'stale']);
  await writeFile(`${path}.taking`, 'stale');
  expect([await take('A'), await readLockFile(path)]).toEqual([undefined, 'A']);
  expect(await readdir(folder)).toEqual(['lock']);
});

it('is not taken if one after another died there, until somebody looks after it', async () => {
  const left = Array.from({ length: 8 }, (_, index) => `lock${'.taking'.repeat(index)}`);
  for (const name of left) await writeFile(join(folder, name), 'stale');
  await expect(take('A')).rejects.toThrow(
    `${path} was left over, and all beside it. Stop all that may hold it, remove it`,
  );
  expect((await readdir(folder)).sort()).toEqual(left);
  await rm(join(folder, left.at(-1)!));
  expect([await take('A'), await readdir(folder)]).toEqual([undefined, ['lock']]);
});

it('that is held is only read', async () => {
  await take('A');
  await utimes(folder, 0, 0);
  expect([await take('B'), (await stat(folder)).mtimeMs]).toEqual(['A', 0]);
});

it('is had by one of many, at once and in the end', async () => {
  for (let round = 0; round < 50; round++) {
    await take('stale');
    const wanting = Array.from({ length: 12 }, (_, index) => `${round}.${index}`);
    const held = await Promise.all(wanting.map(take));
    const winners = wanting.filter((_, index) => held[index] === undefined);
    expect(winners).toEqual([await readLockFile(path)]);
    await rm(path);
  }
});

it('is not made in a folder that is not there', async () => {
  await expect(takeLockFile(join(folder, 'gone', 'lock'), 'A', living)).rejects.toMatchObject({ code: 'ENOENT' });
});
