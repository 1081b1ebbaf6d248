import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readInstances } from '@takt/backing-system';
import { cloudEventsHttp } from '@takt/connector-cloudevents-http';
import { inboundMessage, systemClock } from '@takt/intake';
import { expect, it, onTestFinished } from 'vitest';
import { bootSystem, freePort, startedProcess, temporaryFolder } from '../system.ts';

const ROUNDS = 3;
const ORDERS = Array.from({ length: 10 }, (_, index) => `PO-${index}`);

it('loses, doubles and overtakes no decision, whenever Takt or the ERP are killed', { timeout: 300_000 }, async () => {
  const folder = await temporaryFolder();
  const [dataDir, connectors, file] = [join(folder, 'data'), await temporaryFolder(), join(folder, 'applied')];
  const port = await freePort();
  const lines = ['type: cloudevents-http', 'instance: erp/P100', `endpoint: http://127.0.0.1:${port}/`];
  await writeFile(join(connectors, 'erp.yml'), [...lines, 'rate: { requestsPerSecond: 200 }'].join('\n'));
  await reportOrders(dataDir);

  const accepted = new Map(ORDERS.map((id) => [id, 0]));
  const env = { TAKT_DATA_DIR: dataDir, TAKT_DEMO: 'off', TAKT_CONNECTORS: connectors };
  for (let round = 1; round <= ROUNDS; round += 1) {
    const erp = await startErp(port, file);
    const takt = await startedProcess(env);
    const [erpAfter, taktAfter] = [random(5, 40), random(20, 50)];
    for (let decisions = 0; decisions < taktAfter; decisions += 1) {
      const id = ORDERS[decisions % ORDERS.length] ?? '';
      const number = (accepted.get(id) ?? 0) + 1;
      if (await revise(takt.url, id, number)) accepted.set(id, number);
      if (decisions === erpAfter) erp.kill('SIGKILL');
    }
    takt.child.kill('SIGKILL');
    erp.kill('SIGKILL');
    await takt.ended();
  }

  await startErp(port, file);
  const backingSystems = await readInstances(connectors, [cloudEventsHttp], {});
  const { system } = await bootSystem({ dataDir, backingSystems });
  const states = async () => {
    const aliases = ORDERS.map(
      (id, index) => `o${index}: productionOrder(id: "${id}") { scheduleRevisions(first: 200) { number state } }`,
    );
    const { data } = await system.gateway.execute({ query: `{ ${aliases.join(' ')} }` });
    return Object.values(data ?? {}) as { scheduleRevisions: { number: number; state: string }[] }[];
  };
  await expect
    .poll(async () =>
      (await states()).flatMap((order) => order.scheduleRevisions.filter(({ state }) => state !== 'APPLIED')),
    )
    .toEqual([]);

  const applied = (await readFile(file, 'utf8')).split('\n').filter(Boolean);
  const { log } = system.domains.get('production-orders')!;
  const events = await log.read(0, 100_000);
  for (const [index, { scheduleRevisions }] of (await states()).entries()) {
    const id = ORDERS[index] ?? '';
    const all = scheduleRevisions.map(({ number }) => number).sort((left, right) => left - right);
    expect(all.length).toBeGreaterThanOrEqual(accepted.get(id) ?? 0);
    expect(all).toEqual(all.map((_, before) => before + 1));
    const prefix = `production-orders/${id}/schedule-revision/`;
    expect(applied.filter((each) => each.startsWith(prefix))).toEqual(all.map((number) => `${prefix}${number}`));
    const told = events.filter(({ event }) => event.type === 'ScheduleRevisionApplied' && event.subject === id);
    expect(told.map(({ event }) => (event.data as { number: number }).number)).toEqual(all);
  }
  expect([...accepted.values()].reduce((sum, each) => sum + each)).toBeGreaterThan(ROUNDS * 10);
});

async function reportOrders(dataDir: string): Promise<void> {
  const { system } = await bootSystem({ dataDir });
  const report = (id: string) => ({
    type: 'ProductionOrderReported',
    source: 'erp/P100',
    data: {
      id,
      sku: 'PUMP',
      location: 'P100',
      quantity: { value: '100', unit: 'EA' },
      scheduledStart: '2026-12-01T06:00:00Z',
      scheduledEnd: '2027-12-31T14:00:00Z',
      state: 'RELEASED',
      sourceStatuses: ['REL'],
      operations: [],
      components: [],
    },
  });
  await system.intake('production-orders').receive(ORDERS.map((id) => inboundMessage(report(id), systemClock)));
  await system.close();
}

async function startErp(port: number, file: string): Promise<ChildProcess> {
  const script = fileURLToPath(new URL('erp.child.ts', import.meta.url));
  const child = spawn(process.execPath, ['--import', 'tsx', script, String(port), file], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  await once(child.stdout, 'data');
  return child;
}

/** True if the process acknowledged the decision. */
async function revise(url: string, id: string, number: number): Promise<boolean> {
  const start = new Date(Date.UTC(2026, 11, 1 + number, 6)).toISOString();
  const input = `{ id: "${id}", scheduledStart: "${start}", cause: CAPACITY }`;
  const query = `mutation { result: reviseSchedule(idempotencyKey: "${id}-${number}", input: ${input}) { __typename } }`;
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query }),
  });
  const { data } = (await response.json()) as { data?: { result?: { __typename: string } } };
  return data?.result?.__typename === 'ProductionOrderAccepted';
}

function random(from: number, to: number): number {
  return from + Math.floor(Math.random() * (to - from));
}
