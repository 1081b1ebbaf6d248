import { createServer as createHttpServer } from 'node:http';
import type { RequestListener } from 'node:http';
import { createServer as createTcpServer } from 'node:net';
import type { Socket } from 'node:net';
import { afterEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import { toByteText } from '../byte-text.ts';
import { listen } from '../../test-subgraphs/listen.ts';
import { SubgraphFault } from '../errors.ts';
import type { HttpClient, HttpClientOptions, HttpPost } from './http-client.ts';
import { http1Client } from './http1-client.ts';
import { undiciClient } from './undici-client.ts';

const clients: readonly [string, (options: HttpClientOptions) => HttpClient][] = [
  ['http1Client', http1Client],
  ['undiciClient', (options) => undiciClient({ ...options, http2: false })],
];

/** Time passes only when a test says so; sockets work on. */
function stopTime() {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
}
afterEach(() => void vi.useRealTimers());

const ok = 'HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n';

function posting(request: Partial<HttpPost> = {}): HttpPost {
  return { body: '{}', headers: undefined, isIdempotent: true, signal: new AbortController().signal, ...request };
}

/** Serves connections; each request, whole, goes to `answer` with its number on its connection and in all. */
function rawServer(answer: (socket: Socket, onConnection: number, inAll: number, text: string) => void) {
  let inAll = 0;
  return createTcpServer((socket) => {
    let onConnection = 0;
    let text = '';
    socket.on('data', (bytes) => {
      text += bytes.toString('latin1');
      const length = Number(/content-length: (\d+)\r\n/i.exec(text)?.[1]);
      if (text.length < text.indexOf('\r\n\r\n') + 4 + length) return;
      const whole = text;
      text = '';
      answer(socket, ++onConnection, ++inAll, whole);
    });
  });
}

const answered = (body: string) => `${ok}content-length: ${body.length}\r\n\r\n${body}`;

describe.each(clients)('%s', (_name, create) => {
  const clientTo = (port: number, options: Partial<HttpClientOptions> = {}) => {
    const client = create({
      name: 'stock',
      target: new URL(`http://127.0.0.1:${port}/graphql?tenant=a`),
      headers: { accept: 'application/json', 'content-type': 'application/json' },
      connections: 2,
      connectTimeoutMs: 60_000,
      timeoutMs: 60_000,
      attemptTimeoutMs: options.timeoutMs ?? 60_000,
      maxResponseBytes: 100_000,
      read: ({ status }, body) => `${status} ${body.toString()}`,
      ...options,
    });
    onTestFinished(() => client.close());
    return client;
  };
  const toHttp = async (listener: RequestListener, options?: Partial<HttpClientOptions>) =>
    clientTo(await listen(createHttpServer(listener)), options);
  const toRaw = async (answer: Parameters<typeof rawServer>[0], options?: Partial<HttpClientOptions>) =>
    clientTo(await listen(rawServer(answer)), options);
  const faultOf = (answer: Promise<string>) =>
    answer.then(
      (text) => `no fault: ${text}`,
      (error: unknown) => (error instanceof SubgraphFault ? `${error.code}: ${error.message}` : error),
    );

  test('sends a body in any script with its length in bytes, and headers as they are', async () => {
    const client = await toHttp((request, response) => {
      let body = '';
      request.setEncoding('utf8').on('data', (text: string) => (body += text));
      request.on('end', () => response.end(JSON.stringify([request.url, request.headers['x-tenant'], body])));
    });
    for (const body of ['{}', '{"a":"ü"}', '{"a":"日本🏭"}', '']) {
      expect(await client.post(posting({ body: toByteText(body), headers: { 'x-tenant': 'caf\xe9' } }))).toBe(
        `200 ${JSON.stringify(['/graphql?tenant=a', 'caf\xe9', body])}`,
      );
    }
  });

  test.each(['x: y\r\nb: c', 'a\0b', '\u0130'])('never sends the header value %j', async (value) => {
    let requests = 0;
    const client = await toHttp((_request, response) => {
      requests++;
      response.end();
    });
    // More often than there are connections.
    for (let count = 0; count < 3; count++) {
      await expect(client.post(posting({ headers: { 'x-tenant': value } }))).rejects.toThrow();
    }
    expect(requests).toBe(0);
    expect(await client.post(posting())).toBe('200 ');
  });

  test('keeps connections and opens no more than it may', async () => {
    const ports = new Set<number | undefined>();
    const client = await toHttp((request, response) => {
      ports.add(request.socket.remotePort);
      setImmediate(() => response.end('{}'));
    });
    await Promise.all(Array.from({ length: 30 }, () => client.post(posting())));
    await Promise.all(Array.from({ length: 30 }, () => client.post(posting())));
    expect(ports.size).toBe(2);
  });

  test('large responses arrive whole, sized or in chunks', async () => {
    const body = 'ü'.repeat(45_000);
    const client = await toHttp((request, response) => {
      if (request.headers['x-chunks'] === undefined) response.end(body);
      else {
        for (let start = 0; start < body.length; start += 7_001) response.write(body.slice(start, start + 7_001));
        response.end();
      }
    });
    expect(await client.post(posting())).toBe(`200 ${body}`);
    expect(await client.post(posting({ headers: { 'x-chunks': '1' } }))).toBe(`200 ${body}`);
    expect(await client.post(posting())).toBe(`200 ${body}`);
  });

  test.each<[string, string]>([
    ['closes', `${ok}connection: close\r\ncontent-length: 2\r\n\r\n{}`],
    ['ends with its connection', `${ok}connection: close\r\n\r\n{}`],
  ])('after a response that %s another connection is used', async (_case, text) => {
    const client = await toRaw((socket, onConnection, inAll) => {
      if (inAll === 1) socket.end(text);
      else socket.write(answered(String(onConnection)));
    });
    expect(await client.post(posting())).toBe('200 {}');
    expect(await client.post(posting())).toBe('200 1');
  });

  test('what comes after a response is no answer to the next request', async () => {
    const client = await toRaw(
      (socket, onConnection, inAll) =>
        socket.write(inAll === 1 ? answered('{}') + answered('smuggled') : answered(String(onConnection))),
      { connections: 1 },
    );
    const first = await faultOf(client.post(posting()));
    expect(['200 {}', 'no fault: 200 {}']).toContain(first);
    expect(['200 1', 'none']).toContain(await client.post(posting({ isIdempotent: false })).catch(() => 'none'));
  });

  test('what comes while nothing was asked for is no answer to the next request', async () => {
    let spoke!: () => void;
    const spoken = new Promise<void>((resolve) => (spoke = resolve));
    const client = await toRaw(
      (socket, onConnection, inAll) => {
        socket.write(answered(String(onConnection)));
        if (inAll > 1) return;
        socket.once('close', spoke);
        setImmediate(() => socket.write(answered('smuggled')));
      },
      { connections: 1 },
    );
    expect(await client.post(posting())).toBe('200 1');
    await spoken;
    expect(await client.post(posting())).toBe('200 1');
  });

  test('interim responses are not the answer', async () => {
    const client = await toRaw((socket) => socket.write(`HTTP/1.1 103 Early Hints\r\n\r\n${answered('{}')}`));
    expect(await client.post(posting())).toBe('200 {}');
    expect(await client.post(posting())).toBe('200 {}');
  });

  test.each(['204 No Content', '304 Not Modified'])('status %s has no body', async (status) => {
    const client = await toRaw((socket, _onConnection, inAll) =>
      socket.write(inAll === 1 ? `HTTP/1.1 ${status}\r\n\r\n` : answered('{}')),
    );
    expect(await client.post(posting())).toBe(`${status.slice(0, 3)} `);
    expect(await client.post(posting())).toBe('200 {}');
  });

  describe('a fault is told, and the next request answered, after', () => {
    const notHttp = 'SUBGRAPH_BAD_RESPONSE: Subgraph "stock" answered with something that is not HTTP.';
    const half = 'SUBGRAPH_BAD_RESPONSE: Subgraph "stock" answered with only a part of its response.';
    const tooLarge = 'SUBGRAPH_BAD_RESPONSE: Subgraph "stock" answered with more than the gateway accepts.';
    const away = 'SUBGRAPH_UNAVAILABLE: Subgraph "stock" cannot be reached.';
    test.each<[string, string, (socket: Socket) => void]>([
      ['garbage', notHttp, (socket) => socket.write('\x16\x03\x01 secret \r\n\r\n')],
      ['two lengths', notHttp, (socket) => socket.write(`${ok}content-length: 2\r\ncontent-length: 3\r\n\r\n{}`)],
      [
        'a length and chunks',
        notHttp,
        (socket) => socket.write(`${ok}content-length: 2\r\ntransfer-encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n`),
      ],
      ['too many headers', notHttp, (socket) => socket.write(`${ok}${'x: secret\r\n'.repeat(5_000)}\r\n`)],
      ['a length that is too long', half, (socket) => socket.end(`${ok}content-length: 100\r\n\r\n{}`)],
      ['chunks that do not end', half, (socket) => socket.end(`${ok}transfer-encoding: chunked\r\n\r\n2\r\n{}\r\n`)],
      ['a large length', tooLarge, (socket) => socket.write(`${ok}content-length: 100001\r\n\r\n`)],
      ['a body without end', tooLarge, (socket) => socket.write(`${ok}\r\n${'x'.repeat(150_000)}`)],
      [
        'chunks without end',
        tooLarge,
        (socket) =>
          socket.write(`${ok}transfer-encoding: chunked\r\n\r\n${`4000\r\n${'x'.repeat(0x4000)}\r\n`.repeat(8)}`),
      ],
      ['an end', away, (socket) => socket.end()],
      ['a reset', away, (socket) => socket.resetAndDestroy()],
    ])('%s', async (_case, fault, misbehave) => {
      const client = await toRaw((socket, _onConnection, inAll) => {
        if (inAll === 1) misbehave(socket);
        else socket.write(answered('{}'));
      });
      expect(await faultOf(client.post(posting()))).toBe(fault);
      expect(await client.post(posting())).toBe('200 {}');
    });

    test('no answer in time', async () => {
      stopTime();
      let asked!: () => void;
      const isAsked = new Promise<void>((resolve) => (asked = resolve));
      const client = await toRaw(
        (socket, _onConnection, inAll) => {
          asked();
          if (inAll > 1) socket.write(answered('{}'));
        },
        { timeoutMs: 100 },
      );
      const fault = faultOf(client.post(posting()));
      await isAsked;
      vi.advanceTimersByTime(100);
      expect(await fault).toBe('SUBGRAPH_TIMEOUT: Subgraph "stock" did not answer in time.');
      expect(await client.post(posting())).toBe('200 {}');
    });
  });

  test('a request that is given up closes its connection and leaves others theirs', async () => {
    const gone = new AbortController();
    let closed!: () => void;
    const isClosed = new Promise<void>((resolve) => (closed = resolve));
    let answer: (() => void) | undefined;
    const client = await toRaw((socket, _onConnection, _inAll, text) => {
      if (text.endsWith('[]')) {
        socket.once('close', closed);
        gone.abort(new Error('gone'));
      } else answer = () => socket.write(answered('{}'));
    });
    const other = client.post(posting());
    await expect(client.post(posting({ body: '[]', signal: gone.signal }))).rejects.toThrow('gone');
    await isClosed;
    await expect.poll(() => answer).toBeDefined();
    answer?.();
    expect(await other).toBe('200 {}');
  });

  test('a request that waits for a connection can be given up, and has its deadline', async () => {
    const seen: string[] = [];
    const client = await toRaw((_socket, _onConnection, _inAll, text) => void seen.push(text), {
      connections: 1,
      timeoutMs: 200,
    });
    const first = faultOf(client.post(posting()));
    const gone = new AbortController();
    const second = client.post(posting({ signal: gone.signal }));
    const third = faultOf(client.post(posting()));
    gone.abort(new Error('gone'));
    await expect(second).rejects.toThrow('gone');
    expect(await Promise.all([first, third])).toEqual(
      Array(2).fill('SUBGRAPH_TIMEOUT: Subgraph "stock" did not answer in time.'),
    );
    expect(seen.length).toBeLessThanOrEqual(2);
  });

  test('closing ends what runs and what waits', async () => {
    let asked!: () => void;
    const isAsked = new Promise<void>((resolve) => (asked = resolve));
    const client = await toRaw(asked, { connections: 1 });
    const answers = [faultOf(client.post(posting())), faultOf(client.post(posting()))];
    await isAsked;
    await client.close();
    expect(await Promise.all(answers)).toEqual(
      Array(2).fill('SUBGRAPH_UNAVAILABLE: Subgraph "stock" cannot be reached.'),
    );
    expect(await faultOf(client.post(posting()))).toBe('SUBGRAPH_UNAVAILABLE: Subgraph "stock" cannot be reached.');
  });
});

describe('http1Client on a connection that the subgraph closes just when it is used again', () => {
  /** Closes each connection at its second request, unanswered. */
  const closingAtSecond = async () => {
    const seen: string[] = [];
    const port = await listen(
      rawServer((socket, onConnection, _inAll, text) => {
        if (onConnection > 1) socket.destroy();
        else {
          seen.push(text);
          socket.write(answered('{}'));
        }
      }),
    );
    const client = http1Client({
      name: 'stock',
      target: new URL(`http://localhost:${port}`),
      headers: {},
      connections: 1,
      connectTimeoutMs: 60_000,
      timeoutMs: 60_000,
      attemptTimeoutMs: 60_000,
      maxResponseBytes: 1_000,
      read: (_head, body) => body.toString(),
    });
    onTestFinished(() => client.close());
    return { client, seen };
  };

  test('sends a query again over a new one', async () => {
    const { client, seen } = await closingAtSecond();
    for (let count = 1; count <= 4; count++) {
      expect(await client.post(posting())).toBe('{}');
      expect(seen).toHaveLength(count);
    }
  });

  test('never sends a mutation twice', async () => {
    const { client, seen } = await closingAtSecond();
    expect(await client.post(posting({ isIdempotent: false }))).toBe('{}');
    await expect(client.post(posting({ isIdempotent: false }))).rejects.toThrow('cannot be reached');
    expect(seen).toHaveLength(1);
  });
});

test('http1Client never uses a connection again whose request was answered before it was sent', async () => {
  const port = await listen(
    createTcpServer((socket) => {
      socket.once('data', () => {
        socket.pause();
        socket.write(answered('early'));
      });
    }),
  );
  const client = http1Client({
    name: 'stock',
    target: new URL(`http://127.0.0.1:${port}`),
    headers: {},
    connections: 1,
    connectTimeoutMs: 60_000,
    timeoutMs: 60_000,
    attemptTimeoutMs: 60_000,
    maxResponseBytes: 1_000,
    read: (_head, body) => body.toString(),
  });
  onTestFinished(() => client.close());
  // Each is more than the sockets' buffers take: over one connection the second would hang behind the first.
  const body = JSON.stringify('x'.repeat(32 * 1024 * 1024));
  expect(await client.post(posting({ body }))).toBe('early');
  expect(await client.post(posting({ body }))).toBe('early');
});
