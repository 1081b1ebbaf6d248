import fc from 'fast-check';
import { expect, it } from 'vitest';
import { TokenBucket } from './token-bucket.ts';

it('never gives more than its burst and its rate allow, in any stretch of time', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 50 }),
      fc.integer({ min: 1, max: 10 }),
      fc.array(fc.integer({ min: 0, max: 700 }), { maxLength: 200 }),
      (requestsPerSecond, burst, steps) => {
        let now = 0;
        const bucket = new TokenBucket({ requestsPerSecond, burst }, () => now);
        const taken: number[] = [];
        for (const step of steps) {
          now += step;
          if (bucket.take() === 0) taken.push(now);
        }
        taken.forEach((from, first) => {
          const last = taken.at(-1) ?? from;
          const allowed = burst + ((last - from) / 1000) * requestsPerSecond;
          expect(taken.length - first).toBeLessThanOrEqual(allowed + 0.001);
        });
      },
    ),
  );
});

it('gives a token after exactly the time that it says', () => {
  fc.assert(
    fc.property(fc.double({ min: 0.01, max: 1000, noNaN: true }), fc.integer({ min: 1, max: 5 }), (rate, burst) => {
      let now = 0;
      const bucket = new TokenBucket({ requestsPerSecond: rate, burst }, () => now);
      for (let each = 0; each < burst; each += 1) expect(bucket.take()).toBe(0);
      for (let each = 0; each < 20; each += 1) {
        const waitMs = bucket.take();
        expect(waitMs).toBeGreaterThan(0);
        now += waitMs;
        expect(bucket.take()).toBe(0);
      }
    }),
  );
});

it('keeps a thousand calls at ten a second within a moment of a hundred seconds', () => {
  let now = 0;
  const bucket = new TokenBucket({ requestsPerSecond: 10, burst: 1 }, () => now);
  for (let calls = 0; calls < 1000; calls += 1) {
    for (let waitMs = bucket.take(); waitMs > 0; waitMs = bucket.take()) now += waitMs;
  }
  expect(now).toBeCloseTo(99_900, 0);
});

it('gives none while it is held, however full it is', () => {
  let now = 0;
  const bucket = new TokenBucket({ requestsPerSecond: 10, burst: 10 }, () => now);
  bucket.hold(5_000);
  bucket.hold(1_000);
  now = 4_000;
  expect(bucket.take()).toBe(1_000);
  now = 5_000;
  expect(bucket.take()).toBe(0);
});
