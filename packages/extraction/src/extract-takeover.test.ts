import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { documentOfCursor } from '@takt/subgraph-server';
import { expect, it, onTestFinished, vi } from 'vitest';
import type { Job } from './job.ts';
import { openJobStore } from './job-store.ts';

const ORDERS = 25_000;
const JOBS = ['one', 'two', 'three'];

interface AskedPage {
  readonly job: string;
  readonly after: string | null;
}

/** A process that makes extracts in a folder, and the pages that it has asked for. */
async function startExtracts(folder: string, ...jobs: readonly string[]) {
  const script = fileURLToPath(new URL('./extract-takeover.child.ts', import.meta.url));
  const child = spawn(process.execPath, ['--import', 'tsx', script, folder, String(ORDERS), ...jobs], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const exited = once(child, 'exit');
  const kill = async () => {
    child.kill('SIGKILL');
    await exited;
  };
  onTestFinished(kill);
  const pages: AskedPage[] = [];
  const lines = createInterface({ input: child.stdout });
  const isReady = new Promise<void>((resolve, reject) => {
    lines.on('line', (line) => {
      const told = JSON.parse(line) as AskedPage | 'ready';
      if (told === 'ready') resolve();
      else pages.push(told);
    });
    lines.on('close', () => reject(new Error('The process has ended.')));
  });
  await isReady;
  return { pages, kill };
}

it('after kill -9, extracts that two other processes want go on in one of them each, to all rows, each once', async () => {
  // given a process in the middle of three extracts, of each of which some is kept, and two that would go on with them
  const folder = await mkdtemp(join(tmpdir(), 'takt-takeover-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const killed = await startExtracts(folder, ...JOBS);
  const others = await Promise.all([startExtracts(folder), startExtracts(folder)]);
  const store = await openJobStore(folder);
  const jobs = await vi.waitFor(
    async () => {
      const all = await store.all();
      expect(all.map(({ kept }) => typeof kept?.place.at)).toEqual(JOBS.map(() => 'string'));
      return all;
    },
    { timeout: 60_000, interval: 20 },
  );
  expect(others.flatMap(({ pages }) => pages)).toEqual([]);

  // when it is killed
  await killed.kill();
  const done = await vi.waitFor(
    async () => {
      const all = await store.all();
      expect(all.map(({ state }) => state)).toEqual(JOBS.map(() => 'DONE'));
      return all;
    },
    { timeout: 60_000, interval: 50 },
  );

  // then one process has gone on with each, from where it was kept
  for (const name of JOBS) {
    const went = others.map(({ pages }) => pages.filter(({ job }) => job === name)).filter((pages) => pages.length > 0);
    expect(went).toHaveLength(1);
    expect(placeOf(went[0]?.[0]?.after)).toBeGreaterThanOrEqual(placeOf(keptOf(jobs, name)));
    expect(new Set(went[0]?.map(({ after }) => after)).size).toBe(went[0]?.length);
  }
  // and nothing is lost, and nothing there twice
  for (const { id, attempts, files } of done) {
    expect({ attempts, files }).toMatchObject({ attempts: 2, files: [{ rows: ORDERS }] });
    const lines = (await readFile(store.pathOf(id, 'extract.jsonl'), 'utf8')).trimEnd().split('\n');
    expect(lines).toHaveLength(ORDERS);
    expect(new Set(lines).size).toBe(ORDERS);
  }
});

function keptOf(jobs: readonly Job[], name: string): string | null | undefined {
  return jobs.find(({ extraction }) => extraction.variables['job'] === name)?.kept?.place.at;
}

/** The number of the order that a cursor is behind. */
function placeOf(cursor: string | null | undefined): number {
  return Number(documentOfCursor(cursor ?? '')?.slice('MO-'.length));
}
