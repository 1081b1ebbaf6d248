import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DocumentStore } from '@takt/document-store';
import { inboundMessage } from '@takt/intake';
import { openDomain, type Domain } from '@takt/subgraph-server';
import fc from 'fast-check';
import { MongoClient } from 'mongodb';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { productionOrders } from './domain.ts';
import { WORK_CENTER_LOADS } from './load-follower.ts';
import { REPORT } from './order.fixture.ts';

const { MONGODB_URI } = process.env;
if (MONGODB_URI === undefined) {
  console.warn('MONGODB_URI is not set: rebuilding the loads was NOT tested over MongoDB.');
}

/** One report of an order: where and when its operations are done now, and how far it is. */
interface Step {
  readonly order: number;
  readonly workCenters: readonly string[];
  readonly month: number;
  readonly months: number;
  readonly state: 'RELEASED' | 'IN_PROGRESS' | 'CLOSED';
  /** The process ends after it, and another begins. */
  readonly restarts: boolean;
  /** The projection has taken it before the next one comes. */
  readonly settles: boolean;
}

const step: fc.Arbitrary<Step> = fc.record({
  order: fc.integer({ min: 1, max: 4 }),
  workCenters: fc.uniqueArray(fc.constantFrom('LATHE', 'MILL', 'LINE/1'), { maxLength: 3 }),
  month: fc.integer({ min: 1, max: 2 }),
  months: fc.integer({ min: 0, max: 1 }),
  state: fc.constantFrom('RELEASED', 'RELEASED', 'RELEASED', 'IN_PROGRESS', 'IN_PROGRESS', 'CLOSED'),
  restarts: fc.nat(9).map((chance) => chance === 0),
  settles: fc.boolean(),
});

function report({ order, workCenters, month, months, state }: Step, number: number) {
  const scheduledStart = `2026-0${month}-28T06:00:00.000Z`;
  const scheduledEnd = `2026-0${month + months}-28T16:00:00.000Z`;
  const operations = workCenters.map((workCenter, index) => ({
    sequence: 10 * (index + 1),
    name: 'Work',
    workCenter,
    scheduledStart,
    scheduledEnd,
  }));
  const time = new Date(Date.UTC(2026, 0, 1, 0, number)).toISOString();
  const data = { ...REPORT, id: `PO-${order}`, scheduledStart, scheduledEnd, state, operations };
  return inboundMessage({ type: 'ProductionOrderReported', source: 'erp/P100', data, time }, () => new Date(time));
}

/** A domain in a folder, and in a database if it is given a server, that are gone when the test ends. */
async function place(mongodbUri?: string) {
  const directory = await mkdtemp(join(tmpdir(), 'takt-rebuild-'));
  const namespace = `t${randomUUID().slice(0, 8)}`;
  onTestFinished(async () => {
    await rm(directory, { recursive: true });
    if (mongodbUri === undefined) return;
    await using client = await MongoClient.connect(mongodbUri);
    await client.db(`${namespace}-production-orders`).dropDatabase();
  });
  return async (): Promise<{ domain: Domain; store: DocumentStore }> => {
    let store: DocumentStore | undefined;
    const decorateStore = (engine: DocumentStore) => (store = engine);
    const clock = () => new Date('2026-02-01T00:00:00Z');
    const domain = await openDomain(productionOrders, { directory, mongodbUri, namespace, clock, decorateStore });
    return { domain, store: store! };
  };
}

/** Everything that the projection keeps, as JSON text, once it has taken the whole log. */
async function kept({ domain, store }: { domain: Domain; store: DocumentStore }): Promise<string[]> {
  const waiting = { timeout: 60_000, interval: 5 };
  await vi.waitFor(async () => expect(await store.outbox.pending(1)).toEqual([]), waiting);
  const head = await domain.log.head();
  const checkpoints = await store.collection<{ position: number }>({ name: 'consumer-checkpoints', indexes: [] });
  const position = async () => (await checkpoints.getMany(['work-center-loads']))[0]?.document.position ?? 0;
  await vi.waitFor(async () => expect(await position()).toBe(head), waiting);
  const texts: string[] = [];
  for (const { name } of [WORK_CENTER_LOADS, { name: 'order-loads' }]) {
    const collection = await store.collection<object>({ name, indexes: [] });
    const { entries } = await collection.page({ orderBy: [], first: 500 });
    texts.push(...entries.map(({ id, document }) => JSON.stringify([name, id, document])));
  }
  return texts;
}

const WHOLE = { dryRun: false, rebuild: true } as const;
const unwatched = () => ({ onProgress: () => undefined, signal: new AbortController().signal });

async function rebuiltIsLive(steps: readonly Step[], diesAt: number, mongodbUri?: string): Promise<void> {
  const open = await place(mongodbUri);
  let opened = await open();
  for (const [number, step] of steps.entries()) {
    const [outcome] = await opened.domain.intake.receive([report(step, number)]);
    expect(['APPLIED', 'DUPLICATE', 'REJECTED']).toContain(outcome?.status);
    if (step.settles) await kept(opened);
    if (!step.restarts) continue;
    await opened.domain.close();
    opened = await open();
  }
  const live = await kept(opened);
  await opened.domain.operations().replay(WHOLE, unwatched());
  expect(await kept(opened)).toEqual(live);

  const dying = opened.domain.operations().replay(WHOLE, unwatched());
  const failed = dying.catch(() => undefined);
  for (let turn = 0; turn < diesAt; turn += 1) await new Promise(setImmediate);
  await opened.domain.close();
  await failed;
  opened = await open();
  expect(await kept(opened)).toEqual(live);

  const { consumers } = await opened.domain.operations().replay({ ...WHOLE, dryRun: true }, unwatched());
  expect(consumers).toMatchObject([{ name: 'work-center-loads', difference: { documents: 0 } }]);
  const range = { from: '0', dryRun: false, rebuild: false };
  await opened.domain.operations().replay(range, unwatched());
  expect(await kept(opened)).toEqual(live);
  await opened.domain.close();
}

describe('loads that are made again from the log are those that were kept live, byte for byte', () => {
  const histories = [fc.array(step, { minLength: 10, maxLength: 40 }), fc.nat(60)] as const;

  /** An order that comes first, and again after another one: only what it did at last may show. */
  const at = { workCenters: ['LATHE'], month: 1, state: 'RELEASED', restarts: false, settles: true } as const;
  const again: Step[] = [
    { ...at, order: 1, months: 0 },
    { ...at, order: 2, months: 0 },
    { ...at, order: 1, months: 1 },
  ];

  it('over LMDB', async () => {
    await fc.assert(
      fc.asyncProperty(...histories, (steps, diesAt) => rebuiltIsLive(steps, diesAt)),
      { numRuns: 12, examples: [[again, 0]] },
    );
  });

  it.skipIf(MONGODB_URI === undefined)('over MongoDB', async () => {
    await fc.assert(
      fc.asyncProperty(...histories, (steps, diesAt) => rebuiltIsLive(steps, diesAt, MONGODB_URI)),
      { numRuns: 3, examples: [[again, 0]] },
    );
  });
});
