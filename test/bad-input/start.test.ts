import { once } from 'node:events';
import { mkdir, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { startedProcess, taktProcess, temporaryFolder } from '../system.ts';

async function refusalOf(env: Record<string, string>, action = 'start'): Promise<string> {
  const started = taktProcess([action], { PORT: '0', ...env });
  expect(await started.ended()).toBe(1);
  return started.output();
}

it('does not start with settings that are wrong and says why', async () => {
  const wrong = { PORT: 'four thousand', HOST: '256.1.2.3.4 ', TAKT_DEMO: 'maybe', TAKT_DATADIR: '.takt' };
  const output = await refusalOf({ TAKT_DATA_DIR: join(await temporaryFolder(), 'data'), ...wrong });
  expect(output).toContain('PORT=four thousand: expected a port');
  expect(output).toContain('HOST=');
  expect(output).toContain('TAKT_DEMO=maybe: expected on or off');
  expect(output).toContain('TAKT_DATADIR is not a setting');
  expect(output).not.toMatch(/\n\s+at /);
});

it.each(['start', 'services'])(
  '%s is refused with an origin that no browser sends, before anything is filled',
  async (action) => {
    const settings = { TAKT_DATA_DIR: join(await temporaryFolder(), 'data'), TAKT_DEMO: 'off' };
    const output = await refusalOf({ ...settings, TAKT_CORS: 'https://plan.example/' }, action);
    expect(output).toMatch(/^TAKT_CORS=https:\/\/plan.example\/: expected origins as browsers write them.*\n$/);
  },
);

it('does not start on a port in use and says what to do', async () => {
  const other = createServer().listen(0, '127.0.0.1');
  await once(other, 'listening');
  const { port } = other.address() as AddressInfo;
  const output = await refusalOf({
    TAKT_DATA_DIR: join(await temporaryFolder(), 'data'),
    TAKT_DEMO: 'off',
    PORT: String(port),
  });
  other.close();
  expect(output).toMatch(/in use/);
  expect(output).toContain(String(port));
});

it('refuses a folder that holds something else, and leaves it as it is', async () => {
  const folder = await temporaryFolder();
  await writeFile(join(folder, 'thesis.txt'), 'mine');
  expect(await refusalOf({ TAKT_DATA_DIR: folder })).toContain('holds no Takt data');
});

it('refuses a data directory that is damaged and says what to do', async () => {
  const dataDir = join(await temporaryFolder(), 'data');
  const first = await startedProcess({ TAKT_DATA_DIR: dataDir, TAKT_DEMO: 'off' });
  first.child.kill('SIGTERM');
  await first.ended();
  await writeFile(join(dataDir, 'inventory', 'documents', 'data.mdb'), 'garbage');
  const output = await refusalOf({ TAKT_DATA_DIR: dataDir, TAKT_DEMO: 'off' });
  expect(output).toMatch(/damaged/);
  expect(output).toContain(join('inventory', 'documents'));
});

it('refuses data that a newer version wrote', async () => {
  const dataDir = join(await temporaryFolder(), 'data');
  await mkdir(dataDir);
  await writeFile(join(dataDir, 'takt.json'), JSON.stringify({ kind: 'takt', format: 99 }));
  expect(await refusalOf({ TAKT_DATA_DIR: dataDir })).toContain('newer version');
});

it('refuses a data directory that another process has open, naming it', async () => {
  const dataDir = join(await temporaryFolder(), 'data');
  const running = await startedProcess({ TAKT_DATA_DIR: dataDir, TAKT_DEMO: 'off' });
  expect(await refusalOf({ TAKT_DATA_DIR: dataDir, TAKT_DEMO: 'off' })).toContain(
    `in use by process ${running.child.pid}`,
  );
});

it('stops on SIGTERM, and waits for nobody when nobody asks anything', async () => {
  const running = await startedProcess({ TAKT_DATA_DIR: join(await temporaryFolder(), 'data'), TAKT_DEMO: 'off' });
  const before = performance.now();
  running.child.kill('SIGTERM');
  expect(await running.ended()).toBe(0);
  // Whoever asks something would be given ten seconds.
  expect(performance.now() - before).toBeLessThan(9_000);
});
