import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it, onTestFinished } from 'vitest';

const main = fileURLToPath(new URL('../../../subgraphs/products/src/main.ts', import.meta.url));

/** A domain that runs as a process of its own and is ready. */
async function running() {
  const directory = await mkdtemp(join(tmpdir(), 'takt-serve-'));
  const child = spawn(process.execPath, ['--import', 'tsx', main, '--watch-stdin'], {
    env: { PATH: process.env['PATH'], HOST: '127.0.0.1', PORT: '0', TAKT_DATA_DIR: directory },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  let stderr = '';
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  const ended = once(child, 'close').then(([code]) => ({ code: code as number | null, stderr }));
  onTestFinished(async () => {
    child.kill('SIGKILL');
    await ended;
    await rm(directory, { recursive: true });
  });
  await once(child.stdout, 'data');
  return { child, directory, ended };
}

it('ends with its standard input', async () => {
  const { child, ended } = await running();
  child.stdin.end();
  expect(await ended).toEqual({ code: 0, stderr: '' });
});

it('says in one line what it could not release when it stops', async () => {
  const { child, directory, ended } = await running();
  const address = join(directory, 'products', 'process.json');
  await rm(address);
  await mkdir(address);
  child.kill('SIGTERM');
  const { code, stderr } = await ended;
  expect(code).toBe(1);
  expect(stderr).toMatch(/^products: Not everything could be released\. EISDIR.*\n$/);
});
