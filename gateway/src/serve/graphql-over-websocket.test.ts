import { once } from 'node:events';
import type { Socket } from 'node:net';
import { createClient } from 'graphql-ws';
import type { Client, ClientOptions } from 'graphql-ws';
import { afterEach, expect, test, vi } from 'vitest';
import { WebSocket } from 'ws';
import { buildSubgraph } from '../../test-subgraphs/build-subgraph.ts';
import { CountedEvents, countedSubgraph, namesSubgraph } from '../../test-subgraphs/counted-events.ts';
import { serveSubgraph } from '../../test-subgraphs/serve-subgraph.ts';
import { AuthenticationFailed } from '../guard/authentication.ts';
import { anonymous } from '../guard/caller.ts';
import { httpTransport } from '../transports/http.ts';
import { inProcessTransport } from '../transports/in-process.ts';
import { startGateway } from './server.ts';
import type { GatewayServer } from './server.ts';
import type { GatewayServerOptions } from './server-options.ts';

const query = 'subscription($after: String) { counted(after: $after) { number part { name } } }';
const range = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, index) => from + index);

const cleanUp: (() => Promise<void>)[] = [];
afterEach(async () => {
  vi.useRealTimers();
  for (const release of cleanUp.splice(0)) await release();
});

/** A gateway with a server of its own over two served subgraphs. */
async function start(options: Partial<GatewayServerOptions> = {}) {
  const events = new CountedEvents();
  const { subgraph: counter, asked } = countedSubgraph(events);
  const { subgraph: names, named } = namesSubgraph();
  const served = await Promise.all([serveSubgraph(counter), serveSubgraph(names)]);
  const subgraphs = served.map(({ name, url }) => ({ name, url, transport: httpTransport({ name, url }) }));
  const server = await startGateway({
    port: 0,
    host: '127.0.0.1',
    supergraph: { kind: 'subgraphs', subgraphs },
    planning: 'inline',
    ...options,
  });
  cleanUp.push(
    () => server.close(),
    async () => {
      for (const subgraph of served) await subgraph.close();
    },
  );
  return { server, events, asked, named, served };
}

function connect({ url }: GatewayServer, options: Partial<ClientOptions> = {}): Client {
  const address = `${url.replace('http', 'ws')}/graphql`;
  const client = createClient({ url: address, webSocketImpl: WebSocket, retryAttempts: 0, ...options });
  cleanUp.unshift(async () => client.dispose());
  return client;
}

interface Taken {
  readonly numbers: number[];
  error?: unknown;
  stop: () => void;
}

/** What a client hears of `counted`. */
function take(client: Client, variables: Record<string, unknown> = {}, text = query): Taken {
  const taken: Taken = { numbers: [], stop: () => undefined };
  taken.stop = client.subscribe<Record<string, { number: number }>>(
    { query: text, variables },
    {
      next: ({ data }) => taken.numbers.push(...Object.values(data ?? {}).map(({ number }) => number)),
      error: (error) => (taken.error = error),
      complete: () => undefined,
    },
  );
  return taken;
}

/** A connection without a client library, whose socket can be left unread. */
async function raw({ url }: GatewayServer, params?: object) {
  const socket = new WebSocket(`${url.replace('http', 'ws')}/graphql`, 'graphql-transport-ws');
  cleanUp.unshift(() => {
    socket.terminate();
    return Promise.resolve();
  });
  const messages: { id?: string; type: string; payload?: never }[] = [];
  socket.on('message', (data: Buffer) => messages.push(JSON.parse(data.toString()) as (typeof messages)[number]));
  await once(socket, 'open');
  const closed = once(socket, 'close').then(([code, reason]) => [code as number, String(reason)] as const);
  socket.send(JSON.stringify({ type: 'connection_init', payload: params }));
  await Promise.race([once(socket, 'message'), closed]);
  const say = (id: string, variables: object = {}, text = query) =>
    socket.send(JSON.stringify({ id, type: 'subscribe', payload: { query: text, variables } }));
  return { socket, messages, closed, say };
}

