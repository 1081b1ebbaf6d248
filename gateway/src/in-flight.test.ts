import { expect, test } from 'vitest';
import { headersKey, InFlight } from './in-flight.ts';

function flights() {
  const running = new InFlight<string>();
  const started: { readonly signal: AbortSignal; resolve(value: string): void; reject(error: Error): void }[] = [];
  const ask = (key: string, signal = new AbortController().signal) =>
    running.share(key, signal, (shared) => {
      return new Promise<string>((resolve, reject) => started.push({ signal: shared, resolve, reject }));
    });
  return { ask, started };
}

test('what is asked at the same time under one key is done once', async () => {
  const { ask, started } = flights();
  const answers = [ask('a'), ask('b'), ask('a')];
  expect(started).toHaveLength(2);
  started[0]?.resolve('A');
  started[1]?.resolve('B');
  expect(await Promise.all(answers)).toEqual(['A', 'B', 'A']);
});

test('what is asked afterwards is done again, also after a failure', async () => {
  const { ask, started } = flights();
  const failing = [ask('a'), ask('a')];
  started[0]?.reject(new Error('failed'));
  for (const answer of failing) await expect(answer).rejects.toThrow('failed');
  const next = ask('a');
  started[1]?.resolve('A');
  expect(await next).toBe('A');
});

test('a caller that gives up leaves the others theirs', async () => {
  const { ask, started } = flights();
  const gone = new AbortController();
  const first = ask('a', gone.signal);
  const second = ask('a');
  gone.abort(new Error('gone'));
  await expect(first).rejects.toThrow('gone');
  expect(started[0]?.signal.aborted).toBe(false);
  started[0]?.resolve('A');
  expect(await second).toBe('A');
});

test('the last one that gives up ends the work, and whoever comes then begins anew', async () => {
  const { ask, started } = flights();
  const gone = new AbortController();
  const answers = [ask('a', gone.signal), ask('a', gone.signal)];
  gone.abort(new Error('gone'));
  for (const answer of answers) await expect(answer).rejects.toThrow('gone');
  expect(started[0]?.signal.aborted).toBe(true);
  const next = ask('a');
  started[0]?.reject(new Error('ended'));
  started[1]?.resolve('A');
  expect(await next).toBe('A');
  expect(started).toHaveLength(2);
});

test('whoever has given up already starts nothing', async () => {
  const { ask, started } = flights();
  await expect(ask('a', AbortSignal.abort(new Error('gone')))).rejects.toThrow('gone');
  expect(started).toHaveLength(0);
});

test('headers are equal in any order, and in nothing else', () => {
  expect(headersKey({ a: '1', b: '2' })).toBe(headersKey({ b: '2', a: '1' }));
  const different = [undefined, { a: '1' }, { a: '2' }, { b: '1' }, { a: '1', b: '2' }, { a: '1","b":"2' }];
  expect(new Set(different.map(headersKey)).size).toBe(different.length);
});
