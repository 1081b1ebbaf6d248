import type { PolicyTable, PolicyVersion } from '../policy/policy-table.ts';
import type { Decision } from './decision.ts';
import { judge } from './judge.ts';
import type { Observation, Week } from './observation.ts';
import { planningUnit, type PlanningUnit } from './planning-unit.ts';

/** Wednesday; with the fences below the week of 2026-01-05 is frozen, 2026-01-12 slushy, 2026-01-19 and later liquid. */
export const OBSERVATION: Observation = {
  sku: 'PUMP-10',
  location: 'P100',
  unit: 'EA',
  observedAt: '2026-01-07T08:00:00.000Z',
  today: '2026-01-07',
  frozenUntil: '2026-01-12',
  slushyUntil: '2026-01-19',
  criticality: 'NORMAL',
  refreshClass: 'STABLE',
  bought: false,
  away: [],
  weeks: [],
  triggers: [],
};
export const [FROZEN_WEEK, SLUSHY_WEEK, LIQUID_WEEK] = ['2026-01-05', '2026-01-12', '2026-01-19'] as const;

/** 10 % and 20 pieces decide on demand, any change on shortages and lateness; nothing cools down. */
export const TABLE: PolicyTable = {
  id: 'plain',
  name: 'Plain',
  owner: 'Planning',
  validFrom: '2026-01-01T00:00:00Z',
  coolDownMinutes: 0,
  hysteresisPercent: 0,
  rules: [
    {
      id: 'demand',
      description: 'Demand changed.',
      when: { measure: ['DEMAND'], changePercentAtLeast: 10, changeAtLeast: '20' },
      outcome: 'RECALCULATE',
    },
    {
      id: 'others',
      description: 'Anything else changed.',
      when: { measure: ['SHORTAGE', 'CAPACITY'] },
      outcome: 'RECALCULATE',
    },
  ],
};

export const POLICY: PolicyVersion = { ...TABLE, version: 1 };

export function week(monday: string, demand: number, more: Partial<Week> = {}): Week {
  return { week: monday, demand: String(demand), shortage: '0', lateMinutes: 0, ...more };
}

/** Of the weeks given, so many minutes after {@link OBSERVATION} was made. */
export function observed(weeks: readonly Week[], minutesLater = 0, more: Partial<Observation> = {}): Observation {
  const observedAt = new Date(Date.parse(OBSERVATION.observedAt) + minutesLater * 60_000).toISOString();
  return { ...OBSERVATION, observedAt, weeks: [...weeks], ...more };
}

/** A planning unit that is judged observation after observation, each decision recorded. */
export class JudgedUnit {
  unit: PlanningUnit | undefined;
  readonly decisions: Decision[] = [];

  constructor(readonly policy: PolicyVersion = POLICY) {}

  /** The decision, recorded; undefined if there is nothing new. */
  take(observation: Observation, policy = this.policy): Decision | undefined {
    const decision = judge(observation, this.unit, policy);
    if (!decision) return undefined;
    this.decisions.push(decision);
    const answer = planningUnit.decide(
      this.unit,
      { type: 'RecordDecision', data: decision },
      {
        now: new Date(observation.observedAt),
        time: observation.observedAt,
        cause: 'REPORTED',
        origin: { system: 'takt', instance: 'synchronization' },
        known: undefined,
        lastTold: undefined,
      },
    );
    if ('refused' in answer) throw new Error(answer.refused.reason);
    for (const event of answer.events) this.unit = planningUnit.evolve(this.unit, event);
    return decision;
  }
}
