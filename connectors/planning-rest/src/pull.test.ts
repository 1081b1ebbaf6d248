import { receiverContext, type RecordingContext } from '@takt/backing-system/testing';
import {
  startPlanningPeer,
  type PlanningOptions,
  type PlanningPeer,
  type PlanningSeries,
} from '@takt/demo/peers/planning';
import { afterEach, describe, expect, it } from 'vitest';
import { failures, receiverOf, recordsOf, rawDocument, run, TOKEN, until, type Running } from './platform.fixture.ts';

let peer: PlanningPeer;
let context: RecordingContext;
let running: Running | undefined;

afterEach(async () => {
  await running?.stop();
  running = undefined;
  await peer.close();
});

async function given(options: Partial<PlanningOptions> = {}): Promise<void> {
  peer = await startPlanningPeer({ token: TOKEN, requestsPerSecond: 1_000, ...options });
  context = receiverContext('planning/cloud');
}

function settings(more: object = {}): object {
  return {
    endpoint: peer.url,
    credentials: { bearer: 'PLANNING_TOKEN' },
    refresh: { critical: { schedule: { every: '5ms' } } },
    ...more,
  };
}

function start(more: object = {}): void {
  running = run(receiverOf(settings(more)), context);
}

function series(count: number, quantity = '120.5'): PlanningSeries[] {
  return Array.from({ length: count }, (_, index) => ({
    sku: `SKU-${index}`,
    location: 'P100',
    granularity: 'WEEK',
    unit: 'PC',
    buckets: [
      { start: '2026-11-23', quantity },
      { start: '2026-11-30', quantity: '80' },
    ],
  }));
}

const file = () => context.accepted.at(-1)?.body.toString() ?? '';

