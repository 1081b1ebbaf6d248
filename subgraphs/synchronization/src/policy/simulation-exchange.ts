import { Type } from '@sinclair/typebox';
import { Value } from '@sinclair/typebox/value';
import { ReplayRefusedError, type Questions } from '@takt/subgraph-server';
import type { DecisionHistory } from '../judgement/decision-history-store.ts';
import { PolicyTextError, readPolicy } from './policy-file-store.ts';
import { simulate } from './simulate.ts';

/** Name of the question what a draft would have made of a past window; its answer is a `Simulation`. */
export const SIMULATE_POLICY = 'simulatePolicy';

/** Of one simulation; about as many as a plant of 8,000 items makes in a week. */
export const MOST_SIMULATED_DECISIONS = 50_000;

const Question = Type.Object({
  /** A decision table as YAML or JSON. */
  draft: Type.String(),
  from: Type.String({ format: 'date-time' }),
  to: Type.String({ format: 'date-time' }),
  plant: Type.Optional(Type.String()),
});

/** Lets operators simulate a draft through the process that writes. */
export function simulationQuestions(history: DecisionHistory): Questions {
  return {
    async [SIMULATE_POLICY](input) {
      if (!Value.Check(Question, input)) throw new ReplayRefusedError('A simulation takes draft, from, to and plant.');
      const { draft, from, to, plant: location } = input;
      const window = { from: new Date(from).toISOString(), to: new Date(to).toISOString(), location };
      try {
        return await simulate(readPolicy(draft).table, history(window), MOST_SIMULATED_DECISIONS);
      } catch (error) {
        throw error instanceof PolicyTextError ? new ReplayRefusedError(error.message) : error;
      }
    },
  };
}
