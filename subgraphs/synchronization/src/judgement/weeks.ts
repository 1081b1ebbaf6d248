import { bucketStart } from '@takt/planning-time';
import { MEASURES, type DecisionMeasure } from './decision.ts';
import type { Observation, Week, Zone } from './observation.ts';

/** One measure of a week as a decimal, CAPACITY in minutes; a week of which nothing was said has zero of everything. */
export function valueOf(week: Week | undefined, measure: DecisionMeasure): string {
  if (!week) return '0';
  if (measure === 'DEMAND') return week.demand;
  return measure === 'SHORTAGE' ? week.shortage : String(week.lateMinutes);
}

/** Whether every week is as it was propagated last, and was observed last. */
export function isAsPropagated(
  { weeks, ...horizon }: Pick<Observation, 'weeks' | 'today'>,
  { baseline, observed }: { readonly baseline: readonly Week[]; readonly observed: readonly Week[] },
): boolean {
  const from = horizonStart(horizon);
  const [now, propagated, seen] = [weeks, baseline, observed].map(
    (each) => new Map(each.map((week) => [week.week, week])),
  );
  const keys = new Set([weeks, baseline, observed].flatMap((each) => each.map(({ week }) => week)));
  return [...keys].every(
    (week) =>
      week < from ||
      MEASURES.every((measure) => {
        const value = valueOf(now?.get(week), measure);
        return value === valueOf(propagated?.get(week), measure) && value === valueOf(seen?.get(week), measure);
      }),
  );
}

/** The week without what describes it only as it was observed. */
export function valuesOf({ week, demand, shortage, lateMinutes }: Week): Week {
  return { week, demand, shortage, lateMinutes };
}

/** {@link valuesOf} the week, with another value of one measure. */
export function withValue(week: Week, measure: DecisionMeasure, value: string): Week {
  const values = valuesOf(week);
  if (measure === 'DEMAND') return { ...values, demand: value };
  return measure === 'SHORTAGE' ? { ...values, shortage: value } : { ...values, lateMinutes: Number(value) };
}

export function emptyWeek(week: string): Week {
  return { week, demand: '0', shortage: '0', lateMinutes: 0 };
}

/** Monday of the week in which it was observed: weeks before it are over. */
export function horizonStart({ today }: Pick<Observation, 'today'>): string {
  return bucketStart(today, 'WEEK');
}

/**
 * A week counts by the first of its days that is not over: it is FROZEN if that lies inside the demand time fence, SLUSHY
 * if it lies inside the planning time fence. So a week that straddles a fence belongs to the stricter side, and the
 * current week to that of today.
 */
export function zoneOf(week: string, { today, frozenUntil, slushyUntil }: Observation): Zone {
  const firstDay = week < today ? today : week;
  if (firstDay < frozenUntil) return 'FROZEN';
  return firstDay < slushyUntil ? 'SLUSHY' : 'LIQUID';
}
