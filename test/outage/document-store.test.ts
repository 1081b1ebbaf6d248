import { join } from 'node:path';
import { startGateway, inProcessTransport, type GatewayServer } from '@takt/gateway';
import { systemClock } from '@takt/intake';
import { inventory } from '@takt/inventory';
import { products } from '@takt/products';
import { openDomain, type Domain } from '@takt/subgraph-server';
import { describe, expect, it, onTestFinished } from 'vitest';
import { hasFerretDb, OwnFerretDb } from '../../packages/document-store/src/ferretdb.fixture.ts';
import { hasNatsServer, OwnNatsServer } from '../../packages/event-log/src/nats-server.fixture.ts';
import { temporaryFolder } from '../system.ts';
import { ask, PUMP, readiness, receivePump, receiveUntilRefused, STOCK } from './stock.fixture.ts';

const WHAT = 'the graph during an outage of MongoDB';
const haveServers = hasFerretDb(WHAT) && hasNatsServer(WHAT);

describe.skipIf(!haveServers)('While the store of one domain is away', () => {
  it.each([
    {
      how: 'killed',
      fail: (server: OwnFerretDb) => server.kill(),
      mend: (server: OwnFerretDb) => server.resume(),
    },
    {
      how: 'frozen',
      fail: async (server: OwnFerretDb) => Promise.resolve().then(() => server.signal('SIGSTOP')),
      mend: async (server: OwnFerretDb) => Promise.resolve().then(() => server.signal('SIGCONT')),
    },
  ])('($how) its commands are refused, the rest is answered, and it recovers by itself', async ({ fail, mend }) => {
    const server = await OwnFerretDb.start();
    onTestFinished(() => server.dispose());
    const nats = await OwnNatsServer.start();
    onTestFinished(() => nats.dispose());
    const { url, domains } = await twoDomains({ mongodbUri: server.uri, natsUrl: nats.url });
    await domains.products.intake.receive([PUMP]);
    expect(await receivePump(url, 0)).toBe('taken');

    await fail(server);
    const before = performance.now();
    const { line: refused, code } = await receiveUntilRefused(url, 1);
    expect(code).toBe('INTAKE_UNAVAILABLE');
    expect(performance.now() - before).toBeLessThan(16_000);
    const [other, answer, health] = await Promise.all([
      receivePump(url, NEVER_OFFERED_AGAIN),
      ask(url, STOCK),
      readiness(url),
    ]);
    expect(other).toBe('INTAKE_UNAVAILABLE');
    expect(answer).toMatchObject({
      data: { product: { name: 'Circulation pump' }, inventoryPosition: null },
      errors: [{ path: ['inventoryPosition'], extensions: { code: 'STORE_UNAVAILABLE' } }],
    });
    expect(health.status).toBe(503);
    expect(health.reasons).toContain('inventory: The document store');

    await mend(server);
    await expect.poll(() => readiness(url), { timeout: 60_000 }).toEqual({ status: 200, reasons: '' });
    expect(await receivePump(url, refused)).toBe('taken');
    expect(await receivePump(url, refused)).toBe('taken');
    const stock = { onHand: { value: String(refused + 1) }, product: { name: 'Circulation pump' } };
    expect(await ask(url, STOCK)).toEqual({
      data: { product: { name: 'Circulation pump' }, inventoryPosition: stock },
    });
    expect(await domains.inventory.log.head()).toBe(refused + 1);
  });
});

const NEVER_OFFERED_AGAIN = 1_000_000;

/** Stock on engines of its own, which other processes could have open as well; products beside it, in a folder. */
async function twoDomains(engines: { mongodbUri: string; natsUrl: string }) {
  const folder = await temporaryFolder();
  const open = async (definition: Parameters<typeof openDomain>[0], own: object): Promise<Domain> => {
    const domain = await openDomain(definition, {
      directory: join(folder, definition.name),
      clock: systemClock,
      ...own,
    });
    onTestFinished(() => domain.close());
    return domain;
  };
  const domains = { products: await open(products, {}), inventory: await open(inventory, engines) };
  const subgraphs = Object.values(domains).map((domain) => ({
    name: domain.name,
    transport: inProcessTransport(domain),
  }));
  const gateway: GatewayServer = await startGateway({
    supergraph: { kind: 'subgraphs', subgraphs },
    host: '127.0.0.1',
    port: 0,
  });
  onTestFinished(() => gateway.close());
  return { url: gateway.url, domains };
}
