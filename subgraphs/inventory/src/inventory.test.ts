import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execute, parse, subscribe, type ExecutionResult } from 'graphql';
import { expect, it, onTestFinished } from 'vitest';
import { inboundMessage } from '@takt/intake';
import { openDomain } from '@takt/subgraph-server';
import { inventory } from './domain.ts';

const clock = () => new Date('2026-11-23T08:00:00Z');

async function opened() {
  const directory = await mkdtemp(join(tmpdir(), 'takt-inventory-'));
  const domain = await openDomain(inventory, { directory, clock });
  onTestFinished(async () => {
    await domain.close();
    await rm(directory, { recursive: true });
  });
  const document = (query: string) => ({
    schema: domain.schema,
    document: parse(query),
    contextValue: domain.createContext(),
  });
  return {
    domain,
    ask: async (query: string) => {
      const { data, errors } = await execute(document(query));
      expect(errors).toBeUndefined();
      return data as Record<string, unknown>;
    },
    listen: async (query: string) => (await subscribe(document(query))) as AsyncGenerator<ExecutionResult>,
    stock: (sku: string, pieces: number, time = '2026-11-23T07:00:00Z') =>
      domain.intake.receive([
        inboundMessage(
          {
            type: 'StockReported',
            source: 'wms/p100',
            time,
            data: {
              sku,
              location: 'P100',
              unit: 'EA',
              stock: [{ status: 'UNRESTRICTED', quantity: { value: String(pieces), unit: 'EA' } }],
            },
          },
          clock,
        ),
      ]),
  };
}

const ISSUE = `postStockMovement(idempotencyKey: "k1", expectedRevision: 1, input: { document: "D1", line: 1, type: ISSUE, sku: "PUMP", location: "P100", quantity: { value: "3", unit: "EA" } }) {
  __typename
  ... on InventoryAccepted { inventoryPosition { revision onHand { value } } }
  ... on RevisionConflict { expectedRevision currentRevision }
  ... on CommandRefused { code }
}`;

it('answers stock by item and location to whoever refers to it', async () => {
  const { ask, stock } = await opened();
  await stock('PUMP', 10);
  const representation = '{ __typename: "ItemLocation", sku: "PUMP", location: { code: "P100" } }';
  const answer = await ask(
    `{ _entities(representations: [${representation}]) { ... on ItemLocation { inventory { onHand { value unit } freshness } } } }`,
  );
  expect(answer).toEqual({ _entities: [{ inventory: { onHand: { value: '10', unit: 'EA' }, freshness: 'FRESH' } }] });
});

it('says that stock is stale when its source has been silent for more than a day', async () => {
  const { ask, stock } = await opened();
  await stock('PUMP', 10, '2026-11-22T07:59:59Z');
  expect(await ask('{ inventoryPositions { nodes { asOf freshness } } }')).toEqual({
    inventoryPositions: { nodes: [{ asOf: '2026-11-22T07:59:59Z', freshness: 'STALE' }] },
  });
});

it('pages through positions with a total count', async () => {
  const { ask, stock } = await opened();
  for (const sku of ['A', 'B', 'C']) await stock(sku, 1);
  const page = (after: string) =>
    `{ inventoryPositions(first: 2, after: ${after}) { totalCount nodes { product { sku } } pageInfo { hasNextPage endCursor } } }`;
  const first = await ask(page('null'));
  expect(first['inventoryPositions']).toMatchObject({
    totalCount: 3,
    nodes: [{ product: { sku: 'A' } }, { product: { sku: 'B' } }],
  });
  const { endCursor } = (first['inventoryPositions'] as { pageInfo: { endCursor: string } }).pageInfo;
  expect((await ask(page(JSON.stringify(endCursor))))['inventoryPositions']).toMatchObject({
    nodes: [{ product: { sku: 'C' } }],
    pageInfo: { hasNextPage: false },
  });
});

it('posts a movement once, whatever how often it is sent', async () => {
  const { ask, stock } = await opened();
  await stock('PUMP', 10);
  const accepted = { __typename: 'InventoryAccepted', inventoryPosition: { revision: 2, onHand: { value: '7' } } };
  expect(await ask(`mutation { ${ISSUE} }`)).toEqual({ postStockMovement: accepted });
  expect(await ask(`mutation { ${ISSUE} }`)).toEqual({ postStockMovement: accepted });
});

it('tells who decided on old knowledge', async () => {
  const { ask, stock } = await opened();
  await stock('PUMP', 10);
  await stock('PUMP', 9, '2026-11-23T07:30:00Z');
  expect(await ask(`mutation { ${ISSUE} }`)).toEqual({
    postStockMovement: { __typename: 'RevisionConflict', expectedRevision: 1, currentRevision: 2 },
  });
});

it('replays what a subscriber has missed, then goes on live', async () => {
  const { listen, stock } = await opened();
  const live = await listen('subscription { inventoryChanged(plant: "P100") { cursor onHandAfter { value } } }');
  const first = live.next();
  await stock('PUMP', 1);
  const { cursor } = ((await first).value as { data: { inventoryChanged: { cursor: string } } }).data.inventoryChanged;
  await live.return(undefined);
  await stock('PUMP', 2, '2026-11-23T07:30:00Z');
  const resumed = await listen(`subscription { inventoryChanged(after: "${cursor}") { onHandAfter { value } } }`);
  expect((await resumed.next()).value).toEqual({ data: { inventoryChanged: { onHandAfter: { value: '2' } } } });
  const next = resumed.next();
  await stock('PUMP', 3, '2026-11-23T07:45:00Z');
  expect((await next).value).toEqual({ data: { inventoryChanged: { onHandAfter: { value: '3' } } } });
  await resumed.return(undefined);
});

it('refuses a cursor that is none', async () => {
  const { listen } = await opened();
  expect(await listen('subscription { inventoryChanged(after: "nonsense") { cursor } }')).toMatchObject({
    errors: [{ extensions: { code: 'CURSOR_INVALID' } }],
  });
});
