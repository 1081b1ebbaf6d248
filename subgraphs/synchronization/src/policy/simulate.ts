import { strongestOutcome, type Decision, type DecisionLine, type DecisionOutcome } from '../judgement/decision.ts';
import { assess, judge } from '../judgement/judge.ts';
import { planningUnit, type PlanningUnit } from '../judgement/planning-unit.ts';
import { standingOf } from '../judgement/replay.ts';
import type { PolicyTable, PolicyVersion } from './policy-table.ts';

/** What a draft would have made of a past window, and what was made of it then. */
export interface Simulation {
  /** Observations with anything new in them, suppressed ones included. */
  readonly observations: number;
  readonly simulated: SimulatedTotals;
  readonly decided: SimulatedTotals;
  /** Weeks that ended otherwise, oldest first of each item at a location; at most {@link MOST_DIFFERENCES}. */
  readonly differences: readonly SimulatedDifference[];
  /** There are more differences than are listed. */
  readonly hasMoreDifferences: boolean;
  /** All decisions of the window were looked at; false if there were more than so many. */
  readonly isComplete: boolean;
}

interface SimulatedTotals {
  /** Changes by outcome: lines of a week and measure. One that is suppressed counts each time it is judged. */
  readonly changes: Readonly<Record<DecisionOutcome, number>>;
  /** Weeks of items at locations by the strongest outcome of their changes in one decision. */
  readonly buckets: Readonly<Record<DecisionOutcome, number>>;
}

interface SimulatedDifference {
  readonly sku: string;
  readonly location: string;
  /** The decision that was made on the same observation. */
  readonly decision: string;
  readonly observedAt: string;
  /** Absent where one of them saw no difference from what it had propagated. */
  readonly decided?: DecisionLine;
  readonly simulated?: DecisionLine;
}

/**
 * Judges by a draft what was decided in a past window. `decisions`: all of the window, one item at a location after the
 * other, of each in order of revision; since suppressed changes are decisions too, and each carries what was observed, they
 * are all that is needed.
 *
 * Of each item the draft begins with the baseline of the first decision in the window, then keeps its own: what it
 * would have propagated. What it would have let cool down is judged again when that would have been over, on the weeks as
 * they were known then. Utilization, priorities and zones are those that were observed with the changes.
 */
export async function simulate(
  draft: PolicyTable,
  decisions: AsyncIterable<Decision> | Iterable<Decision>,
  mostDecisions = Infinity,
): Promise<Simulation> {
  const policy = { ...draft, version: 1 };
  const tally = new Tally();
  let unit: SimulatedUnit | undefined;
  for await (const decision of decisions) {
    if (tally.observations === mostDecisions) {
      unit?.end(tally);
      return tally.report(false);
    }
    if (!unit?.isOf(decision)) {
      unit?.end(tally);
      unit = new SimulatedUnit(policy);
    }
    unit.take(decision, tally);
  }
  unit?.end(tally);
  return tally.report(true);
}

const MOST_DIFFERENCES = 200;

class SimulatedUnit {
  readonly #policy: PolicyVersion;
  #state: PlanningUnit | undefined;
  #latest: Decision | undefined;
  /** When the latest decision of the window, real or repeated, was made. */
  #end = '';

  constructor(policy: PolicyVersion) {
    this.#policy = policy;
  }

  isOf({ observation: { sku, location } }: Decision): boolean {
    return this.#latest?.observation.sku === sku && this.#latest.observation.location === location;
  }

