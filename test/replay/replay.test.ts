import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startSystem } from '@takt/cli';
import { productionOrders } from '@takt/production-orders';
import { systemClock } from '@takt/intake';
import type { DocumentStore } from '@takt/document-store';
import { encodeCursor } from '@takt/event-log';
import { knockForOperations, openDomain } from '@takt/subgraph-server';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { command, fillDemo, startedProcess, taktProcess, temporaryFolder } from '../system.ts';

interface Plant {
  readonly dataDir: string;
  readonly head: number;
  readonly cursorAt: (position: number) => string;
}

let filled: Plant;
beforeAll(async () => {
  const dataDir = await mkdtemp(join(tmpdir(), 'takt-test-'));
  const system = await startSystem({ host: '127.0.0.1', port: 0, dataDir });
  await fillDemo(system);
  const { log } = system.domains.get('production-orders')!;
  await vi.waitFor(async () => expect(await log.head()).toBeGreaterThan(0));
  await system.close();
  const opened = await openLoads(dataDir);
  await opened.close();
  filled = { dataDir, head: opened.head, cursorAt: (position) => encodeCursor(opened.logId, position) };
});
afterAll(() => rm(filled.dataDir, { recursive: true, force: true }));

/** A data directory of the test's own with the small plant, and cursors of its log. */
async function givenPlant(): Promise<Plant> {
  const dataDir = await temporaryFolder();
  await cp(filled.dataDir, dataDir, { recursive: true });
  return { ...filled, dataDir };
}

/** What the projection keeps, once it has taken the whole log. */
async function openLoads(dataDir: string) {
  let store: DocumentStore | undefined;
  const directory = join(dataDir, 'production-orders');
  const decorateStore = (engine: DocumentStore) => (store = engine);
  const domain = await openDomain(productionOrders, { directory, clock: systemClock, decorateStore });
  const head = await domain.log.head();
  const checkpoints = await store!.collection<{ position: number }>({ name: 'consumer-checkpoints', indexes: [] });
  await vi.waitFor(async () => {
    const [kept] = await checkpoints.getMany(['work-center-loads']);
    expect(kept?.document.position).toBe(head);
  });
  const loads: string[] = [];
  for (const name of ['work-center-loads', 'order-loads']) {
    const collection = await store!.collection<object>({ name, indexes: [] });
    const { entries } = await collection.page({ orderBy: [], first: 1000 });
    loads.push(...entries.map(({ id, document }) => JSON.stringify([name, id, document])));
  }
  return { loads, head, logId: domain.log.id, store: store!, close: () => domain.close() };
}

async function loadsIn(dataDir: string): Promise<string[]> {
  const { loads, close } = await openLoads(dataDir);
  await close();
  return loads;
}

function replay(dataDir: string, ...args: string[]): ReturnType<typeof command> {
  return command(['replay', ...args], { TAKT_DATA_DIR: dataDir });
}

const ORDERS = ['--domain', 'production-orders'];

it('makes a projection again as it was, byte for byte, while Takt runs and when it does not', async () => {
  const { dataDir, head } = await givenPlant();
  const live = await loadsIn(dataDir);
  expect(live.length).toBeGreaterThan(10);

  const again = { code: 0, output: expect.stringContaining(`was made again from ${head} events.`) };
  expect(await replay(dataDir, ...ORDERS, '--rebuild')).toEqual(again);
  expect(await loadsIn(dataDir)).toEqual(live);

  const takt = await startedProcess({ TAKT_DATA_DIR: dataDir, TAKT_DEMO: 'off' });
  expect(await replay(dataDir, ...ORDERS, '--rebuild')).toEqual(again);
  takt.child.kill('SIGTERM');
  expect(await takt.ended()).toBe(0);
  expect(await loadsIn(dataDir)).toEqual(live);
});

