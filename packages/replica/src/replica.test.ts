import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Type } from '@sinclair/typebox';
import { openLmdbStore, type DocumentStore } from '@takt/document-store';
import { openEmbeddedLog, type EventLog } from '@takt/event-log';
import { inboundMessage, openIntake, systemClock, type Aggregate, type OpenIntake } from '@takt/intake';
import fc from 'fast-check';
import { expect, it, onTestFinished, vi } from 'vitest';
import { replicate } from './replica-document.ts';
import { replica, type ReplicaChange, type ReplicaOptions } from './replica.ts';

interface Tank {
  readonly litres: number;
  readonly fills: number;
  readonly isFull?: true;
}
type FillTank = { readonly type: 'FillTank'; readonly data: { readonly tank: string; readonly by: number } };
type TankEvent =
  | { readonly type: 'TankFilled'; readonly data: { readonly by: number } }
  | { readonly type: 'TankFull'; readonly data: Record<string, never> };

/** Its events say by how much it changed: one that is taken twice shows. A message may cause two of them. */
const tank: Aggregate<Tank, FillTank, TankEvent> = {
  noun: 'Tank',
  collection: { name: 'tanks', indexes: [] },
  messages: { FillTank: Type.Object({ tank: Type.String(), by: Type.Integer() }) },
  events: { TankFilled: Type.Object({ by: Type.Integer() }), TankFull: Type.Object({}) },
  identify: ({ data }) => data.tank,
  decide: (state, { data: { by } }) => {
    if (by === 0) return { events: [] };
    const filled: TankEvent = { type: 'TankFilled', data: { by } };
    return { events: (state?.litres ?? 0) + by > 5 ? [filled, { type: 'TankFull', data: {} }] : [filled] };
  },
  evolve: (state, event) =>
    event.type === 'TankFull'
      ? { litres: state?.litres ?? 0, fills: state?.fills ?? 0, isFull: true }
      : { litres: (state?.litres ?? 0) + event.data.by, fills: (state?.fills ?? 0) + 1 },
};
const TANKS = replicate(tank, [['litres']]);

/** A domain of tanks, a store that follows it, and both gone when the test ends. */
async function plant(retainEvents = 100_000) {
  const directory = await mkdtemp(join(tmpdir(), 'takt-replica-'));
  const source = await openLmdbStore({ directory: join(directory, 'source') });
  const store = await openLmdbStore({ directory: join(directory, 'store') });
  const log = await openEmbeddedLog({ directory: join(directory, 'log'), retainEvents });
  const intake = await openIntake({ store: source, log, aggregates: [tank], clock: systemClock });
  const close = async () => {
    await intake.close();
    await Promise.all([source.close(), store.close(), log.close()]);
    await rm(directory, { recursive: true });
  };
  return { source, store, log, intake, close };
}

async function openPlant(retainEvents?: number) {
  const opened = await plant(retainEvents);
  onTestFinished(opened.close);
  return opened;
}

async function fill(intake: OpenIntake, ...fills: readonly (readonly [tank: string, by: number])[]) {
  const messages = fills.map(([tank, by]) =>
    inboundMessage({ type: 'FillTank', source: 'mes/p1', data: { tank, by } }, systemClock),
  );
  return intake.receive(messages);
}

/** All events that these outcomes tell of are in the log. */
async function published(log: EventLog, outcomes: Awaited<ReturnType<OpenIntake['receive']>>): Promise<void> {
  const ids = outcomes.flatMap((outcome) => (outcome.status === 'APPLIED' ? outcome.eventIds : []));
  await vi.waitFor(
    async () => {
      const there = new Set((await log.read(0, 10_000)).map(({ event }) => event.id));
      expect(ids.filter((id) => !there.has(id))).toEqual([]);
    },
    { interval: 2, timeout: 5_000 },
  );
}

/** As the domain itself has them. */
async function truth(source: DocumentStore): Promise<unknown[]> {
  const collection = await source.collection(tank.collection);
  const { entries } = await collection.page({ orderBy: [], first: 1000 });
  return entries.map(({ id, document: { revision, provenance: _provenance, told: _told, ...state } }) => {
    return { id, revision, state };
  });
}

