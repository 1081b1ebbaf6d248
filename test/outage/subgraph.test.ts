import { join } from 'node:path';
import { InventoryChangedDocument, type InventoryChangedSubscription } from '@takt/client';
import { httpTransport, inProcessTransport, startGateway } from '@takt/gateway';
import { systemClock } from '@takt/intake';
import { products } from '@takt/products';
import { openDomain } from '@takt/subgraph-server';
import { expect, it, onTestFinished } from 'vitest';
import { clientOf, freePort, processOf, take, temporaryFolder } from '../system.ts';
import { ask, PUMP, readiness, receivePump, STOCK } from './stock.fixture.ts';

it('the graph answers what the others have while a subgraph is killed, and loses no change of it', async () => {
  const folder = await temporaryFolder();
  const port = await freePort();
  const start = async () => {
    const env = { HOST: '127.0.0.1', PORT: String(port), TAKT_DATA_DIR: folder };
    const subgraph = processOf('subgraphs/inventory/src/main.ts', [], env);
    await subgraph.printed('inventory is ready at');
    return subgraph;
  };
  const first = await start();
  const url = await gatewayOver(folder, `http://127.0.0.1:${port}`);
  const client = clientOf(url, null);
  onTestFinished(() => client.close());
  const changes = client.subscribe(InventoryChangedDocument, { sku: 'PUMP' });
  const heard: InventoryChangedSubscription[] = [];
  const opening = take(1, changes).then((first) => heard.push(...first));
  let line = 0;
  const receiveOne = async () => {
    const answer = await receivePump(url, line);
    if (answer === 'taken') line += 1;
    return answer;
  };
  const receiveUntilHeard = async () => {
    await receiveOne();
    return heard.length;
  };
  await expect.poll(receiveUntilHeard, { interval: 200 }).toBe(1);
  await opening;
  const before = line;

  first.child.kill('SIGKILL');
  await first.ended();
  expect(await ask(url, STOCK)).toMatchObject({
    data: { product: { name: 'Circulation pump' }, inventoryPosition: null },
    errors: [{ path: ['inventoryPosition'], extensions: { code: 'SUBGRAPH_UNAVAILABLE', service: 'inventory' } }],
  });
  expect(await receiveOne()).toBe('SUBGRAPH_UNAVAILABLE');
  expect(await readiness(url)).toMatchObject({
    status: 503,
    reasons: expect.stringContaining('inventory: ') as unknown,
  });

  await start();
  await expect.poll(receiveOne).toBe('taken');
  expect(await receiveOne()).toBe('taken');
  const told = () => heard.map(({ inventoryChanged }) => Number(inventoryChanged.onHandAfter.value));
  while (told().at(-1) !== line) heard.push(...(await take(1, changes)));
  const from = told()[0] ?? 0;
  expect(told()).toEqual(Array.from({ length: line - from + 1 }, (_, index) => from + index));
  expect(line).toBe(before + 2);
  expect(await readiness(url)).toEqual({ status: 200, reasons: '' });
  await changes.return?.();
});

/** Products in the process of the gateway, stock in one of its own. */
async function gatewayOver(folder: string, inventoryUrl: string): Promise<string> {
  const domain = await openDomain(products, { directory: join(folder, 'products'), clock: systemClock });
  onTestFinished(() => domain.close());
  await domain.intake.receive([PUMP]);
  const gateway = await startGateway({
    supergraph: {
      kind: 'subgraphs',
      subgraphs: [
        { name: 'products', transport: inProcessTransport(domain) },
        { name: 'inventory', transport: httpTransport({ name: 'inventory', url: `${inventoryUrl}/graphql` }) },
      ],
    },
    host: '127.0.0.1',
    port: 0,
  });
  onTestFinished(() => gateway.close());
  return gateway.url;
}
