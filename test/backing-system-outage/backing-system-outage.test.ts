import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readInstances } from '@takt/backing-system';
import { cloudEventsHttp } from '@takt/connector-cloudevents-http';
import { startPeer, type Peer } from '@takt/connector-cloudevents-http/testing';
import { inboundMessage, systemClock } from '@takt/intake';
import { expect, it, onTestFinished, vi } from 'vitest';
import { bootSystem, temporaryFolder, type BootedSystem } from '../system.ts';

const ORDERS = ['PO-1', 'PO-2', 'PO-3'];

async function startErp(): Promise<Peer> {
  const erp = await startPeer();
  onTestFinished(() => erp.close());
  return erp;
}

/** The file that a plant's engineer would write. */
async function declareErp(erp: Peer): Promise<string> {
  const folder = await temporaryFolder();
  const lines = [
    'type: cloudevents-http',
    'instance: erp/P100',
    `endpoint: ${erp.url}`,
    'credentials: { bearer: ERP_P100_TOKEN }',
    'rate: { requestsPerSecond: 100 }',
    'timeoutMs: 2000',
  ];
  await writeFile(join(folder, 'erp-p100.yml'), lines.join('\n'));
  return folder;
}

async function bootWith(erp: Peer): Promise<BootedSystem> {
  const folder = await declareErp(erp);
  const backingSystems = await readInstances(folder, [cloudEventsHttp], { ERP_P100_TOKEN: 's3cret' });
  return bootSystem({ backingSystems });
}

/** The ERP tells of orders as they are over there. */
async function report({ system }: BootedSystem, start = '2026-12-01T06:00:00Z'): Promise<void> {
  const messages = ORDERS.map((id) =>
    inboundMessage(
      {
        type: 'ProductionOrderReported',
        source: 'erp/P100',
        data: {
          id,
          sku: 'PUMP',
          location: 'P100',
          quantity: { value: '100', unit: 'EA' },
          scheduledStart: start,
          scheduledEnd: '2026-12-31T14:00:00Z',
          state: 'RELEASED',
          sourceStatuses: ['REL'],
          operations: [],
          components: [],
        },
      },
      systemClock,
    ),
  );
  for (const outcome of await system.intake('production-orders').receive(messages)) {
    expect(outcome.status).toBe('APPLIED');
  }
}

async function ask({ system }: BootedSystem, query: string) {
  const { data, errors } = await system.gateway.execute({ query });
  expect(errors).toBeUndefined();
  return data as Record<string, never>;
}

async function revise(booted: BootedSystem, id: string, day: number): Promise<void> {
  const start = `2026-12-${String(day).padStart(2, '0')}T06:00:00Z`;
  const { result } = await ask(
    booted,
    `mutation { result: reviseSchedule(idempotencyKey: "${id}-${day}", input: { id: "${id}", scheduledStart: "${start}", cause: CAPACITY }) { __typename } }`,
  );
  expect(result).toEqual({ __typename: 'ProductionOrderAccepted' });
}

/** States of the revisions of each order, oldest first, and how fresh it is. */
async function orders(booted: BootedSystem) {
  const fields =
    'id scheduledStart provenance { freshness staleSince } scheduleRevisions { number state rejection cause }';
  const aliases = ORDERS.map((id, index) => `o${index}: productionOrder(id: "${id}") { ${fields} }`);
  return Object.values(await ask(booted, `{ ${aliases.join(' ')} }`)) as unknown as {
    id: string;
    scheduledStart: string;
    provenance: { freshness: string; staleSince: string | null };
    scheduleRevisions: { number: number; state: string; rejection: string | null }[];
  }[];
}

async function erpSeen(booted: BootedSystem) {
  const { backingSystems } = await ask(
    booted,
    '{ backingSystems { id state since reason lastContact queued oldestQueued queueFull } }',
  );
  return (backingSystems as unknown as Record<string, unknown>[])[0]!;
}

it('queues decisions while the ERP is down, says what is stale since when, and sends them in order when it is back', async () => {
  const erp = await startErp();
  erp.behave({ kind: 'ANSWERS', status: 503 });
  const booted = await bootWith(erp);
  await report(booted);
  expect(await erpSeen(booted)).toMatchObject({ id: 'erp/P100', state: 'UNKNOWN', queued: 0, lastContact: null });

  const days = [2, 3, 4, 5];
  for (const day of days) for (const id of ORDERS) await revise(booted, id, day);
  await vi.waitFor(async () => expect(await erpSeen(booted)).toMatchObject({ state: 'DOWN', queued: 12 }), 60_000);
  const down = await erpSeen(booted);
  expect(down).toMatchObject({ reason: 'It answered HTTP 503.', queueFull: false, lastContact: null });
  expect(Date.parse(String(down['oldestQueued']))).toBeLessThanOrEqual(Date.parse(String(down['since'])));
  for (const order of await orders(booted)) {
    expect(order).toMatchObject({
      scheduledStart: '2026-12-05T06:00:00.000Z',
      provenance: { freshness: 'STALE', staleSince: down['since'] },
    });
    expect(order.scheduleRevisions.map(({ state }) => state)).toEqual(days.map(() => 'APPROVED'));
  }

  erp.behave({ kind: 'TAKES' });
  await vi.waitFor(async () => expect(await erpSeen(booted)).toMatchObject({ state: 'UP', queued: 0 }), 60_000);
  for (const order of await orders(booted)) {
    expect(order.provenance).toEqual({ freshness: 'FRESH', staleSince: null });
    expect(order.scheduleRevisions.map(({ state }) => state)).toEqual(days.map(() => 'SENT'));
  }
  expect(erp.applied.map(({ subject, data }) => `${subject} ${(data as { number: number }).number}`)).toEqual(
    days.flatMap((_, index) => ORDERS.map((id) => `${id} ${index + 1}`)),
  );
  expect(erp.requests.every(({ headers }) => headers.authorization === 'Bearer s3cret')).toBe(true);

  await report(booted, '2026-12-05T06:00:00Z');
  for (const order of await orders(booted)) {
    expect(order.scheduleRevisions.map(({ state }) => state)).toEqual(days.map(() => 'APPLIED'));
  }
});

it('takes back what the ERP refuses, with its reason, and goes on with the rest', async () => {
  const erp = await startErp();
  const refusal = { outcome: 'REFUSED', reason: 'Period 12 is closed.' };
  erp.behave(({ subject }) =>
    subject === 'PO-2' ? { kind: 'ANSWERS', status: 422, body: JSON.stringify(refusal) } : { kind: 'APPLIES' },
  );
  const booted = await bootWith(erp);
  await report(booted);
  for (const id of ORDERS) await revise(booted, id, 9);
  await vi.waitFor(
    async () =>
      expect((await orders(booted)).flatMap(({ scheduleRevisions }) => scheduleRevisions)).toMatchObject([
        { number: 1, state: 'APPLIED' },
        { number: 2, state: 'APPLIED', cause: 'REPORTED' },
        { number: 1, state: 'REJECTED', rejection: 'Period 12 is closed.' },
        { number: 1, state: 'APPLIED' },
      ]),
    60_000,
  );
  expect((await orders(booted)).map(({ scheduledStart }) => scheduledStart)).toEqual([
    '2026-12-09T06:00:00.000Z',
    '2026-12-01T06:00:00.000Z',
    '2026-12-09T06:00:00.000Z',
  ]);
});