test('two hundred clients cost one subscription and one enrichment for each event', async () => {
  const { server, events, asked, named, served } = await start();
  const clients = range(1, 200).map(() => connect(server));
  const all = clients.map((client) => take(client));
  await expect.poll(() => server.gateway.subscriptions.counts.subscribers).toBe(200);
  await expect.poll(() => asked.open).toBe(1);
  events.append(3);
  await expect.poll(() => all.every(({ numbers }) => numbers.length === 3)).toBe(true);
  for (const { numbers } of all) expect(numbers).toEqual([1, 2, 3]);
  expect([asked.begun.length, named(), served[0]?.subscriptions()]).toEqual([1, 3, 1]);
});

test('a frame is the id of the client before the text that all get', async () => {
  const { server, events, asked } = await start();
  const { socket, say } = await raw(server);
  const texts: string[] = [];
  socket.on('message', (data: Buffer) => texts.push(data.toString()));
  say('a "quoted" id');
  say('q', {}, '{ head }');
  say('m', {}, '{ nope }');
  await expect.poll(() => asked.open).toBe(1);
  events.append();
  await expect.poll(() => texts.filter((text) => text.includes('next')).length).toBe(2);
  await expect.poll(() => texts.some((text) => text.includes('"m"'))).toBe(true);
  expect(texts).toContain(
    '{"id":"a \\"quoted\\" id","type":"next","payload":{"data":{"counted":{"number":1,"part":{"name":"part P1"}}}}}',
  );
  expect(texts).toContain('{"id":"q","type":"next","payload":{"data":{"head":0}}}');
  expect(texts).toContain('{"id":"q","type":"complete"}');
  expect(texts.find((text) => text.includes('"m"'))).toContain('"type":"error"');
  socket.send('{"id":"a \\"quoted\\" id","type":"complete"}');
  await expect.poll(() => asked.open).toBe(0);
});

test('a subgraph that is killed and comes back is a pause', async () => {
  const { server, events, asked, served } = await start();
  const all = range(1, 20).map(() => take(connect(server)));
  await expect.poll(() => server.gateway.subscriptions.counts.subscribers).toBe(20);
  await expect.poll(() => asked.open).toBe(1);
  events.append(5);
  await expect.poll(() => all.every(({ numbers }) => numbers.length === 5)).toBe(true);
  served[0]?.closeConnections();
  events.append(5);
  await expect.poll(() => all.every(({ numbers }) => numbers.length === 10)).toBe(true);
  for (const { numbers } of all) expect(numbers).toEqual(range(1, 10));
});

test('a client that comes back gives its cursor and gets what came since', async () => {
  const { server, events } = await start();
  events.append(7);
  const taken = take(connect(server), { after: '3' });
  await expect.poll(() => taken.numbers).toEqual(range(4, 7));
  events.append();
  await expect.poll(() => taken.numbers).toEqual(range(4, 8));
});

test('a cursor that is too old is an error with the bounds of the gap', async () => {
  const { server, events } = await start();
  events.retained = 2;
  events.append(9);
  const taken = take(connect(server), { after: '3' });
  await expect.poll(() => taken.error).toBeDefined();
  expect(taken.error).toMatchObject([{ extensions: { code: 'CURSOR_EXPIRED', gap: { after: '3', until: '7' } } }]);
});