const copied = async (store: DocumentStore) => {
  const collection = await store.collection(TANKS.collection);
  const { entries } = await collection.page({ orderBy: [], first: 1000 });
  return entries.map(({ id, document: { state, revision } }) => ({ id, revision, state }));
};

function snapshotOf(source: DocumentStore, log: EventLog, limit: number): ReplicaOptions['snapshot'] {
  return async (_collection, after) => {
    const position = await log.head();
    const collection = await source.collection(tank.collection);
    const page = await collection.page({ orderBy: [], first: limit, ...(after !== undefined && { after: [after] }) });
    const documents = page.entries.map(({ id, document: { revision, provenance, told: _told, ...state } }) => {
      return { id, state, revision, provenance };
    });
    return { position, documents };
  };
}

const never = new AbortController().signal;
const name = 'tanks-replica';
const writes: ReplicaOptions['onChanges'] = (_changes, write) => write();

it('tells what changes, before it is written', async () => {
  const { source, store, log, intake } = await openPlant();
  await published(log, await fill(intake, ['A', 2], ['B', 1], ['A', 4]));
  const heard: (readonly ReplicaChange[])[] = [];
  const consumer = await replica({
    name,
    store,
    parts: [TANKS],
    snapshot: snapshotOf(source, log, 10),
    onChanges: async (changes, write) => {
      heard.push(changes);
      expect(await copied(store)).toEqual([]);
      await write();
    },
  });
  const events = await log.read(0, 10);
  await consumer.apply(events);
  await consumer.apply(events);
  const full = { litres: 6, fills: 2, isFull: true };
  expect(await copied(store)).toEqual([
    { id: 'A', revision: 2, state: full },
    { id: 'B', revision: 1, state: { litres: 1, fills: 1 } },
  ]);
  expect(await truth(source)).toEqual(await copied(store));
  const ofA = heard.flat().filter(({ id }) => id === 'A');
  expect(ofA.map(({ before, after }) => [before, after])).toEqual([
    [undefined, { litres: 2, fills: 1 }],
    [
      { litres: 2, fills: 1 },
      { litres: 6, fills: 2 },
    ],
    [{ litres: 6, fills: 2 }, full],
  ]);
  expect(ofA.map(({ event }) => event?.type)).toEqual(['TankFilled', 'TankFilled', 'TankFull']);
});

it('takes a snapshot that is ahead of the log, and no event of it a second time', async () => {
  const { source, store, log, intake } = await openPlant();
  await published(log, await fill(intake, ['A', 3], ['B', 1]));
  const onChanges = vi.fn(writes);
  const consumer = await replica({ name, store, parts: [TANKS], snapshot: snapshotOf(source, log, 1), onChanges });
  await consumer.catchUp(never);
  expect(onChanges.mock.calls.flatMap(([changes]) => changes)).toEqual([
    { noun: 'Tank', id: 'A', before: undefined, after: { litres: 3, fills: 1 }, position: 2 },
    { noun: 'Tank', id: 'B', before: undefined, after: { litres: 1, fills: 1 }, position: 2 },
  ]);
  await published(log, await fill(intake, ['A', 4]));
  await consumer.apply(await log.read(0, 10));
  expect(await copied(store)).toEqual(await truth(source));
  onChanges.mockClear();
  await consumer.catchUp(never);
  expect(onChanges).not.toHaveBeenCalled();
});

it('removes what the domain no longer has, wherever it stands', async () => {
  const { source, store, log, intake } = await openPlant();
  await published(log, await fill(intake, ['B', 1], ['D', 1]));
  const onChanges = vi.fn(writes);
  const consumer = await replica({ name, store, parts: [TANKS], snapshot: snapshotOf(source, log, 1), onChanges });
  const collection = await store.collection(TANKS.collection);
  const provenance = { system: 'mes', instance: 'p1', asOf: '2026-01-01T00:00:00Z' };
  const stale = { state: { litres: 9, fills: 9 }, revision: 9, steps: 1, provenance };
  await collection.commit(
    ['A', 'B', 'C', 'E', '\uffff', '😀'].map((id) => ({ id, document: stale, events: [], messageIds: [] })),
  );
  await consumer.catchUp(never);
  expect(await copied(store)).toEqual(await truth(source));
  const gone = onChanges.mock.calls.flatMap(([changes]) => changes).filter(({ after }) => after === undefined);
  expect(gone.map(({ id }) => id)).toEqual(['A', 'C', 'E', '\uffff', '😀']);
});

