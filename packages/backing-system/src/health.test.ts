import { describe, expect, it } from 'vitest';
import { observe, SLOW_MS, unknown, type Health, type Observation } from './health.ts';

const at = (second: number) => new Date(Date.UTC(2026, 10, 23, 8, 0, second));
const told = (...observations: Observation[]): Health =>
  observations.reduce((health, observation, index) => observe(health, observation, at(index + 1)), unknown(at(0)));
const ANSWERED: Observation = { kind: 'ANSWERED', tookMs: 20 };
const FAILED: Observation = { kind: 'FAILED', reason: 'ECONNREFUSED' };
const LEFT_ALONE: Observation = { kind: 'LEFT_ALONE', reason: 'ECONNREFUSED' };

describe('a backing system', () => {
  it('is unknown until something is sent to it', () => {
    expect(told()).toEqual({ state: 'UNKNOWN', since: '2026-11-23T08:00:00.000Z' });
    expect(told({ kind: 'IDLE' }).state).toBe('UNKNOWN');
  });

  it('is up since it first answered in time', () => {
    expect(told(ANSWERED, ANSWERED)).toEqual({
      state: 'UP',
      since: '2026-11-23T08:00:01.000Z',
      lastContact: '2026-11-23T08:00:02.000Z',
    });
  });

  it('is slow when it answers late, and says how late', () => {
    expect(told(ANSWERED, { kind: 'ANSWERED', tookMs: SLOW_MS })).toMatchObject({
      state: 'SLOW',
      since: '2026-11-23T08:00:02.000Z',
      reason: 'Its last answer took 2.0 s.',
    });
  });

  it('is slow when it asks to be left alone for a while', () => {
    expect(told({ kind: 'BUSY', reason: 'HTTP 429' })).toMatchObject({
      state: 'SLOW',
      lastContact: '2026-11-23T08:00:01.000Z',
    });
  });

  it('is down since the first attempt that failed, not since it is left alone', () => {
    expect(told(ANSWERED, FAILED, FAILED)).toMatchObject({ state: 'SLOW', since: '2026-11-23T08:00:02.000Z' });
    const down = told(ANSWERED, FAILED, FAILED, LEFT_ALONE);
    expect(down).toMatchObject({
      state: 'DOWN',
      since: '2026-11-23T08:00:02.000Z',
      lastContact: '2026-11-23T08:00:01.000Z',
      reason: 'ECONNREFUSED',
    });
    expect(observe(down, FAILED, at(9))).toMatchObject({ state: 'DOWN', since: '2026-11-23T08:00:02.000Z' });
  });

  it('is down since it failed, not since it was slow', () => {
    const slow: Observation = { kind: 'ANSWERED', tookMs: SLOW_MS };
    expect(told(slow, FAILED, LEFT_ALONE)).toMatchObject({ state: 'DOWN', since: '2026-11-23T08:00:02.000Z' });
  });

  it('is up again with the next answer, and forgets that it failed', () => {
    const up = told(FAILED, LEFT_ALONE, ANSWERED);
    expect(up).toEqual({ state: 'UP', since: '2026-11-23T08:00:03.000Z', lastContact: '2026-11-23T08:00:03.000Z' });
  });

  it('is unknown again when it was down and nothing waits that would show whether it is back', () => {
    expect(told(FAILED, LEFT_ALONE, { kind: 'IDLE' })).toMatchObject({ state: 'UNKNOWN' });
    expect(told(ANSWERED, { kind: 'IDLE' })).toMatchObject({ state: 'UP' });
  });
});
