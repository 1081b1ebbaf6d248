import { once } from 'node:events';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inboundMessage, IntakeBusyError, IntakeUnavailableError, systemClock, type Intake } from '@takt/intake';
import { expect, it, onTestFinished } from 'vitest';
import { openIntakeDoor } from './intake-door.ts';
import { CROSS_REFERENCES, neighboursHere, NO_NEIGHBOURS, type Neighbour } from './neighbours.ts';
import type { Operations } from './operations.ts';
import { reachNeighbours } from './reach-neighbours.ts';

const message = inboundMessage({ type: 'StockReported', source: 'wms/p100', data: { sku: 'PUMP' } }, systemClock);
const receive: Intake['receive'] = (messages) =>
  Promise.resolve(messages.map(({ id }) => ({ status: 'APPLIED' as const, messageId: id, eventIds: [] })));
const APPLIED = [{ status: 'APPLIED', messageId: message.id, eventIds: [] }];
const refuse = () => Promise.reject(new Error('not asked for'));
const refuseToFollow = () => {
  throw new Error('not asked for');
};

/** A domain that answers cross-references by saying what it was asked. */
function neighbour(intake: Intake = { receive }): Neighbour & { readonly asked: unknown[] } {
  const asked: unknown[] = [];
  const operations: Operations = {
    replay: refuse,
    deadLetters: { list: refuse, show: refuse, retry: refuse, discard: refuse },
    feed: { head: refuse, events: refuse, snapshot: refuse },
    ask(question, input) {
      asked.push([question, input]);
      return Promise.resolve(['PUMP', null]);
    },
  };
  const log = { id: 'none', head: refuse, read: refuse, follow: refuseToFollow };
  return { intake, log, operations: () => operations, asked };
}

/** Serves domains under a folder, as their processes would. */
async function serve(dataDir: string, domains: Readonly<Record<string, Neighbour>>) {
  const opened = openIntakeDoor(
    Object.entries(domains).map(([name, each]) => ({ name, directory: join(dataDir, name), ...each })),
  );
  const server = createServer((request, response) => {
    if (!opened.handle(request, response)) response.writeHead(404).end();
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  await opened.announce(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  const stop = async ({ crashes = false } = {}) => {
    if (!crashes) await opened.close();
    server.closeAllConnections();
    if (server.listening) await once(server.close(), 'close');
  };
  onTestFinished(() => stop());
  return { stop };
}

async function folder(...domains: string[]): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'takt-neighbours-'));
  onTestFinished(() => rm(directory, { recursive: true }));
  for (const domain of domains) await mkdir(join(directory, domain));
  return directory;
}

function reach(dataDir: string) {
  const reached = reachNeighbours({ dataDir, mongodbUri: undefined, natsUrl: undefined, namespace: 'takt' });
  onTestFinished(() => reached.close());
  return reached.neighbours;
}

it('reaches neighbours in this process as soon as they are open', async () => {
  const open = new Map<string, Neighbour>();
  const neighbours = neighboursHere((domain) => open.get(domain));
  const intake = neighbours.intake('inventory');
  await expect(intake.receive([message])).rejects.toThrow(IntakeUnavailableError);
  await expect(neighbours.operations?.('inventory')).rejects.toThrow(IntakeUnavailableError);
  open.set('inventory', neighbour());
  expect(await intake.receive([message])).toEqual(APPLIED);
});

it('asks the products for cross-references, here and through a door', async () => {
  const products = neighbour();
  const dataDir = await folder('products');
  await serve(dataDir, { products });
  const question = { system: 'erp/P100', kind: 'PRODUCT', ids: ['4711', '0815'] };
  for (const { crossReferences } of [neighboursHere(() => products), reach(dataDir)]) {
    products.asked.length = 0;
    expect(await crossReferences.toCanonical('erp/P100', 'PRODUCT', ['4711', '0815'])).toEqual(['PUMP', undefined]);
    expect(await crossReferences.toSource('erp/P100', 'PRODUCT', ['4711', '0815'])).toEqual(['PUMP', undefined]);
    expect(products.asked).toEqual([
      [CROSS_REFERENCES, { to: 'CANONICAL', ...question }],
      [CROSS_REFERENCES, { to: 'SOURCE', ...question }],
    ]);
  }
});

it.each([{ crashes: false }, { crashes: true }])(
  'sends through the door of who writes now, whatever door there was before: %o',
  async (end) => {
    const dataDir = await folder('inventory');
    const intake = reach(dataDir).intake('inventory');
    await expect(intake.receive([message])).rejects.toThrow(IntakeUnavailableError);
    const before = await serve(dataDir, { inventory: neighbour() });
    expect(await intake.receive([message])).toEqual(APPLIED);
    await before.stop(end);
    await expect(intake.receive([message])).rejects.toThrow(IntakeUnavailableError);
    await serve(dataDir, { inventory: neighbour() });
    expect(await intake.receive([message])).toEqual(APPLIED);
  },
);

it('finds a door that moved at the first message', async () => {
  const dataDir = await folder('inventory');
  const intake = reach(dataDir).intake('inventory');
  const before = await serve(dataDir, { inventory: neighbour() });
  expect(await intake.receive([message])).toEqual(APPLIED);
  await before.stop();
  await serve(dataDir, { inventory: neighbour() });
  expect(await intake.receive([message])).toEqual(APPLIED);
});

it('passes on that a neighbour is busy', async () => {
  const dataDir = await folder('inventory');
  const busy = neighbour({ receive: () => Promise.reject(new IntakeBusyError(5)) });
  await serve(dataDir, { inventory: busy });
  await expect(reach(dataDir).intake('inventory').receive([message])).rejects.toThrow(IntakeBusyError);
});

it('has nobody when a domain is on its own', async () => {
  expect(() => NO_NEIGHBOURS.intake('inventory')).toThrow(/cannot be reached/);
  expect(await NO_NEIGHBOURS.crossReferences.toCanonical('erp/P100', 'PRODUCT', ['1'])).toEqual([undefined]);
});
