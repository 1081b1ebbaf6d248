import { proposalOf } from './proposal.ts';
import { recalculate, type RecalculationOptions } from './recalculation.ts';
import type { Scheduler, SchedulerAnswer, SchedulingProblem } from './scheduler.ts';

/**
 * The scheduler that comes with Takt: pure and deterministic, see {@link recalculate}. While it works it lets others have
 * their turn every few milliseconds; `breathe` resolves when it may go on.
 */
export function finiteCapacityScheduler(options: FiniteCapacityOptions = {}): Scheduler {
  const { breathe = nextTurn } = options;
  return {
    async propose(problem, signal) {
      const steps = schedule(problem, options);
      for (let step = 1; ; step++) {
        signal.throwIfAborted();
        const { done, value } = steps.next();
        if (done) return value;
        if (step % STEPS_A_TURN === 0) await breathe();
      }
    },
  };
}

export interface FiniteCapacityOptions extends Partial<RecalculationOptions> {
  readonly breathe?: () => Promise<void>;
}

function* schedule(problem: SchedulingProblem, options: FiniteCapacityOptions): Generator<void, SchedulerAnswer> {
  const { horizonDays = HORIZON_DAYS, placements = PLACEMENTS } = options;
  const { changed, cannot } = yield* recalculate(problem, { horizonDays, placements });
  return { kind: 'PROPOSED', proposals: changed.map(proposalOf), cannot };
}

/** 26 weeks. */
const HORIZON_DAYS = 182;
/** About a second. */
const PLACEMENTS = 500_000;
const STEPS_A_TURN = 32;

function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
