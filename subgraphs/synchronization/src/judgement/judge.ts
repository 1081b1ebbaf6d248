import { subtract } from '@takt/quantity';
import { evaluate, type Change } from '../policy/evaluate.ts';
import type { PolicyVersion } from '../policy/policy-table.ts';
import { itemLocationId } from '@takt/products/contract';
import {
  MEASURES,
  strongestOutcome,
  type Acted,
  type Decision,
  type DecisionLine,
  type DecisionMeasure,
} from './decision.ts';
import type { Observation, Week, Zone } from './observation.ts';
import { firstBaseline, type PlanningUnit } from './planning-unit.ts';
import { emptyWeek, horizonStart, valueOf, valuesOf, withValue, zoneOf } from './weeks.ts';

/**
 * Decides what an observation means for the schedule: one line for each week and measure that is other than what was
 * propagated last. Weeks that are over do not count any more; a week that is not mentioned has zero of everything, so that
 * one that enters the horizon begins at zero.
 *
 * Answers nothing if there is nothing new: the same weeks as observed last, and no line that the policy acts on now (one
 * that cooled down, or came into another zone, or under another policy, is acted on), and nothing that waits and could go
 * on. Judging the same again always gives the same.
 *
 * A unit that was not known, or was kept in another unit of measure, begins with what is observed: see {@link firstBaseline}.
 */
export function judge(
  observation: Observation,
  unit: PlanningUnit | undefined,
  policy: PolicyVersion,
): Decision | undefined {
  const begins = unit?.unit !== observation.unit;
  const decision = assess(observation, policy, {
    against: unit?.changes ?? 0,
    begins,
    baseline: begins ? firstBaseline(observation) : unit.baseline,
    acted: begins ? [] : unit.acted,
    waiting: unit?.waiting?.decision,
  });
  return begins || isNews(decision, unit) ? decision : undefined;
}

/** What an observation is judged against. */
export interface Standing {
  /** Revision of the planning unit. */
  readonly against: number;
  readonly begins: boolean;
  readonly baseline: readonly Week[];
  readonly acted: readonly Acted[];
  /** Id of the decision that waits. */
  readonly waiting: string | undefined;
}

/** The decision on an observation, whether or not there is anything new in it. */
export function assess(observation: Observation, policy: PolicyVersion, standing: Standing): Decision {
  const { sku, location, observedAt, away } = observation;
  const { against, begins, waiting } = standing;
  const baseline = withoutUnsaid(observation, standing);
  const judged = changesOf(observation, baseline).map((change) => {
    const acted = standing.acted.filter(({ week }) => week === change.week);
    return { ...judgeLine(change, acted, policy, observedAt), acted };
  });
  const lines = judged.map(({ line }) => withStaleness(line, observation));
  const weeks = new Set(lines.map(({ week }) => week));
  const known = new Map(baseline.map((week) => [week.week, week]));
  const again = judged.flatMap(({ heldUntil }) => heldUntil ?? []).sort()[0];
  const isDeferred = away.length > 0 && lines.some(({ outcome }) => outcome !== 'SUPPRESS');
  return {
    id: `${itemLocationId(sku, location)}:${against + 1}`,
    policy: { id: policy.id, version: policy.version },
    against,
    outcome: strongestOutcome(lines.map(({ outcome }) => outcome)),
    lines,
    baseline: [...weeks].map((week) => valuesOf(known.get(week) ?? emptyWeek(week))),
    acted: standing.acted.filter((each) => weeks.has(each.week) || isSaid(each)),
    begins,
    observation,
    ...(isDeferred && { deferred: `Waits for ${away.join(', ')}.` }),
    ...(waiting !== undefined && { supersedes: waiting }),
    ...(again !== undefined && { againAt: again }),
    decidedAt: observedAt,
  };
}

/**
 * The baseline without shortages that time brought into the frozen zone and that nobody was ever told of: they were there
 * when the unit was observed first, and the plant will run into them.
 */
function withoutUnsaid(observation: Observation, { baseline, acted }: Standing): readonly Week[] {
  const said = new Set(acted.filter(isSaid).map(({ week }) => week));
  return baseline.map((week) =>
    week.shortage !== '0' && !said.has(week.week) && zoneOf(week.week, observation) === 'FROZEN'
      ? withValue(week, 'SHORTAGE', '0')
      : week,
  );
}

/** Somebody was told of a shortage in the week, or the schedule was made to follow. */
function isSaid({ measure }: Acted): boolean {
  return measure === 'SHORTAGE';
}

function isNews({ lines, observation }: Decision, unit: PlanningUnit): boolean {
  const observed = unit.observed.filter(({ week }) => week >= horizonStart(observation));
  if (changesOf(observation, observed).length > 0) return true;
  if (unit.waiting) return observation.away.length === 0;
  return lines.some(({ outcome }) => outcome !== 'SUPPRESS');
}

interface WeekChange extends Change {
  readonly week: string;
}

/** By week, then measure: everything of an observation that differs from other weeks, those that are over apart. */
function changesOf(observation: Observation, others: readonly Week[]): WeekChange[] {
  const from = horizonStart(observation);
  const before = new Map(others.map((week) => [week.week, week]));
  const now = new Map(observation.weeks.map((week) => [week.week, week]));
  const weeks = [...new Set([...before.keys(), ...now.keys()])].filter((week) => week >= from).sort();
  const changes: WeekChange[] = [];
  for (const week of weeks) {
    for (const measure of MEASURES) {
      const values = { baseline: valueOf(before.get(week), measure), now: valueOf(now.get(week), measure) };
      if (values.baseline !== values.now) changes.push(changeOf(observation, now.get(week), week, measure, values));
    }
  }
  return changes;
}

