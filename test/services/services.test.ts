import { join } from 'node:path';
import { InventoryChangedDocument, SupplyDemandDocument } from '@takt/client';
import { expect, it } from 'vitest';
import { clientOf, freePort, taktProcess, take, temporaryFolder } from '../system.ts';

it('forms the same graph out of seven processes over HTTP', { timeout: 180_000 }, async () => {
  const dataDir = join(await temporaryFolder(), 'data');
  const services = taktProcess(['services'], { TAKT_DATA_DIR: dataDir, PORT: String(await freePort()) });
  const [, url = ''] = /Takt is ready at (\S+)\/graphql/.exec(await services.printed('Takt is ready at')) ?? [];
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
