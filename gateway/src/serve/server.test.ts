import { once } from 'node:events';
import { request as httpRequest } from 'node:http';
import type { IncomingMessage } from 'node:http';
import { connect } from 'node:net';
import { createClient } from 'graphql-ws';
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest';
import { WebSocket } from 'ws';
import { createPlant } from '../../test-subgraphs/plant/data.ts';
import { plantSubgraphs } from '../../test-subgraphs/plant/subgraphs.ts';
import { SubgraphFault } from '../errors.ts';
import { inProcessTransport } from '../transports/in-process.ts';
import { startGateway } from './server.ts';
import type { GatewayServer } from './server.ts';
import type { GatewayServerOptions } from './server-options.ts';

let plant = createPlant();
let stockIsAway = false;
const stockProblems: string[] = [];

function start(options: Partial<GatewayServerOptions> = {}): Promise<GatewayServer> {
  const subgraphs = plantSubgraphs(() => plant).map((subgraph) => {
    const health = () => Promise.resolve(subgraph.name === 'stock' ? stockProblems : []);
    const transport = inProcessTransport({ ...subgraph, health });
    const execute: typeof transport.execute = (request) =>
      stockIsAway && subgraph.name === 'stock'
        ? Promise.reject(new SubgraphFault('SUBGRAPH_UNAVAILABLE', 'Subgraph "stock" is away.'))
        : transport.execute(request);
    return { name: subgraph.name, transport: { ...transport, execute } };
  });
  return startGateway({
    port: 0,
    host: '127.0.0.1',
    supergraph: { kind: 'subgraphs', subgraphs },
    planning: 'inline',
    ...options,
  });
}

/** A gateway whose subgraph holds back `{ broken }` until it is released. */
async function startHeld(serverLimits: NonNullable<GatewayServerOptions['serverLimits']>) {
  let release: () => void = () => undefined;
  let asked: () => void = () => undefined;
  const held = new Promise<void>((resolve) => (release = resolve));
  const running = new Promise<void>((resolve) => (asked = resolve));
  const transport = inProcessTransport(plantSubgraphs(() => plant)[0]!);
  const execute: typeof transport.execute = async (request) => {
    if (request.query.includes('broken')) {
      asked();
      await held;
    }
    return transport.execute(request);
  };
  const subgraphs = [{ name: 'catalog', transport: { ...transport, execute } }];
  const holding = await start({ supergraph: { kind: 'subgraphs', subgraphs }, serverLimits });
  return { server: holding, running, release };
}

let server: GatewayServer;
beforeAll(async () => {
  server = await start({
    extraRoutes: (request, response) => {
      if (request.url !== '/extra') return false;
      response.end('extra');
      return true;
    },
    cors: ['https://plan.example'],
    serverLimits: { connectionInitTimeoutMs: 600_000 },
  });
});
afterAll(() => server.close());

const asked = { 'apollo-require-preflight': '1' };
const json = 'application/json';
const responseJson = 'application/graphql-response+json';
const query = JSON.stringify({ query: '{ product(sku: "P1") { name onHand } }' });

