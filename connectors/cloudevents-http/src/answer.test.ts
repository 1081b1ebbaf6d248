import { expect, it } from 'vitest';
import { readAnswer, type Response } from './answer.ts';

const now = new Date('2026-11-23T08:00:00Z');
const read = (status: number, body: string | undefined = '', retryAfter?: string) =>
  readAnswer({ status, body, retryAfter } satisfies Response, now);

it.each([
  [202, '', { kind: 'TAKEN' }],
  [204, '', { kind: 'TAKEN' }],
  [200, '{"orderNumber":"000012"}', { kind: 'TAKEN' }],
  [200, '{"outcome":"APPLIED"}', { kind: 'APPLIED' }],
  [200, '{"outcome":"REFUSED","reason":"Closed."}', { kind: 'REFUSED', reason: 'Closed.' }],
  [200, '{"outcome":"REFUSED"}', { kind: 'REFUSED', reason: 'It answered HTTP 200 and gave no reason.' }],
  [400, '{"outcome":"REFUSED","reason":"Closed."}', { kind: 'REFUSED', reason: 'Closed.' }],
  [404, '<html>', { kind: 'REFUSED', reason: 'It answered HTTP 404 and gave no reason.' }],
  [409, '{"error":"x"}', { kind: 'REFUSED', reason: 'It answered HTTP 409 and gave no reason.' }],
] as const)('HTTP %i with %j ends a command', (status, body, answer) => {
  expect(read(status, body)).toEqual(answer);
});

it('keeps a reason readable, however long it is', () => {
  const answer = read(422, JSON.stringify({ outcome: 'REFUSED', reason: ` ${'x'.repeat(5_000)}` }));
  expect(answer).toEqual({ kind: 'REFUSED', reason: 'x'.repeat(1_000) });
});

it.each([
  [200, '<html>Welcome</html>'],
  [200, '{"outcome":"MAYBE"}'],
  [200, '"APPLIED"'],
  [200, '{"outcome":'],
  [302, ''],
])('HTTP %i with %j makes no sense', (status, body) => {
  expect(read(status, body).kind).toBe('WRONG');
});

it('a body that nobody reads to its end makes no sense', () => {
  expect(readAnswer({ status: 200, body: undefined }, now).kind).toBe('WRONG');
});

it.each([408, 500, 502, 503, 504, 401, 403, 407])('HTTP %i says nothing of the command', (status) => {
  expect(read(status).kind).toBe('DOWN');
});

it.each([
  ['120', 120_000],
  ['Mon, 23 Nov 2026 08:00:30 GMT', 30_000],
  ['Mon, 23 Nov 2026 07:00:00 GMT', 0],
  ['999999', 900_000],
  ['soon', undefined],
])('HTTP 429 and 503 with Retry-After %s say for how long', (retryAfter, retryAfterMs) => {
  expect(read(429, '', retryAfter)).toMatchObject({ kind: 'BUSY', retryAfterMs });
  expect(read(503, '', retryAfter)).toMatchObject({ kind: 'DOWN', retryAfterMs });
});