  take(decision: Decision, tally: Tally): void {
    this.#repeat(decision.decidedAt, tally);
    const { observation } = decision;
    const simulated = this.#state
      ? judge(observation, this.#state, this.#policy)
      : assess(observation, this.#policy, { ...standingOf(decision), against: 0, waiting: undefined });
    if (simulated) this.#record(simulated, decision);
    this.#latest = decision;
    this.#end = decision.decidedAt;
    tally.add(decision, simulated);
  }

  /** What still cools down when the window ends is judged once more: it would have been. */
  end(tally: Tally): void {
    this.#repeat(undefined, tally);
  }

  #repeat(before: string | undefined, tally: Tally): void {
    const at = this.#state?.againAt;
    if (!this.#state || !this.#latest || at === undefined || at <= this.#end) return;
    if (before !== undefined && at >= before) return;
    const again = judge({ ...this.#latest.observation, observedAt: at }, this.#state, this.#policy);
    if (!again) return;
    this.#record(again, this.#latest);
    tally.addRepeated(this.#latest, again);
  }

  #record(simulated: Decision, real: Decision): void {
    const begun = this.#state ?? (simulated.begins ? undefined : begunWith(real));
    this.#state = planningUnit.evolve(begun, { type: 'DecisionMade', data: simulated });
  }
}

/** A unit that was judged before the window: its baseline as the first decision within tells it. */
function begunWith(decision: Decision): PlanningUnit {
  const { observation, id, decidedAt } = decision;
  const { baseline, acted } = standingOf(decision);
  const { sku, location, unit } = observation;
  return { sku, location, unit, changes: 0, baseline, observed: [], acted, decision: id, decidedAt };
}

class Tally {
  observations = 0;
  readonly #simulated = emptyTotals();
  readonly #decided = emptyTotals();
  readonly #differences: SimulatedDifference[] = [];
  #hasMore = false;

  add(decision: Decision, simulated: Decision | undefined): void {
    this.observations += 1;
    count(this.#decided, decision.lines);
    count(this.#simulated, simulated?.lines ?? []);
    this.#compare(decision, decision.lines, simulated?.lines ?? []);
  }

  addRepeated(of: Decision, simulated: Decision): void {
    const acting = simulated.lines.filter(({ outcome }) => outcome !== 'SUPPRESS');
    count(this.#simulated, acting);
    this.#compare({ ...of, decidedAt: simulated.decidedAt, observation: simulated.observation }, [], acting);
  }

  report(isComplete: boolean): Simulation {
    return {
      observations: this.observations,
      simulated: this.#simulated,
      decided: this.#decided,
      differences: this.#differences,
      hasMoreDifferences: this.#hasMore,
      isComplete,
    };
  }

  #compare({ id, observation }: Decision, decided: readonly DecisionLine[], simulated: readonly DecisionLine[]): void {
    const { sku, location, observedAt } = observation;
    const keyOf = ({ week, measure }: DecisionLine) => `${week} ${measure}`;
    const [before, after] = [decided, simulated].map((lines) => new Map(lines.map((line) => [keyOf(line), line])));
    for (const key of [...new Set([...(before?.keys() ?? []), ...(after?.keys() ?? [])])].sort()) {
      const [was, is] = [before?.get(key), after?.get(key)];
      if ((was?.outcome ?? 'SUPPRESS') === (is?.outcome ?? 'SUPPRESS')) continue;
      if (this.#differences.length === MOST_DIFFERENCES) this.#hasMore = true;
      else {
        this.#differences.push({
          ...{ sku, location, decision: id, observedAt },
          ...(was && { decided: was }),
          ...(is && { simulated: is }),
        });
      }
    }
  }
}

interface MutableTotals {
  readonly changes: Record<DecisionOutcome, number>;
  readonly buckets: Record<DecisionOutcome, number>;
}

function emptyTotals(): MutableTotals {
  const none = () => ({ SUPPRESS: 0, RECALCULATE: 0, PROPOSE: 0, PROCUREMENT_ALERT: 0, EXCEPTION: 0 });
  return { changes: none(), buckets: none() };
}

function count({ changes, buckets }: MutableTotals, lines: readonly DecisionLine[]): void {
  const weeks = new Map<string, DecisionOutcome>();
  for (const { week, outcome } of lines) {
    changes[outcome] += 1;
    weeks.set(week, strongestOutcome([weeks.get(week) ?? 'SUPPRESS', outcome]));
  }
  for (const outcome of weeks.values()) buckets[outcome] += 1;
}