function changeOf(
  observation: Observation,
  observed: Week | undefined,
  week: string,
  measure: DecisionMeasure,
  { baseline, now }: { baseline: string; now: string },
): WeekChange {
  const { criticality, refreshClass, bought } = observation;
  const unit = measure === 'CAPACITY' ? 'min' : observation.unit;
  const { utilizationPercent, customerPriority } = observed ?? {};
  return {
    week,
    measure,
    zone: zoneOf(week, observation),
    unit,
    baseline,
    now,
    change: subtract({ value: now, unit }, { value: baseline, unit }).value,
    criticality,
    refreshClass,
    bought,
    ...(utilizationPercent !== undefined && { utilizationPercent }),
    ...(customerPriority !== undefined && { customerPriority }),
  };
}

/** What is needed may be other than it seems while who forecasts it is away; what is there is judged all the same. */
function withStaleness(line: DecisionLine, { stale = [] }: Observation): DecisionLine {
  if (line.measure !== 'DEMAND' || stale.length === 0) return line;
  const told = `The forecast is as ${stale.join(' and ')} told it last, and cannot be asked now.`;
  return { ...line, because: line.because === undefined ? told : `${line.because} ${told}` };
}

interface JudgedLine {
  readonly line: DecisionLine;
  /** Until when the line cools down. */
  readonly heldUntil?: string;
}

function judgeLine(change: WeekChange, acted: readonly Acted[], policy: PolicyVersion, at: string): JudgedLine {
  if (isRelieved(change)) {
    const line = lineOf(change, { outcome: 'SUPPRESS', thresholds: [] });
    return { line: { ...line, because: RELIEVED_TEXTS[change.measure], relieved: true } };
  }
  const isBack = acted.some(
    ({ measure, direction }) => measure === change.measure && direction !== directionOf(change),
  );
  const verdict = evaluate(policy, change, isBack ? policy.hysteresisPercent : 0);
  const line = lineOf(change, verdict);
  if (verdict.outcome === 'SUPPRESS') {
    const otherwise = isBack ? evaluate(policy, change) : verdict;
    if (otherwise.outcome === 'SUPPRESS') return { line };
    return { line: { ...line, because: `A change back, within the hysteresis of ${policy.hysteresisPercent} %.` } };
  }
  const safe = inZone(line);
  const heldUntil = SCHEDULES.has(safe.outcome) ? coolingUntil(acted, policy, at) : undefined;
  if (heldUntil === undefined) return { line: safe };
  return { line: { ...line, outcome: 'SUPPRESS', because: `Cooling down until ${heldUntil}.` }, heldUntil };
}

function lineOf(change: WeekChange, { outcome, rule, thresholds }: ReturnType<typeof evaluate>): DecisionLine {
  const { week, measure, zone, baseline, now, utilizationPercent, customerPriority } = change;
  return {
    week,
    measure,
    zone,
    baseline,
    now,
    change: change.change,
    changePercent: baseline === '0' ? null : percentOf(change.change, baseline),
    ...(utilizationPercent !== undefined && { utilizationPercent }),
    ...(customerPriority !== undefined && { customerPriority }),
    outcome,
    ...(rule !== undefined && { rule }),
    thresholds: [...thresholds],
  };
}

/** Less is short, or late: that asks for nothing more, and if it comes back it counts as if it were new. */
function isRelieved({ measure, change }: WeekChange): boolean {
  return measure !== 'DEMAND' && change.startsWith('-');
}

/** What no table can override: nothing is automatic inside the fences. */
function inZone(line: DecisionLine): DecisionLine {
  const { outcome } = line;
  const safe = SAFE_OUTCOMES[line.zone][outcome];
  return safe ? { ...line, outcome: safe, because: ZONE_TEXTS[line.zone] } : line;
}

/**
 * Until when a week is left alone: so long after the schedule was made to follow it last, whichever measure changed.
 * Alerts and exceptions move nothing, and neither wait for a cool-down nor begin one.
 */
function coolingUntil(acted: readonly Acted[], { coolDownMinutes }: PolicyVersion, at: string): string | undefined {
  const last = Math.max(...acted.filter(({ outcome }) => SCHEDULES.has(outcome)).map((each) => Date.parse(each.at)));
  const until = last + coolDownMinutes * 60_000;
  return until > Date.parse(at) ? new Date(until).toISOString() : undefined;
}

function directionOf({ change }: Change): Acted['direction'] {
  return change.startsWith('-') ? 'DOWN' : 'UP';
}

/** For people, to a hundredth: rules compare exactly. */
function percentOf(change: string, baseline: string): number {
  return Math.round((Number(change) / Number(baseline)) * 10_000) / 100;
}

const SCHEDULES: ReadonlySet<string> = new Set(['RECALCULATE', 'PROPOSE']);
const SAFE_OUTCOMES: Readonly<Record<Zone, Partial<Record<string, Decision['outcome']>>>> = {
  FROZEN: { RECALCULATE: 'EXCEPTION', PROPOSE: 'EXCEPTION' },
  SLUSHY: { RECALCULATE: 'PROPOSE' },
  LIQUID: {},
};
const RELIEVED_TEXTS = { DEMAND: '', SHORTAGE: 'Less is short.', CAPACITY: 'Orders end less late.' } as const;
const ZONE_TEXTS: Readonly<Record<Zone, string>> = {
  FROZEN: 'Inside the demand time fence nothing is automatic.',
  SLUSHY: 'Inside the planning time fence a planner approves.',
  LIQUID: '',
};