it('finishes a rebuild whose process was killed, whoever opens the domain next', async () => {
  const { dataDir } = await givenPlant();
  const live = await loadsIn(dataDir);
  for (const turns of [0, 3, 30]) {
    const takt = await startedProcess({ TAKT_DATA_DIR: dataDir, TAKT_DEMO: 'off' });
    const operations = await knockForOperations(join(dataDir, 'production-orders'));
    const onProgress = async () => {
      for (let turn = 0; turn < turns; turn += 1) await new Promise(setImmediate);
      takt.child.kill('SIGKILL');
    };
    const { signal } = new AbortController();
    const rebuilt = operations?.replay(
      { rebuild: true, dryRun: false },
      { onProgress: () => void onProgress(), signal },
    );
    await rebuilt?.catch(() => undefined);
    expect(await takt.ended()).toBeNull();
    expect(await loadsIn(dataDir)).toEqual(live);
  }
});

it('tells in a dry run what would be fed and what would change, and writes nothing', async () => {
  const { dataDir, head, cursorAt } = await givenPlant();
  const { store, close } = await openLoads(dataDir);
  const loads = await store.collection<object>({ name: 'work-center-loads', indexes: [] });
  const { entries } = await loads.page({ orderBy: [], first: 1 });
  const [damaged] = entries;
  await loads.commit([{ id: damaged!.id, document: { damaged: true, operations: [] }, events: [], messageIds: [] }]);
  await close();

  const before = await loadsIn(dataDir);
  const { code, output } = await replay(dataDir, ...ORDERS, '--rebuild', '--dry-run');
  expect(code).toBe(0);
  expect(output).toContain(`1 document would change: work-center-loads ${damaged!.id}\n`);
  expect(output).toMatch(/^ +\d+ {2}ProductionOrderCreated$/m);
  expect(await loadsIn(dataDir)).toEqual(before);

  const part = [...ORDERS, '--from', cursorAt(3), '--to', '9', '--dry-run'];
  expect((await replay(dataDir, ...part)).output).toContain('positions 4 to 9.');
  expect((await replay(dataDir, ...part, '--type', 'QualityHoldPlaced')).output).toContain(
    'would take 0 events again.',
  );
  expect((await replay(dataDir, ...ORDERS, '--from', '0', '--type', 'ProductionOrderCreated')).output).toMatch(
    new RegExp(`positions 1 to ${head}\\.\nwork-center-loads took \\d+ events again\\.`),
  );
});

it('says what to ask for instead of what makes no sense', async () => {
  const { dataDir, head } = await givenPlant();
  const cases: [args: string[], text: string][] = [
    [[], 'Usage: npm run takt -- replay'],
    [['--domain', 'orders', '--from', '0'], 'There is no domain "orders". There are products,'],
    [['--domain', 'products', '--from', '0'], 'Nothing follows the log of products'],
    [[...ORDERS], 'Say where to start: --from 0'],
    [[...ORDERS, '--from', '-1'], 'Usage: npm run takt -- replay'],
    [[...ORDERS, '--from', 'x'], `Or give a position from 0 to ${head}.`],
    [[...ORDERS, '--from', String(head + 1)], `is beyond the end of the log, which is at ${head}.`],
    [[...ORDERS, '--from', '9', '--to', '3'], '--to 3 comes before --from 9'],
    [[...ORDERS, '--from', '0', '--type', 'X'], 'has no events of type "X". There are CompletionConfirmed,'],
    [[...ORDERS, '--from', '0', '--consumer', 'X'], 'is called "X". There are work-center-loads.'],
    [[...ORDERS, '--from', '3', '--rebuild'], 'A rebuild takes the whole log'],
  ];
  const takt = await startedProcess({ TAKT_DATA_DIR: dataDir, TAKT_DEMO: 'off' });
  for (const [args, text] of cases) {
    const { code, output } = await replay(dataDir, ...args);
    expect([args, code, output]).toEqual([args, 2, expect.stringContaining(text)]);
  }

  // and so it does for who types it
  const [[args, text]] = cases as [(typeof cases)[number]];
  const typed = taktProcess(['replay', ...args], { TAKT_DATA_DIR: dataDir });
  expect(await typed.ended()).toBe(2);
  expect(typed.output()).toContain(text);
  takt.child.kill('SIGTERM');
  await takt.ended();
});
