import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { composedOnce } from './composed-store.ts';

const stock = { name: 'stock', sdl: 'type Query { stock: Int }' };
let folder: string;
beforeEach(async () => void (folder = await mkdtemp(join(tmpdir(), 'takt-composed-'))));
afterEach(() => rm(folder, { recursive: true, force: true }));

const never = () => Promise.reject(new Error('composed again'));

test('what was composed before is taken from its file', async () => {
  const below = join(folder, 'not', 'there yet');
  await expect(composedOnce(below, [stock], () => Promise.resolve('the graph'))).resolves.toBe('the graph');
  await expect(composedOnce(below, [stock], never)).resolves.toBe('the graph');
});

test.each([
  ['another schema', { ...stock, sdl: 'type Query { stock: Float }' }],
  ['another name', { ...stock, name: 'inventory' }],
  ['another place', { ...stock, url: 'http://stock.example/graphql' }],
])('%s is another supergraph', async (_difference, other) => {
  await composedOnce(folder, [stock], () => Promise.resolve('the graph'));
  await expect(composedOnce(folder, [other], () => Promise.resolve('another'))).resolves.toBe('another');
  await expect(composedOnce(folder, [stock], never)).resolves.toBe('the graph');
});

test('what does not compose leaves no file', async () => {
  await expect(composedOnce(folder, [stock], () => Promise.reject(new Error('refused')))).rejects.toThrow('refused');
  await expect(readdir(folder)).resolves.toEqual([]);
});

test('a folder that cannot be one costs composing only', async () => {
  const file = join(folder, 'file');
  await writeFile(file, '');
  const compose = vi.fn(() => Promise.resolve('the graph'));
  await expect(composedOnce(file, [stock], compose)).resolves.toBe('the graph');
  await expect(composedOnce(file, [stock], compose)).resolves.toBe('the graph');
  expect(compose).toHaveBeenCalledTimes(2);
});

test('the folder keeps a bounded number of files', async () => {
  for (let number = 0; number < 20; number++) {
    await composedOnce(folder, [{ ...stock, name: `stock${number}` }], () => Promise.resolve(`graph ${number}`));
  }
  await expect(readdir(folder)).resolves.toHaveLength(16);
});
