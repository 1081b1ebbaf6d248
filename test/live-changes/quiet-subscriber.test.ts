import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { InventoryChangedDocument } from '@takt/client';
import { httpTransport, startGateway } from '@takt/gateway';
import { inboundMessage, systemClock, type Intake } from '@takt/intake';
import { inventory } from '@takt/inventory';
import { openDomain, serveDomain } from '@takt/subgraph-server';
import { createClient } from 'graphql-ws';
import { expect, it, onTestFinished } from 'vitest';
import { WebSocket } from 'ws';
import { bootSystem, clientOf, freePort, take, temporaryFolder } from '../system.ts';

async function report(intake: Intake, pieces: number): Promise<void> {
  const stock = [{ status: 'UNRESTRICTED', quantity: { value: String(pieces), unit: 'EA' } }];
  const data = { sku: 'PUMP', location: 'P100', unit: 'EA', stock };
  await intake.receive([inboundMessage({ type: 'StockReported', source: 'wms/p100', data }, () => new Date())]);
}

const ofPumps = { query: InventoryChangedDocument.text, variables: { sku: 'PUMP' } };

/** What a client of the protocol hears; one that asks for places also hears where it begins. */
function results(url: string, request: { query: string; variables?: Record<string, unknown> }, tellPlaces = true) {
  const client = createClient({
    url: `${url.replace('http', 'ws')}/graphql`,
    webSocketImpl: WebSocket,
    retryAttempts: 0,
  });
  onTestFinished(async () => client.dispose());
  return client.iterate({ ...request, ...(tellPlaces && { extensions: { tellPlaces: true } }) });
}

/** Resolves when whoever shares this subscription has a place to resume from. */
async function hasBegun(url: string): Promise<void> {
  const asking = results(url, ofPumps);
  await asking.next();
  await asking.return?.();
}

/** A network between a client and the server at `url`, which can be cut off. */
async function network(url: string) {
  const sockets = new Set<Socket>();
  let isCut = false;
  const server = createServer((near) => {
    if (isCut) {
      near.destroy();
      return;
    }
    const far = connect(Number(new URL(url).port), '127.0.0.1');
    for (const [one, other] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(one);
      one.on('error', () => undefined).on('close', () => other.destroy());
      one.pipe(other);
    }
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const cut = (cutting: boolean) => {
    isCut = cutting;
    if (cutting) for (const socket of sockets) socket.destroy();
  };
  onTestFinished(() => {
    cut(true);
    server.close();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, cut };
}

it('a subscriber without an event yet gets what happens while the gateway is away, once', async () => {
  const address = { dataDir: await temporaryFolder(), port: await freePort() };
  const before = await bootSystem(address);
  const client = clientOf(before.system.url);
  const changes = client.subscribe(InventoryChangedDocument, { sku: 'PUMP' });
  const hearing = take(2, changes);
  await expect.poll(() => before.system.gateway.subscriptions.counts.subscribers).toBe(1);
  await hasBegun(before.system.url);
  await before.client.close();
  await before.system.close();

  const { system } = await bootSystem(address);
  await report(system.intake('inventory'), 1);
  await report(system.intake('inventory'), 2);
  expect((await hearing).map(({ inventoryChanged }) => inventoryChanged.onHandAfter.value)).toEqual(['1', '2']);
  await client.close();
});

it('a subscriber without an event yet gets what happens while its connection is lost, once', async () => {
  const { system } = await bootSystem();
  const { url, cut } = await network(system.url);
  const client = clientOf(url);
  const hearing = take(2, client.subscribe(InventoryChangedDocument, { sku: 'PUMP' }));
  await expect.poll(() => system.gateway.subscriptions.counts.subscribers).toBe(1);
  await hasBegun(url);
  cut(true);
  await report(system.intake('inventory'), 1);
  cut(false);
  await report(system.intake('inventory'), 2);
  expect((await hearing).map(({ inventoryChanged }) => inventoryChanged.onHandAfter.value)).toEqual(['1', '2']);
  await client.close();
});

it('a subscriber without an event yet gets what happens while its subgraph is away, and no word of a gap', async () => {
  const domain = await openDomain(inventory, { directory: await temporaryFolder(), clock: systemClock });
  const address = { host: '127.0.0.1', port: await freePort() };
  const first = await serveDomain(domain, address);
  const subgraph = { name: 'inventory', url: `${first.url}/graphql` };
  const gateway = await startGateway({
    host: '127.0.0.1',
    port: 0,
    supergraph: { kind: 'subgraphs', subgraphs: [{ ...subgraph, transport: httpTransport(subgraph) }] },
    planning: 'inline',
  });
  const query = 'subscription { inventoryChanged(sku: "PUMP") { onHandAfter { value } } }';
  const heard = results(gateway.url, { query });
  const place = { extensions: { place: expect.any(String) as string } };
  expect((await heard.next()).value).toEqual(place);
  await first.close();
  await report(domain.intake, 1);
  const second = await serveDomain(domain, address);
  expect((await heard.next()).value).toEqual(place);
  expect((await heard.next()).value).toEqual({ data: { inventoryChanged: { onHandAfter: { value: '1' } } } });

  // Who does not ask hears of no place, neither from the subgraph nor from the gateway.
  const unaware = [second, gateway].map(({ url }) => results(url, { query }, false));
  const asking = results(second.url, { query });
  await asking.next();
  const firsts = Promise.all(unaware.map((each) => each.next()));
  await expect.poll(() => gateway.gateway?.subscriptions.counts.subscribers).toBe(2);
  await report(domain.intake, 2);
  for (const { value } of await firsts) {
    expect(value).toEqual({ data: { inventoryChanged: { onHandAfter: { value: '2' } } } });
  }
  for (const each of [heard, asking, ...unaware]) await each.return?.();
  await gateway.close();
  await second.close();
  await domain.close();
});
