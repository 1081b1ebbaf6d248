import { InventoryChangedDocument } from '@takt/client';
import { inboundMessage } from '@takt/intake';
import { expect, it } from 'vitest';
import { bootSystem, clientOf, freePort, take, temporaryFolder } from '../system.ts';

function stockReported(pieces: number) {
  const quantity = { value: String(pieces), unit: 'EA' };
  const stock = [{ status: 'UNRESTRICTED', quantity }];
  const data = { sku: 'PUMP', location: 'P100', unit: 'EA', stock };
  return inboundMessage({ type: 'StockReported', source: 'wms/p100', data }, () => new Date());
}

it('a subscription of our client goes on by itself after the gateway has stopped and started again', async () => {
  const address = { dataDir: await temporaryFolder(), port: await freePort() };
  const before = await bootSystem(address);
  const client = clientOf(before.system.url);
  const changes = client.subscribe(InventoryChangedDocument, { sku: 'PUMP' });
  const pieces = async (count: number) =>
    (await take(count, changes)).map(({ inventoryChanged }) => Number(inventoryChanged.onHandAfter.value));
  let reported = 0;
  let first: number[] | undefined;
  const hearing = pieces(1).then((heard) => (first = heard));
  await expect
    .poll(async () => {
      await before.system.intake('inventory').receive([stockReported(++reported)]);
      return first;
    })
    .toBeDefined();
  await hearing;
  // What is on its way when the gateway stops is not lost either.
  await before.system.intake('inventory').receive([stockReported(++reported)]);
  await before.client.close();
  await before.system.close();

  const { system } = await bootSystem(address);
  await system.intake('inventory').receive([stockReported(++reported)]);
  const [from = 0] = first ?? [];
  const expected = Array.from({ length: reported - from }, (_, index) => from + index + 1);
  expect(await pieces(expected.length)).toEqual(expected);
  await client.close();
});

it('throws what happened where there is no place to go on from', async () => {
  const { system, client } = await bootSystem();
  const changes = client.subscribe(InventoryChangedDocument, { after: 'bm9uc2Vuc2U' });
  await expect(changes.next()).rejects.toThrow('no cursor');
  const quiet = client.subscribe(InventoryChangedDocument, {});
  const told = expect(quiet.next()).rejects.toThrow('The gateway is shutting down.');
  await expect.poll(() => system.gateway.subscriptions.counts.subscribers).toBe(1);
  await system.close();
  await told;
});
