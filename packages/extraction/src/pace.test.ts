import { describe, expect, it } from 'vitest';
import { createPace } from './pace.ts';

const never = new AbortController().signal;

/** What a pace does with its time: `late` and `busy` say how the rest of each round ends, in turn. */
function resting({ late = [], busy = [] }: { late?: number[]; busy?: boolean[] } = {}, dutyPercent = 25) {
  const rests: number[] = [];
  let now = 0;
  const pace = createPace({
    dutyPercent,
    isBusy: () => busy.shift() ?? false,
    now: () => now,
    pause: (ms) => {
      rests.push(ms);
      now += ms + (late.shift() ?? 0);
      return Promise.resolve();
    },
  });
  return { pace, rests };
}

describe('the pace of an extract', () => {
  it.each([
    [25, 40, 120],
    [50, 40, 40],
    [100, 40, 1],
    [25, 0, 1],
    [25, 60_000, 2_000],
  ])('at %i %% of the time rests after %i ms of work for %i ms', async (dutyPercent, workedMs, restMs) => {
    const { pace, rests } = resting({}, dutyPercent);
    await pace.rest(workedMs, never);
    expect(rests).toEqual([restMs]);
  });

  it('rests longer each time while operations wait, and goes on when none does', async () => {
    const { pace, rests } = resting({ busy: [true, true, false] });
    await pace.rest(40, never);
    expect(rests).toEqual([120, 240, 360]);
  });

  it('does the same while timers come late, which they do when others work', async () => {
    const { pace, rests } = resting({ late: [15, 200, 14] });
    await pace.rest(40, never);
    expect(rests).toEqual([120, 240, 360]);
  });

  it('goes on after a while whatever waits', async () => {
    const { pace, rests } = resting({ busy: Array<boolean>(100).fill(true) });
    await pace.rest(10, never);
    expect(rests).toEqual([30, 60, 90, 120, 150, 180, 210, 240]);
  });

  it('ends with who rests', async () => {
    const stopping = new AbortController();
    const pace = createPace({
      dutyPercent: 25,
      isBusy: () => false,
      now: () => 0,
      pause: (_ms, signal) => {
        stopping.abort(new Error('closing'));
        return Promise.reject(signal.reason as Error);
      },
    });
    await expect(pace.rest(10, stopping.signal)).rejects.toThrow('closing');
  });
});
