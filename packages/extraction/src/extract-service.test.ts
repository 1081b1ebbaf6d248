import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { graphOfOrders, type OrdersGraph } from './orders-graph.fixture.ts';
import { openExtracts, positionOf, type ExtractService, type ExtractServiceOptions } from './extract-service.ts';
import type { KeptAsker } from './graph.ts';
import type { Job } from './job.ts';

const ada: KeptAsker = { subject: 'ada', scopes: [], sharingKey: 'a' };
const grace: KeptAsker = { subject: 'grace', scopes: [], sharingKey: 'g' };
const asked = { query: '{ orders { nodes { id } } }', variables: {}, formats: ['JSON_LINES' as const] };

let folder: string;
let graph: OrdersGraph;
const opened: ExtractService[] = [];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'takt-extracts-'));
  graph = graphOfOrders(250);
});
afterEach(async () => {
  graph.letGo();
  await Promise.all(opened.splice(0).map((service) => service.close()));
  await rm(folder, { recursive: true });
});

async function open(options: Partial<ExtractServiceOptions> = {}): Promise<ExtractService> {
  const service = await openExtracts({ folder, graph, pace: { rest: () => Promise.resolve() }, ...options });
  opened.push(service);
  return service;
}

async function over(service: ExtractService, { id }: Job, asker = ada): Promise<Job> {
  let job: Job | undefined;
  await expect.poll(async () => (job = await service.find(asker, id))?.state).toMatch(/DONE|FAILED|CANCELLED/);
  return job!;
}

describe('extracts', () => {
  it('are those of their owner', async () => {
    const service = await open();
    const job = await over(service, await service.start(ada, asked));
    expect(job).toMatchObject({ state: 'DONE', files: [{ rows: 250 }] });
    expect(await service.list(grace)).toEqual([]);
    expect(await service.find(grace, job.id)).toBeUndefined();
    expect(await service.cancel(grace, job.id)).toBeUndefined();
    expect(await service.file(grace, job.id, 'extract.jsonl')).toBeUndefined();
    expect(await service.file(ada, job.id, 'job.json')).toBeUndefined();
    expect(await service.file(ada, job.id, 'extract.jsonl')).toMatchObject({ bytes: job.files[0]?.bytes });
  });

  it('wait for others, no more than may, and go on in turn', async () => {
    const service = await open({ limits: { running: 1, waitingOfOne: 2 } });
    graph.holdPages();
    const first = await service.start(ada, asked);
    const second = await service.start(ada, asked);
    await expect(service.start(ada, asked)).rejects.toMatchObject({ code: 'EXTRACTS_EXHAUSTED' });
    await expect.poll(async () => (await service.find(ada, first.id))?.state).toBe('RUNNING');
    expect((await service.find(ada, second.id))?.state).toBe('QUEUED');
    graph.letGo();
    expect(await over(service, second)).toMatchObject({ state: 'DONE' });
  });

  it('go on in another process when theirs stops, each of them in one at a time', async () => {
    const one = await open();
    graph.holdPages(1);
    const job = await one.start(ada, asked);
    const other = await open();
    await expect.poll(() => graph.pages()).toBe(2);
    await one.close();
    graph.letGo();
    const done = await over(other, job);
    expect(done).toMatchObject({ state: 'DONE', files: [{ rows: 250 }] });
    const lines = (await readFile((await other.file(ada, job.id, 'extract.jsonl'))!.path, 'utf8')).trim().split('\n');
    expect(new Set(lines).size).toBe(250);
  });

  it('are refused more room than there is, and leave nothing behind', async () => {
    const service = await open({ limits: { bytesOfOne: 2_000 } });
    const job = await over(service, await service.start(ada, asked));
    expect(job).toMatchObject({ state: 'FAILED', failure: { code: 'EXTRACT_TOO_LARGE' }, bytes: 0 });
    await expect.poll(async () => (await readdir(join(folder, job.id))).sort()).toEqual(['job.json']);
  });

  it('are removed after their time', async () => {
    let now = new Date('2026-11-23T08:00:00Z');
    const service = await open({ clock: () => now });
    const job = await over(service, await service.start(ada, asked));
    expect(job.expiresAt).toBe('2026-11-30T08:00:00.000Z');
    now = new Date('2026-11-30T08:00:00Z');
    await expect.poll(() => service.list(ada)).toEqual([]);
    await expect.poll(() => readdir(folder)).toEqual([]);
  });

  it('of changes are refused once the log does not reach back', async () => {
    const service = await open();
    const since = positionOf(await over(service, await service.start(ada, asked)))!;
    graph.forget();
    await expect(service.startChanges(ada, since, ['CSV'])).rejects.toMatchObject({ code: 'EXTRACT_CURSOR_TOO_OLD' });
  });

  it('are refused what the caller may not see', async () => {
    const service = await open();
    graph.withhold();
    await expect(service.start(ada, asked)).rejects.toMatchObject({ code: 'EXTRACT_NOT_PERMITTED' });
  });

  it('fail for good when what they ask is wrong by now, and say so', async () => {
    const service = await open();
    graph.holdPages();
    const job = await service.start(ada, asked);
    graph.breakQueries();
    graph.letGo();
    expect(await over(service, job)).toMatchObject({ failure: { code: 'GRAPHQL_VALIDATION_FAILED' } });
  });
});
