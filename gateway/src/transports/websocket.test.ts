import { once, setMaxListeners } from 'node:events';
import type { AddressInfo } from 'node:net';
import { setImmediate as turn } from 'node:timers/promises';
import { makeServer } from 'graphql-ws';
import { afterEach, expect, test, vi } from 'vitest';
import { WebSocketServer } from 'ws';
import type { WebSocket } from 'ws';
import { buildSubgraph } from '../../test-subgraphs/build-subgraph.ts';
import { serveSubgraph } from '../../test-subgraphs/serve-subgraph.ts';
import { httpTransport } from './http.ts';
import type { HttpTransportLimits } from './http.ts';

const cleanUp: (() => Promise<void>)[] = [];
afterEach(async () => {
  vi.useRealTimers();
  for (const release of cleanUp.splice(0)) await release();
});

/** A served subgraph that counts as fast as it may, or waits after `events`; and a transport to it. */
async function counting(events: number, padding = '', limits?: Partial<HttpTransportLimits>) {
  const counts = { sent: 0, ended: 0 };
  const subgraph = buildSubgraph(
    'counter',
    `type Query { nothing: Int }
     type Subscription { counted: Counted! waiting: Counted! }
     type Counted { at: Int! padding: String! }`,
    {
      Subscription: {
        counted: {
          subscribe: async function* () {
            try {
              for (let at = 0; at < events; at++) yield { counted: { at: (counts.sent = at), padding } };
            } finally {
              await Promise.resolve();
              counts.ended++;
            }
          },
        },
        waiting: {
          subscribe: async function* () {
            yield { waiting: { at: 0, padding } };
            await new Promise(() => undefined);
          },
        },
      },
    },
  );
  const served = await serveSubgraph(subgraph);
  const transport = httpTransport({ name: 'counter', url: served.url, ...(limits && { limits }) });
  cleanUp.push(
    () => transport.close(),
    () => served.close(),
  );
  const client = new AbortController();
  setMaxListeners(0, client.signal);
  const subscribe = (field = 'counted') => {
    const query = `subscription { ${field} { at padding } }`;
    const events = transport.subscribe({ query, variables: {}, signal: client.signal });
    return events[Symbol.asyncIterator]();
  };
  return { subscribe, counts, client, served };
}

const at = (event: unknown) => (event as { data: Record<string, { at: number }> }).data['counted']?.at;

async function taken(events: AsyncIterator<{ data?: unknown }>, turns: number): Promise<number | undefined> {
  let last: number | undefined;
  for (;;) {
    const { done, value } = await events.next();
    if (done) return last;
    const next = at(value);
    expect(next).toBe(last === undefined ? 0 : last + 1);
    last = next;
    for (let each = 0; each < turns; each++) await turn();
  }
}

test('all subscriptions go over one connection, which is closed when there are none', async () => {
  const { subscribe, client, served } = await counting(0);
  const events = Array.from({ length: 50 }, () => subscribe('waiting'));
  await Promise.all(events.map((each) => each.next()));
  expect(served.connections()).toBe(1);
  client.abort();
  await expect.poll(() => served.connections()).toBe(0);
  await subscribe('waiting').return?.();
});

test('one that is too far behind ends after what is queued, and upstream', async () => {
  const { subscribe, counts } = await counting(5_000, '', { maxQueuedEvents: 10 });
  await expect(taken(subscribe(), 20)).rejects.toMatchObject({ code: 'EVENTS_OVERFLOW' });
  await expect.poll(() => counts.ended).toBe(1);
});

test('one whose events are too large to wait ends likewise', async () => {
  const { subscribe } = await counting(1_000, 'x'.repeat(64 * 1024), { maxQueuedBytes: 512 * 1024 });
  await expect(taken(subscribe(), 50)).rejects.toMatchObject({ code: 'EVENTS_OVERFLOW' });
});

test('one that is behind does not hold up another of the same connection', async () => {
  const { subscribe, served } = await counting(2_000, 'x'.repeat(1024), { maxQueuedEvents: 2_000 });
  const behind = subscribe();
  await behind.next();
  expect(await taken(subscribe(), 0)).toBe(1_999);
  expect(served.connections()).toBe(1);
  expect(at((await behind.next()).value)).toBe(1);
  await behind.return?.();
});

test.each([1000, 1001, 4500])('a connection that is closed with %s ends all of its subscriptions', async (code) => {
  const { subscribe, served } = await counting(0);
  const events = [subscribe('waiting'), subscribe('waiting')];
  await Promise.all(events.map((each) => each.next()));
  const ends = events.map((each) => each.next());
  served.closeConnections(code);
  for (const end of ends) await expect(end).rejects.toMatchObject({ code: 'SUBGRAPH_UNAVAILABLE' });
  const again = subscribe('waiting');
  expect((await again.next()).done).toBe(false);
  expect(served.subscriptions()).toBe(3);
  await again.return?.();
});

test('a connection on which a ping stays without a pong is given up', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1' });
  await once(server, 'listening');
  const connected = once(server, 'connection') as Promise<[WebSocket]>;
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const transport = httpTransport({ name: 'mute', url });
  cleanUp.push(
    () => transport.close(),
    async () => {
      server.clients.forEach((client) => client.terminate());
      server.close();
      await once(server, 'close');
    },
  );
  const { signal } = new AbortController();
  const events = transport.subscribe({ query: 'subscription { a }', variables: {}, signal });
  const lost = expect(events[Symbol.asyncIterator]().next()).rejects.toMatchObject({ code: 'SUBGRAPH_UNAVAILABLE' });
  const [socket] = await connected;
  await once(socket, 'message');
  socket.send('{"type":"connection_ack"}');
  const [message] = (await once(socket, 'message')) as [Buffer];
  expect(message.toString()).toContain('subscription { a }');
  vi.advanceTimersByTime(10_000);
  const [ping] = (await once(socket, 'message')) as [Buffer];
  expect(ping.toString()).toBe('{"type":"ping"}');
  vi.advanceTimersByTime(5_000);
  await lost;
});

test('the headers of a request go with its operation', async () => {
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1' });
  await once(server, 'listening');
  const payloads: unknown[] = [];
  const protocol = makeServer({
    onSubscribe: (_context, _id, payload) => {
      payloads.push(payload.extensions);
      throw new Error('enough');
    },
  });
  server.on('connection', (socket) => {
    const closed = protocol.opened(
      {
        protocol: socket.protocol,
        send: (data) => socket.send(data),
        close: (code, reason) => socket.close(code, reason),
        onMessage: (take) =>
          socket.on('message', (data: Buffer) => void take(data.toString()).catch(() => socket.close(4500))),
      },
      {},
    );
    socket.once('close', (code, reason) => void closed(code, reason.toString()));
  });
  const transport = httpTransport({ name: 'told', url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` });
  cleanUp.push(
    () => transport.close(),
    async () => {
      server.close();
      await once(server, 'close');
    },
  );
  const { signal } = new AbortController();
  const headers = { authorization: 'Bearer a' };
  const events = transport.subscribe({ query: 'subscription { a }', variables: {}, signal, headers });
  await expect(events[Symbol.asyncIterator]().next()).rejects.toThrow('was lost');
  expect(payloads).toEqual([{ headers }]);
});

test('a consumer that stops ends the subscription upstream', async () => {
  const { subscribe, counts, client } = await counting(1_000_000, 'x'.repeat(1024), { maxQueuedEvents: 1_000_000 });
  await subscribe().next();
  client.abort();
  await expect.poll(() => counts.ended).toBe(1);
  expect(counts.sent).toBeLessThan(999_999);
});
