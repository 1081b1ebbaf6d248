import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { InventoryChangedDocument, type TaktClient } from '@takt/client';
import { expect, it } from 'vitest';
import { DOMAINS } from '@takt/cli';
import { serversFor, temporaryNamespace, type Servers } from '../servers.ts';
import { clientOf, freePort, taktProcess, temporaryFolder, type TaktProcess } from '../system.ts';

const servers = serversFor('a rolling restart');

const ITEMS = ['PUMP', 'VALVE'];
const SUBSCRIBERS = 3;

it.skipIf(!servers)(
  'loses no event, doubles none, and fails nothing that a retry does not mend, while every process is replaced and some are killed',
  { timeout: 900_000 },
  async () => {
    const services = await startedServices(servers!);
    const load = startLoad(services.url);
    const subscribers = Array.from({ length: SUBSCRIBERS }, () => subscribe(services.url));
    await expect.poll(() => subscribers.every(({ heard }) => heard.size === ITEMS.length), LONG).toBe(true);

    const before = pidsOf(services);
    services.child.kill('SIGHUP');
    await services.printed('Every process has been replaced.');
    const after = pidsOf(services);
    expect([...after.keys()]).toEqual([...before.keys()]);
    for (const [name, pid] of before) expect(after.get(name), name).not.toBe(pid);
    await load.movesOn();

    for (const name of ['inventory.1', 'gateway.1', 'inventory.2', 'products.2']) {
      process.kill(pidsOf(services).get(name) ?? 0, 'SIGKILL');
      await services.printed(`${name} has died (SIGKILL)`);
      await load.movesOn();
    }

    const { onHand, queries } = await load.stop();
    expect(queries).toBeGreaterThan(10);
    const last = subscribers.map(() => ({ heard: Object.fromEntries(onHand), fault: undefined }));
    await expect.poll(() => subscribers.map((each) => each.last()), LONG).toEqual(last);
    for (const { heard } of subscribers) {
      for (const sku of ITEMS) {
        const [first = 0, ...rest] = heard.get(sku) ?? [];
        expect(rest).toEqual(rest.map((_, index) => first + index + 1));
      }
    }
    for (const { end } of subscribers) await end();
    services.child.kill('SIGTERM');
    expect(await services.ended()).toBe(0);
  },
);

const LONG = { timeout: 180_000, interval: 100 };

/** Two of each service over a database and a stream of their own for each domain. */
async function startedServices(given: Servers): Promise<TaktProcess & { url: string }> {
  const domains = DOMAINS.map(({ name }) => name);
  const services = taktProcess(['services'], {
    MONGODB_URI: given.mongodbUri,
    NATS_URL: given.natsUrl,
    TAKT_NAMESPACE: temporaryNamespace(given, domains),
    TAKT_DEMO: 'off',
    TAKT_DATA_DIR: join(await temporaryFolder(), 'data'),
    PORT: String(await freePort()),
  });
  const [, url = ''] = /Takt is ready at (\S+)\/graphql/.exec(await services.printed('Takt is ready at')) ?? [];
  return { ...services, url };
}

/** The latest process of each place. */
function pidsOf(services: TaktProcess): Map<string, number> {
  const started = services.output().matchAll(/^(\S+) starts as process (\d+)\.$/gm);
  return new Map([...started].map(([, name = '', pid]) => [name, Number(pid)]));
}

/** Receipts of one piece each of every item, one after the other, and a query after each; all until they succeed. */
function startLoad(url: string) {
  const onHand = new Map<string, number>();
  let isStopping = false;
  let queries = 0;
  const run = async (sku: string) => {
    for (let received = 1; !isStopping; received++) {
      const key = randomUUID();
      const input = { document: key, line: 1, location: 'P100', sku, quantity: ONE, type: 'RECEIPT' };
      const accepted = await mended(url, RECEIVE, { key, input });
      expect(accepted).toEqual({ postStockMovement: { __typename: 'InventoryAccepted' } });
      onHand.set(sku, received);
      await mended(url, READ, { sku });
      queries++;
      await delay(LOAD_PAUSE_MS);
    }
  };
  const running = ITEMS.map(run);
  // Awaited when it is stopped.
  for (const each of running) each.catch(() => undefined);
  const total = () => [...onHand.values()].reduce((sum, value) => sum + value, 0);
  return {
    /** Resolves when ten more receipts have been acknowledged. */
    async movesOn() {
      const enough = total() + 10;
      await expect.poll(total, LONG).toBeGreaterThanOrEqual(enough);
    },
    async stop() {
      isStopping = true;
      await Promise.all(running);
      return { onHand, queries };
    },
  };
}

const CLIENT_PAUSE_MS = 50;
/** The processors are for the processes that start meanwhile. */
const LOAD_PAUSE_MS = 100;

const ONE = { value: '1', unit: 'EA' };

const RECEIVE = `mutation($key: String!, $input: PostStockMovementInput!) {
  postStockMovement(idempotencyKey: $key, input: $input) { __typename ... on CommandRefused { reason } }
}`;

const READ = 'query($sku: String!) { product(sku: $sku) { name } inventoryPositions(first: 1) { totalCount } }';

/** Asks until there is an answer without errors; a command under the same key is done once. */
async function mended(url: string, query: string, variables: object): Promise<unknown> {
  let last: unknown;
  for (const deadline = Date.now() + LONG.timeout; Date.now() < deadline;) {
    try {
      const response = await fetch(`${url}/graphql`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ query, variables }),
        signal: AbortSignal.timeout(30_000),
      });
      const { data, errors } = (await response.json()) as { data?: unknown; errors?: unknown };
      if (!errors) return data;
      last = errors;
    } catch (error) {
      last = error;
    }
    await delay(CLIENT_PAUSE_MS);
  }
  throw new Error(`No retry mended it: ${JSON.stringify(last)}`, { cause: last });
}

/** What one subscriber hears of each item: the stock after each change. */
function subscribe(url: string) {
  const heard = new Map<string, number[]>();
  const client = clientOf(url);
  const follow = async () => {
    for await (const { inventoryChanged } of client.subscribe(InventoryChangedDocument, { plant: 'P100' })) {
      const { onHandAfter, inventoryPosition } = inventoryChanged;
      const { sku } = inventoryPosition.product;
      heard.set(sku, [...(heard.get(sku) ?? []), Number(onHandAfter.value)]);
    }
  };
  const following = follow();
  let fault: unknown;
  following.catch((error: unknown) => (fault = error));
  const last = () => ({ heard: Object.fromEntries([...heard].map(([sku, stock]) => [sku, stock.at(-1)])), fault });
  return { heard, last, end: () => ended(client, following) };
}

async function ended(client: TaktClient, following: Promise<void>): Promise<void> {
  await client.close();
  await following;
}
