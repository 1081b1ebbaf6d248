import { spawnSync } from 'node:child_process';
import { expect, it } from 'vitest';
import { isRunning, thisProcess } from './process-identity.ts';

it('tells whether a process runs, and is not a later one with its id', async () => {
  const { pid: gone } = spawnSync(process.execPath, ['--version']);
  expect(await isRunning(await thisProcess())).toBe(true);
  expect(await isRunning({ pid: process.pid, started: 'long ago' })).toBe(false);
  expect(await isRunning({ pid: gone, started: null })).toBe(false);
});

it('goes by the id alone where nothing says when it started', async () => {
  expect(await isRunning({ pid: process.pid, started: null })).toBe(true);
  expect(await isRunning({ pid: process.pid })).toBe(true);
});
