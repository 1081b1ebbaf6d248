import { expect, it } from 'vitest';
import type { Decision, DecisionLine, DecisionOutcome } from '../judgement/decision.ts';
import { OBSERVATION } from '../judgement/judgement.fixture.ts';
import type { ScheduleProposal } from '../scheduling/scheduler.ts';
import { isAutomatic } from './automatic.ts';

const zone = 'Europe/Berlin';

it('carries out what needs no approval for a week that says RECALCULATE', () => {
  const decision = decisionOf(['2026-01-19', 'RECALCULATE']);
  expect(isAutomatic(moveTo('2026-01-16'), decision, zone)).toBe(true);
  expect(isAutomatic(moveTo('2026-01-16', true), decision, zone)).toBe(false);
});

it('leaves to a planner what is for a week that says PROPOSE', () => {
  const decision = decisionOf(['2026-01-19', 'PROPOSE'], ['2026-02-02', 'RECALCULATE']);
  expect(isAutomatic(moveTo('2026-01-21'), decision, zone)).toBe(false);
  expect(isAutomatic(moveTo('2026-01-29'), decision, zone)).toBe(true);
  expect(isAutomatic(moveTo('2026-03-05'), decision, zone)).toBe(true);
});

it('ends in the week of the location’s clock', () => {
  const decision = decisionOf(['2026-01-19', 'PROPOSE'], ['2026-01-26', 'RECALCULATE']);
  // Sunday 23:30 in London is Monday in Berlin.
  const lateOnSunday = { ...moveTo('2026-01-25'), scheduledEnd: '2026-01-25T23:30:00Z' };
  expect(isAutomatic(lateOnSunday, decision, 'Europe/London')).toBe(false);
  expect(isAutomatic(lateOnSunday, decision, zone)).toBe(true);
});

it('does nothing by itself for weeks that say something else', () => {
  expect(isAutomatic(moveTo('2026-01-16'), decisionOf(['2026-01-19', 'EXCEPTION']), zone)).toBe(false);
});

function moveTo(date: string, needsApproval = false): ScheduleProposal {
  return {
    kind: 'REVISE',
    order: 'PO-1',
    scheduledEnd: `${date}T14:00:00Z`,
    needsApproval,
    reason: 'It is needed then.',
  };
}

function decisionOf(...lines: readonly (readonly [string, DecisionOutcome])[]): Decision {
  return {
    id: 'PUMP-10@P100:1',
    policy: { id: 'plain', version: 1 },
    against: 0,
    outcome: 'RECALCULATE',
    lines: lines.map(([week, outcome]): DecisionLine => {
      const figures = { baseline: '10', now: '20', change: '10', changePercent: 100 };
      return { week, measure: 'DEMAND', zone: 'LIQUID', ...figures, outcome, thresholds: [] };
    }),
    baseline: [],
    acted: [],
    begins: false,
    observation: OBSERVATION,
    decidedAt: OBSERVATION.observedAt,
  };
}
