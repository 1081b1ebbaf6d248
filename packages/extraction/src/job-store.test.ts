import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import type { Extraction } from './job.ts';
import { newJob } from './job.ts';
import { openJobStore } from './job-store.ts';

it('removes what a job had from those before, and nothing of who renews or wants its lease meanwhile', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'takt-jobs-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const store = await openJobStore(folder);
  const job = newJob('a'.repeat(32), {} as Extraction, new Date(0), 7);
  await store.add(job);
  const stay = ['cancelled', 'lease', 'lease.0f8fad5b-d9cb-469f-a165-70867728950e', 'lease.taking', 'rows-2.jsonl'];
  for (const name of [...stay, 'rows-1.jsonl', 'extract.csv']) await writeFile(store.pathOf(job.id, name), '');
  await store.removeOthers(job.id, ['rows-2.jsonl']);
  expect((await readdir(join(folder, job.id))).sort()).toEqual([...stay, 'job.json'].sort());
});
