import { once } from 'node:events';
import { expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { sharedSystem } from '../system.ts';

const JSON_TYPE = 'application/json';
const GRAPHQL_TYPE = 'application/graphql-response+json';

const shared = sharedSystem();

it.each([
  ['malformed GraphQL', { query: '{ products {' }, 400],
  ['an unknown field', { query: '{ nonsense }' }, 400],
  [
    'a variable of the wrong type',
    { query: 'query ($sku: String!) { product(sku: $sku) { name } }', variables: { sku: 1 } },
    400,
  ],
  ['a missing variable', { query: 'query ($sku: String!) { product(sku: $sku) { name } }' }, 400],
  ['a query that is no string', { query: 1 }, 400],
  ['a query that is right', { query: '{ __typename }' }, 200],
])('answers %s with the status of GraphQL over HTTP', async (_what, body, status) => {
  const { system } = shared();
  const ask = (accept: string) =>
    fetch(`${system.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': JSON_TYPE, accept },
      body: JSON.stringify(body),
    });
  const response = await ask(GRAPHQL_TYPE);
  expect(response.status).toBe(status);
  const result = (await response.json()) as { errors?: { message: string }[] };
  expect(result.errors === undefined).toBe(status === 200);
});

it.each([
  ['not JSON', { method: 'POST', headers: { 'content-type': JSON_TYPE }, body: '{' }, 400],
  [
    'another content type',
    { method: 'POST', headers: { 'content-type': 'text/plain' }, body: '{"query":"{ __typename }"}' },
    415,
  ],
  ['DELETE', { method: 'DELETE' }, 405],
])('answers %s with %s', async (_what, request, status) => {
  const { system } = shared();
  expect((await fetch(`${system.url}/graphql`, request)).status).toBe(status);
});

it('tells what is wrong with a value that only a subgraph understands, and answers the rest', async () => {
  const { system } = shared();
  const result = await system.gateway.execute({
    query: 'query ($day: Date!) { products { totalCount } customerOrders(filter: { dueFrom: $day }) { totalCount } }',
    variables: { day: '2026-02-30' },
  });
  expect(JSON.stringify(result.errors)).toContain('must be');
  expect(result.errors?.[0]?.extensions['code']).toBe('BAD_USER_INPUT');
});

it('never runs a mutation by GET', async () => {
  const { system } = shared();
  const query = encodeURIComponent('mutation { __typename }');
  const headers = { accept: GRAPHQL_TYPE, 'apollo-require-preflight': '1' };
  expect((await fetch(`${system.url}/graphql?query=${query}`, { headers })).status).toBe(405);
});

it('closes a websocket that speaks nonsense with the protocol’s code, and lives on', async () => {
  const { system } = shared();
  const socket = new WebSocket(`${system.url.replace('http', 'ws')}/graphql`, 'graphql-transport-ws');
  await once(socket, 'open');
  socket.send('nonsense');
  const [code] = (await once(socket, 'close')) as [number];
  expect(code).toBe(4400);
  expect((await fetch(`${system.url}/health/ready`)).status).toBe(200);
});

it('closes a websocket that subscribes before it is acknowledged', async () => {
  const { system } = shared();
  const socket = new WebSocket(`${system.url.replace('http', 'ws')}/graphql`, 'graphql-transport-ws');
  await once(socket, 'open');
  socket.send(
    JSON.stringify({ id: '1', type: 'subscribe', payload: { query: 'subscription { inventoryChanged { cursor } }' } }),
  );
  const [code] = (await once(socket, 'close')) as [number];
  expect(code).toBe(4401);
});

it('keeps a message that fails its schema for inspection, with the reason', async () => {
  const { system } = shared();
  const broken = {
    specversion: '1.0',
    id: 'm1',
    source: 'wms/p100',
    type: 'StockReported',
    time: 'yesterday',
    data: { sku: 7 },
  };
  const [outcome] = await system.intake('inventory').receive([broken as never]);
  expect(outcome).toMatchObject({ status: 'REJECTED', refusal: { code: 'SCHEMA_VIOLATION' } });
  const kept = await system.domains.get('inventory')!.intake.messages({ status: 'REJECTED', first: 10 });
  expect(JSON.stringify(kept)).toContain('yesterday');
});
