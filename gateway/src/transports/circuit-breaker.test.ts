import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { SubgraphFault } from '../errors.ts';
import { guardedByBreaker } from './circuit-breaker.ts';
import type { HttpPost } from './http-client.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const request: HttpPost = { body: '{}', headers: undefined, isIdempotent: true, signal: new AbortController().signal };
const outage = new SubgraphFault('SUBGRAPH_UNAVAILABLE', 'away');
const oddAnswer = new SubgraphFault('SUBGRAPH_BAD_RESPONSE', 'odd');
const leftAlone = 'Subgraph "stock" has failed too often and is left alone for a while.';

function guarded() {
  let asked = 0;
  let answer: () => Promise<string> = () => Promise.resolve('{}');
  const post = () => {
    asked++;
    return answer();
  };
  const breaker = guardedByBreaker('stock', post, { threshold: 0.5, requests: 10, minRequests: 4, breakMs: 1_000 });
  const ask = () =>
    breaker.post(request).catch((error: unknown) => (error instanceof Error ? error.message : 'unknown'));
  return {
    state: () => breaker.state(),
    ask,
    async askTimes(times: number, reply: string | Error) {
      answer = () => (typeof reply === 'string' ? Promise.resolve(reply) : Promise.reject(reply));
      for (let count = 0; count < times; count++) await ask();
    },
    answerWith: (reply: () => Promise<string>) => (answer = reply),
    asked: () => asked,
  };
}

test('a subgraph that keeps failing is left alone', async () => {
  const breaker = guarded();
  await breaker.askTimes(3, outage);
  expect(breaker.state()).toBe('closed');
  await breaker.askTimes(1, outage);
  expect(breaker.state()).toBe('open');
  expect(await breaker.ask()).toBe(leftAlone);
  expect(breaker.asked()).toBe(4);
});

test('failures that are no more than the threshold keep it closed', async () => {
  const breaker = guarded();
  for (let count = 0; count < 50; count++) {
    await breaker.askTimes(1, '{}');
    await breaker.askTimes(1, outage);
  }
  expect(breaker.state()).toBe('closed');
});

test('what is wrong with one answer, or with the gateway itself, is no failure of the subgraph', async () => {
  const breaker = guarded();
  await breaker.askTimes(50, oddAnswer);
  await breaker.askTimes(50, new Error('a client that went away'));
  expect(breaker.state()).toBe('closed');
});

test('after the break one request tries, and the others fail until it has an answer', async () => {
  const breaker = guarded();
  await breaker.askTimes(4, outage);
  vi.advanceTimersByTime(999);
  expect(await breaker.ask()).toBe(leftAlone);
  vi.advanceTimersByTime(1);
  let reply!: (text: string) => void;
  breaker.answerWith(() => new Promise((resolve) => (reply = resolve)));
  const first = breaker.ask();
  expect(breaker.state()).toBe('half-open');
  expect(await breaker.ask()).toBe(leftAlone);
  expect(breaker.asked()).toBe(5);
  reply('{"data":{}}');
  expect(await first).toBe('{"data":{}}');
  expect(breaker.state()).toBe('closed');
});

test('a try that fails opens it for another break', async () => {
  const breaker = guarded();
  await breaker.askTimes(4, outage);
  vi.advanceTimersByTime(1_000);
  await breaker.askTimes(1, outage);
  expect(breaker.state()).toBe('open');
  vi.advanceTimersByTime(999);
  expect(await breaker.ask()).toBe(leftAlone);
  vi.advanceTimersByTime(1);
  await breaker.askTimes(1, '{}');
  expect(breaker.state()).toBe('closed');
  await breaker.askTimes(2, outage);
  expect(breaker.state()).toBe('closed');
});

test('a try whose client goes away proves nothing', async () => {
  const breaker = guarded();
  await breaker.askTimes(4, outage);
  vi.advanceTimersByTime(1_000);
  await breaker.askTimes(1, new Error('a client that went away'));
  expect(breaker.state()).toBe('open');
});

test('a try that gets any answer at all closes it', async () => {
  const breaker = guarded();
  await breaker.askTimes(4, outage);
  vi.advanceTimersByTime(1_000);
  await breaker.askTimes(1, oddAnswer);
  expect(breaker.state()).toBe('closed');
});

test('requests that end after it has opened change nothing', async () => {
  const breaker = guarded();
  const ends: ((error: Error) => void)[] = [];
  breaker.answerWith(() => new Promise((_resolve, reject) => ends.push(reject)));
  const running = Array.from({ length: 8 }, () => breaker.ask());
  for (const end of ends.slice(0, 4)) end(outage);
  await Promise.all(running.slice(0, 4));
  expect(breaker.state()).toBe('open');
  vi.advanceTimersByTime(1_000);
  for (const end of ends.slice(4)) end(outage);
  await Promise.all(running);
  expect(breaker.state()).toBe('open');
  await breaker.askTimes(1, '{}');
  expect(breaker.state()).toBe('closed');
});
