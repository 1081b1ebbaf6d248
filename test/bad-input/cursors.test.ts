import { join } from 'node:path';
import { InventoryChangedDocument, TaktRequestError } from '@takt/client';
import { openLmdbStore } from '@takt/document-store';
import { decodeCursor, encodeCursor, openEmbeddedLog } from '@takt/event-log';
import { inProcessTransport, startGateway } from '@takt/gateway';
import { inboundMessage, systemClock } from '@takt/intake';
import { inventory } from '@takt/inventory';
import { products } from '@takt/products';
import { openDomain, openDomainOn, type Domain } from '@takt/subgraph-server';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { clientOf, take } from '../system.ts';
import type { TaktClient } from '@takt/client';

const RETAINED = 10;
const REPORTS = 25;

let folder: string;
let stock: Domain;
let others: Domain;
let client: TaktClient;
const closing: (() => Promise<void>)[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'takt-test-'));
  const store = await openLmdbStore({ directory: join(folder, 'documents') });
  const log = await openEmbeddedLog({ directory: join(folder, 'log'), retainEvents: RETAINED });
  const close = async () => {
    await log.close();
    await store.close();
  };
  const options = { directory: folder, clock: systemClock };
  stock = await openDomainOn({ store, leases: store, log, isShared: false, close }, inventory, options);
  others = await openDomain(products, { ...options, directory: join(folder, 'products') });
  const subgraphs = [stock, others].map((domain) => ({ name: domain.name, transport: inProcessTransport(domain) }));
  const gateway = await startGateway({ supergraph: { kind: 'subgraphs', subgraphs }, host: '127.0.0.1', port: 0 });
  client = clientOf(gateway.url, null);
  closing.push(
    () => client.close(),
    () => gateway.close(),
    () => stock.close(),
    () => others.close(),
  );
  for (let pieces = 1; pieces <= REPORTS; pieces++) await stock.intake.receive([reported(pieces)]);
});

afterAll(async () => {
  for (const close of closing) await close();
  await rm(folder, { recursive: true });
});

it.each([
  ['is nonsense', () => 'bm9uc2Vuc2U', 'is no cursor'],
  ['is empty', () => '', 'is no cursor'],
  ['is of another version', () => forged(`9:${stock.log.id}:3`), 'is no cursor'],
  ['has a position that is no number', () => forged(`1:${stock.log.id}:0x3`), 'is no cursor'],
  ['has a position before the first', () => forged(`1:${stock.log.id}:-1`), 'is no cursor'],
  ['belongs to the log of another domain', () => encodeCursor(others.log.id, 0), 'belongs to another log'],
  ['is ahead of the log', () => encodeCursor(stock.log.id, REPORTS + 1), `the log ends at ${REPORTS}`],
])('a cursor that %s is refused', async (_, cursor, reason) => {
  const refused = await errorsOf(cursor());
  expect(refused).toMatchObject([{ extensions: { code: 'CURSOR_INVALID' } }]);
  expect(refused[0]?.message).toContain(reason);
});

it('a cursor that is older than what is kept is refused with the gap, behind which one can go on', async () => {
  const [error] = await errorsOf(encodeCursor(stock.log.id, 3));
  expect(error?.extensions).toMatchObject({ code: 'CURSOR_EXPIRED' });
  const { after, until } = error?.extensions?.['gap'] as { after: string; until: string };
  expect(await decodeCursor(after, stock.log)).toBe(3);
  expect(await decodeCursor(until, stock.log)).toBe(REPORTS - RETAINED);
  const changes = client.subscribe(InventoryChangedDocument, { after: until });
  const heard = await take(RETAINED, changes);
  await changes.return?.();
  expect(heard.map(({ inventoryChanged }) => Number(inventoryChanged.onHandAfter.value))).toEqual(
    Array.from({ length: RETAINED }, (_, index) => REPORTS - RETAINED + 1 + index),
  );
});

async function errorsOf(after: string): Promise<TaktRequestError['errors']> {
  const error: unknown = await client
    .subscribe(InventoryChangedDocument, { after })
    .next()
    .catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(TaktRequestError);
  return (error as TaktRequestError).errors;
}

function forged(text: string): string {
  return Buffer.from(text).toString('base64url');
}

function reported(pieces: number) {
  const quantity = { value: String(pieces), unit: 'EA' };
  const data = { sku: 'PUMP', location: 'P100', unit: 'EA', stock: [{ status: 'UNRESTRICTED', quantity }] };
  return inboundMessage({ type: 'StockReported', source: 'wms/p100', data }, systemClock);
}
