import { once } from 'node:events';
import { createClient } from 'graphql-ws';
import { SignJWT } from 'jose';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { WebSocket } from 'ws';
import { contractList, machineSubgraphs } from '../../test-subgraphs/versioned-machines.ts';
import { inProcessTransport } from '../transports/in-process.ts';
import { startGateway } from './server.ts';
import type { GatewayServer } from './server.ts';

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

const mill = { id: '1', name: 'Mill', load: 'HALTED', history: [], alarm: null, alarms: [] };
const secret = 'a secret that is long enough for HS256';
let server: GatewayServer;
/** The day of the gateway. */
let today = '2026-12-01';

beforeAll(async () => {
  const changes = async function* () {
    yield await Promise.resolve(mill);
  };
  server = await startGateway({
    port: 0,
    host: '127.0.0.1',
    planning: 'inline',
    now: () => Date.parse(`${today}T12:00:00Z`),
    supergraph: {
      kind: 'subgraphs',
      contracts: contractList,
      subgraphs: machineSubgraphs(() => [mill], changes).map((subgraph) => ({
        name: subgraph.name,
        transport: inProcessTransport(subgraph, () => undefined),
      })),
    },
    authentication: { keys: { secret } },
    cors: ['https://plan.example'],
    serverLimits: { maxBatch: 5 },
  });
});
afterAll(() => server.close());

