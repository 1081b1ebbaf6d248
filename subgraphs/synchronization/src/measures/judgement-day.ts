import type { Decision } from '../judgement/decision.ts';
import { EMPTY_DIGEST, merged, withValue, type Digest } from './digest.ts';
import { latencyOf, secondsBetween, type Latency } from './latency.ts';
import { shareOf, type Share } from './share.ts';

/** What was judged on one day of a plant's calendar, of one product family. */
export interface JudgementDay {
  readonly plant: string;
  /** Null: of products without one. */
  readonly family: string | null;
  readonly day: string;
  /** Of the latest decision that is counted, in the log. */
  readonly position: number;
  /** Changes that were judged, and were not put off. */
  readonly judged: number;
  /** Those of them that were not acted on. */
  readonly suppressed: number;
  /** Forecast revisions that led to a decision. */
  readonly forecasts: number;
  /** Those of them whose decision came within {@link PROMISED_SECONDS}. */
  readonly forecastsInTime: number;
  /** From the change in its source to the decision, in seconds. */
  readonly toDecision: Digest;
}

/** How soon a forecast revision is judged, from when it was published. STABLE: once a day, and an hour for the batch. */
export const PROMISED_SECONDS = { CRITICAL: 60, STABLE: 25 * 60 * 60 } as const;

/** Counts a decision; one that is counted already, by its position, changes nothing. */
export function withDecision(
  known: JudgementDay | undefined,
  { position, decision }: { readonly position: number; readonly decision: Decision },
): JudgementDay {
  const day = known ?? emptyDay(decision);
  if (position <= day.position) return day;
  const { observation, lines, deferred, decidedAt } = decision;
  const judged = deferred === undefined ? lines : [];
  const forecasts = observation.triggers.filter(({ type }) => FORECAST_REVISIONS.has(type));
  const promised = PROMISED_SECONDS[observation.refreshClass];
  const inTime = forecasts.filter(({ occurredAt }) => secondsBetween(occurredAt, decidedAt) <= promised);
  const since = changedAt(decision);
  return {
    ...day,
    position,
    judged: day.judged + judged.length,
    suppressed: day.suppressed + judged.filter(({ outcome }) => outcome === 'SUPPRESS').length,
    forecasts: day.forecasts + forecasts.length,
    forecastsInTime: day.forecastsInTime + inTime.length,
    toDecision: since === undefined ? day.toDecision : withValue(day.toDecision, secondsBetween(since, decidedAt)),
  };
}

/** When the earliest change that led to a decision was true in its source; undefined if no change did. */
export function changedAt({ observation }: Pick<Decision, 'observation'>): string | undefined {
  const [first, ...others] = observation.triggers.map(({ occurredAt }) => occurredAt);
  return others.reduce((earliest, at) => (Date.parse(at) < Date.parse(earliest ?? at) ? at : earliest), first);
}

export function suppressionOf(days: readonly JudgementDay[]): Share | null {
  return shareOf(total(days, 'suppressed'), total(days, 'judged'));
}

export function forecastSynchronizationOf(days: readonly JudgementDay[]): Share | null {
  return shareOf(total(days, 'forecastsInTime'), total(days, 'forecasts'));
}

export function decisionLatencyOf(days: readonly JudgementDay[]): Latency | null {
  return latencyOf(merged(days.map(({ toDecision }) => toDecision)));
}

const FORECAST_REVISIONS: ReadonlySet<string> = new Set(['ForecastRevised', 'ForecastWithdrawn']);

function total(days: readonly JudgementDay[], name: 'judged' | 'suppressed' | 'forecasts' | 'forecastsInTime'): number {
  return days.reduce((sum, day) => sum + day[name], 0);
}

function emptyDay({ observation }: Decision): JudgementDay {
  return {
    plant: observation.location,
    family: observation.family ?? null,
    day: observation.today,
    position: 0,
    judged: 0,
    suppressed: 0,
    forecasts: 0,
    forecastsInTime: 0,
    toDecision: EMPTY_DIGEST,
  };
}
