import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { inboundMessage, IntakeUnavailableError, systemClock, type InboundMessage } from '@takt/intake';
import { knock } from '@takt/subgraph-server';
import { expect, it, onTestFinished } from 'vitest';
import { startedProcess, taktProcess } from '../system.ts';

const run = promisify(execFile);
const mountable = await canMount();

if (!mountable) console.warn('No tmpfs can be mounted here: a full disk under `npm start` was NOT tested.');

it.skipIf(!mountable)('refuses on a full disk, keeps what it took, and goes on when there is room', async () => {
  const disk = await mountedDisk();
  const env = { TAKT_DATA_DIR: join(disk, 'data'), TAKT_DEMO: 'off' };
  const first = await startedProcess(env);
  let taken = 0;
  for (;;) {
    const refused = await received(env.TAKT_DATA_DIR, taken).catch((error: unknown) => error as Error);
    if (refused) {
      expect(refused).toBeInstanceOf(IntakeUnavailableError);
      expect(refused.message).toMatch(/Messages cannot be taken now\. .*(disk|bytes free)/);
      break;
    }
    taken += 1;
  }
  expect(taken).toBeGreaterThan(3);
  const health = await fetch(`${first.url}/health/ready`);
  expect(health.status).toBe(503);
  expect(await health.text()).toContain('inventory: ');
  expect(await positions(first.url)).toBeGreaterThanOrEqual(taken);
  first.child.kill('SIGKILL');
  await first.ended();

  await run('dd', ['if=/dev/zero', `of=${join(disk, 'ballast')}`, 'bs=4k']).catch(() => undefined);
  const refused = taktProcess(['start'], { PORT: '0', ...env });
  expect(await refused.ended()).toBe(1);
  expect(refused.output()).toMatch(/cannot be used: its disk has \d+ bytes free.*Make room/);

  await run('mount', ['-o', 'remount,size=64m', disk]);
  const second = await startedProcess(env);
  await received(env.TAKT_DATA_DIR, taken);
  expect(await positions(second.url)).toBe(taken + 1);
  expect((await fetch(`${second.url}/health/ready`)).status).toBe(200);
  second.child.kill('SIGTERM');
  expect(await second.ended()).toBe(0);
});

/** Offers a report of about 300 kB through the door of the running process. */
async function received(dataDir: string, number: number): Promise<void> {
  const intake = await knock(join(dataDir, 'inventory'));
  const outcomes = await intake?.receive([large(number)]);
  const [outcome] = outcomes ?? [];
  const first = outcome?.status === 'DUPLICATE' ? outcome.first : outcome;
  expect(first).toMatchObject({ status: 'APPLIED' });
}

function large(number: number): InboundMessage {
  const quantity = { value: '1', unit: 'EA' };
  const stock = Array.from({ length: 3_000 }, (_, lot) => ({ status: 'UNRESTRICTED', lot: `L${lot}`, quantity }));
  const data = { sku: `SKU-${number}`, location: 'P100', unit: 'EA', stock };
  return inboundMessage({ id: `m${number}`, type: 'StockReported', source: 'wms/p100', data }, systemClock);
}

async function positions(url: string): Promise<unknown> {
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query: '{ inventoryPositions { totalCount } }' }),
  });
  const { data } = (await response.json()) as { data: { inventoryPositions: { totalCount: number } } };
  return data.inventoryPositions.totalCount;
}

async function mountedDisk(): Promise<string> {
  const disk = await mkdtemp(join(tmpdir(), 'takt-disk-'));
  await run('mount', ['-t', 'tmpfs', '-o', 'size=8m', 'takt-test', disk]);
  onTestFinished(async () => {
    await run('umount', [disk]);
    await rm(disk, { recursive: true });
  });
  return disk;
}

async function canMount(): Promise<boolean> {
  const probe = await mkdtemp(join(tmpdir(), 'takt-disk-'));
  try {
    await run('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'takt-test', probe]);
    await run('umount', [probe]);
    return true;
  } catch {
    return false;
  } finally {
    await rm(probe, { recursive: true });
  }
}