test('a client that takes nothing is closed with its cursor and goes on from there; others are not held up', async () => {
  const { server, events, asked } = await start({ subscriptions: { limits: { maxBufferedBytes: 64 * 1024 } } });
  const wide = 'subscription($after: String) { counted(after: $after) { number text(bytes: 100000) } }';
  const quick = take(connect(server), {}, wide);
  const slow = await raw(server);
  slow.say('slow', {}, wide);
  slow.say('other', {}, 'subscription { ticked { number } }');
  await expect.poll(() => server.gateway.subscriptions.counts.subscribers).toBe(3);
  await expect.poll(() => asked.open).toBe(2);
  socketOf(slow.socket).pause();
  while (server.gateway.subscriptions.counts.subscribers === 3) {
    events.append(10);
    await expect.poll(() => quick.numbers.length).toBe(events.head);
  }
  socketOf(slow.socket).resume();
  const [code, reason] = await slow.closed;
  expect(code).toBe(4480);
  const errors = slow.messages.filter(({ type }) => type === 'error');
  expect(errors.map(({ id }) => id).sort()).toEqual(['other', 'slow']);
  const error = errors.find(({ id }) => id === 'slow')?.payload?.[0] as unknown as {
    extensions: { code: string; cursor: string };
  };
  expect(error.extensions.code).toBe('SUBSCRIBER_TOO_SLOW');
  const { cursor } = error.extensions;
  expect(reason).toBe(`SUBSCRIBER_TOO_SLOW ${cursor}`);
  const heard = slow.messages
    .filter(({ id, type }) => id === 'slow' && type === 'next')
    .map(({ payload }) => numberOf(payload));
  expect(heard).toEqual(range(1, Number(cursor)));
  const again = take(connect(server), { after: cursor }, wide);
  await expect.poll(() => again.numbers.at(-1)).toBe(events.head);
  expect([...heard, ...again.numbers]).toEqual(range(1, events.head));
  expect(quick.numbers).toEqual(range(1, events.head));
});

const numberOf = (payload: unknown) => (payload as { data: { counted: { number: number } } }).data.counted.number;
const socketOf = (client: WebSocket) => (client as unknown as { _socket: Socket })._socket;

test('a client that asks without taking its answers is closed', async () => {
  const { server, asked } = await start({ subscriptions: { limits: { maxBufferedBytes: 1024 } } });
  const client = await raw(server);
  socketOf(client.socket).pause();
  for (let each = 1; each <= 100; each++) {
    client.say(`q${each}`, {}, '{ text(bytes: 500000) }');
    await server.ready();
  }
  socketOf(client.socket).resume();
  expect((await client.closed)[0]).toBe(4480);
  expect(asked.texts).toBeLessThan(100);
});

test('a thousand clients that come and go leave nothing behind', async () => {
  const { server, asked, served } = await start();
  await server.ready();
  const handles = () => process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length;
  const timers = handles();
  for (let round = 0; round < 20; round++) {
    const clients = await Promise.all(range(1, 50).map(() => raw(server)));
    for (const [index, { say, socket }] of clients.entries()) {
      say('1');
      if (index % 3 === 0) say('2', {}, 'subscription { ticked { number } }');
      if (index % 2 === 0) socket.terminate();
      else socket.close();
    }
    await Promise.all(clients.map(({ closed }) => closed));
  }
  await expect.poll(() => server.gateway.subscriptions.counts).toEqual({ subscribers: 0, upstreams: 0 });
  await expect.poll(() => asked.open).toBe(0);
  await expect.poll(() => served[0]?.connections()).toBe(0);
  await expect.poll(handles).toBeLessThanOrEqual(timers);
});

test('who connects is told by the upgrade request and the introduction; who cannot be told is closed with 4401', async () => {
  const seen: unknown[] = [];
  const { server } = await start({
    authenticate: (headers, params) => {
      seen.push([headers['x-tenant'], params]);
      if (params?.['token'] !== 'good') {
        throw new AuthenticationFailed('UNAUTHENTICATED', 'The token is not good.', 'Bearer');
      }
      return Promise.resolve({ ...anonymous, subject: 'a' });
    },
  });
  expect(await (await raw(server, { token: 'bad' })).closed).toEqual([4401, 'The token is not good.']);
  const client = await raw(server, { token: 'good' });
  client.say('q', {}, '{ head }');
  await expect.poll(() => client.messages.map(({ type }) => type)).toEqual(['connection_ack', 'next', 'complete']);
  expect(seen).toEqual([
    [undefined, { token: 'bad' }],
    [undefined, { token: 'good' }],
  ]);
});

