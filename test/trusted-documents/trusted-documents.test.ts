import { createHash, randomUUID } from 'node:crypto';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  createTaktClient,
  ExceptionsDocument,
  InventoryChangedDocument,
  ReleaseProductionOrderDocument,
  SupplyDemandDocument,
  type DeprecationNotice,
  type TaktClient,
} from '@takt/client';
import { inboundMessage } from '@takt/intake';
import { createClient as createSocket } from 'graphql-ws';
import { afterAll, describe, expect, it, onTestFinished } from 'vitest';
import { WebSocket } from 'ws';
import {
  bootSystem,
  command,
  demoClock,
  ROOT,
  sharedSystem,
  take,
  taktProcess,
  temporaryFolder,
  type BootedSystem,
} from '../system.ts';

const TAKT_ADMIN_TOKEN = 'administrator of the tests';
const folder = join(tmpdir(), `takt-test-${randomUUID()}`);
afterAll(() => rm(folder, { recursive: true, force: true }));
const trustedDocuments = { folder: join(folder, 'documents'), mode: 'only' } as const;

const SETTINGS = {
  adminToken: TAKT_ADMIN_TOKEN,
  trustedDocuments,
  usage: { folder: join(folder, 'usage') },
  clock: demoClock,
};

/** A gateway that runs registered documents only, and a planning board that has registered what the typed client has. */
const booted = sharedSystem(SETTINGS, async ({ url }) => {
  const published = await operations(url, 'publish', join(ROOT, 'packages/client/src/generated/documents.json'), BOARD);
  expect(published).toMatchObject({
    code: 0,
    output: expect.stringMatching(/^board 1.0.0: \d+ operations are registered.$/m) as string,
  });
});
const BOARD = ['--client', 'board', '--client-version', '1.0.0', '--contract', '2026-11'];

function operations(url: string, ...args: readonly (string | readonly string[])[]) {
  return command(['operations', ...args.flat(), '--gateway', url], { TAKT_ADMIN_TOKEN });
}

/** The typed client of a page that sends hashes only. */
function clientNamed(
  name: string,
  url: string,
  given: Partial<Parameters<typeof createTaktClient>[0]> = {},
): TaktClient {
  const client = createTaktClient({
    url: `${url}/graphql`,
    client: { name, version: '1.0.0' },
    documents: 'hash',
    webSocketImpl: WebSocket,
    ...given,
  });
  onTestFinished(() => client.close());
  return client;
}

/** An operation that a consumer writes for itself, in a file to publish. */
async function ownOperation(text: string) {
  const path = join(await temporaryFolder(), 'own.json');
  const document = { text, hash: sha256(text) };
  await writeFile(path, JSON.stringify({ [document.hash]: text }));
  return { path, document };
}

async function tell({ system }: BootedSystem, domain: string, type: string, data: object): Promise<void> {
  const outcomes = await system.intake(domain).receive([inboundMessage({ type, source: 'erp/p100', data }, demoClock)]);
  expect(outcomes).toMatchObject([{ status: 'APPLIED' }]);
}

