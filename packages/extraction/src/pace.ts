import { pause } from '@takt/resilience';

/** Keeps work that nobody waits for out of the way of work that somebody does. */
export interface Pace {
  /** After so many ms of work: resolves when it may go on. */
  rest(workedMs: number, signal: AbortSignal): Promise<void>;
}

interface PaceOptions {
  /** Part of the time that may be worked, in percent. */
  readonly dutyPercent: number;
  /** Whether others wait. */
  readonly isBusy: () => boolean;
  /** In ms, steady. */
  readonly now: () => number;
  readonly pause: (ms: number, signal: AbortSignal) => Promise<void>;
}

/**
 * Rests in proportion to the work; and again, for longer each time but not for ever, while others wait or the event loop
 * comes late, which it does when others work.
 */
export function createPace({ dutyPercent, isBusy, now, pause: sleep }: PaceOptions): Pace {
  return {
    async rest(workedMs, signal) {
      const restMs = Math.min(LONGEST_REST_MS, Math.ceil((workedMs * (100 - dutyPercent)) / dutyPercent));
      for (let round = 1; round <= MOST_ROUNDS; round++) {
        const asked = Math.max(SHORTEST_REST_MS, restMs) * round;
        const from = now();
        await sleep(asked, signal);
        const lateMs = now() - from - asked;
        if (lateMs < LATE_MS && !isBusy()) return;
      }
    },
  };
}

export const steadyPace = (dutyPercent: number, isBusy: () => boolean): Pace =>
  createPace({ dutyPercent, isBusy, now: () => performance.now(), pause });

const SHORTEST_REST_MS = 1;
const LONGEST_REST_MS = 2_000;
const LATE_MS = 15;
const MOST_ROUNDS = 8;
