import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Attempts } from './attempts.ts';
import { command } from './command.fixture.ts';
import type { Answer, Connector } from './connector.ts';
import type { Observation } from './health.ts';
import { TokenBucket } from './token-bucket.ts';

const DOWN: Answer = { kind: 'DOWN', reason: 'ECONNREFUSED' };

let sentAt: number[];
let observed: Observation['kind'][];

/** Answers what is given, in order, then that the command was applied. */
function attempts(
  answers: readonly (Answer | 'NEVER' | Error)[],
  rate = { requestsPerSecond: 1000, burst: 1 },
): Attempts {
  const left = [...answers];
  const connector: Connector = {
    send: () => {
      sentAt.push(performance.now());
      const answer = left.shift() ?? { kind: 'APPLIED' };
      if (answer === 'NEVER') return new Promise(() => undefined);
      return answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer);
    },
    close: () => Promise.resolve(),
  };
  return new Attempts({
    connector,
    bucket: new TokenBucket(rate, () => performance.now()),
    timeoutMs: 1_000,
    maxRetries: 3,
    firstPauseMs: 100,
    maxPauseMs: 5_000,
    now: () => performance.now(),
    onAttempt: ({ kind }) => observed.push(kind),
  });
}

async function settle<Value>(promise: Promise<Value>, ms = 600_000): Promise<Value> {
  const [value] = await Promise.all([promise, vi.advanceTimersByTimeAsync(ms)]);
  return value;
}

const { signal } = new AbortController();

beforeEach(() => {
  vi.useFakeTimers();
  sentAt = [];
  observed = [];
});
afterEach(() => {
  expect(vi.getTimerCount()).toBe(0);
  vi.useRealTimers();
});

describe('a command', () => {
  it('is offered again, after a growing pause, to a system that does not answer', async () => {
    expect(await settle(attempts([DOWN, DOWN]).offer(command('1'), signal))).toEqual({ kind: 'APPLIED' });
    expect(sentAt).toHaveLength(3);
    expect(observed).toEqual(['FAILED', 'FAILED', 'ANSWERED']);
    expect(sentAt[1]!).toBeGreaterThan(sentAt[0]!);
  });

  it('is offered four times at most', async () => {
    expect(await settle(attempts(Array<Answer>(9).fill(DOWN)).offer(command('1'), signal))).toEqual(DOWN);
    expect(sentAt).toHaveLength(4);
  });

  it('is not offered again when the answer ends it or makes no sense', async () => {
    const refused: Answer = { kind: 'REFUSED', reason: 'Closed.' };
    const wrong: Answer = { kind: 'WRONG', reason: 'HTML' };
    const offering = attempts([refused, wrong]);
    expect(await settle(offering.offer(command('1'), signal))).toEqual(refused);
    expect(await settle(offering.offer(command('2'), signal))).toEqual(wrong);
    expect(sentAt).toHaveLength(2);
  });

  it('waits as long as the system says', async () => {
    const busy: Answer = { kind: 'BUSY', reason: 'HTTP 429', retryAfterMs: 30_000 };
    await settle(attempts([busy]).offer(command('1'), signal));
    expect(sentAt[1]! - sentAt[0]!).toBeGreaterThanOrEqual(30_000);
    expect(observed).toEqual(['BUSY', 'ANSWERED']);
  });

  it('is not held against a system that says how long it will be down, and that is believed', async () => {
    const offering = attempts([{ ...DOWN, retryAfterMs: 60_000 }]);
    expect(await settle(offering.offer(command('1'), signal), 0)).toMatchObject({ kind: 'DOWN' });
    await settle(offering.offer(command('1'), signal));
    expect(sentAt[1]! - sentAt[0]!).toBeGreaterThanOrEqual(60_000);
  });

  it('is given up after its time, as if the system were not there', async () => {
    const answer = await settle(attempts(['NEVER', 'NEVER', 'NEVER', 'NEVER']).offer(command('1'), signal));
    expect(answer).toEqual({ kind: 'DOWN', reason: 'It did not answer within 1000 ms.' });
  });

  it('that cannot be put to the system is a wrong one, not an outage', async () => {
    const answer = await settle(attempts([new TypeError('No such field.')]).offer(command('1'), signal));
    expect(answer).toEqual({ kind: 'WRONG', reason: 'The command could not be put to it: TypeError: No such field.' });
  });
});

it('offers no faster than the system’s own rate, retries included', async () => {
  const offering = attempts([DOWN], { requestsPerSecond: 2, burst: 1 });
  await settle(
    (async () => {
      for (let each = 0; each < 9; each += 1) await offering.offer(command(String(each)), signal);
    })(),
  );
  expect(sentAt).toHaveLength(10);
  sentAt.slice(1).forEach((at, index) => expect(at - sentAt[index]!).toBeGreaterThanOrEqual(499.9));
  expect(sentAt[9]! - sentAt[0]!).toBeLessThan(5_500);
});

it('retries a share of what it offers once the budget is spent', async () => {
  const offering = attempts(Array<Answer>(10_000).fill(DOWN));
  await settle(
    (async () => {
      for (let each = 0; each < 200; each += 1) await offering.offer(command(String(each)), signal);
    })(),
  );
  const retries = sentAt.length - 200;
  const seconds = (sentAt.at(-1)! - sentAt[0]!) / 1000;
  expect(retries).toBeLessThanOrEqual(5 + 200 * 0.2 + seconds * 0.5 + 1);
  expect(retries).toBeGreaterThan(10);
});

it.each([
  ['while it waits for an answer', ['NEVER'] as const, 500],
  ['while it pauses', [{ kind: 'BUSY', reason: 'HTTP 429', retryAfterMs: 60_000 }] as const, 5_000],
])('is cancelled %s, and leaves no timer', async (_when, answers, ms) => {
  const stopped = new AbortController();
  const offered = attempts(answers).offer(command('1'), stopped.signal);
  const rejected = expect(offered).rejects.toThrow('closed');
  await vi.advanceTimersByTimeAsync(ms);
  stopped.abort(new Error('closed'));
  await rejected;
});