describe.each([
  { format: 'csv', gzip: false },
  { format: 'csv', gzip: true },
  { format: 'json', gzip: false },
] as const)('a cycle in $format (gzip: $gzip)', ({ format, gzip }) => {
  it('is taken once, as a whole, and gives its series', async () => {
    await given({ format, gzip });
    peer.publishCycle('2026-W48', { CRITICAL: series(300) });
    start();
    await until(() => peer.requests.length > 4);
    expect(context.accepted).toHaveLength(1);
    const { attributes = {}, body, key, time } = context.accepted[0]!;
    expect(key).toMatch(/^cycle\/2026-W48\/"/);
    expect(time).toBe(attributes.publishedAt);
    expect(peer.requests.filter((each) => each.includes('/file'))).toHaveLength(1);

    const records = await recordsOf(rawDocument(body, attributes));
    expect(records).toHaveLength(300);
    expect(records[7]).toMatchObject({
      type: 'series',
      data: {
        sku: 'SKU-7',
        cycle: '2026-W48',
        complete: true,
        buckets: [
          { start: '2026-11-23', quantity: '120.5' },
          { start: '2026-11-30', quantity: '80' },
        ],
      },
    });
  });

  it('is taken up where its connection broke, again and again', async () => {
    await given({ format, gzip });
    peer.publishCycle('2026-W48', { CRITICAL: series(4_000) });
    const cuts = gzip ? [3_000, 1, 2_000] : [70_000, 1, 40_000];
    peer.cutDownloads(...cuts);
    start();
    await until(() => context.accepted.length === 1);
    const ranges = peer.requests.filter((each) => each.includes('bytes='));
    expect(ranges.length).toBeGreaterThanOrEqual(3);
    expect(
      (await recordsOf(rawDocument(context.accepted[0]!.body, context.accepted[0]!.attributes ?? {}))).length,
    ).toBe(4_000);
  });
});

describe('a cycle', () => {
  it('is not taken while it changes, but the next one is', async () => {
    await given();
    peer.publishCycle('2026-W48', { CRITICAL: series(4_000) });
    peer.cutDownloads(50_000);
    const change = () => peer.publishCycle('2026-W48', { CRITICAL: series(4_000, '99') });
    const observe = context.observe.bind(context);
    let isChanged = false;
    context.observe = (observation) => {
      observe(observation);
      if (observation.kind !== 'FAILED' || isChanged) return;
      isChanged = true;
      change();
    };
    start();
    await until(() => context.accepted.length === 1);
    expect(failures(context.observed)).toContainEqual(expect.stringContaining('it changed while it was read'));
    expect(file()).not.toContain('120.5');
    expect(file().split('\n')).toHaveLength(8_002);
  });

  it.each([true, false])('that comes truncated is never taken for the whole (gzip: %s)', async (gzip) => {
    await given({ gzip });
    peer.faults.set('corrupt', true);
    peer.publishCycle('2026-W48', { CRITICAL: series(500) });
    start();
    await until(() => failures(context.observed).length >= 2);
    expect(context.accepted).toHaveLength(0);
    peer.faults.set('corrupt', false);
    await until(() => context.accepted.length === 1);
    expect(file().split('\n')).toHaveLength(1_002);
  });

  it.each(['busy', 'down'] as const)('waits while the platform is %s', async (fault) => {
    await given();
    peer.faults.set(fault, true);
    peer.publishCycle('2026-W48', { CRITICAL: series(5) });
    start();
    await until(() => context.observed.some(({ kind }) => kind === (fault === 'busy' ? 'BUSY' : 'FAILED')));
    if (fault === 'busy') expect(context.held).toContain(1_000);
    peer.faults.set(fault, false);
    await until(() => context.accepted.length === 1);
  });

  it('that comes too slowly is given up, and tried again', async () => {
    await given({ slowMs: 150 });
    peer.faults.set('slow', true);
    peer.publishCycle('2026-W48', { CRITICAL: series(5) });
    start({ timeoutMs: 100 });
    await until(() => failures(context.observed).some((each) => each === 'It said nothing for 100 ms.'));
    peer.faults.set('slow', false);
    await until(() => context.accepted.length === 1);
  });

  it('is not looked for without credentials that are accepted', async () => {
    await given({ token: 'another' });
    peer.publishCycle('2026-W48', { CRITICAL: series(5) });
    start();
    await until(() => context.observed.length > 0);
    expect(failures(context.observed)[0]).toBe('It answered HTTP 401: look at its credentials.');
    expect(context.accepted).toHaveLength(0);
  });
});

it('refreshes each class by its own schedule, with a checkpoint of its own', async () => {
  await given();
  const kept = new Map<string, unknown>();
  context = receiverContext('planning/cloud', () => new Date(), kept);
  peer.publishCycle('2026-W48', { CRITICAL: series(2), STABLE: series(3) });
  start({ refresh: { critical: { schedule: { every: '5ms' } }, stable: { schedule: { cron: '0 3 * * *' } } } });
  await until(() => kept.size === 2);
  peer.publishCycle('2026-W49', { CRITICAL: series(2, '7'), STABLE: series(3, '7') });
  await until(() => context.accepted.length === 3);
  expect(peer.requests.filter((each) => each.includes('STABLE'))).toHaveLength(2);
  expect(kept.get('cycle/critical')).toMatchObject({ id: '2026-W49' });
  expect(kept.get('cycle/stable')).toMatchObject({ id: '2026-W48' });
});

it('takes a cycle from its beginning after it was stopped in the middle of it, and nothing after a restart', async () => {
  const kept = new Map<string, unknown>();
  await given();
  context = receiverContext('planning/cloud', () => new Date(), kept);
  peer.publishCycle('2026-W48', { CRITICAL: series(4_000) });
  const accept = context.accept.bind(context);
  let chunks = 0;
  context.accept = async (document, options) => {
    const body = async function* () {
      for await (const chunk of document.body as AsyncIterable<Buffer>) {
        chunks += 1;
        yield chunk;
        if (chunks === 2) await new Promise((_resolve, reject) => options?.signal?.addEventListener('abort', reject));
      }
    };
    return accept({ ...document, body: body() }, options);
  };
  start();
  await until(() => chunks === 2);
  await running?.stop();
  expect(context.accepted).toHaveLength(0);
  expect(kept.size).toBe(0);

  context = receiverContext('planning/cloud', () => new Date(), kept);
  start();
  await until(() => kept.size === 1);
  await running?.stop();
  expect(file().split('\n')).toHaveLength(8_002);

  const asked = peer.requests.length;
  context = receiverContext('planning/cloud', () => new Date(), kept);
  start();
  await until(() => peer.requests.length > asked + 2);
  expect(context.accepted).toHaveLength(0);
  expect(peer.requests.slice(asked).some((each) => each.includes('/file'))).toBe(false);
});

it('rejects for what is wrong on our side', async () => {
  await given();
  peer.publishCycle('2026-W48', { CRITICAL: series(1) });
  context.checkpoints.read = () => Promise.reject(new Error('disk full'));
  await expect(receiverOf(settings()).run(context, new AbortController().signal)).rejects.toThrow('disk full');
});
