import { createServer as createHttpServer } from 'node:http';
import type { RequestListener } from 'node:http';
import { createServer as createTcpServer } from 'node:net';
import type { AddressInfo, Server, Socket } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { SubgraphFault } from '../errors.ts';
import { httpTransport } from './http.ts';
import type { GivenTransportOptions } from './transport-options.ts';
import type { SubgraphTransport } from './transport.ts';

const cleanUp: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const release of cleanUp.splice(0).reverse()) await release();
});

async function listen(server: Server): Promise<string> {
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('error', () => socket.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  cleanUp.push(() => {
    sockets.forEach((socket) => socket.destroy());
    return new Promise((resolve) => server.close(resolve));
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/graphql?tenant=a`;
}

function transportTo(url: string, options: GivenTransportOptions = {}): SubgraphTransport {
  const transport = httpTransport({ name: 'stock', url, options });
  cleanUp.push(() => transport.close());
  return transport;
}

const answering = async (listener: RequestListener, options?: GivenTransportOptions) =>
  transportTo(await listen(createHttpServer(listener)), options);

const request = { query: '{ a }', variables: {}, signal: new AbortController().signal };

const outcome = (transport: SubgraphTransport) =>
  transport
    .execute(request)
    .catch((error: unknown) => (error instanceof SubgraphFault ? [error.code, error.message] : error));

function json(body: string, status = 200): RequestListener {
  return (_request, response) => {
    response.writeHead(status, { 'content-type': 'application/json' }).end(body);
  };
}

test('sends a GraphQL request and gives the response', async () => {
  const seen: unknown[] = [];
  const transport = await answering((incoming, response) => {
    let body = '';
    incoming.on('data', (chunk: Buffer) => (body += chunk.toString()));
    incoming.on('end', () => {
      seen.push(incoming.method, incoming.url, incoming.headers['x-tenant'], JSON.parse(body));
      response
        .writeHead(200, { 'content-type': 'application/graphql-response+json; charset=utf-8' })
        .end('{"data":{"a":"ü"}}');
    });
  });
  const result = await transport.execute({
    ...request,
    variables: { x: [1] },
    operationName: 'A',
    headers: { 'x-tenant': 't' },
  });
  expect(result).toEqual({ data: { a: 'ü' } });
  expect(seen).toEqual([
    'POST',
    '/graphql?tenant=a',
    't',
    { query: '{ a }', variables: { x: [1] }, operationName: 'A' },
  ]);
});

test('gives errors that come with a failing status', async () => {
  const transport = await answering(json('{"errors":[{"message":"no"}]}', 400));
  expect(await outcome(transport)).toEqual({ errors: [{ message: 'no' }] });
});

describe('a bad answer becomes a fault:', () => {
  test.each<[string, RequestListener]>([
    [
      'HTML',
      (_request, response) => response.writeHead(502, { 'content-type': 'text/html' }).end('<h1>secret host</h1>'),
    ],
    ['no media type', (_request, response) => response.writeHead(200).end('{"data":{}}')],
    ['half of some JSON', json('{"data":{"a"')],
    ['nothing', json('')],
    ['null', json('null')],
    ['a list', json('[{"data":{}}]')],
    ['neither data nor errors', json('{"message":"secret"}')],
    ['data that is a list', json('{"data":[]}')],
    ['data that is a string', json('{"data":"x"}')],
    ['errors that are no list', json('{"errors":{"message":"x"}}')],
    ['errors that are strings', json('{"errors":["x"]}')],
    ['an error with a path that is no list', json('{"errors":[{"message":"x","path":"a.b"}]}')],
    [
      'less than it promised',
      (_request, response) => {
        response.writeHead(200, { 'content-type': 'application/json', 'content-length': '100' });
        response.write('{"data":', () => response.destroy());
      },
    ],
    ['more than is accepted', json(`{"data":{"a":"${'x'.repeat(2_000)}"}}`)],
  ])('%s', async (_name, listener) => {
    const transport = await answering(listener, { maxResponseBytes: 1_000 });
    const fault = (await outcome(transport)) as [string, string];
    expect(fault[0]).toBe('SUBGRAPH_BAD_RESPONSE');
    expect(fault[1]).toMatch(/^Subgraph "stock" answered with /);
    expect(fault[1]).not.toContain('secret');
  });

  test('what is not HTTP', async () => {
    const url = await listen(
      createTcpServer((socket) => socket.once('data', () => socket.end('220 smtp.example ESMTP\r\n'))),
    );
    expect(await outcome(transportTo(url))).toEqual([
      'SUBGRAPH_BAD_RESPONSE',
      'Subgraph "stock" answered with something that is not HTTP.',
    ]);
  });

  test('a connection that is refused', async () => {
    const server = createTcpServer();
    const url = await listen(server);
    await new Promise((resolve) => server.close(resolve));
    cleanUp.length = 0;
    expect(await outcome(transportTo(url))).toEqual(['SUBGRAPH_UNAVAILABLE', 'Subgraph "stock" cannot be reached.']);
  });

  test('a connection that is closed without an answer', async () => {
    const url = await listen(createTcpServer((socket) => socket.once('data', () => socket.end())));
    expect(await outcome(transportTo(url))).toEqual(['SUBGRAPH_UNAVAILABLE', 'Subgraph "stock" cannot be reached.']);
  });

  test.each<[string, RequestListener]>([
    ['no answer', () => undefined],
    [
      'an answer that never ends',
      (_request, response) => void response.writeHead(200, { 'content-type': 'application/json' }).write('{'),
    ],
  ])('%s', async (_name, listener) => {
    const transport = await answering(listener, { timeoutMs: 50 });
    expect(await outcome(transport)).toEqual(['SUBGRAPH_TIMEOUT', 'Subgraph "stock" did not answer in time.']);
  });
});

test('an aborted request is taken from the subgraph', async () => {
  const client = new AbortController();
  let closed: Promise<unknown> | undefined;
  const transport = await answering((incoming) => {
    closed = new Promise((resolve) => incoming.once('close', resolve));
    client.abort(new Error('gone'));
  });
  await expect(transport.execute({ ...request, signal: client.signal })).rejects.toThrow('gone');
  await closed;
});

test('no more connections than allowed are opened', async () => {
  let open = 0;
  let most = 0;
  const server = createHttpServer((_request, response) => {
    setImmediate(() => response.writeHead(200, { 'content-type': 'application/json' }).end('{"data":{}}'));
  });
  server.on('connection', () => (most = Math.max(most, ++open)));
  const transport = transportTo(await listen(server), { connections: 3 });
  await Promise.all(
    Array.from({ length: 20 }, () => transport.execute({ ...request, signal: new AbortController().signal })),
  );
  expect(most).toBe(3);
});

test('a schema is asked for, and its absence told', async () => {
  const signal = new AbortController().signal;
  expect(await (await answering(json('{"data":{"_service":{"sdl":"type Query"}}}'))).sdl(signal)).toBe('type Query');
  const refusing = await answering(json('{"errors":[{"message":"no _service"}]}'));
  await expect(refusing.sdl(signal)).rejects.toThrow('Subgraph "stock" answered with no _service.');
});
