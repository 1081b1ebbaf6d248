import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it, onTestFinished, vi } from 'vitest';
import { hasMosquitto } from './mqtt-broker.ts';

it.skipIf(!hasMosquitto())('ends with the process that started it, also when that is killed', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'takt-broker-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true, maxRetries: 5 }));
  const owner = fork(fileURLToPath(new URL('./broker-process.fixture.ts', import.meta.url)), [folder], {
    execArgv: ['--import', import.meta.resolve('tsx')],
  });
  onTestFinished(() => void owner.kill('SIGKILL'));
  const [port] = (await once(owner, 'message')) as [number];
  expect(await answers(port)).toBe(true);
  const ended = once(owner, 'exit');
  owner.kill('SIGKILL');
  await ended;
  await vi.waitFor(async () => expect(await answers(port)).toBe(false), { timeout: 10_000, interval: 50 });
});

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}