describe('over HTTP', () => {
  const asSubscription = JSON.stringify({ query: 'subscription { stockChanged(skus: ["P1"]) { sku } }' });
  test.each([
    [json, query],
    ['text/event-stream', asSubscription],
    ['multipart/mixed;subscriptionSpec="1.0"', asSubscription],
    ['multipart/mixed;deferSpec=20220824', '{"query":"{ product(sku: \\"P1\\") { sku ... @defer { onHand } } }"}'],
  ])('only a page of an allowed origin may read %s', async (accept, body) => {
    const readableBy = async (origin: string) => {
      const headers = { 'content-type': json, accept, origin };
      const response = await fetch(`${server.url}/graphql`, { method: 'POST', headers, body });
      expect(response.headers.get('content-type')).toContain(accept.split(';')[0]);
      await response.text();
      return response.headers.get('access-control-allow-origin');
    };
    expect(await readableBy('https://plan.example')).toBe('https://plan.example');
    expect(await readableBy('https://evil.example')).toBeNull();
  });

  test.each<
    [
      string,
      { method?: string; path?: string; type?: string; accept?: string; body?: string | Uint8Array<ArrayBuffer> },
      number,
      string,
    ]
  >([
    ['a query', { body: query }, 200, '"onHand":1711'],
    ['a query by GET', { method: 'GET', path: '?query={sites{code}}' }, 200, '"BER"'],
    [
      'a query by GET with variables',
      { method: 'GET', path: '?query=query($s:ID!){product(sku:$s){name}}&variables={"s":"P2"}' },
      200,
      'Product 2',
    ],
    [
      'a mutation by GET',
      { method: 'GET', path: '?query=mutation{receive(sku:"P1",quantity:1){quantity}}' },
      405,
      'must be sent by POST',
    ],
    ['a mutation', { body: '{"query":"mutation{issue(sku:\\"P8\\",quantity:0){sku}}"}' }, 200, '"P8"'],
    ['an error beside data', { body: '{"query":"{ broken sites { code } }"}', accept: responseJson }, 200, '"BROKEN"'],
    ['what is not GraphQL', { body: '{"query":"{"}', accept: responseJson }, 400, 'GRAPHQL_PARSE_FAILED'],
    ['what is not GraphQL, for an old client', { body: '{"query":"{"}', accept: json }, 200, 'GRAPHQL_PARSE_FAILED'],
    ['an unknown field', { body: '{"query":"{ nope }"}', accept: responseJson }, 400, 'GRAPHQL_VALIDATION_FAILED'],
    [
      'a variable of the wrong type',
      { body: '{"query":"query($n:Int){products(first:$n){sku}}","variables":{"n":"x"}}', accept: responseJson },
      400,
      'BAD_USER_INPUT',
    ],
    [
      'a missing variable',
      { body: '{"query":"query($n:ID!){product(sku:$n){sku}}"}', accept: responseJson },
      400,
      'BAD_USER_INPUT',
    ],
    [
      'variables that are deep',
      {
        body: `{"query":"query($i:EchoInput!){echo(input:$i)}","variables":{"i":${'{"nested":'.repeat(5_000)}{}${'}'.repeat(5_000)}}}`,
        accept: responseJson,
      },
      400,
      'OPERATION_TOO_LARGE',
    ],
    [
      'variables that are a list',
      { body: '{"query":"{ sites { code } }","variables":[1]}' },
      400,
      'must be an object, and is a list',
    ],
    [
      'an operation that is not there',
      { body: '{"query":"query A { sites { code } }","operationName":"B"}', accept: responseJson },
      400,
      'no operation',
    ],
    [
      'a subscription',
      { body: '{"query":"subscription { stockChanged(skus: []) { sku } }"}', accept: responseJson },
      406,
      'text/event-stream',
    ],
    ['no query', { body: '{}' }, 400, 'must be a string, and is missing'],
    ['what is not JSON', { body: '{"query":' }, 400, 'is not JSON'],
    ['what is not UTF-8', { body: new Uint8Array([0x7b, 0x22, 0xff, 0x22, 0x7d]) }, 400, 'is not UTF-8'],
    ['a list of queries', { body: `[${query}]` }, 400, 'batches are not accepted'],
    ['a form', { body: 'query={sites{code}}', type: 'application/x-www-form-urlencoded' }, 415, ''],
    ['plain text', { body: query, type: 'text/plain' }, 415, ''],
    ['a media type that is not offered', { body: query, accept: 'text/html' }, 406, ''],
    ['a method that is not offered', { method: 'DELETE' }, 405, ''],
    [
      'a body that is too large',
      { body: JSON.stringify({ query: `{ sites { code } } #${'x'.repeat(1024 * 1024)}` }) },
      413,
      'larger than 1048576 bytes',
    ],
    [
      'a fragment bomb',
      { body: JSON.stringify({ query: fragmentBomb() }), accept: responseJson },
      400,
      'OPERATION_TOO_LARGE',
    ],
  ])('%s', async (_name, { method = 'POST', path = '', type = json, accept = json, body }, status, text) => {
    const response = await fetch(`${server.url}/graphql${path}`, {
      method,
      headers: { accept, ...asked, ...(body !== undefined && { 'content-type': type }) },
      ...(body !== undefined && { body }),
    });
    expect(await response.text()).toContain(text);
    expect(response.status).toBe(status);
  });

  test('the media type is the one accepted', async () => {
    for (const accept of [json, responseJson]) {
      const headers = { accept, 'content-type': json };
      const response = await fetch(`${server.url}/graphql`, { method: 'POST', headers, body: query });
      expect(response.headers.get('content-type')).toBe(`${accept}; charset=utf-8`);
    }
  });

  test('a request under a name that is not of this machine is refused, whatever its path', async () => {
    const { port } = new URL(server.url);
    for (const path of ['/graphql?query={sites{code}}', '/extra', '/health/live']) {
      const sent = httpRequest({ host: '127.0.0.1', port, path, headers: { host: `evil.example:${port}` } }).end();
      const [response] = (await once(sent, 'response')) as [IncomingMessage];
      const [body] = (await once(response, 'data')) as [Buffer];
      expect(response.statusCode).toBe(421);
      expect(JSON.parse(body.toString())).toMatchObject({
        errors: [{ message: expect.stringContaining('localhost') }],
      });
    }
  });

  test('operations beyond those that may run and wait get 503', async () => {
    const { server: busy, running, release } = await startHeld({ maxRunningOperations: 1, maxWaitingOperations: 0 });
    const first = fetch(`${busy.url}/graphql?query={broken}`, { headers: asked });
    await running;
    const second = await fetch(`${busy.url}/graphql?query={broken}`, { headers: asked });
    expect([second.status, second.headers.get('retry-after')]).toEqual([503, '1']);
    release();
    await (await first).text();
    expect((await fetch(`${busy.url}/graphql?query={broken}`, { headers: asked })).status).toBe(200);
    await busy.close();
  });

  test('other paths are JSON, or the host process answers them', async () => {
    const missing = await fetch(`${server.url}/nope`);
    expect(missing.status).toBe(404);
    expect(await missing.json()).toHaveProperty('errors');
    expect(await (await fetch(`${server.url}/extra`)).text()).toBe('extra');
  });

  test('health tells whether every subgraph answers', async () => {
    expect((await fetch(`${server.url}/health/live`)).status).toBe(200);
    expect((await fetch(`${server.url}/health/ready`)).status).toBe(200);
    expect(await server.ready()).toBe(true);
    stockIsAway = true;
    const response = await fetch(`${server.url}/health/ready`);
    const ready = await server.ready();
    stockIsAway = false;
    expect(response.status).toBe(503);
    expect(await response.json()).toEqual({ status: 'not ready', reasons: ['stock: Subgraph "stock" is away.'] });
    expect(ready).toBe(false);
  });

  test('health tells what a subgraph that answers has against being ready', async () => {
    stockProblems.push('The store is away.', 'So is the log.');
    const response = await fetch(`${server.url}/health/ready`);
    stockProblems.splice(0);
    expect(response.status).toBe(503);
    expect(await response.json()).toEqual({
      status: 'not ready',
      reasons: ['stock: The store is away. So is the log.'],
    });
  });

  test('the IDE comes whole and may load nothing from outside', async () => {
    const response = await fetch(`${server.url}/`, { headers: { accept: 'text/html,*/*;q=0.8' } });
    const page = await response.text();
    expect(response.headers.get('content-security-policy')).toContain("default-src 'none'");
    expect(page).toContain('"endpoint":endpointOfContract()');
    expect(page).toContain('<form id="contract" hidden>');
    expect(page).not.toMatch(/<(script|link|img|iframe)[^>]+(src|href)="?(https?:)?\/\//i);
    expect((await fetch(`${server.url}/`, { headers: { accept: 'application/json' } })).status).toBe(404);
  });
});

function fragmentBomb(): string {
  const fragments = Array.from(
    { length: 30 },
    (_, level) => `fragment F${level} on Product { replaces { ...F${level + 1} ...F${level + 1} } }`,
  );
  return `{ product(sku: "P1") { ...F0 } } ${fragments.join(' ')} fragment F30 on Product { name }`;
}

describe('over a websocket', () => {
  const address = () => `${server.url.replace('http', 'ws')}/graphql`;

  async function closeOf(socket: WebSocket): Promise<[number, string]> {
    const [code, reason] = (await once(socket, 'close')) as [number, Buffer];
    return [code, reason.toString()];
  }

  async function say(...messages: unknown[]): Promise<WebSocket> {
    const socket = new WebSocket(address(), 'graphql-transport-ws');
    await once(socket, 'open');
    for (const message of messages) {
      socket.send(typeof message === 'string' ? message : JSON.stringify(message));
      if (message === init) await Promise.race([once(socket, 'message'), once(socket, 'close')]);
    }
    return socket;
  }

  const init = { type: 'connection_init' };
  const subscribe = (id: string, text: string) => ({ id, type: 'subscribe', payload: { query: text } });

  test('serves subscriptions across subgraphs, queries and mutations', async () => {
    plant = createPlant();
    const client = createClient({ url: address(), webSocketImpl: WebSocket, retryAttempts: 0 });
    const all = async (text: string) => {
      const results: unknown[] = [];
      for await (const result of client.iterate({ query: text })) results.push(result);
      return results;
    };
    expect(await all('subscription { stockChanged(skus: ["P1", "P3"]) { sku planner } }')).toEqual([
      { data: { stockChanged: { sku: 'P1', planner: 'planner of P1 at BER' } } },
      { data: { stockChanged: { sku: 'P3', planner: 'planner of P3 at LYS' } } },
    ]);
    expect(await all('{ sites { code } }')).toHaveLength(1);
    expect(await all('mutation { receive(sku: "P1", quantity: 1) { sku } }')).toEqual([
      { data: { receive: { sku: 'P1' } } },
    ]);
    await expect(all('{ nope }')).rejects.toMatchObject([{ extensions: { code: 'GRAPHQL_VALIDATION_FAILED' } }]);
    await expect(all(fragmentBomb())).rejects.toMatchObject([{ extensions: { code: 'OPERATION_TOO_LARGE' } }]);
    await client.dispose();
  });

  test.each<[string, unknown[], number]>([
    ['no JSON', ['hello'], 4400],
    ['no type', [{}], 4400],
    ['an unknown type', [{ type: 'shout' }], 4400],
    ['a query that is a number', [init, { id: '1', type: 'subscribe', payload: { query: 7 } }], 4400],
    ['a subscription before it has introduced itself', [subscribe('1', '{ __typename }')], 4401],
    ['its introduction twice', [init, { ...init }], 4429],
    [
      'one id twice',
      [
        init,
        subscribe('1', 'subscription { stockChanged(skus: ["P1"]) { planner } }'),
        subscribe('1', '{ __typename }'),
      ],
      4409,
    ],
    ['too much', [`"${'x'.repeat(1024 * 1024)}"`], 1009],
  ])('a client that says %s is closed with the code of the protocol', async (_name, messages, code) => {
    expect((await closeOf(await say(...messages)))[0]).toBe(code);
  });

  test('a client that says nothing at all is closed as well', async () => {
    const impatient = await start({ serverLimits: { connectionInitTimeoutMs: 10 } });
    const socket = new WebSocket(`${impatient.url.replace('http', 'ws')}/graphql`, 'graphql-transport-ws');
    expect((await closeOf(socket))[0]).toBe(4408);
    await impatient.close();
  });

  test('a client that does not name the protocol is closed', async () => {
    expect((await closeOf(new WebSocket(address())))[0]).toBe(4406);
  });

  test('a page of another origin is refused unless it may', async () => {
    const refused = (origin: string) =>
      once(new WebSocket(address(), 'graphql-transport-ws', { origin }), 'error').then(
        ([error]) => (error as Error).message,
      );
    expect(await refused('https://evil.example')).toContain('403');
    expect(await refused('null')).toContain('403');
    for (const origin of [server.url, 'https://plan.example']) {
      const allowed = new WebSocket(address(), 'graphql-transport-ws', { origin });
      await once(allowed, 'open');
      allowed.close();
    }
  });

  test('a name that is not of this machine is refused', async () => {
    const headers = { host: 'evil.example', origin: 'http://evil.example' };
    const [error] = (await once(new WebSocket(address(), 'graphql-transport-ws', { headers }), 'error')) as [Error];
    expect(error.message).toContain('421');
  });

  test('another path is refused', async () => {
    const [error] = (await once(new WebSocket(`${server.url.replace('http', 'ws')}/other`), 'error')) as [Error];
    expect(error.message).toContain('404');
  });
});

test('subgraphs get those headers of a client that are passed on, over HTTP and websocket', async () => {
  const heard: unknown[] = [];
  const [subgraph] = plantSubgraphs(() => plant);
  const transport = inProcessTransport(subgraph!);
  // The first run of an operation, and those that come after it.
  const execute: typeof transport.execute = (request) => {
    heard.push(request.headers);
    return transport.execute(request);
  };
  const executeText: typeof transport.executeText = (request) => {
    heard.push(request.headers);
    return transport.executeText(request);
  };
  const passing = await start({
    forwardHeaders: ['X-Tenant', 'x-missing'],
    supergraph: {
      kind: 'subgraphs',
      subgraphs: [{ name: 'catalog', transport: { ...transport, execute, executeText } }],
    },
  });
  const headers = { ...asked, 'x-tenant': 'a', 'x-other': 'b' };
  await (await fetch(`${passing.url}/graphql?query={broken}`, { headers })).text();
  await (await fetch(`${passing.url}/graphql?query={broken}`, { headers: asked })).text();
  const address = `${passing.url.replace('http', 'ws')}/graphql`;
  const socket = new WebSocket(address, 'graphql-transport-ws', { headers });
  await once(socket, 'open');
  socket.send('{"type":"connection_init"}');
  await once(socket, 'message');
  socket.send('{"id":"1","type":"subscribe","payload":{"query":"{ broken }"}}');
  await once(socket, 'message');
  expect(heard).toEqual([{ 'x-tenant': 'a' }, undefined, { 'x-tenant': 'a' }]);
  await passing.close();
});

describe('stopping', () => {
  test('closes websockets with 1001 and idle connections, and waits for no time to pass', async () => {
    const stopping = await start();
    await fetch(`${stopping.url}/health/live`);
    const socket = new WebSocket(`${stopping.url.replace('http', 'ws')}/graphql`, 'graphql-transport-ws');
    await once(socket, 'open');
    socket.send('{"type":"connection_init"}');
    const closed = once(socket, 'close') as Promise<[number]>;
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    onTestFinished(() => void vi.useRealTimers());
    await stopping.close();
    expect((await closed)[0]).toBe(1001);
    await expect(fetch(`${stopping.url}/health/live`)).rejects.toThrow();
  });

  test('lets a running request end', async () => {
    const { server: stopping, running, release } = await startHeld({});
    const answer = fetch(`${stopping.url}/graphql?query={broken}`, { headers: asked });
    await running;
    const closed = stopping.close();
    release();
    expect((await answer).status).toBe(200);
    await closed;
  });
});

describe('starting', () => {
  test('on a port in use says so', async () => {
    const port = Number(new URL(server.url).port);
    await expect(start({ port })).rejects.toThrow(`Cannot listen on port ${port} of 127.0.0.1: it is in use.`);
  });

  test('answers health while subgraphs are waited for, and can be ended', async () => {
    const stop = new AbortController();
    const port = await freePort();
    const transport = {
      ...inProcessTransport(plantSubgraphs(() => plant)[0]!),
      sdl: () => Promise.reject(new Error('not yet')),
    };
    let waiting: (() => void) | undefined;
    const waits = new Promise<void>((resolve) => (waiting = resolve));
    const supergraph = { kind: 'subgraphs', subgraphs: [{ name: 'catalog', transport }] } as const;
    const starting = startGateway({
      port,
      host: '127.0.0.1',
      supergraph,
      planning: 'inline',
      signal: stop.signal,
      log: () => waiting?.(),
    });
    await waits;
    const url = `http://127.0.0.1:${port}`;
    expect((await fetch(`${url}/health/live`)).status).toBe(200);
    expect((await fetch(`${url}/health/ready`)).status).toBe(503);
    expect((await fetch(`${url}/graphql?query={__typename}`, { headers: asked })).status).toBe(503);
    stop.abort();
    await expect(starting).rejects.toThrow(/abort/i);
    await expect(once(connect(port, '127.0.0.1'), 'connect')).rejects.toThrow();
  });
});

async function freePort(): Promise<number> {
  const { createServer } = await import('node:net');
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address() as { port: number };
  probe.close();
  await once(probe, 'close');
  return port;
}
