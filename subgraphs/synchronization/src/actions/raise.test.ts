import { describe, expect, it } from 'vitest';
import { line, proposing } from '../exceptions/decision.fixture.ts';
import type { Ownership } from '../exceptions/ownership.ts';
import type { Decision, DecisionLine } from '../judgement/decision.ts';
import type { Week } from '../judgement/observation.ts';
import type { ScheduleProposal } from '../scheduling/scheduler.ts';
import { exceptionsOf, isGone, type RaiseContext } from './raise.ts';

const due = { hours: 4, working: false };
const OWNERSHIP: Ownership = {
  rules: [],
  plants: {},
  otherwise: { owner: 'planning' },
  due: { LOW: due, MEDIUM: due, HIGH: due, CRITICAL: due },
};
const NOTHING_SCHEDULED = { waiting: [], revisions: new Map<string, number>() };

/** The week of the day on which it is observed is in the frozen zone, the other one is far behind it. */
const [NEAR, FAR] = ['2026-01-05', '2026-03-30'];

describe('an alert for a buyer', () => {
  const alert = (week: string, change: Partial<DecisionLine>) => shortage(week, 'PROCUREMENT_ALERT', change);

  it('is raised when something is missing, and brought up to date while less is', () => {
    const missing = decisionOf([alert(FAR, {})], [short(FAR, '30')]);
    expect(kindsOf(missing)).toEqual(['PROCUREMENT']);
    const less = decisionOf([alert(FAR, { now: '10', change: '-20' })], [short(FAR, '10')]);
    expect(kindsOf(less, 'OPEN')).toEqual(['PROCUREMENT']);
    expect(isGone('PROCUREMENT', less)).toBe(false);
  });

  it('is over, and not raised anew, when nothing is missing any more', () => {
    const nothing = decisionOf([alert(FAR, { now: '0', change: '-30' })], []);
    expect(isGone('PROCUREMENT', nothing)).toBe(true);
    expect(kindsOf(nothing, 'OPEN')).toEqual([]);
    expect(kindsOf(nothing)).toEqual([]);
  });

  it('is raised for demand that nothing is missing of, where a policy says so', () => {
    const demand = decisionOf([line(FAR, 'PROCUREMENT_ALERT', { change: '-25' })], []);
    expect(kindsOf(demand)).toEqual(['PROCUREMENT']);
  });
});

describe('a change in the frozen zone', () => {
  it('comes with what would help there, as orders that are told apart from those of other proposals', () => {
    const decision = decisionOf([shortage(NEAR, 'EXCEPTION', {})], [short(NEAR, '30')]);
    const inside = { waiting: [move('PO-1'), CREATE], revisions: new Map([['PO-1', 7]]) };
    const [raised] = exceptionsOf(decision, { ...NOTHING_SCHEDULED, inside }, contextOf());
    expect(raised).toMatchObject({
      kind: 'FROZEN_CHANGE',
      zone: 'FROZEN',
      orders: ['PO-1'],
      proposal: [
        { kind: 'REVISE', order: 'PO-1', orderRevision: 7 },
        { kind: 'CREATE', order: 'D-1/inside-2' },
      ],
    });
    expect(raised?.summary).toContain('2 schedule changes to approve: PO-1: It is missing then.');
  });

  it('is told by what became worse, not by what became better before', () => {
    const better = shortage(NEAR, 'EXCEPTION', { baseline: '30', now: '10', change: '-20' });
    const worse = line(NEAR, 'EXCEPTION', { zone: 'FROZEN', baseline: '100', now: '150', change: '50' });
    const [raised] = exceptionsOf(decisionOf([better, worse], [short(NEAR, '10')]), NOTHING_SCHEDULED, contextOf());
    expect(raised?.summary).toMatch(/^Demand for .* 100 → 150 .* 1 other figure changed as well\.$/);
  });

  it('is over once nothing of the zone is short or late, whatever is later', () => {
    const fell = shortage(NEAR, 'EXCEPTION', { now: '0', change: '-30' });
    expect(isGone('FROZEN_CHANGE', decisionOf([fell], [short(FAR, '5')]))).toBe(true);
    expect(isGone('FROZEN_CHANGE', decisionOf([fell], [short(NEAR, '5')]))).toBe(false);
    expect(isGone('FROZEN_CHANGE', decisionOf([fell, line(NEAR, 'EXCEPTION', { zone: 'FROZEN' })], []))).toBe(false);
    expect(isGone('FROZEN_CHANGE', decisionOf([{ ...fell, zone: 'LIQUID' }], []))).toBe(false);
    expect(kindsOf(decisionOf([fell], []))).toEqual([]);
  });
});

