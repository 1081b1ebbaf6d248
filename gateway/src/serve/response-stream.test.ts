import { once } from 'node:events';
import { createServer, request as httpRequest } from 'node:http';
import type { ClientRequest, IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createClient } from 'graphql-sse';
import { meros } from 'meros/node';
import { afterAll, afterEach, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { CountedEvents, countedSubgraph } from '../../test-subgraphs/counted-events.ts';
import { createPlant } from '../../test-subgraphs/plant/data.ts';
import { servePlant } from '../../test-subgraphs/serve-plant.ts';
import { gatewayError } from '../errors.ts';
import { inProcessTransport, startGateway } from '../index.ts';
import type { GatewayServer, SubgraphResult, SubgraphTransport } from '../index.ts';
import { eventStream } from './response-stream.ts';
import type { ResponseStream } from './response-stream.ts';

let plant = createPlant();
/** Changes of stock as the subgraph tells them; endless unless ended. */
let changes: AsyncIterable<SubgraphResult> | undefined;
let upstream: AbortSignal | undefined;

const wrap = (name: string, transport: SubgraphTransport): SubgraphTransport => ({
  ...transport,
  subscribe(request) {
    upstream = request.signal;
    return name === 'stock' && changes ? changes : transport.subscribe(request);
  },
});

let server: GatewayServer;
beforeAll(async () => {
  server = await servePlant(() => plant, { serverLimits: { heartbeatMs: 50, maxStreams: 3 } }, wrap);
});
afterEach(() => (changes = undefined));
afterAll(() => server.close());

async function ask(
  query: string,
  accept: string,
  to: GatewayServer = server,
): Promise<{ sent: ClientRequest; response: IncomingMessage }> {
  const sent = httpRequest(`${to.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept },
  });
  sent.on('error', () => undefined);
  sent.end(JSON.stringify({ query }));
  const [response] = (await once(sent, 'response')) as [IncomingMessage];
  response.on('error', () => undefined);
  return { sent, response };
}

async function textOf(response: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}

/** What a response says until a pattern has come; the rest is lost. */
function textUntil(response: IncomingMessage, pattern: RegExp): Promise<string> {
  let text = '';
  return new Promise((resolve) => {
    response.on('data', (chunk: Buffer) => {
      text += chunk.toString();
      if (pattern.test(text)) resolve(text);
    });
  });
}

/** Events that come until `signal` of the subscription aborts. */
async function* endless(): AsyncGenerator<SubgraphResult> {
  for (;;) {
    yield { data: { stockChanged: { __typename: 'Position', sku: 'P1', site: { code: 'BER' }, quantity: 1 } } };
    await new Promise<void>((resolve) => upstream?.addEventListener('abort', () => resolve()));
    if (upstream?.aborted) return;
  }
}

const events = 'text/event-stream';
const parts = 'multipart/mixed;boundary="graphql";subscriptionSpec=1.0,application/json';
const deferred = 'multipart/mixed;deferSpec=20220824,application/json';
const subscription = 'subscription { stockChanged(skus: ["P1", "P3"]) { sku planner } }';

describe('as Server-Sent Events', () => {
  async function resultsOf(query: string): Promise<unknown[]> {
    plant = createPlant();
    const client = createClient({ url: `${server.url}/graphql`, retryAttempts: 0 });
    const results: unknown[] = [];
    for await (const result of client.iterate({ query })) results.push(result);
    client.dispose();
    return results;
  }

  test('a subscription reaches the real client', async () => {
    expect(await resultsOf(subscription)).toEqual([
      { data: { stockChanged: { sku: 'P1', planner: 'planner of P1 at BER' } } },
      { data: { stockChanged: { sku: 'P3', planner: 'planner of P3 at LYS' } } },
    ]);
  });

  test('a query, a mutation and a refusal are one result', async () => {
    expect(await resultsOf('{ product(sku: "P1") { name } }')).toEqual([{ data: { product: { name: 'Product 1' } } }]);
    expect(await resultsOf('mutation { issue(sku: "P8", quantity: 0) { sku } }')).toEqual([
      { data: { issue: { sku: 'P8' } } },
    ]);
    expect(await resultsOf('{ nope }')).toMatchObject([
      { errors: [{ extensions: { code: 'GRAPHQL_VALIDATION_FAILED' } }] },
    ]);
  });

  test('is by the letter of the protocol', async () => {
    const { response } = await ask('{ product(sku: "P1") { name } }', events);
    expect(response.headers).toMatchObject({
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-store',
    });
    expect(await textOf(response)).toBe(
      ':\n\nevent: next\ndata: {"data":{"product":{"name":"Product 1"}}}\n\nevent: complete\ndata: \n\n',
    );
  });

  test('is asked for by GET as well, from a page of the gateway', async () => {
    const url = `${server.url}/graphql?query=${encodeURIComponent(subscription)}`;
    const refused = await fetch(url, { headers: { accept: events } });
    expect(refused.status).toBe(403);
    const response = await fetch(url, { headers: { accept: events, 'sec-fetch-site': 'same-origin' } });
    expect((await response.text()).match(/event: next/g)).toHaveLength(2);
  });

  test('goes on giving signs of life, and ends its upstream with the client', async () => {
    changes = endless();
    const { sent, response } = await ask(subscription, events);
    const text = await textUntil(response, /event: next\n[^]*\n\n:\n\n:\n\n/);
    expect(text).not.toContain('complete');
    const ended = once(upstream as unknown as EventTarget, 'abort');
    sent.destroy();
    await ended;
  });
});

describe('in parts', () => {
  async function partsOf(response: IncomingMessage): Promise<unknown[]> {
    const received = await meros(response);
    if (!(Symbol.asyncIterator in received)) throw new Error(`no parts but ${response.headers['content-type']}`);
    const bodies: unknown[] = [];
    for await (const part of received) bodies.push(part.body);
    return bodies;
  }

  test("a subscription is as Apollo's client wants it", async () => {
    plant = createPlant();
    const { response } = await ask(subscription, parts);
    expect(response.headers['content-type']).toBe('multipart/mixed;boundary="graphql";subscriptionSpec="1.0"');
    expect(await partsOf(response)).toEqual([
      { payload: { data: { stockChanged: { sku: 'P1', planner: 'planner of P1 at BER' } } } },
      { payload: { data: { stockChanged: { sku: 'P3', planner: 'planner of P3 at LYS' } } } },
    ]);
  });

  test('a subscription that is refused is an ordinary answer', async () => {
    const { response } = await ask('subscription { nope }', parts);
    expect(response.headers['content-type']).toBe('application/json; charset=utf-8');
    expect(JSON.parse(await textOf(response))).toHaveProperty('errors');
  });

  test('a subscription gives signs of life, each part whole at once', async () => {
    changes = endless();
    const { sent, response } = await ask(subscription, parts);
    const text = await textUntil(response, /payload[^]*\{\}\r\n--graphql$/);
    expect(text).toMatch(/^--graphql\r\ncontent-type: application\/json; charset=utf-8\r\n\r\n\{"payload":\{"data"/);
    sent.destroy();
  });

  test('a fault of the subgraph reaches the client', async () => {
    changes = {
      [Symbol.asyncIterator]: () => ({ next: () => Promise.reject(new Error('secret')) }),
    };
    const { response } = await ask(subscription, parts);
    const received = JSON.stringify(await partsOf(response));
    expect(received).toContain('SUBGRAPH_BAD_RESPONSE');
    expect(received).not.toContain('secret');
  });

  test('what is deferred follows, and the last part says so', async () => {
    const { response } = await ask('{ product(sku: "P1") { name ... @defer(label: "stock") { title } } }', deferred);
    expect(response.headers['content-type']).toBe('multipart/mixed;boundary="-";deferSpec=20220824');
    expect(await partsOf(response)).toEqual([
      { data: { product: { name: 'Product 1' } }, hasNext: true },
      { incremental: [{ data: { title: 'Title of P1' }, path: ['product'], label: 'stock' }], hasNext: false },
    ]);
  });

  test('what is deferred comes with the rest to clients that do not ask for parts', async () => {
    const { response } = await ask('{ product(sku: "P1") { name ... @defer { title } } }', 'application/json');
    expect(JSON.parse(await textOf(response))).toEqual({
      data: { product: { name: 'Product 1', title: 'Title of P1' } },
    });
  });

  test('what defers nothing is one answer', async () => {
    const { response } = await ask('{ product(sku: "P1") { name } }', deferred);
    expect(response.headers['content-type']).toBe('application/json; charset=utf-8');
    response.resume();
  });
});

describe('a subscription that can be resumed', () => {
  const subscribe = (to: GatewayServer, headers: Record<string, string> = {}) =>
    fetch(`${to.url}/graphql?query=${encodeURIComponent('subscription { counted(after: "0") { number } }')}`, {
      headers: { accept: events, 'apollo-require-preflight': '1', ...headers },
    });

  test('gives each event its cursor, and goes on behind the last one that a browser has seen', async () => {
    const counted = new CountedEvents();
    const { subgraph } = countedSubgraph(counted);
    const subgraphs = [{ name: subgraph.name, transport: inProcessTransport(subgraph) }];
    const counting = await startGateway({
      port: 0,
      host: '127.0.0.1',
      supergraph: { kind: 'subgraphs', subgraphs },
      planning: 'inline',
    });
    counted.append(3);
    const first = await textOfBody(await subscribe(counting), /3}/);
    expect(first).toContain('event: next\nid: 1\ndata: {"data":{"counted":{"number":1}}}\n\n');
    const again = await textOfBody(await subscribe(counting, { 'last-event-id': '2' }), /3}/);
    expect(again).toBe(':\n\nevent: next\nid: 3\ndata: {"data":{"counted":{"number":3}}}\n\n');
    await counting.close();
  });

  async function textOfBody(response: Response, until: RegExp): Promise<string> {
    const reader = (response.body as ReadableStream<Uint8Array>).getReader();
    let text = '';
    while (!until.test(text)) text += Buffer.from((await reader.read()).value ?? []).toString();
    await reader.cancel();
    return text;
  }
});

describe('a client that does not read', () => {
  async function streamTo(lastBytesMs: number) {
    const http = createServer().listen(0, '127.0.0.1');
    await once(http, 'listening');
    onTestFinished(() => {
      http.close();
      http.closeAllConnections();
    });
    const { port } = http.address() as AddressInfo;
    const sent = httpRequest({ port, host: '127.0.0.1' });
    sent.end();
    const [, answer] = (await once(http, 'request')) as [IncomingMessage, ServerResponse];
    const stream = eventStream(answer, { headers: {}, heartbeatMs: 1_000, lastBytesMs });
    const [response] = (await once(sent, 'response')) as [IncomingMessage];
    response.on('error', () => undefined);
    return { stream, answer, response };
  }
  const result = JSON.stringify({ data: { text: 'x'.repeat(1024 * 1024) } });
  const fill = (stream: ResponseStream) => {
    for (let written = 0; written < 64 && stream.bufferedBytes < 8 * 1024 * 1024; written++) stream.next(result);
  };

  test('is known by the bytes that it has not taken, until it has', async () => {
    const { stream, response } = await streamTo(10_000);
    expect(stream.bufferedBytes).toBe(0);
    fill(stream);
    expect(stream.bufferedBytes).toBeGreaterThanOrEqual(8 * 1024 * 1024);
    stream.end([gatewayError('SUBSCRIBER_TOO_SLOW', 'Too slow.', { extensions: { cursor: '7' } })]);
    const text = await textOf(response);
    expect(text.slice(text.lastIndexOf('event: next'))).toBe(
      'event: next\ndata: {"errors":[{"message":"Too slow.","extensions":{"cursor":"7","code":"SUBSCRIBER_TOO_SLOW"}}]}\n\nevent: complete\ndata: \n\n',
    );
    expect(stream.bufferedBytes).toBe(0);
  });

  test('does not hold the end of its stream for ever', async () => {
    const { stream, answer } = await streamTo(10);
    fill(stream);
    const closed = once(answer, 'close');
    stream.end([]);
    // Nothing else closes it: the client neither reads nor leaves.
    await closed;
    expect(answer.destroyed).toBe(true);
  });
});

test('streams beyond those that may be open get 503', async () => {
  changes = endless();
  const open = await Promise.all([0, 1, 2].map(() => ask(subscription, events)));
  const { response } = await ask(subscription, `${events}, application/json;q=0.1`);
  expect(response.statusCode).toBe(503);
  expect(await textOf(response)).toContain('GATEWAY_UNAVAILABLE');
  const closed = open.map(({ response: each }) => new Promise((resolve) => each.once('close', resolve)));
  for (const { sent } of open) sent.destroy();
  await Promise.all(closed);
});

async function startCounting({ tellsPlaces = false } = {}) {
  const counted = new CountedEvents();
  const { subgraph, asked } = countedSubgraph(counted, { tellsPlaces });
  const gateway = await startGateway({
    port: 0,
    host: '127.0.0.1',
    supergraph: { kind: 'subgraphs', subgraphs: [{ name: 'counter', transport: inProcessTransport(subgraph) }] },
    planning: 'inline',
  });
  return { counted, asked, gateway };
}

describe('a place', () => {
  test('is an id at the beginning of an event stream, before any event', async () => {
    const { counted, gateway } = await startCounting({ tellsPlaces: true });
    const { sent, response } = await ask('subscription { counted { number } }', events, gateway);
    let text = '';
    response.on('data', (chunk: Buffer) => (text += chunk.toString()));
    await expect.poll(() => text).toBe(':\n\nid: 0\n\n');
    counted.append();
    await expect.poll(() => text).toContain('id: 1\ndata: ');
    sent.destroy();
    await gateway.close();
  });

  test('is nothing to the real client', async () => {
    const { counted, asked, gateway } = await startCounting({ tellsPlaces: true });
    const client = createClient({ url: `${gateway.url}/graphql`, retryAttempts: 0 });
    const results = client.iterate({ query: 'subscription { counted(only: [2]) { number } }' });
    const first = results.next();
    await expect.poll(() => asked.open).toBe(1);
    counted.append(2);
    expect((await first).value).toEqual({ data: { counted: { number: 2 } } });
    client.dispose();
    await gateway.close();
  });

  test('is where a subscription without an event goes on that the gateway ends', async () => {
    const { asked, gateway } = await startCounting({ tellsPlaces: true });
    const { response } = await ask('subscription { counted { number } }', parts, gateway);
    const text = textOf(response);
    await expect.poll(() => asked.open).toBe(1);
    // The place is told behind the beginning: a second stream that has it says that the first has it, too.
    const other = await ask('subscription { counted { number } }', events, gateway);
    await textUntil(other.response, /id: 0/);
    await gateway.close();
    expect(await text).toContain('"code":"GATEWAY_CLOSING"');
    expect(await text).toContain('"cursor":"0"');
  });
});

describe('a gateway that stops', () => {
  /** What a stream says after one event and the end of the gateway. */
  async function lastWords(accept: string): Promise<string> {
    const { counted, asked, gateway: stopping } = await startCounting();
    const { response } = await ask('subscription { counted { number } }', accept, stopping);
    let text = '';
    response.on('data', (chunk: Buffer) => (text += chunk.toString()));
    const ended = once(response, 'end');
    await expect.poll(() => asked.open).toBe(1);
    counted.append();
    await expect.poll(() => text).toContain('"number":1');
    await stopping.close();
    await ended;
    return text;
  }

  test('cuts event streams without completing them, after the place to come back to', async () => {
    const text = await lastWords(events);
    expect(text).toMatch(/\n\nid: 1\n\n$/);
    expect(text).not.toContain('complete');
  });

  test('says in the last part where to go on', async () => {
    const [end, last] = (await lastWords(parts))
      .split('\r\n')
      .reverse()
      .filter((line) => line !== '');
    expect(end).toBe('--graphql--');
    expect(JSON.parse(last ?? '')).toMatchObject({
      payload: null,
      errors: [{ extensions: { code: 'GATEWAY_CLOSING', cursor: '1' } }],
    });
  });
});
