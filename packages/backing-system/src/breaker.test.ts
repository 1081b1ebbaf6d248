import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { Breaker } from './breaker.ts';
import type { Answer } from './connector.ts';

const DOWN: Answer = { kind: 'DOWN', reason: 'ECONNREFUSED' };

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

it('opens with a command that is not answered, lets one pass after a while, and opens for longer if that is not either', async () => {
  const breaker = new Breaker(1_000, 60_000);
  const offer = vi.fn<() => Promise<Answer>>(() => Promise.resolve(DOWN));
  const breaks: number[] = [];
  for (let round = 1; round <= 12; round += 1) {
    const { answer, waitMs = 0 } = await breaker.pass(offer);
    expect(answer).toEqual(DOWN);
    expect(offer).toHaveBeenCalledTimes(round);
    breaks.push(waitMs);

    vi.advanceTimersByTime(waitMs - 2);
    expect((await breaker.pass(offer)).answer).toBeUndefined();
    expect(offer).toHaveBeenCalledTimes(round);
    vi.advanceTimersByTime(2);
  }
  expect(Math.max(...breaks)).toBeLessThanOrEqual(60_001);
  expect(breaks.at(-1)!).toBeGreaterThan(breaks[0]!);

  offer.mockResolvedValue({ kind: 'APPLIED' });
  expect(await breaker.pass(offer)).toEqual({ answer: { kind: 'APPLIED' } });
  expect(await breaker.pass(offer)).toEqual({ answer: { kind: 'APPLIED' } });
});

it.each([
  { kind: 'REFUSED', reason: 'Closed.' },
  { kind: 'WRONG', reason: 'HTML' },
  { kind: 'BUSY', reason: 'HTTP 429' },
] as const)('stays closed for a system that answers $kind', async (answer) => {
  const breaker = new Breaker(1_000, 60_000);
  for (let each = 0; each < 5; each += 1) expect(await breaker.pass(() => Promise.resolve(answer))).toEqual({ answer });
});