it('says that events are missing when they do not lead up to what is here', async () => {
  const { source, store, log, intake } = await openPlant(2);
  await published(log, await fill(intake, ['A', 1]));
  await fill(intake, ['A', 1], ['A', 1], ['A', 1]);
  await vi.waitFor(async () => expect(await log.head()).toBe(4));
  const snapshot = snapshotOf(source, log, 10);
  const consumer = await replica({ name, store, parts: [TANKS], snapshot, onChanges: writes });
  await expect(consumer.apply(await log.read(2, 2))).rejects.toThrow('no longer kept');
  await consumer.catchUp(never);
  await consumer.apply(await log.read(2, 2));
  expect(await copied(store)).toEqual(await truth(source));
});

/** What happens next: messages, or a batch that is fed with so many of its events and dies at some point, or a snapshot. */
const step = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({
      fills: fc.array(fc.tuple(fc.constantFrom('A', 'B', 'C'), fc.integer({ min: -2, max: 4 })), { minLength: 1 }),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      count: fc.integer({ min: 1, max: 6 }),
      dies: fc.constantFrom('never', 'before writing', 'half written', 'before the checkpoint'),
    }),
  },
  { weight: 1, arbitrary: fc.record({ pageSize: fc.integer({ min: 1, max: 3 }) }) },
);

it('is what the domain has, whatever dies in between, and every event is told until it is written', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 4, maxLength: 25 }), async (steps) => {
      const { source, store, log, intake, close } = await plant();
      try {
        let position = 0;
        const told = new Set<string>();
        let dies = 'never';
        const onChanges: ReplicaOptions['onChanges'] = async (changes, write) => {
          for (const { event } of changes) if (event) told.add(event.id);
          if (dies === 'before writing') throw new Error('killed');
          await write();
        };
        const dying = dyingStore(store, () => dies === 'half written');
        const consumer = (pageSize: number) =>
          replica({ name, store: dying, parts: [TANKS], snapshot: snapshotOf(source, log, pageSize), onChanges });
        const feed = async (count: number) => {
          const events = await log.read(position, count);
          await (await consumer(2)).apply(events);
          if (dies === 'before the checkpoint') throw new Error('killed');
          position = events.at(-1)?.position ?? position;
        };
        for (const each of steps) {
          if ('fills' in each) await fill(intake, ...each.fills);
          else if ('count' in each) {
            ({ dies } = each);
            await feed(each.count).catch((error: unknown) => expect(error).toEqual(new Error('killed')));
            dies = 'never';
          } else {
            const head = await log.head();
            await (await consumer(each.pageSize)).catchUp(never);
            position = head;
          }
        }
        await intake.close();
        while (position < (await log.head())) await feed(7);
        expect(await copied(store)).toEqual(await truth(source));
        if (steps.some((each) => 'pageSize' in each)) return;
        const untold = (await log.read(0, 10_000)).filter(({ event }) => !told.has(event.id));
        expect(untold).toEqual([]);
      } finally {
        await close();
      }
    }),
    { numRuns: Number(process.env['RUNS'] ?? 30) },
  );
});

/** Writes the first half of what it is given, and dies. */
function dyingStore(store: DocumentStore, dies: () => boolean): DocumentStore {
  return new Proxy(store, {
    get: (target, property) => {
      if (property !== 'collection') return Reflect.get(target, property, target) as unknown;
      return async (definition: Parameters<DocumentStore['collection']>[0]) => {
        const collection = await store.collection(definition);
        const commit: typeof collection.commit = async (changes) => {
          if (!dies()) return collection.commit(changes);
          await collection.commit(changes.slice(0, Math.floor(changes.length / 2)));
          throw new Error('killed');
        };
        return new Proxy(collection, {
          get: (of, method) => {
            const value = Reflect.get(of, method, of) as unknown;
            if (method === 'commit') return commit;
            return typeof value === 'function' ? (value.bind(of) as unknown) : value;
          },
        });
      };
    },
  });
}
