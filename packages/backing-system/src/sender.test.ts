import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openLmdbStore, type DocumentStore } from '@takt/document-store';
import type { CloudEvent } from '@takt/event-log';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { command } from './command.fixture.ts';
import type { Answer, Connector } from './connector.ts';
import { openStatusReader } from './health-store.ts';
import { OutboundQueue } from './queue.ts';
import { Sender, WRONG_ANSWERS, type SenderOptions, type SettledCommand } from './sender.ts';
import { TokenBucket } from './token-bucket.ts';

const LONG = { interval: 5, timeout: 60_000 };
const PAUSES = { firstRetry: 1, longestRetry: 5, firstBreak: 5, longestBreak: 20, afterWrong: 1 };

let directory: string;
let store: DocumentStore;
let queue: OutboundQueue;
let told: string[];

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'takt-sender-'));
  store = await openLmdbStore({ directory });
  queue = await OutboundQueue.open(store, 'erp/P100');
  told = [];
});
afterEach(async () => {
  await store.close();
  await rm(directory, { recursive: true });
});

/** A system that answers each command as `answer` says, and remembers what it was offered. */
function system(answer: (event: CloudEvent) => Answer | Promise<Answer>) {
  const offered: string[] = [];
  const connector: Connector = {
    send: async (event) => {
      offered.push(event.id);
      return answer(event);
    },
    close: () => Promise.resolve(),
  };
  return { offered, connector };
}

async function start(connector: Connector, options: Partial<SenderOptions> = {}): Promise<Sender> {
  const sender = await Sender.start({
    store,
    queue,
    connector,
    bucket: new TokenBucket({ requestsPerSecond: 1000, burst: 1000 }),
    isWanted: () => Promise.resolve(true),
    tell: ({ command: { id }, settlement }: SettledCommand) => {
      told.push(`${id} ${settlement.kind}`);
      return Promise.resolve();
    },
    onFault: () => undefined,
    clock: () => new Date(),
    pauses: PAUSES,
    ...options,
  });
  onTestFinished(() => sender.close());
  return sender;
}

async function enqueue(ids: readonly string[], from = 1): Promise<void> {
  await queue.enqueue(
    ids.map((id, index) => ({ place: { position: from + index, part: 0 }, command: command(id) })),
    new Date(),
  );
}

const empty = () => vi.waitFor(async () => expect(await queue.length()).toBe(0), LONG);
const status = async () => (await openStatusReader(store, ['erp/P100'])).status('erp/P100');
const numbered = (count: number) => Array.from({ length: count }, (_, index) => `c${String(index).padStart(4, '0')}`);
const APPLIED: Answer = { kind: 'APPLIED' };
const DOWN: Answer = { kind: 'DOWN', reason: 'ECONNREFUSED' };

