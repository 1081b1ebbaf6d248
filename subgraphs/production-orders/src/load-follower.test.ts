import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openLmdbStore, type Collection, type DocumentStore } from '@takt/document-store';
import { openEmbeddedLog, type EventLog } from '@takt/event-log';
import type { Governed } from '@takt/intake';
import { startConsumer, type RunningConsumer } from '@takt/log-consumer';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { WORK_CENTER_LOADS, workCenterLoads } from './load-follower.ts';
import { CREATED, event, givenOrder } from './order.fixture.ts';
import type { ProductionOrder } from './order.ts';
import { productionOrder } from './production-order.ts';

let directory: string;
let store: DocumentStore;
let log: EventLog;
let orders: Collection<Governed<ProductionOrder>>;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'takt-loads-'));
  store = await openLmdbStore({ directory: join(directory, 'documents') });
  log = await openEmbeddedLog({ directory: join(directory, 'log'), retainEvents: 3 });
  orders = await store.collection(productionOrder.collection);
});

afterEach(async () => {
  await log.close();
  await store.close();
  await rm(directory, { recursive: true });
});

const faults: unknown[] = [];

async function follow(): Promise<RunningConsumer> {
  const onFault = (fault: unknown) => faults.push(fault);
  return startConsumer({ store, log, consumer: await workCenterLoads(store), onFault });
}

/** An order of this revision whose first operation is done at this work center, and the event that says so. */
async function place(id: string, revision: number, workCenter: string): Promise<void> {
  const order = givenOrder([CREATED]).state as ProductionOrder;
  const operations = order.operations.slice(0, 1).map((operation) => ({ ...operation, workCenter }));
  const provenance = { system: 'erp', instance: 'P100', asOf: '2026-03-01T00:00:00Z' };
  const document = { ...order, id, operations, revision, provenance };
  await orders.commit([{ id, document, events: [], messageIds: [] }]);
  const { type, data } = event(CREATED);
  await log.append([
    {
      specversion: '1.0',
      id: `${id}/${revision}`,
      source: 'erp/P100',
      type,
      subject: id,
      time: '2026-03-01T00:00:00Z',
      datacontenttype: 'application/json',
      dataschema: `${type}.v1`,
      correlationid: id,
      cause: 'REPORTED',
      data,
    },
  ]);
}

async function ordersAt(workCenter: string): Promise<string[]> {
  const loads = await store.collection(WORK_CENTER_LOADS);
  const [load] = await loads.getMany([`${workCenter}/2026-03`]);
  return (load?.document.operations ?? []).map(({ order }) => order).sort();
}

it('takes a load away from where it was, also when it moved in between', async () => {
  const first = await follow();
  await place('PO-1', 1, 'LATHE');
  await vi.waitFor(async () => expect(await ordersAt('LATHE')).toEqual(['PO-1']));
  await first.close();
  await place('PO-1', 2, 'MILL');
  await place('PO-2', 1, 'LATHE');
  const second = await follow();
  await vi.waitFor(async () => expect(await ordersAt('LATHE')).toEqual(['PO-2']));
  expect(await ordersAt('MILL')).toEqual(['PO-1']);
  await second.close();
});

it('takes every order as it is when the log no longer has what it has not read', async () => {
  for (let number = 1; number <= 9; number += 1) await place(`PO-${number}`, 1, number % 2 === 0 ? 'MILL' : 'LATHE');
  const follower = await follow();
  await vi.waitFor(async () => expect(await ordersAt('LATHE')).toHaveLength(5));
  await place('PO-1', 2, 'MILL');
  await vi.waitFor(async () => expect(await ordersAt('MILL')).toEqual(['PO-1', 'PO-2', 'PO-4', 'PO-6', 'PO-8']));
  expect(await ordersAt('LATHE')).toEqual(['PO-3', 'PO-5', 'PO-7', 'PO-9']);
  await follower.close();
});

it('goes on after a fault while it takes every order as it is', async () => {
  for (let number = 1; number <= 9; number += 1) await place(`PO-${number}`, 1, 'LATHE');
  const newest = await log.head();
  vi.spyOn(log, 'head').mockResolvedValueOnce(newest).mockRejectedValueOnce(new Error('no such disk'));
  const follower = await follow();
  await vi.waitFor(async () => expect(await ordersAt('LATHE')).toHaveLength(9), { timeout: 5_000 });
  expect(faults).toEqual([new Error('no such disk')]);
  await follower.close();
});
