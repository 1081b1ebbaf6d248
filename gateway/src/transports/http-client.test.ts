import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { HttpExchange } from './http-client.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const options = {
  name: 'stock',
  target: new URL('http://127.0.0.1/'),
  headers: {},
  connections: 1,
  connectTimeoutMs: 1_000,
  timeoutMs: 1_000,
  attemptTimeoutMs: 100,
  maxResponseBytes: 1_000,
  read: () => '{}',
};

test.each([
  [true, 100],
  [false, 1_000],
])('a request has the time of one attempt if it may be sent again (%s), else the whole', async (isIdempotent, ms) => {
  const signal = new AbortController().signal;
  const exchange = new HttpExchange({ body: '{}', headers: undefined, isIdempotent, signal }, options);
  const givenUp = vi.fn();
  exchange.onGivenUp = givenUp;
  const told = expect(exchange.answer).rejects.toMatchObject({ code: 'SUBGRAPH_TIMEOUT' });
  vi.advanceTimersByTime(ms - 1);
  expect(givenUp).not.toHaveBeenCalled();
  vi.advanceTimersByTime(1);
  expect(givenUp).toHaveBeenCalledOnce();
  await told;
});

test('whatever ends it first counts, and leaves nothing behind', async () => {
  const gone = new AbortController();
  const exchange = new HttpExchange({ body: '', headers: undefined, isIdempotent: true, signal: gone.signal }, options);
  const givenUp = vi.fn();
  exchange.onGivenUp = givenUp;
  exchange.receive({ status: 200, contentType: '', contentEncoding: '', retryAfter: '' }, Buffer.alloc(0));
  exchange.fail(new Error('late'));
  gone.abort(new Error('gone'));
  expect(vi.getTimerCount()).toBe(0);
  expect(await exchange.answer).toBe('{}');
  expect(givenUp).not.toHaveBeenCalled();
});
