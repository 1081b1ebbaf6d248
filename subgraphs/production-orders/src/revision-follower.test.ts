import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { OutboundQueue, readSchedule, TokenBucket, type Answer, type BackingSystem } from '@takt/backing-system';
import { openLmdbStore, type DocumentStore } from '@takt/document-store';
import { openEmbeddedLog, type CloudEvent, type EventLog } from '@takt/event-log';
import { inboundMessage, openIntake, systemClock, type OpenIntake } from '@takt/intake';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { ALL_UP, NO_NEIGHBOURS, readConfig } from '@takt/subgraph-server';
import { PLAN, REPORT } from './order.fixture.ts';
import { productionOrder } from './production-order.ts';
import { sendRevisions } from './revision-follower.ts';

const RETAINED = 20;
/** A follower that had to give up goes on after a second. */
const LATE = { timeout: 5_000 };

let directory: string;
let store: DocumentStore;
let log: EventLog;
let intake: OpenIntake;
let sendings: { close(): Promise<void> }[];

beforeEach(async () => {
  sendings = [];
  directory = await mkdtemp(join(tmpdir(), 'takt-revisions-'));
  store = await openLmdbStore({ directory: join(directory, 'documents') });
  log = await openEmbeddedLog({ directory: join(directory, 'log'), retainEvents: RETAINED });
  intake = await openIntake({ store, log, aggregates: [productionOrder], clock: systemClock });
});
afterEach(async () => {
  for (const sending of sendings) await sending.close();
  await intake.close();
  await log.close();
  await store.close();
  await rm(directory, { recursive: true });
});

const RATE = { requestsPerSecond: 1000, burst: 100 };

/** Systems that answer as they are told, and what they were offered. */
function backingSystem(system: string, answer: () => Answer = () => ({ kind: 'APPLIED' })) {
  const offered: CloudEvent[] = [];
  const declared: BackingSystem = {
    system,
    connector: 'test',
    rate: RATE,
    bucket: new TokenBucket(RATE),
    timeoutMs: 1000,
    schedule: readSchedule(),
    scope: { locations: undefined },
    mapping: undefined,
    receiver: undefined,
    connect: () => ({
      send: (command) => {
        offered.push(command);
        return Promise.resolve(answer());
      },
      close: () => Promise.resolve(),
    }),
  };
  return { declared, offered, ids: () => offered.map(({ id }) => id.replace('production-orders/', '')) };
}

async function send(...systems: readonly { readonly declared: BackingSystem }[]) {
  const backingSystems = systems.map(({ declared }) => declared);
  const sending = await sendRevisions({
    store,
    log,
    intake,
    clock: systemClock,
    backingSystems,
    neighbours: NO_NEIGHBOURS,
    sources: ALL_UP,
    refresh: readConfig({}).refresh,
  });
  sendings.push(sending);
  return sending;
}

async function receive(type: string, source: string, data: object): Promise<void> {
  const [outcome] = await intake.receive([inboundMessage({ type, source, data }, systemClock)]);
  expect(outcome).toMatchObject({ status: 'APPLIED' });
}

const report = (id: string, source = 'erp/P100') => receive('ProductionOrderReported', source, { ...REPORT, id });
const revise = (id: string, day: number) =>
  receive('ReviseSchedule', 'takt/graph', { id, scheduledStart: `2026-02-0${day}T06:00:00.000Z`, cause: 'CAPACITY' });

async function revisions(id: string): Promise<string[]> {
  const orders = await store.collection(productionOrder.collection);
  const [order] = await orders.getMany([id]);
  return (order?.document.scheduleRevisions ?? []).map(({ number, state }) => `${number} ${state}`);
}

it('sends each revision to the system that owns the order, and to no other', async () => {
  const [one, other] = [backingSystem('erp/P100'), backingSystem('erp/P200')];
  await send(one, other);
  await report('PO-1', 'erp/P100');
  await report('PO-2', 'erp/P200');
  await report('PO-3', 'erp/P300');
  await receive('CreateProductionOrder', 'takt/graph', { ...PLAN, id: 'PO-4' });
  for (const id of ['PO-1', 'PO-2', 'PO-3', 'PO-4']) await revise(id, 1);
  await expect.poll(() => revisions('PO-1')).toEqual(['1 APPLIED']);
  await expect.poll(() => revisions('PO-2')).toEqual(['1 APPLIED']);
  expect(one.ids()).toEqual(['PO-1/schedule-revision/1']);
  expect(other.ids()).toEqual(['PO-2/schedule-revision/1']);
  expect(await revisions('PO-3')).toEqual(['1 APPROVED']);
  expect(await revisions('PO-4')).toEqual(['1 APPLIED']);
});

it('says all that the system has to know, and one story by one correlation id', async () => {
  const erp = backingSystem('erp/P100');
  await send(erp);
  await report('PO-1');
  await revise('PO-1', 1);
  await expect.poll(() => revisions('PO-1')).toEqual(['1 APPLIED']);
  expect(erp.offered[0]).toMatchObject({
    type: 'ApplyScheduleRevision',
    dataschema: 'ApplyScheduleRevision.v1',
    subject: 'PO-1',
    cause: 'CAPACITY',
    data: {
      id: 'PO-1',
      sku: 'PUMP',
      location: 'P100',
      number: 1,
      from: { scheduledStart: PLAN.scheduledStart },
      to: { scheduledStart: '2026-02-01T06:00:00.000Z' },
    },
  });
  const events = (await log.read(0, RETAINED)).map(({ event }) => event);
  const story = events.filter(({ correlationid }) => correlationid === erp.offered[0]?.correlationid);
  expect(story.map(({ type }) => type)).toEqual(['ProductionOrderRescheduled', 'ScheduleRevisionApplied']);
});