describe('the typed client, by the hashes of what it has published', () => {
  it('asks', async () => {
    const location = { code: 'P100', name: 'Pump works', type: 'PLANT', timeZone: 'Europe/Berlin', calendar: 'P100' };
    await tell(booted(), 'products', 'LocationReported', location);
    const range = { plant: 'P100', from: '2026-11-23', to: '2026-12-07' };
    expect(await clientNamed('board', booted().system.url).request(SupplyDemandDocument, range)).toMatchObject({
      location: { code: 'P100', name: 'Pump works', items: { totalCount: 0 } },
    });
  });

  it('changes something', async () => {
    const { gateway, url } = booted().system;
    const planned = `mutation { createProductionOrder(idempotencyKey: "plan", input: {
      id: "MO-1", sku: "PUMP", location: "P100", quantity: { value: "100", unit: "EA" }, components: []
      scheduledStart: "2026-12-01T06:00:00Z", scheduledEnd: "2026-12-01T14:00:00Z", operations: []
    }) { __typename } }`;
    expect(await gateway.execute({ query: planned })).toMatchObject({
      data: { createProductionOrder: { __typename: 'ProductionOrderAccepted' } },
    });
    const asked = { id: 'MO-1', idempotencyKey: 'release', expectedRevision: 1 };
    expect(await clientNamed('board', url).request(ReleaseProductionOrderDocument, asked)).toEqual({
      releaseProductionOrder: {
        __typename: 'ProductionOrderAccepted',
        productionOrder: { id: 'MO-1', state: 'RELEASED', revision: 2 },
      },
    });
  });

  it('hears what changes, and goes on behind its last change when the connection is lost', async () => {
    const connections: WebSocket[] = [];
    class Recorded extends WebSocket {
      constructor(...given: ConstructorParameters<typeof WebSocket>) {
        super(...given);
        connections.push(this);
      }
    }
    const client = clientNamed('board', booted().system.url, { webSocketImpl: Recorded });
    const changes = client.subscribe(InventoryChangedDocument, { sku: 'PUMP' });
    let reported = 0;
    const report = () => {
      const quantity = { value: String(++reported), unit: 'EA' };
      const stock = { sku: 'PUMP', location: 'P100', unit: 'EA', stock: [{ status: 'UNRESTRICTED', quantity }] };
      return tell(booted(), 'inventory', 'StockReported', stock);
    };
    const heard: number[] = [];
    const hear = async (count: number) => {
      for (const { inventoryChanged } of await take(count, changes)) {
        heard.push(Number(inventoryChanged.onHandAfter.value));
      }
    };
    const hearing = hear(1);
    await expect
      .poll(async () => {
        await report();
        return heard;
      })
      .toHaveLength(1);
    await hearing;
    connections[0]?.terminate();
    await report();
    await report();
    const [first = 0] = heard;
    await hear(reported - first);
    expect(heard).toEqual(Array.from({ length: reported - first + 1 }, (_, index) => first + index));
    expect(connections).toHaveLength(2);
  });
});