it('has nothing to approve any more once nothing is short or late, unless demand has changed', () => {
  const fell = shortage(FAR, 'SUPPRESS', { now: '0', change: '-30' });
  expect(isGone('SCHEDULE_APPROVAL', decisionOf([fell], []))).toBe(true);
  expect(isGone('SCHEDULE_APPROVAL', decisionOf([fell], [{ ...short(NEAR, '0'), lateMinutes: 60 }]))).toBe(false);
  expect(isGone('SCHEDULE_APPROVAL', decisionOf([fell, line(FAR, 'SUPPRESS', { change: '-5' })], []))).toBe(false);
  expect(isGone('SOURCE_REFUSED', decisionOf([fell], []))).toBe(false);
});

it('asks a planner what becomes of orders that nothing needs any more, whether or not others are to change', () => {
  const decision = decisionOf([line(FAR, 'PROPOSE', { change: '-40' })], []);
  const answer = { kind: 'PROPOSED', proposals: [move('PO-1')], cannot: [] } as const;
  const scheduled = { answer, waiting: [], revisions: new Map([['PO-1', 7]]), unneeded: ['PO-2'] };
  const [asked] = exceptionsOf(decision, scheduled, contextOf());
  expect(asked).toMatchObject({ kind: 'SCHEDULE_APPROVAL', orders: ['PO-2'], proposal: [] });
  expect(asked?.summary).toContain('Nothing needs order PO-2 any more');
  const [both] = exceptionsOf(decision, { ...scheduled, waiting: answer.proposals }, contextOf());
  expect(both).toMatchObject({ orders: ['PO-1', 'PO-2'], proposal: [{ order: 'PO-1' }] });
  expect(exceptionsOf(decision, { ...scheduled, unneeded: [] }, contextOf())).toEqual([]);
});

function kindsOf(decision: Decision, status?: 'OPEN'): string[] {
  return exceptionsOf(decision, NOTHING_SCHEDULED, contextOf(status)).map(({ kind }) => kind);
}

function contextOf(status?: 'OPEN'): RaiseContext {
  const existing = status ? [{ id: 'PROCUREMENT:PUMP@P100', kind: 'PROCUREMENT', status } as const] : [];
  return { ownership: OWNERSHIP, existing, now: '2026-01-05T08:00:00Z' };
}

function decisionOf(lines: readonly DecisionLine[], weeks: readonly Week[]): Decision {
  const decision = proposing('D-1', 1, lines);
  const zones = { today: NEAR, frozenUntil: '2026-01-12', slushyUntil: '2026-01-26' };
  return { ...decision, observation: { ...decision.observation, ...zones, weeks: [...weeks] } };
}

/** What is missing of a week rises from 0 to 30. */
function shortage(week: string, outcome: DecisionLine['outcome'], change: Partial<DecisionLine>): DecisionLine {
  const zone = week === NEAR ? 'FROZEN' : 'LIQUID';
  return line(week, outcome, { measure: 'SHORTAGE', zone, baseline: '0', now: '30', change: '30', ...change });
}

function short(week: string, pieces: string): Week {
  return { week, demand: '50', shortage: pieces, lateMinutes: 0 };
}

function move(order: string): ScheduleProposal {
  return {
    ...{ kind: 'REVISE', order, needsApproval: true, reason: 'It is missing then.' },
    ...{ scheduledStart: '2026-01-06T06:00:00Z', scheduledEnd: '2026-01-06T14:00:00Z' },
  };
}

const CREATE: ScheduleProposal = {
  kind: 'CREATE',
  sku: 'PUMP',
  location: 'P100',
  quantity: { value: '30', unit: 'EA' },
  scheduledStart: '2026-01-07T06:00:00Z',
  scheduledEnd: '2026-01-07T14:00:00Z',
  operations: [],
  components: [],
  needsApproval: true,
  reason: 'It is missing then.',
};
