import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:net';
import { join } from 'node:path';
import { InventoryChangedDocument, SupplyDemandDocument } from '@takt/client';
import { expect, it, onTestFinished } from 'vitest';
import { clientOf, freePort, taktProcess, take, temporaryFolder, type TaktProcess } from '../system.ts';

/** `npm run start:services` with a small plant, ready. */
async function startedServices(env: Record<string, string> = {}): Promise<TaktProcess & { url: string }> {
  const dataDir = join(await temporaryFolder(), 'data');
  const services = taktProcess(['services'], { TAKT_DATA_DIR: dataDir, PORT: String(await freePort()), ...env });
  const [, url = ''] = /Takt is ready at (\S+)\/graphql/.exec(await services.printed('Takt is ready at')) ?? [];
  return { ...services, url };
}

/** The latest process of a service. */
function pidOf(services: TaktProcess, name: string): number {
  return Number([...services.output().matchAll(new RegExp(`^${name} starts as process (\\d+)`, 'gm'))].at(-1)?.[1]);
}

async function isGone(port: number): Promise<void> {
  await expect
    .poll(() => once(connect(port, '127.0.0.1'), 'connect').catch(() => 'refused'), { timeout: 10_000 })
    .toBe('refused');
}

it('forms the same graph out of seven processes over HTTP', { timeout: 180_000 }, async () => {
  const services = await startedServices();
  const { url } = services;
  expect((await fetch(`${url}/health/ready`)).status).toBe(200);

  const client = clientOf(url);
  const from = new Date().toISOString().slice(0, 10);
  const to = new Date(Date.now() + 90 * 86_400_000).toISOString().slice(0, 10);
  const { location } = await client.request(SupplyDemandDocument, { plant: 'P100', from, to });
  expect(location?.items.totalCount).toBeGreaterThan(10);
  const orders = location?.items.nodes.flatMap(({ productionOrders }) => productionOrders.nodes) ?? [];
  expect(orders.some(({ operations }) => operations.some(({ workCenter }) => (workCenter?.utilization ?? 0) > 0))).toBe(
    true,
  );

  const changes = client.subscribe(InventoryChangedDocument, {});
  const heard = await take(2, changes);
  expect(heard.every(({ inventoryChanged }) => inventoryChanged.inventoryPosition.product.name)).toBe(true);
  await changes.return?.();
  await client.close();

  services.child.kill('SIGTERM');
  expect(await services.ended()).toBe(0);
});

it(
  'starts again what dies, replaces every process when asked, and ends with its supervisor',
  { timeout: 240_000 },
  async () => {
    const services = await startedServices({ TAKT_DEMO: 'off' });
    const { url } = services;
    const answers = async () => {
      const request = { query: '{ product(sku: "none") { name } }' };
      const headers = { 'content-type': 'application/json' };
      const response = await fetch(`${url}/graphql`, { method: 'POST', headers, body: JSON.stringify(request) });
      return (await response.json()) as unknown;
    };
    const answer = { data: { product: null } };
    expect(await answers()).toEqual(answer);

    const killed = pidOf(services, 'products');
    process.kill(killed, 'SIGKILL');
    await services.printed('products has died (SIGKILL)');
    await expect.poll(answers, { timeout: 60_000 }).toEqual(answer);
    expect(pidOf(services, 'products')).not.toBe(killed);

    // An outage of what it needs is many deaths in a row, and a subgraph that is away is no reason to serve nothing.
    const away = pidOf(services, 'inventory');
    process.kill(away, 'SIGSTOP');
    onTestFinished(() => void spawnSync('kill', ['-CONT', String(away)]));
    for (let deaths = 0; deaths < 6; deaths++) {
      const gateway = pidOf(services, 'gateway');
      process.kill(gateway, 'SIGKILL');
      await expect.poll(() => pidOf(services, 'gateway'), { timeout: 60_000 }).not.toBe(gateway);
    }
    const whileAway = () => answers().catch(() => 'nothing listens');
    await expect.poll(whileAway, { timeout: 60_000 }).toEqual(answer);
    process.kill(away, 'SIGCONT');

    const before = pidOf(services, 'gateway');
    services.child.kill('SIGHUP');
    await services.printed('Every process has been replaced.');
    expect(pidOf(services, 'gateway')).not.toBe(before);
    expect(await answers()).toEqual(answer);

    services.child.kill('SIGKILL');
    await services.ended();
    await isGone(Number(new URL(url).port));
  },
);
