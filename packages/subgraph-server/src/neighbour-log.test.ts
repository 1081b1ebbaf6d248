import { once } from 'node:events';
import { cp, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Type } from '@sinclair/typebox';
import { openLmdbStore } from '@takt/document-store';
import { openEmbeddedLog, PositionExpiredError, type LoggedEvent } from '@takt/event-log';
import { defineMasterRecord, inboundMessage, IntakeUnavailableError, systemClock } from '@takt/intake';
import { startConsumer } from '@takt/log-consumer';
import { expect, it, onTestFinished, vi } from 'vitest';
import { openIntakeDoor } from './intake-door.ts';
import { openNeighbourLog, type NeighbourLog } from './neighbour-log.ts';
import { OperationError } from './operations-client.ts';
import { reachNeighbours } from './reach-neighbours.ts';
import { startRuntime } from './runtime.ts';

const tank = defineMasterRecord({
  noun: 'Tank',
  collection: { name: 'tanks', indexes: [] },
  key: (record: { name: string; note: string }) => record.name,
  data: Type.Object({ name: Type.String(), note: Type.String() }),
});

/** The folder of all domains, and how their neighbours reach those whose process has it. */
async function plant() {
  const dataDir = await mkdtemp(join(tmpdir(), 'takt-feed-'));
  onTestFinished(() => rm(dataDir, { recursive: true }));
  await mkdir(join(dataDir, 'tanks'));
  const reached = reachNeighbours({ dataDir, mongodbUri: undefined, natsUrl: undefined, namespace: 'takt' });
  onTestFinished(() => reached.close());
  return { dataDir, neighbours: reached.neighbours };
}