it('tells the owner of a release and of confirmations, in order, and what it says of them', async () => {
  const erp = backingSystem('erp/P100', () => ({ kind: erp.offered.length === 2 ? 'TAKEN' : 'APPLIED' }));
  await send(erp);
  await receive('ProductionOrderReported', 'erp/P100', { ...REPORT, id: 'PO-1', state: 'FIRMED' });
  await receive('ReleaseProductionOrder', 'takt/graph', { id: 'PO-1' });
  const confirmation = { id: 'PO-1', operation: 10, yield: { value: '5', unit: 'PC' }, final: false };
  await receive('ConfirmCompletion', 'mes/P100', { ...confirmation, confirmation: 'C-1' });
  await receive('ReverseConfirmation', 'mes/P100', { id: 'PO-1', confirmation: 'C-1', reason: 'Typo' });
  const states = async () => {
    const orders = await store.collection(productionOrder.collection);
    const [order] = await orders.getMany(['PO-1']);
    return order?.document.writeBacks?.map(({ kind, state }) => `${kind} ${state}`);
  };
  await expect.poll(states).toEqual(['RELEASE APPLIED', 'CONFIRMATION SENT', 'REVERSAL APPLIED']);
  expect(erp.offered.map(({ type }) => type)).toEqual([
    'ApplyOrderRelease',
    'ApplyConfirmation',
    'ApplyConfirmationReversal',
  ]);
});

it('does not send what a report has settled while the system was down', async () => {
  let isDown = true;
  const erp = backingSystem('erp/P100', () => (isDown ? { kind: 'DOWN', reason: 'ECONNREFUSED' } : { kind: 'TAKEN' }));
  await send(erp);
  await report('PO-1');
  await report('PO-2');
  await revise('PO-1', 1);
  await expect.poll(() => erp.offered.length).toBeGreaterThan(0);
  await revise('PO-2', 2);
  const settled = { ...REPORT, id: 'PO-2', scheduledStart: '2026-02-02T06:00:00.000Z' };
  await receive('ProductionOrderReported', 'erp/P100', settled);
  isDown = false;
  await revise('PO-1', 3);
  await expect.poll(() => revisions('PO-1')).toEqual(['1 SENT', '2 SENT']);
  expect(new Set(erp.ids())).toEqual(new Set(['PO-1/schedule-revision/1', 'PO-1/schedule-revision/2']));
  expect(await revisions('PO-2')).toEqual(['1 APPLIED']);
});

it('sends what was decided before a system was declared, also when the log no longer tells of it', async () => {
  for (const id of ['PO-1', 'PO-2']) {
    await report(id);
    for (const day of [1, 2, 3]) await revise(id, day);
  }
  for (let each = 0; each < RETAINED; each += 1) await report(`PO-X${each}`, 'erp/P200');
  await expect.poll(() => log.head()).toBeGreaterThan(RETAINED + 5);
  const erp = backingSystem('erp/P100');
  await send(erp);
  const done = ['1 APPLIED', '2 APPLIED', '3 APPLIED'];
  await expect.poll(() => revisions('PO-1')).toEqual(done);
  await expect.poll(() => revisions('PO-2')).toEqual(done);
  expect(erp.ids()).toEqual(
    ['PO-1', 'PO-2'].flatMap((id) => [1, 2, 3].map((number) => `${id}/schedule-revision/${number}`)),
  );
});

it('sends what was decided after a log that lost its end, each order’s revisions in turn', async () => {
  let isDown = true;
  const erp = backingSystem('erp/P100', () =>
    isDown ? { kind: 'DOWN', reason: 'ECONNREFUSED' } : { kind: 'APPLIED' },
  );
  const before = await send(erp);
  await report('PO-1');
  await revise('PO-1', 1);
  await expect.poll(() => erp.offered.length).toBeGreaterThan(0);
  await before.close();
  const queue = await OutboundQueue.open(store, 'erp/P100');
  const waiting = (await queue.head())!;
  await queue.replace(waiting, { ...waiting.document, place: { position: 900, part: 1 } });
  const checkpoints = await store.collection({ name: 'consumer-checkpoints', indexes: [] });
  const checkpoint = { log: log.id, position: 900 };
  await checkpoints.commit([{ id: 'outbound erp/P100', document: checkpoint, events: [], messageIds: [] }]);
  await revise('PO-1', 2);
  isDown = false;
  erp.offered.length = 0;
  await send(erp);
  await revise('PO-1', 3);
  await expect.poll(() => revisions('PO-1'), LATE).toEqual(['1 APPLIED', '2 APPLIED', '3 APPLIED']);
  expect([...new Set(erp.ids())].map((id) => id.at(-1))).toEqual(['1', '2', '3']);
});

it('goes on where it was after it is closed, without a doubled answer', async () => {
  const erp = backingSystem('erp/P100');
  const first = await send(erp);
  await report('PO-1');
  await revise('PO-1', 1);
  await first.close();
  await revise('PO-1', 2);
  await send(erp);
  await expect.poll(() => revisions('PO-1')).toEqual(['1 APPLIED', '2 APPLIED']);
  const told = async () =>
    (await log.read(0, RETAINED)).flatMap(({ event }) =>
      event.type === 'ScheduleRevisionApplied' ? [event.data] : [],
    );
  await expect.poll(told).toMatchObject([{ number: 1 }, { number: 2 }]);
});