test('callers that may see other things never share', async () => {
  const { server, events, asked } = await start({
    authenticate: (_headers, params) => Promise.resolve({ ...anonymous, sharingKey: String(params?.['tenant']) }),
  });
  const all = ['x', 'y', 'y'].map((tenant) => take(connect(server, { connectionParams: { tenant } })));
  await expect.poll(() => asked.open).toBe(2);
  await expect.poll(() => server.gateway.subscriptions.counts).toEqual({ subscribers: 3, upstreams: 2 });
  events.append();
  await expect.poll(() => all.map(({ numbers }) => numbers)).toEqual([[1], [1], [1]]);
});

test('a connection whose caller expires is closed with 4403, after each operation has its error and cursor', async () => {
  const expiresAt = Date.now() + 60_000;
  const { server, events, asked } = await start({ authenticate: () => Promise.resolve({ ...anonymous, expiresAt }) });
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date'], now: expiresAt - 60_000 });
  const [client, idle] = [await raw(server), await raw(server)];
  client.say('a');
  client.say('b', {}, 'subscription { ticked { number } }');
  await expect.poll(() => asked.open).toBe(2);
  events.append();
  await expect.poll(() => client.messages.filter(({ type }) => type === 'next').length).toBe(2);
  vi.setSystemTime(expiresAt);
  vi.advanceTimersByTime(60_000);
  vi.useRealTimers();
  vi.setSystemTime(expiresAt);
  expect(await client.closed).toEqual([4403, 'CALLER_EXPIRED 1']);
  const errors = client.messages.filter(({ type }) => type === 'error').map(({ id, payload }) => [id, payload]);
  expect(errors.sort()).toMatchObject([
    ['a', [{ extensions: { code: 'CALLER_EXPIRED', cursor: '1' } }]],
    ['b', [{ extensions: { code: 'CALLER_EXPIRED' } }]],
  ]);
  idle.say('q', {}, '{ head }');
  expect(await idle.closed).toEqual([4403, 'CALLER_EXPIRED']);
  vi.useRealTimers();
});

test('a connection whose caller is revoked is closed with 4401', async () => {
  let isRevoked = false;
  const { server, events, asked } = await start({ subscriptions: { recheck: () => !isRevoked } });
  const client = await raw(server);
  client.say('a');
  await expect.poll(() => asked.open).toBe(1);
  isRevoked = true;
  events.append();
  expect(await client.closed).toEqual([4401, 'CALLER_REVOKED']);
  expect(client.messages.map(({ type }) => type)).toEqual(['connection_ack', 'error']);
});

test('operations beyond those allowed on a connection are refused, the others go on', async () => {
  const { server, events } = await start({ serverLimits: { maxOperationsPerConnection: 2 } });
  const client = await raw(server);
  for (const id of ['a', 'b', 'c']) client.say(id);
  await expect.poll(() => client.messages.filter(({ type }) => type === 'error').map(({ id }) => id)).toEqual(['c']);
  await expect.poll(() => server.gateway.subscriptions.counts.subscribers).toBe(2);
  await expect
    .poll(() => {
      events.append();
      return client.messages.filter(({ type }) => type === 'next').length;
    })
    .toBeGreaterThan(1);
});

test('queries wait for the same slots as over HTTP, and are refused where too many wait', async () => {
  let begun: (() => void) | undefined;
  let release: ((value: number) => void) | undefined;
  const hasBegun = new Promise<void>((resolve) => (begun = resolve));
  const released = new Promise<number>((resolve) => (release = resolve));
  const held = buildSubgraph('held', 'type Query { held: Int }', {
    Query: {
      held: () => {
        begun?.();
        return released;
      },
    },
  });
  const server = await startGateway({
    port: 0,
    host: '127.0.0.1',
    supergraph: { kind: 'subgraphs', subgraphs: [{ name: 'held', transport: inProcessTransport(held) }] },
    serverLimits: { maxRunningOperations: 1, maxWaitingOperations: 1 },
  });
  cleanUp.push(() => server.close());
  const { messages, say } = await raw(server);
  for (const id of ['a', 'b', 'c']) say(id, {}, '{ held }');
  await hasBegun;
  await expect
    .poll(() => messages.at(-1))
    .toMatchObject({ type: 'error', payload: [{ extensions: { code: 'GATEWAY_UNAVAILABLE' } }] });
  release?.(7);
  await expect.poll(() => messages.filter(({ type }) => type === 'next')).toHaveLength(2);
});