/** A process that has the domain `tanks` open, with its door. */
async function openTanks(dataDir: string, retainEvents = 1_000_000) {
  const directory = join(dataDir, 'tanks');
  const store = await openLmdbStore({ directory: join(directory, 'documents') });
  const log = await openEmbeddedLog({ directory: join(directory, 'log'), retainEvents });
  const close = async () => {
    await log.close();
    await store.close();
  };
  const engines = { store, leases: store, log, isShared: false, close };
  const domain = await startRuntime({ name: 'tanks', aggregates: [tank] }, engines, { directory, clock: systemClock });
  const { intake } = domain.runtime;
  const door = openIntakeDoor([{ name: 'tanks', directory, intake, operations: () => domain.operations() }]);
  const server = createServer((request, response) => {
    if (!door.handle(request, response)) response.writeHead(404).end();
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  await door.announce(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  let stopped: Promise<void> | undefined;
  const stop = async () => {
    await door.close();
    server.closeAllConnections();
    await once(server.close(), 'close');
    await domain.close();
  };
  const stopOnce = () => (stopped ??= stop());
  onTestFinished(stopOnce);
  const tell = async (name: string, note = '') => {
    const message = inboundMessage({ type: 'TankReported', source: 'mes/p1', data: { name, note } }, systemClock);
    const before = await log.head();
    expect(await intake.receive([message])).toMatchObject([{ status: 'APPLIED' }]);
    await vi.waitFor(async () => expect(await log.head()).toBe(before + 1), { interval: 1 });
  };
  return { tell, log, stop: stopOnce };
}

/** What follows until so many events came. */
async function taken(log: NeighbourLog, after: number, count: number): Promise<LoggedEvent[]> {
  const events: LoggedEvent[] = [];
  for await (const logged of log.follow(after, new AbortController().signal)) {
    if (events.push(logged) === count) break;
  }
  return events;
}

const named = (events: readonly LoggedEvent[]) => events.map(({ event }) => event.subject);
const positions = (events: readonly LoggedEvent[]) => events.map(({ position }) => position);
const range = (count: number) => Array.from({ length: count }, (_, index) => index + 1);

it('follows through the door what is there and what comes, in order, as it is in the log', async () => {
  const { dataDir, neighbours } = await plant();
  await expect(neighbours.log('tanks')).rejects.toThrow(IntakeUnavailableError);
  const { tell, log } = await openTanks(dataDir);
  await tell('A', 'a line\u2028separator and more: "\\ 😀');
  await tell('B');
  const followed = await neighbours.log('tanks');
  expect(followed.id).toBe(log.id);
  expect(await followed.head()).toBe(2);
  const coming = taken(followed, 0, 4);
  await vi.waitFor(async () => expect(await followed.read(0, 2)).toHaveLength(2));
  await tell('C');
  await tell('D');
  expect(await coming).toEqual(await log.read(0, 4));
  expect(await followed.read(1, 2)).toEqual(await log.read(1, 2));
  expect(await followed.read(4, 10)).toEqual([]);
});

it('asks once for a page that is followed and read', async () => {
  const { dataDir, neighbours } = await plant();
  const { tell, log } = await openTanks(dataDir);
  for (const name of ['A', 'B', 'C']) await tell(name);
  const followed = await neighbours.log('tanks');
  const asked = vi.spyOn(globalThis, 'fetch');
  onTestFinished(() => asked.mockRestore());
  expect(named(await taken(followed, 0, 1))).toEqual(['A']);
  expect(await followed.read(1, 511)).toEqual(await log.read(1, 2));
  expect(named(await taken(followed, 1, 2))).toEqual(['B', 'C']);
  expect(asked).toHaveBeenCalledTimes(1);
});

it('bounds a page by its bytes, and still brings what is larger than that', async () => {
  const { dataDir, neighbours } = await plant();
  const { tell } = await openTanks(dataDir);
  for (const number of range(9)) await tell(`T${number}`, 'x'.repeat(700_000));
  const followed = await neighbours.log('tanks');
  expect(await followed.read(0, 9)).toHaveLength(5);
  expect(positions(await taken(followed, 0, 9))).toEqual(range(9));
});

it('stops waiting when who follows stops', async () => {
  const { dataDir, neighbours } = await plant();
  await openTanks(dataDir);
  const followed = await neighbours.log('tanks');
  const stopping = new AbortController();
  const events: LoggedEvent[] = [];
  const following = (async () => {
    for await (const logged of followed.follow(0, stopping.signal)) events.push(logged);
  })();
  stopping.abort();
  await following;
  expect(events).toEqual([]);
});

it('tells which events are no longer kept', async () => {
  const { dataDir, neighbours } = await plant();
  const { tell } = await openTanks(dataDir, 2);
  for (const name of ['A', 'B', 'C', 'D']) await tell(name);
  const followed = await neighbours.log('tanks');
  await expect(followed.read(0, 10)).rejects.toEqual(new PositionExpiredError(0, 3));
  await expect(taken(followed, 1, 1)).rejects.toEqual(new PositionExpiredError(1, 3));
  expect(named(await followed.read(2, 10))).toEqual(['C', 'D']);
});

it('goes on behind where it was when another process has come in place of the one that wrote', async () => {
  const { dataDir, neighbours } = await plant();
  const store = await openLmdbStore({ directory: join(dataDir, 'follower') });
  onTestFinished(() => store.close());
  const seen: LoggedEvent[] = [];
  const consumer = {
    name: 'seen',
    apply: (events: readonly LoggedEvent[]) => Promise.resolve(void seen.push(...events)),
    catchUp: () => Promise.reject(new Error('nothing is lost')),
  };
  const onFault = vi.fn();
  const following = await startConsumer({ store, log: () => neighbours.log('tanks'), consumer, onFault });
  onTestFinished(() => following.close());
  const first = await openTanks(dataDir);
  await first.tell('A');
  await vi.waitFor(() => expect(named(seen)).toEqual(['A']), { timeout: 5_000 });
  await first.stop();
  const second = await openTanks(dataDir);
  await second.tell('B');
  await vi.waitFor(() => expect(named(seen)).toEqual(['A', 'B']), { timeout: 5_000 });
  expect(positions(seen)).toEqual([1, 2]);
  expect(onFault).toHaveBeenCalled();
});

it('takes what is there now of a domain that was restored and has grown past where its follower was', async () => {
  const { dataDir, neighbours } = await plant();
  const [live, backup] = [join(dataDir, 'tanks'), join(dataDir, 'backup')];
  const before = await openTanks(dataDir);
  await before.tell('A');
  await before.stop();
  await cp(live, backup, { recursive: true });
  const store = await openLmdbStore({ directory: join(dataDir, 'follower') });
  onTestFinished(() => store.close());
  const seen: LoggedEvent[] = [];
  const catchUp = vi.fn(() => Promise.resolve());
  const apply = (events: readonly LoggedEvent[]) => Promise.resolve(void seen.push(...events));
  const follow = () =>
    startConsumer({
      store,
      log: () => neighbours.log('tanks'),
      consumer: { name: 'seen', apply, catchUp },
      onFault: () => undefined,
    });
  const lost = await openTanks(dataDir);
  await lost.tell('B');
  const first = await follow();
  await vi.waitFor(() => expect(named(seen)).toEqual(['A', 'B']), { timeout: 5_000 });
  await first.close();
  await lost.stop();
  await rm(live, { recursive: true });
  await cp(backup, live, { recursive: true });
  const restored = await openTanks(dataDir);
  for (const name of ['C', 'D']) await restored.tell(name);
  const second = await follow();
  onTestFinished(() => second.close());
  await vi.waitFor(() => expect(catchUp).toHaveBeenCalledTimes(1), { timeout: 5_000 });
  await restored.tell('E');
  await vi.waitFor(() => expect(named(seen).at(-1)).toBe('E'), { timeout: 5_000 });
  expect(named(seen)).not.toContain('D');
});

it('refuses to go on with a log that is another one', async () => {
  let log = 'before';
  const followed = await openNeighbourLog({
    head: () => Promise.resolve({ log, head: 1 }),
    events: () => Promise.resolve({ log, events: [] }),
    snapshot: () => Promise.reject(new Error('not asked for')),
  });
  expect(await followed.read(0, 1)).toEqual([]);
  log = 'after';
  await expect(followed.read(0, 1)).rejects.toThrow('another log');
  await expect(taken(followed, 0, 1)).rejects.toThrow('another log');
});

it('gives the documents of a collection page by page, at least as new as the position it tells', async () => {
  const { dataDir, neighbours } = await plant();
  const { tell } = await openTanks(dataDir);
  for (const name of ['B', 'A', 'C']) await tell(name);
  await tell('B', 'again');
  const first = await neighbours.snapshot('tanks', { collection: 'tanks', limit: 2 });
  const provenance = { system: 'mes', instance: 'p1', asOf: expect.any(String) as string };
  expect(first).toEqual({
    position: 4,
    documents: [
      { id: 'A', state: { name: 'A', note: '' }, revision: 1, provenance },
      { id: 'B', state: { name: 'B', note: 'again' }, revision: 2, provenance },
    ],
  });
  const second = await neighbours.snapshot('tanks', { collection: 'tanks', after: 'B', limit: 2 });
  expect(second.documents.map(({ id }) => id)).toEqual(['C']);
  const third = await neighbours.snapshot('tanks', { collection: 'tanks', after: 'C', limit: 2 });
  expect(third).toEqual({ position: 4, documents: [] });
  const unknown = neighbours.snapshot('tanks', { collection: 'inbox', limit: 2 });
  await expect(unknown).rejects.toEqual(new OperationError('REFUSED', 'There is no collection inbox of aggregates.'));
});
