import { Value } from '@sinclair/typebox/value';
import type { PolicyVersion } from '../policy/policy-table.ts';
import type { Decision } from './decision.ts';
import { assess, type Standing } from './judge.ts';
import type { Observation, Week } from './observation.ts';

export interface Replayed {
  /** What is decided on the same inputs now. */
  readonly decision: Decision;
  /** Where that differs from what was decided then; nothing as long as a decision can be explained. */
  readonly differences: readonly ReplayDifference[];
}

interface ReplayDifference {
  /** JSON pointer into the decision, e.g. `/lines/0/outcome`. */
  readonly path: string;
  /** JSON texts; absent where one of the two has nothing. */
  readonly decided?: string;
  readonly replayed?: string;
}

/**
 * Judges again what a decision was made of, all of which it carries: the observation, the baseline and what had been acted
 * on. `policy` is the version that the decision names, or another one to see what that would have made of it.
 */
export function replay(decision: Decision, policy: PolicyVersion): Replayed {
  const again = assess(decision.observation, policy, standingOf(decision));
  const differences = Value.Diff(decision, again).map(({ path, type }) => {
    const [decided, replayed] = [at(decision, path), at(again, path)];
    return {
      path,
      ...(type !== 'insert' && decided !== undefined && { decided: JSON.stringify(decided) }),
      ...(type !== 'delete' && replayed !== undefined && { replayed: JSON.stringify(replayed) }),
    };
  });
  return { decision: again, differences };
}

/** What a decision was judged against: weeks without a line were as they were observed. */
export function standingOf(decision: Decision): Standing {
  const { against, begins, acted, observation, supersedes } = decision;
  return { against, begins, baseline: baselineOf(decision.baseline, observation), acted, waiting: supersedes };
}

function baselineOf(known: readonly Week[], observation: Observation): Week[] {
  const weeks = new Map([...observation.weeks, ...known].map((week) => [week.week, week]));
  return [...weeks.values()];
}

function at(value: unknown, path: string): unknown {
  return path
    .split('/')
    .slice(1)
    .reduce<unknown>((each, key) => (each as Record<string, unknown> | undefined)?.[key], value);
}
