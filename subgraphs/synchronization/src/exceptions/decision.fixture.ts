import type { Decision, DecisionLine } from '../judgement/decision.ts';
import { OBSERVATION } from '../judgement/judgement.fixture.ts';

/** A decision about PUMP at P100, judged against a revision of its planning unit, an hour after the one before. */
export function proposing(id: string, against: number, lines: readonly DecisionLine[]): Decision {
  const outcome = lines.find((each) => each.outcome !== 'SUPPRESS')?.outcome ?? 'SUPPRESS';
  return {
    id,
    policy: { id: 'plain', version: 1 },
    against,
    outcome,
    lines: [...lines],
    baseline: [],
    acted: [],
    begins: against === 0,
    observation: { ...OBSERVATION, sku: 'PUMP', location: 'P100' },
    decidedAt: new Date(Date.parse('2026-01-05T08:00:00Z') + against * 3_600_000).toISOString(),
  };
}

/** Demand of a week rises from 40 to 65. */
export function line(week: string, outcome: DecisionLine['outcome'], rest: Partial<DecisionLine> = {}): DecisionLine {
  return {
    week,
    measure: 'DEMAND',
    zone: 'SLUSHY',
    baseline: '40',
    now: '65',
    change: '25',
    changePercent: 62.5,
    outcome,
    thresholds: [],
    ...rest,
  };
}
