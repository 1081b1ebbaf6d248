import type { RequestListener } from 'node:http';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { fromByteText } from '../byte-text.ts';
import { answering, json } from '../../test-subgraphs/answering.ts';
import { SubgraphFault } from '../errors.ts';
import type { GivenTransportOptions } from './transport-options.ts';
import type { SubgraphTextRequest, SubgraphTransport } from './transport.ts';

const request = { query: '{ a }', variables: {}, signal: new AbortController().signal };

const operation = { query: '{ a }', operationName: undefined, idempotent: true };
const textRequest = { operation, variables: '{"x":[1]}', signal: new AbortController().signal };
const mutation = { ...operation, query: 'mutation { a }', idempotent: false };

const outcome = (transport: SubgraphTransport) =>
  transport
    .execute(request)
    .catch((error: unknown) => (error instanceof SubgraphFault ? [error.code, error.message] : error));

afterEach(() => void vi.useRealTimers());

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
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
    let requests = 0;
    let asked!: () => void;
    const isAsked = new Promise<void>((resolve) => (asked = resolve));
    const transport = await answering(
      (incoming, response) => {
        asked();
        if (++requests > 1) json('{"data":{}}')(incoming, response);
      },
      { retry: { ...retry, attemptTimeoutMs: 1_000 } },
    );
    const answer = transport.executeText(textRequest);
    await isAsked;
    await vi.advanceTimersByTimeAsync(1_000 + retry.maxPauseMs);
    expect(await answer).toBe('{"data":{}}');
  });

  test('a subgraph that is left alone comes back after the break', async () => {
    vi.useFakeTimers({ toFake: ['Date'] });
    let isUp = false;
    let requests = 0;
    const transport = await answering(
      (incoming, response) => {
        requests++;
        if (isUp) json('{"data":{}}')(incoming, response);
        else incoming.socket.destroy();
      },
      { retry: false, breaker: { minRequests: 3, requests: 10, breakMs: 1_000 } },
    );
    for (let count = 0; count < 3; count++) await outcome(transport);
    expect(transport.breaker?.()).toBe('open');
    expect(await outcome(transport)).toEqual([
      'SUBGRAPH_UNAVAILABLE',
      'Subgraph "stock" has failed too often and is left alone for a while.',
    ]);
    expect(requests).toBe(3);
    isUp = true;
    vi.advanceTimersByTime(1_000);
    expect(await outcome(transport)).toEqual({ data: {} });
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
    expect(fromByteText(await transport.executeText(textRequest))).toBe(text);
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