describe('what is not registered does not run', () => {
  const text = '{ __typename }';
  const unknownHash = '0'.repeat(64);
  const hash = ExceptionsDocument.hash ?? '';
  const refusals: [string, Readonly<Record<string, unknown>>, string, string][] = [
    ['a text', { query: text }, 'DOCUMENT_NOT_TRUSTED', 'operations publish'],
    ['a hash', { documentId: `sha256:${unknownHash}` }, 'DOCUMENT_UNKNOWN', unknownHash],
    [
      'a text under the hash of another',
      { query: text, documentId: `sha256:${hash}` },
      'DOCUMENT_HASH_MISMATCH',
      'exactly this text',
    ],
    [
      "a text by Apollo's protocol",
      { query: text, extensions: { persistedQuery: { version: 1, sha256Hash: sha256(text) } } },
      'DOCUMENT_UNKNOWN',
      'operations publish',
    ],
  ];

  it.each(refusals)('%s over HTTP', async (_what, parameters, code, told) => {
    const response = await fetch(`${booted().system.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'application/graphql-response+json' },
      body: JSON.stringify(parameters),
    });
    expect(response.status).toBe(400);
    expect(await response.json()).toEqual({
      errors: [{ message: expect.stringContaining(told) as string, extensions: { code } }],
    });
  });

  it.each(refusals)('%s over a websocket', async (_what, parameters, code, told) => {
    const url = `${booted().system.url.replace('http', 'ws')}/graphql`;
    const socket = createSocket({ url, webSocketImpl: WebSocket, retryAttempts: 0 });
    onTestFinished(async () => socket.dispose());
    await expect(socket.iterate({ query: '', ...parameters }).next()).rejects.toEqual([
      { message: expect.stringContaining(told) as string, extensions: { code } },
    ]);
  });
});

it('a client whose operations are retired is told so', async () => {
  const { url } = booted().system;
  const { path, document } = await ownOperation('query Machines { workCenters(first: 1) { totalCount } }');
  const REPORT = ['--client', 'report', '--client-version', '1.0.0'];
  const client = clientNamed('report', url);
  expect(await operations(url, 'publish', path, REPORT)).toMatchObject({ code: 0 });
  expect(await client.request(document, {})).toEqual({ workCenters: { totalCount: 0 } });
  expect((await operations(url, 'list')).output).toContain('report 1.0.0: 1, for stable\n');

  expect(await operations(url, 'retire', REPORT)).toEqual({ code: 0, output: 'report 1.0.0 is retired.\n' });

  await expect(client.request(document, {})).rejects.toMatchObject({
    name: 'TaktRequestError',
    code: 'DOCUMENT_UNKNOWN',
    message: expect.stringContaining(`No document with the hash ${document.hash} is registered`) as string,
  });
  const { output } = await operations(url, 'list');
  expect(output).not.toContain('report 1.0.0');
  expect(output).toContain('board 1.0.0: ');
  expect(output).toContain('Only these run.');
});

it('our own commands run like every client, once their operations are registered, and the query that is extracted', async () => {
  const { url } = booted().system;
  const product = { sku: 'PUMP', name: 'Pump', type: 'FINISHED', baseUnit: 'EA', procurement: 'MAKE' };
  await tell(booted(), 'products', 'ProductReported', product);
  const at = await temporaryFolder();
  const [query, out] = [join(at, 'products.graphql'), join(at, 'products.jsonl')];
  await writeFile(query, 'fragment Row on Product { sku name }\nquery Products { products { nodes { ...Row } } }');
  const extract = () => command(['extract', query, '--out', out, '--url', `${url}/graphql`], {});
  expect(await extract()).toMatchObject({
    code: 1,
    output: expect.stringContaining('runs registered documents only') as string,
  });
  const CLI = ['--client', 'takt-cli', '--client-version', '0.1.0'];
  expect(await operations(url, 'publish', join(ROOT, 'cli/src/operations'), CLI)).toMatchObject({ code: 0 });
  expect(await extract()).toMatchObject({
    code: 2,
    output: expect.stringContaining('this query is not registered: publish it') as string,
  });
  const PRODUCTS = ['--client', 'product-report', '--client-version', '1.0.0'];
  expect(await operations(url, 'publish', query, PRODUCTS)).toMatchObject({ code: 0 });
  expect(await extract()).toMatchObject({ code: 0 });
  expect(await readFile(out, 'utf8')).toBe('{"_id":"PUMP","sku":"PUMP","name":"Pump"}\n');
});

it('the administrator sees which client runs what, and how often', async () => {
  const { url } = booted().system;
  const client = clientNamed('exceptions-screen', url);
  for (let run = 0; run < 3; run++) await client.request(ExceptionsDocument, {});

  const usage = taktProcess(['schema', 'usage', '--gateway', url], { TAKT_ADMIN_TOKEN });
  expect(await usage.ended()).toBe(0);
  expect(usage.output()).toMatch(/ exceptions-screen +Exceptions +\S+ +3 +2026-11-23$/m);
});

it('a client that has pinned a version hears when that goes, and is shown the way when it has gone', async () => {
  const { url } = booted().system;
  const { path, document } = await ownOperation('query Reliability { supplier(id: "MOTORS") { onTimeInFull } }');
  const OLD = ['--client', 'old-board', '--client-version', '1.0.0', '--contract', '2026-08'];
  expect(await operations(url, 'publish', path, OLD)).toMatchObject({ code: 0 });
  const notices: DeprecationNotice[] = [];
  const pinned = { contract: '2026-08', onDeprecated: (notice: DeprecationNotice) => notices.push(notice) };
  expect(await clientNamed('old-board', url, pinned).request(document, {})).toEqual({ supplier: null });
  expect(notices).toMatchObject([{ contract: '2026-08', sunset: new Date('2027-09-01T00:00:00Z') }]);

  const { system } = await bootSystem({ trustedDocuments, clock: () => new Date('2027-09-01T00:00:00Z') });
  const client = clientNamed('old-board', system.url, pinned);
  const gone = {
    name: 'TaktRequestError',
    code: 'CONTRACT_SUNSET',
    message: expect.stringMatching(/2026-08.*2026-11/) as string,
  };
  await expect(client.request(document, {})).rejects.toMatchObject(gone);
  await expect(client.subscribe(InventoryChangedDocument, {}).next()).rejects.toMatchObject(gone);
});

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
