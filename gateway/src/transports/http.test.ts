import { createServer as createHttpServer } from 'node:http';
import type { RequestListener } from 'node:http';
import { createServer as createTcpServer } from 'node:net';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { describe, expect, onTestFinished, test } from 'vitest';
import { listen } from '../../test-subgraphs/listen.ts';
import { SubgraphFault } from '../errors.ts';
import { httpTransport } from './http.ts';
import type { GivenTransportOptions } from './transport-options.ts';
import type { SubgraphTextRequest, SubgraphTransport } from './transport.ts';

const urlOf = (port: number) => `http://127.0.0.1:${port}/graphql?tenant=a`;

function transportTo(url: string, options: GivenTransportOptions = {}): SubgraphTransport {
  const transport = httpTransport({ name: 'stock', url, options });
  onTestFinished(() => transport.close());
  return transport;
}

const answering = async (listener: RequestListener, options?: GivenTransportOptions) =>
  transportTo(urlOf(await listen(createHttpServer(listener))), options);

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
const mutation = { ...operation, query: 'mutation { a }', idempotent: false };

test('sends a compiled operation with variables that are text already, and gives the text of the response', async () => {
  const transport = await answering((incoming, response) => {
    let body = '';
    incoming.on('data', (chunk: Buffer) => (body += chunk.toString()));
    incoming.on('end', () => json(JSON.stringify({ data: JSON.parse(body) as unknown }))(incoming, response));
  });
  expect(await transport.executeText(textRequest)).toBe('{"data":{"query":"{ a }","variables":{"x":[1]}}}');
  const named = { ...operation, query: 'query "A" { a }', operationName: 'A' };
  for (const variables of ['{}', '{"x":"ü"}']) {
    expect(JSON.parse(await transport.executeText({ ...textRequest, operation: named, variables }))).toEqual({
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

describe('failures that pass:', () => {
  const busyOnce =
    (status: number, headers: Record<string, string>): RequestListener =>
    (incoming, response) => {
      if (busyOnce.count++ > 0) json('{"data":{}}')(incoming, response);
      else response.writeHead(status, headers).end('secret');
    };
  busyOnce.count = 0;
  const retry = { firstPauseMs: 1, maxPauseMs: 1 };

  test('a query that is put off is sent again', async () => {
    busyOnce.count = 0;
    const transport = await answering(busyOnce(503, { 'retry-after': '0' }), { retry });
    expect(await transport.executeText(textRequest)).toBe('{"data":{}}');
  });

  test('a mutation that is put off is told so', async () => {
    busyOnce.count = 0;
    const transport = await answering(busyOnce(503, { 'retry-after': 'Fri, 31 Dec 1999 23:59:59 GMT' }), { retry });
    await expect(transport.executeText({ ...textRequest, operation: mutation })).rejects.toMatchObject({
      code: 'SUBGRAPH_UNAVAILABLE',
      message: 'Subgraph "stock" takes no requests at the moment.',
    });
  });

  test('a failure that is none of these is told at once', async () => {
    busyOnce.count = 0;
    const transport = await answering(busyOnce(503, {}), { retry });
    await expect(transport.executeText(textRequest)).rejects.toMatchObject({ code: 'SUBGRAPH_BAD_RESPONSE' });
    expect(busyOnce.count).toBe(1);
  });

  test('an attempt that hangs leaves time for another', async () => {
    let requests = 0;
    const transport = await answering(
      (incoming, response) => {
        if (++requests > 1) json('{"data":{}}')(incoming, response);
      },
      { retry: { ...retry, attemptTimeoutMs: 50 } },
    );
    expect(await transport.executeText(textRequest)).toBe('{"data":{}}');
  });

  test('a subgraph that is left alone comes back after the break', async () => {
    let isUp = false;
    let requests = 0;
    const transport = await answering(
      (incoming, response) => {
        requests++;
        if (isUp) json('{"data":{}}')(incoming, response);
        else incoming.socket.destroy();
      },
      { retry: false, breaker: { minRequests: 3, requests: 10, breakMs: 50 } },
    );
    for (let count = 0; count < 3; count++) await outcome(transport);
    expect(transport.breaker?.()).toBe('open');
    expect(await outcome(transport)).toEqual([
      'SUBGRAPH_UNAVAILABLE',
      'Subgraph "stock" has failed too often and is left alone for a while.',
    ]);
    expect(requests).toBe(3);
    isUp = true;
    await expect.poll(() => outcome(transport)).toEqual({ data: {} });
    expect(transport.breaker?.()).toBe('closed');
  });

  test('errors in GraphQL responses are no failures of the subgraph', async () => {
    const transport = await answering(json('{"errors":[{"message":"no"}]}', 500), { breaker: { minRequests: 3 } });
    for (let count = 0; count < 10; count++) await outcome(transport);
    expect(transport.breaker?.()).toBe('closed');
  });
});

describe('compression', () => {
  const compressed = (body: Buffer, encoding: string): RequestListener => {
    return (incoming, response) => {
      response
        .writeHead(200, {
          'content-type': 'application/json',
          'content-encoding': encoding,
          'x-accepted': String(incoming.headers['accept-encoding']),
        })
        .end(body);
    };
  };
  const text = JSON.stringify({ data: { a: 'ü'.repeat(500) } });
  const failing = (transport: SubgraphTransport) =>
    transport.executeText(textRequest).then(
      () => 'answered',
      (error: unknown) => (error instanceof SubgraphFault ? error.message : error),
    );

  test.each([
    ['gzip', gzipSync(text)],
    ['br', brotliCompressSync(text)],
  ] as const)('%s is read when it is asked for', async (encoding, body) => {
    const transport = await answering(compressed(body, encoding), { acceptEncoding: [encoding] });
    expect(await transport.executeText(textRequest)).toBe(text);
  });

  test('it is asked for as the options say', async () => {
    const seen: unknown[] = [];
    const listener: RequestListener = (incoming, response) => {
      seen.push(incoming.headers['accept-encoding']);
      json('{"data":{}}')(incoming, response);
    };
    await (await answering(listener)).executeText(textRequest);
    await (await answering(listener, { acceptEncoding: ['br', 'gzip'] })).executeText(textRequest);
    expect(seen).toEqual([undefined, 'br, gzip']);
  });

  test.each([
    ['gzip', gzipSync],
    ['br', brotliCompressSync],
  ] as const)('a bomb in %s is refused', async (encoding, compress) => {
    const bomb = compress(Buffer.alloc(30_000_000, ' '));
    const transport = await answering(compressed(bomb, encoding), {
      acceptEncoding: [encoding],
      maxResponseBytes: 100_000,
    });
    expect(bomb.length).toBeLessThan(100_000);
    expect(await failing(transport)).toBe('Subgraph "stock" answered with more than the gateway accepts.');
  });

  test.each<[string, Buffer, string]>([
    ['half of a body', gzipSync(text).subarray(0, 40), 'something that is not compressed'],
    ['a body that is not compressed', Buffer.from(text), 'something that is not compressed'],
    ['a body that is not UTF-8', gzipSync(Buffer.from('"\xff"', 'latin1')), 'text that is not UTF-8'],
  ])('%s is told', async (_case, body, what) => {
    const transport = await answering(compressed(body, 'gzip'), { acceptEncoding: ['gzip'] });
    expect(await failing(transport)).toBe(`Subgraph "stock" answered with ${what}.`);
  });

  test.each(['br', 'gzip, gzip', 'deflate'])('%s is refused when gzip was asked for', async (encoding) => {
    const transport = await answering(compressed(gzipSync(text), encoding), { acceptEncoding: ['gzip'] });
    expect(await failing(transport)).toBe('Subgraph "stock" answered with a compression that it was not asked for.');
  });
});

describe('deduplication', () => {
  async function held(options: GivenTransportOptions) {
    const requests: { readonly answer: () => void; readonly closed: Promise<unknown> }[] = [];
    const transport = await answering((incoming, response) => {
      const number = requests.length + 1;
      requests.push({
        answer: () => json(`{"data":{"a":${number}}}`)(incoming, response),
        closed: new Promise((resolve) => incoming.once('close', resolve)),
      });
    }, options);
    return {
      transport,
      requests,
      answerAll: async (count: number) => {
        await expect.poll(() => requests.length).toBe(count);
        requests.forEach(({ answer }) => answer());
      },
    };
  }

  test('identical queries at the same time share one fetch', async () => {
    const { transport, answerAll } = await held({ dedupe: true });
    const answers = [textRequest, textRequest].map((each) => transport.executeText(each));
    await answerAll(1);
    expect(await Promise.all(answers)).toEqual(Array(2).fill('{"data":{"a":1}}'));
  });

  test('results that are shared are not the same object', async () => {
    const { transport, answerAll } = await held({ dedupe: true });
    const answers = [1, 2].map(() => transport.execute({ ...request, idempotent: true }));
    await answerAll(1);
    const [first, second] = await Promise.all(answers);
    expect(first).toEqual(second);
    expect(first?.data).not.toBe(second?.data);
  });

  test.each<[string, Partial<SubgraphTextRequest>, Partial<SubgraphTextRequest>]>([
    ['authorization', { headers: { authorization: 'a' } }, { headers: { authorization: 'b' } }],
    ['authorization on one side', { headers: { authorization: 'a' } }, {}],
    ['variables', { variables: '{}' }, {}],
    ['operations', { operation: { ...operation, query: '{ b }' } }, {}],
    ['names', { operation: { ...operation, operationName: 'A' } }, {}],
    ['nothing, being mutations', { operation: mutation }, { operation: mutation }],
  ])('different %s are fetched each', async (_what, one, other) => {
    const { transport, answerAll } = await held({ dedupe: true });
    const answers = [one, other].map((each) => transport.executeText({ ...textRequest, ...each }));
    await answerAll(2);
    expect(new Set(await Promise.all(answers)).size).toBe(2);
  });

  test('it is off unless asked for', async () => {
    const { transport, answerAll } = await held({});
    const answers = [textRequest, textRequest].map((each) => transport.executeText(each));
    await answerAll(2);
    await Promise.all(answers);
  });

  test('a fetch goes on while somebody wants it, and is then taken from the subgraph', async () => {
    const { transport, requests } = await held({ dedupe: true });
    const [first, second] = [new AbortController(), new AbortController()];
    const answers = [first, second].map(({ signal }) => transport.executeText({ ...textRequest, signal }));
    await expect.poll(() => requests.length).toBe(1);
    first.abort(new Error('first gone'));
    await expect(answers[0]).rejects.toThrow('first gone');
    const third = transport.executeText(textRequest);
    requests[0]?.answer();
    expect(await Promise.all([answers[1], third])).toEqual(Array(2).fill('{"data":{"a":1}}'));

    const alone = new AbortController();
    const last = transport.executeText({ ...textRequest, signal: alone.signal });
    await expect.poll(() => requests.length).toBe(2);
    alone.abort(new Error('gone'));
    await expect(last).rejects.toThrow('gone');
    await requests[1]?.closed;
  });
});