async function ask(
  path: string,
  query: string,
  headers: Readonly<Record<string, string>> = {},
): Promise<{ status: number; headers: Headers; body: string }> {
  const response = await fetch(`${server.url}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: query.startsWith('[') ? query : JSON.stringify({ query }),
  });
  return { status: response.status, headers: response.headers, body: await response.text() };
}

async function tokenOf(claims: Record<string, unknown>): Promise<{ authorization: string }> {
  const token = await new SignJWT({ sub: 'portal', ...claims })
    .setProtectedHeader({ alg: 'HS256' })
    .setExpirationTime('1h')
    .sign(new TextEncoder().encode(secret));
  return { authorization: `Bearer ${token}` };
}

const oldQuery = '{ machines { status load } }';
const newQuery = '{ machines { state load } }';
const oldSunset = 'Wed, 01 Sep 2027 00:00:00 GMT';

describe('a contract is chosen', () => {
  test.each<[string, string, string, Record<string, string>, string]>([
    ['by nothing: the stable one', '/graphql', newQuery, {}, '2026-11'],
    ['by the path', '/graphql/2026-08', oldQuery, {}, '2026-08'],
    ['by the header', '/graphql', oldQuery, { 'takt-contract': '2026-08' }, '2026-08'],
    ['by both', '/graphql/2026-08', oldQuery, { 'takt-contract': '2026-08' }, '2026-08'],
    ['the coming one', '/graphql/next', '{ machines { dueIn } }', {}, 'next'],
    ['of an audience', '/graphql/suppliers', '{ machine(id: 1) { state } }', {}, 'suppliers/2026-11'],
    [
      'of an audience in a version',
      '/graphql/suppliers/2026-08',
      '{ machine(id: 1) { status } }',
      {},
      'suppliers/2026-08',
    ],
  ])('%s', async (_how, path, query, given, label) => {
    const { status, headers, body } = await ask(path, query, given);
    expect(JSON.parse(body)).toEqual({ data: expect.anything() });
    expect([status, headers.get('takt-contract')]).toEqual([200, label]);
  });

  test('by the token, whatever is asked', async () => {
    const supplier = await tokenOf({ takt_audience: 'suppliers' });
    const { headers, body } = await ask('/graphql', '{ machines { forecast { hours } } }', supplier);
    expect(headers.get('takt-contract')).toBe('suppliers/2026-11');
    expect(body).toContain('Cannot query field \\"machines\\"');
    expect(body).not.toContain('hours":');
    const other = await ask('/graphql/analytics', '{ __typename }', supplier);
    expect([other.status, other.body]).toEqual([403, expect.stringContaining('CONTRACT_FORBIDDEN')]);
  });
});

test('each version speaks its own words only, in errors and in introspection', async () => {
  expect((await ask('/graphql/2026-08', newQuery)).body).toContain('Did you mean \\"status\\"');
  expect((await ask('/graphql/2026-11', oldQuery)).body).toContain('Cannot query field \\"status\\"');
  const types = '{ __schema { types { name } } }';
  expect((await ask('/graphql/2026-08', types)).body).not.toContain('"Size"');
  expect((await ask('/graphql/2026-11', types)).body).toContain('"Size"');
});

test.each([
  ['400', '/graphql/2026-8', 'CONTRACT_MALFORMED'],
  ['404', '/graphql/2020-01', 'CONTRACT_UNKNOWN'],
  ['404', '/graphql/owners', 'CONTRACT_UNKNOWN'],
])('%s for %s', async (status, path, code) => {
  const answer = await ask(path, '{ __typename }');
  expect(String(answer.status)).toBe(status);
  expect(JSON.parse(answer.body)).toEqual({ errors: [{ message: expect.any(String), extensions: { code } }] });
});

test('two contracts at once are refused', async () => {
  const answer = await ask('/graphql/2026-08', oldQuery, { 'takt-contract': '2026-11' });
  expect([answer.status, answer.body]).toEqual([400, expect.stringContaining('CONTRACT_AMBIGUOUS')]);
});

test('a version past its sunset is gone, and the answer leads on', async () => {
  today = '2027-09-01';
  try {
    const answer = await ask('/graphql/2026-08', oldQuery);
    expect([answer.status, answer.body]).toEqual([410, expect.stringContaining('CONTRACT_SUNSET')]);
    expect(answer.headers.get('link')).toContain('</graphql/2026-11>; rel="successor-version"');
    expect((await ask('/graphql/2026-11', newQuery)).status).toBe(200);
  } finally {
    today = '2026-12-01';
  }
});

describe('every way of answering tells the contract and its end', () => {
  const told = (headers: Headers) =>
    ['takt-contract', 'deprecation', 'sunset', 'link'].map((name) => headers.get(name));
  const ended = ['2026-08', '@1795651200', oldSunset, '</docs/2026-11>; rel="deprecation"'];

  test.each<[string, string, Record<string, string>]>([
    ['a query', oldQuery, {}],
    ['a refusal', '{ nope }', { accept: 'application/graphql-response+json' }],
    ['a batch', JSON.stringify([{ query: oldQuery }, { query: '{ nope }' }]), {}],
    ['an event stream', 'subscription { machineChanged { status } }', { accept: 'text/event-stream' }],
    [
      'parts of a subscription',
      'subscription { machineChanged { status } }',
      { accept: 'multipart/mixed;subscriptionSpec="1.0"' },
    ],
    ['deferred parts', '{ machines { name ... @defer { status } } }', { accept: 'multipart/mixed;deferSpec=20220824' }],
  ])('%s', async (_what, query, given) => {
    const { headers } = await ask('/graphql/2026-08', query, given);
    expect(told(headers)).toEqual(ended);
  });

  test('a query by GET', async () => {
    const url = `${server.url}/graphql/2026-08?query=${encodeURIComponent(oldQuery)}`;
    const response = await fetch(url, { headers: { 'apollo-require-preflight': '1' } });
    expect(told(response.headers)).toEqual(ended);
    expect(await response.json()).toEqual({ data: { machines: [{ status: 'HALTED', load: 'STOPPED' }] } });
  });

  test('the use of what is deprecated, in a version that stays', async () => {
    expect(told((await ask('/graphql', newQuery)).headers)).toEqual(['2026-11', null, null, null]);
    const { headers } = await ask('/graphql', '{ machines { width } }');
    expect(told(headers)).toEqual([
      '2026-11',
      `@${Date.parse('2026-11-01T00:00:00Z') / 1000}`,
      'Mon, 01 Feb 2027 00:00:00 GMT',
      '</docs/2026-11>; rel="deprecation"',
    ]);
  });
});

test('pages of allowed origins may pin a contract and read what is told of it', async () => {
  const preflight = await fetch(`${server.url}/graphql/2026-08`, {
    method: 'OPTIONS',
    headers: {
      origin: 'https://plan.example',
      'access-control-request-method': 'POST',
      'access-control-request-headers': 'content-type,takt-contract,takt-client',
    },
  });
  expect(preflight.headers.get('access-control-allow-headers')).toContain('takt-contract,takt-client');
  const { headers } = await ask('/graphql', newQuery, { origin: 'https://plan.example' });
  expect(headers.get('access-control-expose-headers')).toContain('Takt-Contract, Deprecation, Sunset, Link');
});

describe('a websocket', () => {
  function connect(path: string, connectionParams?: Record<string, unknown>, headers?: Record<string, string>) {
    class WithHeaders extends WebSocket {
      constructor(url: string, protocols: string) {
        super(url, protocols, { ...(headers && { headers }) });
      }
    }
    let acknowledge: (told: unknown) => void = () => undefined;
    const acknowledged = new Promise<unknown>((resolve) => (acknowledge = resolve));
    const client = createClient({
      url: `${server.url.replace('http', 'ws')}${path}`,
      webSocketImpl: WithHeaders,
      retryAttempts: 3,
      ...(connectionParams && { connectionParams }),
      on: {
        connected: (_socket, payload) => acknowledge(payload),
        closed: (event) => acknowledge(event),
      },
    });
    const first = async (query: string): Promise<unknown> => {
      const events = client.iterate({ query });
      const { value } = (await events.next()) as IteratorYieldResult<unknown>;
      await events.return?.();
      return value;
    };
    return { client, first, acknowledged };
  }

  test.each<[string, string, Record<string, unknown> | undefined, Record<string, string> | undefined]>([
    ['its path', '/graphql/2026-08', undefined, undefined],
    ['its first message', '/graphql', { 'Takt-Contract': '2026-08' }, undefined],
    ['a header', '/graphql', undefined, { 'takt-contract': '2026-08' }],
  ])('pins a contract by %s, and is told its end', async (_how, path, params, headers) => {
    const { client, first, acknowledged } = connect(path, params, headers);
    expect(await first('subscription { machineChanged { status } }')).toEqual({
      data: { machineChanged: { status: 'HALTED' } },
    });
    expect(await first(oldQuery)).toMatchObject({ data: { machines: [{ status: 'HALTED' }] } });
    expect(await acknowledged).toEqual({ contract: '2026-08', deprecation: '@1795651200', sunset: oldSunset });
    await client.dispose();
  });

  test('has the stable contract otherwise', async () => {
    const { client, first, acknowledged } = connect('/graphql');
    expect(await first(newQuery)).toEqual({ data: { machines: [{ state: 'HALTED', load: 'HALTED' }] } });
    expect(await acknowledged).toEqual({ contract: '2026-11' });
    await client.dispose();
  });

  test.each<[string, string, Record<string, unknown>, RegExp]>([
    ['a malformed pin', '/graphql/nonsense/x', {}, /^CONTRACT_MALFORMED: /],
    ['a pin that is too long for a reason', `/graphql/${'é'.repeat(200)}`, {}, /^CONTRACT_MALFORMED: /],
    ['an unknown version', '/graphql/2020-01', {}, /^CONTRACT_UNKNOWN: There is no version 2020-01/],
    ['two contracts', '/graphql/2026-08', { 'takt-contract': '2026-11' }, /^CONTRACT_AMBIGUOUS: /],
    ['what is no text', '/graphql', { 'Takt-Contract': 7 }, /^CONTRACT_MALFORMED: /],
  ])('is closed for %s, once and with the reason', async (_what, path, params, reason) => {
    const { client, first, acknowledged } = connect(encodeURI(path), params);
    await expect(first(newQuery)).rejects.toMatchObject({ code: 4400, reason: expect.stringMatching(reason) });
    expect(await acknowledged).toMatchObject({ code: 4400 });
    await client.dispose();
  });

  test('is of the audience that its token says', async () => {
    const { authorization } = await tokenOf({ takt_audience: 'suppliers' });
    const { client, first, acknowledged } = connect('/graphql', { authorization });
    await expect(first('{ forecast { hours } }')).rejects.toMatchObject([
      { message: expect.stringContaining('Cannot query field "forecast"') },
    ]);
    expect(await acknowledged).toEqual({ contract: 'suppliers/2026-11' });
    await client.dispose();
  });

  test('is not opened anywhere else', async () => {
    const socket = new WebSocket(`${server.url.replace('http', 'ws')}/graphqlx`, 'graphql-transport-ws');
    const [error] = (await once(socket, 'error')) as [Error];
    expect(error.message).toContain('404');
  });
});

test('health tells the contracts', async () => {
  expect(await (await fetch(`${server.url}/health/supergraph`)).json()).toMatchObject({
    contracts: { stable: '2026-11', next: '2027-02', releases: [{ version: '2026-08' }, { version: '2026-11' }] },
  });
});
