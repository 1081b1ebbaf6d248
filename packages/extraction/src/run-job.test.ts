import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { beginExtraction } from './begin-extraction.ts';
import { newJob, type Job } from './job.ts';
import { openJobStore, type JobStore } from './job-store.ts';
import { graphOfOrders, type OrdersGraph } from './orders-graph.fixture.ts';
import { runJob } from './run-job.ts';

const asked = { query: '{ orders { nodes { id } } }', variables: {}, formats: ['JSON_LINES' as const] };

let folder: string;
let store: JobStore;
let graph: OrdersGraph;
let job: Job;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'takt-job-'));
  store = await openJobStore(folder);
  graph = graphOfOrders(250);
  const asker = { scopes: [], sharingKey: '' };
  const extraction = await beginExtraction(graph, asker, asked, undefined, new AbortController().signal);
  job = newJob('a'.repeat(32), extraction, new Date(0), 7);
  await store.add(job);
});
afterEach(() => rm(folder, { recursive: true }));

const run = (from: Job, signal = new AbortController().signal) =>
  runJob(from, { graph, store, pace: { rest: () => Promise.resolve() }, maxBytes: () => 1e9, signal });

/** Begins, and is at the second page when it has been called. */
async function begin() {
  const stopping = new AbortController();
  const before = graph.pages();
  graph.holdPages(1);
  const ending = run(job, stopping.signal);
  await expect.poll(() => graph.pages()).toBe(before + 2);
  const kept = (await store.readKept(job.id))!;
  return { ending, kept, stop: () => stopping.abort(), removeRows: () => rm(store.pathOf(job.id, kept.kept!.rowFile)) };
}

async function expectAllRows(done: Job) {
  expect(done.files).toMatchObject([{ rows: 250 }]);
  const lines = (await readFile(store.pathOf(job.id, 'extract.jsonl'), 'utf8')).trim().split('\n');
  expect([lines.length, new Set(lines).size]).toEqual([250, 250]);
}

describe('a job whose rows somebody who had its lease has removed', () => {
  it.each([undefined, '1'])('reads them anew when it is gone on with (position %s)', async (position) => {
    const { ending, kept, stop, removeRows } = await begin();
    stop();
    await expect(ending).rejects.toThrow();
    await removeRows();
    graph.letGo();
    const done = await run({ ...kept, position, progress: { phase: 'CATCHING_UP', rows: 99, pages: 1 } });
    await expectAllRows(done);
    expect(done.progress.pages).toBeGreaterThan(1);
  });

  it('comes to its end while it has them open', async () => {
    const { ending, removeRows } = await begin();
    await removeRows();
    graph.letGo();
    await expectAllRows(await ending);
  });
});