const longId = 'x'.repeat(3_000);

test('a client that goes away with much unread leaves no word in the log', async () => {
  const logged = vi.spyOn(console, 'error').mockImplementation(() => undefined);
  cleanUp.push(() => {
    logged.mockRestore();
    return Promise.resolve();
  });
  const { server, asked } = await start();
  const { socket, say } = await raw(server);
  say('s');
  await expect.poll(() => asked.open).toBe(1);
  socket.pause();
  for (const number of range(1, 4_000)) say(`${number}${longId}`, {}, '{');
  await expect.poll(() => server.gateway.subscriptions.counts.subscribers, { timeout: 20_000 }).toBe(0);
  socket.terminate();
  await server.close();
  expect(logged).not.toHaveBeenCalled();
}, 40_000);

test('a refusal that is not read yet holds no place among the operations of its connection', async () => {
  const { server } = await start({ serverLimits: { maxOperationsPerConnection: 200 } });
  const { socket, messages, say } = await raw(server);
  socket.pause();
  for (const number of range(1, 2_000)) say(`${number}${longId}`, {}, '{');
  await (await fetch(`${server.url}/health/live`)).text();
  socket.resume();
  await expect.poll(() => messages.filter(({ type }) => type === 'error'), { timeout: 20_000 }).toHaveLength(2_000);
  expect(JSON.stringify(messages).includes('operations may run on one connection')).toBe(false);
}, 40_000);

test.each<[string, (socket: WebSocket) => void]>([
  ['pings', (socket) => socket.send(JSON.stringify({ type: 'ping', payload: { text: longId } }))],
  ['pings by frames', (socket) => socket.ping('x'.repeat(125))],
])(
  'a client that %s and reads nothing is closed',
  async (_, ping) => {
    const { server, asked } = await start();
    const { socket, say } = await raw(server);
    say('s');
    await expect.poll(() => asked.open).toBe(1);
    socket.pause();
    range(1, 80_000).every(() => {
      ping(socket);
      return socket.bufferedAmount < 16_000_000;
    });
    await expect.poll(() => server.gateway.subscriptions.counts.subscribers, { timeout: 20_000 }).toBe(0);
  },
  40_000,
);

test('a gateway that stops gives each subscription its cursor, lets a query end, and closes with 1001', async () => {
  const { server, events, asked } = await start();
  const client = await raw(server);
  client.say('s', {});
  client.say('t', {}, 'subscription { ticked { number } }');
  await expect.poll(() => asked.open).toBe(2);
  events.append(3);
  await expect.poll(() => client.messages.filter(({ type }) => type === 'next').length).toBe(6);
  client.say('q', {}, '{ slow }');
  await expect.poll(() => asked.slow).toBe(1);
  const stopped = server.close();
  await expect.poll(() => client.messages.filter(({ type }) => type === 'error').length).toBe(2);
  expect(client.messages.find(({ id, type }) => id === 's' && type === 'error')?.payload).toMatchObject([
    { extensions: { code: 'GATEWAY_CLOSING', cursor: '3' } },
  ]);
  client.say('late', {}, '{ head }');
  await expect.poll(() => client.messages.find(({ id }) => id === 'late')?.type).toBe('error');
  asked.endSlow();
  expect(await client.closed).toEqual([1001, 'Going away']);
  expect(client.messages.find(({ id, type }) => id === 'q' && type === 'next')?.payload).toEqual({ data: { slow: 3 } });
  await stopped;
});