describe('commands', () => {
  it('are sent in order, and the domain is told how each ended', async () => {
    const erp = system(({ id }) => (id === 'b' ? { kind: 'REFUSED', reason: 'Closed.' } : APPLIED));
    await start(erp.connector);
    await enqueue(['a', 'b', 'c']);
    await empty();
    expect(erp.offered).toEqual(['a', 'b', 'c']);
    expect(told).toEqual(['a APPLIED', 'b REFUSED', 'c APPLIED']);
  });

  it('wait behind the first while the system is down, and drain in order at its rate when it is back', async () => {
    let isDown = true;
    const erp = system(() => (isDown ? DOWN : APPLIED));
    await start(erp.connector, { bucket: new TokenBucket({ requestsPerSecond: 200, burst: 1 }) });
    const ids = numbered(300);
    await enqueue(ids);
    await vi.waitFor(
      async () => expect(await status()).toMatchObject({ health: { state: 'DOWN' }, queued: 300 }),
      LONG,
    );
    expect(new Set(erp.offered)).toEqual(new Set(['c0000']));
    expect(told).toEqual([]);

    isDown = false;
    const startedAt = performance.now();
    await empty();
    expect(performance.now() - startedAt).toBeGreaterThan((299 / 200) * 1000 - 50);
    expect(told).toEqual(ids.map((id) => `${id} APPLIED`));
    await vi.waitFor(async () => expect(await status()).toMatchObject({ health: { state: 'UP' }, queued: 0 }), LONG);
  });

  it('are given up after answers that made no sense, never for an outage, and do not stop those after them', async () => {
    const erp = system(({ id }) => (id === 'a' ? { kind: 'WRONG', reason: 'HTML' } : APPLIED));
    const tell = vi.fn<SenderOptions['tell']>(() => Promise.resolve());
    await start(erp.connector, { tell });
    await enqueue(['a', 'b']);
    await vi.waitFor(() => expect(tell).toHaveBeenCalledTimes(2), LONG);
    expect(erp.offered).toEqual([...Array<string>(WRONG_ANSWERS).fill('a'), 'b']);
    expect(tell.mock.calls[0]?.[0].settlement).toEqual({
      kind: 'REFUSED',
      reason: 'It answered 5 times what makes no sense, the last time: HTML',
    });
    expect(tell.mock.calls[1]?.[0].settlement).toEqual(APPLIED);
  });

  it('that nobody wants any more are withdrawn when their turn comes', async () => {
    const erp = system(() => APPLIED);
    await start(erp.connector, { isWanted: ({ id }) => Promise.resolve(id !== 'b') });
    await enqueue(['a', 'b', 'c']);
    await empty();
    expect(erp.offered).toEqual(['a', 'c']);
  });

  it('are not sent again because the domain could not be told: it is told again', async () => {
    const erp = system(() => APPLIED);
    const tell = vi.fn<SenderOptions['tell']>(() => Promise.resolve()).mockRejectedValueOnce(new Error('busy'));
    const onFault = vi.fn();
    await start(erp.connector, { tell, onFault });
    await enqueue(['a']);
    await empty();
    expect(erp.offered).toEqual(['a']);
    expect(tell).toHaveBeenCalledTimes(2);
    expect(tell.mock.calls[0]).toEqual(tell.mock.calls[1]);
    expect(onFault).toHaveBeenCalledOnce();
  });
});

it('can be closed at any point and goes on from there: nothing is lost, overtaken or told twice', async () => {
  const ids = numbered(60);
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.integer({ min: 0, max: 40 }), { minLength: 3, maxLength: 6 }),
      fc.integer(),
      async (lives, seed) => {
        told = [];
        const random = mulberry(seed);
        const applied: string[] = [];
        const erp = system(({ id }) => {
          const chance = random();
          if (chance < 0.05) return DOWN;
          if (!applied.includes(id)) applied.push(id);
          return chance < 0.1 ? { kind: 'DOWN', reason: 'The answer was lost.' } : APPLIED;
        });
        await enqueue(ids);
        for (const ms of lives) {
          const sender = await start(erp.connector);
          await new Promise((resolve) => setTimeout(resolve, ms));
          await sender.close();
        }
        const last = await start(erp.connector);
        await empty();
        await last.close();
        expect(applied).toEqual(ids);
        expect(told).toEqual(ids.map((id) => `${id} APPLIED`));
      },
    ),
    { numRuns: 8 },
  );
});

it('closes while the system does not answer', async () => {
  const erp = system(() => new Promise<Answer>(() => undefined));
  const sender = await start(erp.connector);
  await enqueue(['a']);
  await vi.waitFor(() => expect(erp.offered).toEqual(['a']), LONG);
  await sender.close();
  expect(await queue.length()).toBe(1);
});

it('knows after a restart that a system was down, since when, and what waits', async () => {
  const erp = system(() => DOWN);
  const sender = await start(erp.connector);
  await enqueue(['a', 'b']);
  await vi.waitFor(async () => expect((await status())?.health?.state).toBe('DOWN'), LONG);
  await sender.close();
  const before = await status();
  await start(erp.connector);
  await vi.waitFor(() => expect(erp.offered.length).toBeGreaterThan(8), LONG);
  expect(await status()).toMatchObject({
    health: { state: 'DOWN', since: before?.health?.since },
    queued: 2,
    oldestQueued: before?.oldestQueued,
    queueFull: false,
  });
});

/** A small random generator from a seed, so that a failing run can be repeated. */
function mulberry(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}
