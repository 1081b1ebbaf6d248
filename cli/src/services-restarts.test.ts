import fc from 'fast-check';
import { expect, it } from 'vitest';
import { LONGEST_PAUSE_MS, pauseAfterDeath } from './services-restarts.ts';

it('pauses longer after each death', () => {
  expect(pauseAfterDeath([0])).toBe(100);
  expect(pauseAfterDeath([0, 200])).toBe(200);
  expect(pauseAfterDeath([0, 200, 600])).toBe(400);
});

it('forgets what was more than a minute ago', () => {
  expect(pauseAfterDeath([0, 1, 2, 3, 4, 60_004])).toBe(100);
});

it('never gives up, and never pauses longer than ten seconds', () => {
  const gaps = fc.array(fc.integer({ min: 0, max: 60_000 }), { minLength: 1, maxLength: 100 });
  fc.assert(
    fc.property(gaps, (pauses) => {
      let at = 0;
      const pause = pauseAfterDeath(pauses.map((gap) => (at += gap)));
      expect(pause).toBeGreaterThanOrEqual(100);
      expect(pause).toBeLessThanOrEqual(LONGEST_PAUSE_MS);
    }),
  );
  expect(pauseAfterDeath(Array.from({ length: 8 }, (_, death) => death))).toBe(LONGEST_PAUSE_MS);
});
