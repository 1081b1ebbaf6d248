import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { SubgraphFault } from '../errors.ts';
import { CircuitOpen } from './circuit-breaker.ts';
import type { HttpPost, Post } from './http-client.ts';
import { retrying } from './retrying.ts';
import type { RetryOptions } from './transport-options.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const away = new SubgraphFault('SUBGRAPH_UNAVAILABLE', 'away');
const late = new SubgraphFault('SUBGRAPH_TIMEOUT', 'late');
const options: RetryOptions = {
  maxRetries: 2,
  budgetRatio: 0.5,
  budgetPerSecond: 1,
  firstPauseMs: 20,
  maxPauseMs: 100,
};

/** Answers in turn; the last one for all that follow. */
function scripted(replies: readonly (string | Error)[], given: Partial<RetryOptions> = {}, timeoutMs = 5_000) {
  const askedAt: number[] = [];
  const post: Post = ({ signal }) => {
    const reply = replies[Math.min(askedAt.length, replies.length - 1)];
    askedAt.push(performance.now());
    return new Promise((resolve, reject) => {
      if (reply === 'never') signal.addEventListener('abort', () => reject(signal.reason as Error));
      else if (reply instanceof Error) reject(reply);
      else resolve(reply ?? '');
    });
  };
  const send = retrying('stock', post, { ...options, ...given }, timeoutMs);
  const ask = async (request: Partial<HttpPost> = {}) => {
    const signal = new AbortController().signal;
    const outcome = send({ body: '{}', headers: undefined, isIdempotent: true, signal, ...request }).catch(
      (error: unknown) => (error instanceof Error ? error.message : 'unknown'),
    );
    await vi.runAllTimersAsync();
    return outcome;
  };
  return { ask, send, askedAt, asked: () => askedAt.length };
}

test.each([away, late])('a query is sent again after a failure that may pass', async (fault) => {
  const { ask, asked } = scripted([fault, fault, '{}']);
  expect(await ask()).toBe('{}');
  expect(asked()).toBe(3);
});

test('a mutation is not', async () => {
  const { ask, asked } = scripted([away, '{}']);
  expect(await ask({ isIdempotent: false })).toBe('away');
  expect(asked()).toBe(1);
});

test.each([
  new SubgraphFault('SUBGRAPH_BAD_RESPONSE', 'no'),
  new SubgraphFault('SUBGRAPH_BAD_RESPONSE', 'no', { isOutage: true }),
  new CircuitOpen('stock'),
  new Error('no'),
])('nor what would fail again: %s', async (fault) => {
  const { ask, asked } = scripted([fault, '{}']);
  expect(await ask()).toBe(fault.message);
  expect(asked()).toBe(1);
});

test('no more often than allowed', async () => {
  const { ask, asked } = scripted([away]);
  expect(await ask()).toBe('away');
  expect(asked()).toBe(3);
});

test('retries add no more to the load than the budget, which comes back with time and with requests', async () => {
  const { ask, asked } = scripted([away], { maxRetries: 1 });
  for (let count = 0; count < 100; count++) await ask();
  // Ten saved up, one for each two requests, and those of the seconds that the pauses took.
  const spent = asked() - 100;
  expect(spent).toBeGreaterThanOrEqual(60);
  expect(spent).toBeLessThanOrEqual(70);
  const before = asked();
  vi.advanceTimersByTime(5_000);
  for (let count = 0; count < 10; count++) await ask();
  expect(asked() - before).toBeGreaterThanOrEqual(10 + 5 + 5);
});

test('a pause is as long as the subgraph asks for', async () => {
  const { ask, askedAt } = scripted([
    new SubgraphFault('SUBGRAPH_UNAVAILABLE', 'later', { retryAfterMs: 2_000 }),
    '{}',
  ]);
  expect(await ask()).toBe('{}');
  expect((askedAt[1] ?? 0) - (askedAt[0] ?? 0)).toBeGreaterThanOrEqual(2_000);
});

test('a pause beyond the deadline is not begun', async () => {
  const { ask, asked } = scripted([new SubgraphFault('SUBGRAPH_UNAVAILABLE', 'later', { retryAfterMs: 5_000 }), '{}']);
  expect(await ask()).toBe('later');
  expect(asked()).toBe(1);
});

test('a retry ends at the deadline of the whole', async () => {
  const { send, asked } = scripted([away, 'never'], {}, 1_000);
  const startedAt = performance.now();
  let endedAt = 0;
  const signal = new AbortController().signal;
  const outcome = send({ body: '{}', headers: undefined, isIdempotent: true, signal })
    .catch((error: unknown) => error)
    .finally(() => (endedAt = performance.now()));
  await vi.runAllTimersAsync();
  expect(await outcome).toMatchObject({ code: 'SUBGRAPH_TIMEOUT' });
  expect(endedAt - startedAt).toBeGreaterThanOrEqual(999);
  expect(endedAt - startedAt).toBeLessThanOrEqual(1_001);
  expect(asked()).toBe(2);
});

test.each<[string, readonly (string | Error)[]]>([
  ['during a pause', [new SubgraphFault('SUBGRAPH_UNAVAILABLE', 'later', { retryAfterMs: 3_000 })]],
  ['during a retry', [away, 'never']],
])('a client that goes away %s ends it', async (_when, replies) => {
  const { send, asked } = scripted(replies);
  const gone = new AbortController();
  const outcome = send({ body: '{}', headers: undefined, isIdempotent: true, signal: gone.signal });
  const told = expect(outcome).rejects.toThrow('gone');
  await vi.advanceTimersByTimeAsync(1_000);
  gone.abort(new Error('gone'));
  await told;
  expect(vi.getTimerCount()).toBe(0);
  expect(asked()).toBe(replies.length);
});
