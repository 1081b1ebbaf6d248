import { createServer as createHttpServer } from 'node:http';
import type { RequestListener } from 'node:http';
import { createServer as createTcpServer } from 'node:net';
import { describe, expect, test } from 'vitest';
import { fromByteText, toByteText } from '../byte-text.ts';
import { answering, json, transportTo, urlOf } from '../../test-subgraphs/answering.ts';
import { listen } from '../../test-subgraphs/listen.ts';
import { SubgraphFault } from '../errors.ts';
import type { SubgraphTransport } from './transport.ts';

const request = { query: '{ a }', variables: {}, signal: new AbortController().signal };

const outcome = (transport: SubgraphTransport) =>
  transport
    .execute(request)
    .catch((error: unknown) => (error instanceof SubgraphFault ? [error.code, error.message] : error));

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
    [
      'text that is not UTF-8',
      (_request, response) =>
        response
          .writeHead(200, { 'content-type': 'application/json' })
          .end(Buffer.from('{"data":{"a":"secret \xff"}}', 'latin1')),
    ],
    [
      'a media type that only begins like JSON',
      (_request, response) => response.writeHead(200, { 'content-type': 'application/jsonp' }).end('{"data":{}}'),
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
    const port = await listen(
      createTcpServer((socket) => socket.once('data', () => socket.end('220 smtp.example ESMTP\r\n'))),
    );
    expect(await outcome(transportTo(urlOf(port)))).toEqual([
      'SUBGRAPH_BAD_RESPONSE',
      'Subgraph "stock" answered with something that is not HTTP.',
    ]);
  });

  test('a connection that is refused', async () => {
    const server = createTcpServer();
    const port = await listen(server);
    await new Promise((resolve) => server.close(resolve));
    expect(await outcome(transportTo(urlOf(port)))).toEqual([
      'SUBGRAPH_UNAVAILABLE',
      'Subgraph "stock" cannot be reached.',
    ]);
  });

  test('a connection that is closed without an answer', async () => {
    const port = await listen(createTcpServer((socket) => socket.once('data', () => socket.end())));
    expect(await outcome(transportTo(urlOf(port)))).toEqual([
      'SUBGRAPH_UNAVAILABLE',
      'Subgraph "stock" cannot be reached.',
    ]);
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
  const transport = transportTo(urlOf(await listen(server)), { connections: 3 });
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

const operation = { query: '{ a }', operationName: undefined, idempotent: true };
const textRequest = { operation, variables: '{"x":[1]}', signal: new AbortController().signal };

test('sends a compiled operation with variables that are text already, and gives the text of the response', async () => {
  const transport = await answering((incoming, response) => {
    let body = '';
    incoming.on('data', (chunk: Buffer) => (body += chunk.toString()));
    incoming.on('end', () => json(JSON.stringify({ data: JSON.parse(body) as unknown }))(incoming, response));
  });
  expect(await transport.executeText(textRequest)).toBe('{"data":{"query":"{ a }","variables":{"x":[1]}}}');
  const named = { ...operation, query: 'query "A" { a }', operationName: 'A' };
  for (const variables of ['{}', '{"x":"ü"}']) {
    const asked = { ...textRequest, operation: named, variables: toByteText(variables) };
    expect(JSON.parse(fromByteText(await transport.executeText(asked)))).toEqual({
      data: { query: named.query, operationName: 'A', variables: JSON.parse(variables) as unknown },
    });
  }
});

test('forwarded headers do not replace those of the gateway or of the connection', async () => {
  const seen: unknown[] = [];
  const transport = await answering((incoming, response) => {
    const { host, connection, accept, 'content-type': contentType, 'x-tenant': tenant } = incoming.headers;
    seen.push(host?.startsWith('127.0.0.1:'), connection, accept?.includes('json'), contentType, tenant);
    seen.push(incoming.headers['transfer-encoding'], incoming.headers['accept-encoding']);
    json('{"data":{}}')(incoming, response);
  });
  await transport.executeText({
    ...textRequest,
    headers: {
      host: 'other.example',
      connection: 'close',
      accept: 'text/html',
      'content-type': 'text/plain',
      'transfer-encoding': 'chunked',
      'content-length': '3',
      'accept-encoding': 'gzip',
      'x-tenant': 't',
    },
  });
  expect(seen).toEqual([true, undefined, true, 'application/json', 't', undefined, undefined]);
});

test('requests beyond those that may wait fail at once', async () => {
  const waiting: (() => void)[] = [];
  const transport = await answering(
    (incoming, response) => void waiting.push(() => json('{"data":{}}')(incoming, response)),
    { connections: 1, maxRequests: 1 },
  );
  const first = outcome(transport);
  expect(await outcome(transport)).toEqual([
    'SUBGRAPH_UNAVAILABLE',
    'Too many requests to subgraph "stock" are waiting already.',
  ]);
  await expect.poll(() => waiting).toHaveLength(1);
  waiting[0]?.();
  expect(await first).toEqual({ data: {} });
});
