import fc from 'fast-check';
import { expect, it } from 'vitest';
import { afterDeath, MOST_DEATHS } from './services-restarts.ts';

it('pauses longer after each death', () => {
  expect(afterDeath([0])).toEqual({ pauseMs: 100 });
  expect(afterDeath([0, 200])).toEqual({ pauseMs: 200 });
  expect(afterDeath([0, 200, 600])).toEqual({ pauseMs: 400 });
});

it('forgets what was more than a minute ago', () => {
  expect(afterDeath([0, 1, 2, 3, 4, 60_004])).toEqual({ pauseMs: 100 });
});

it('gives up if and only if there were too many deaths within a minute', () => {
  const gaps = fc.array(fc.integer({ min: 0, max: 60_000 }), { minLength: 1, maxLength: 30 });
  fc.assert(
    fc.property(gaps, (pauses) => {
      let at = 0;
      const deaths = pauses.map((pause) => (at += pause));
      const recent = deaths.filter((death) => at - death < 60_000).length;
      expect(afterDeath(deaths) === 'give up').toBe(recent > MOST_DEATHS);
    }),
  );
});
