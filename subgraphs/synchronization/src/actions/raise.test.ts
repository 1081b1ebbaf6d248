import { describe, expect, it } from 'vitest';
import { EventSchemas } from '@takt/event-log';
import { line, proposing } from '../exceptions/decision.fixture.ts';
import { RaiseException } from '../exceptions/messages.ts';
import type { Decision, DecisionLine } from '../judgement/decision.ts';
import type { ScheduleProposal } from '../scheduling/scheduler.ts';
import { exceptionsOf, refusalOf, severityOf, type RaiseContext } from './raise.ts';

const NOW = '2026-01-05T12:00:00.000Z';
const hours = (count: number) => ({ hours: count, working: false });
const CONTEXT: RaiseContext = {
  ownership: {
    rules: [{ kinds: ['PROCUREMENT'], owner: 'buying' }],
    plants: {},
    otherwise: { owner: 'planning', escalateTo: ['lead'] },
    due: { LOW: hours(40), MEDIUM: hours(16), HIGH: hours(4), CRITICAL: hours(2) },
  },
  existing: [],
  now: NOW,
};
const NOTHING = { waiting: [], revisions: new Map<string, number>() };
const MOVE: ScheduleProposal = {
  kind: 'REVISE',
  order: 'PO-1',
  scheduledStart: '2026-01-12T06:00:00Z',
  scheduledEnd: '2026-01-12T14:00:00Z',
  needsApproval: true,
  reason: 'Starts two days earlier.',
};
const schemas = new EventSchemas([{ type: 'RaiseException', data: RaiseException }]);

function raisedOf(decision: Decision, scheduled: Parameters<typeof exceptionsOf>[1] = NOTHING, context = CONTEXT) {
  const raised = exceptionsOf(decision, scheduled, context);
  for (const each of raised) expect(schemas.dataFault('RaiseException.v1', each)).toBeUndefined();
  return raised;
}

it('raises nothing for what is suppressed, or is done without anybody', () => {
  expect(raisedOf(proposing('D1', 0, [line('2026-01-12', 'SUPPRESS'), line('2026-01-26', 'RECALCULATE')]))).toEqual([]);
});

it('says of a change in the frozen zone what it is, how much, and when', () => {
  const decision = proposing('D1', 0, [
    line('2026-01-12', 'EXCEPTION'),
    line('2026-01-05', 'EXCEPTION', { zone: 'FROZEN' }),
    line('2026-01-19', 'SUPPRESS'),
  ]);
  expect(raisedOf(decision)).toEqual([
    {
      id: 'FROZEN_CHANGE:PUMP@P100',
      kind: 'FROZEN_CHANGE',
      sku: 'PUMP',
      location: 'P100',
      zone: 'FROZEN',
      severity: 'HIGH',
      summary:
        'Demand for PUMP at P100 in the week of 2026-01-05, frozen zone: 40 → 65 EA (+62.5 %). 1 other figure changed as well.',
      decisions: ['D1'],
      orders: [],
      proposal: [],
      owner: 'planning',
      escalateTo: ['lead'],
      dueAt: '2026-01-05T16:00:00.000Z',
      raisedAt: NOW,
    },
  ]);
});

it('tells the worst of several figures: what is nearest, then what is short', () => {
  const decision = proposing('D1', 0, [
    line('2026-01-12', 'PROCUREMENT_ALERT'),
    line('2026-01-12', 'PROCUREMENT_ALERT', { measure: 'SHORTAGE', baseline: '0', now: '25', changePercent: null }),
    line('2026-01-12', 'PROCUREMENT_ALERT', { measure: 'CAPACITY', baseline: '0', now: '120', changePercent: null }),
  ]);
  const [alert] = raisedOf(decision);
  expect(alert).toMatchObject({ kind: 'PROCUREMENT', owner: 'buying' });
  expect(alert?.summary).toBe(
    'Shortage of PUMP at P100 in the week of 2026-01-12, slushy zone: 0 → 25 EA. 2 other figures changed as well.',
  );
});

it('asks to approve what waits for approval, and tells what could not be done', () => {
  const decision = proposing('D1', 0, [line('2026-01-12', 'PROPOSE')]);
  const created: ScheduleProposal = {
    kind: 'CREATE',
    sku: 'PUMP',
    location: 'P100',
    quantity: { value: '25', unit: 'EA' },
    scheduledStart: '2026-01-13T06:00:00Z',
    scheduledEnd: '2026-01-13T14:00:00Z',
    operations: [],
    components: [],
    needsApproval: true,
    reason: 'For the rise.',
  };
  const automatic: ScheduleProposal = { ...MOVE, order: 'PO-9', needsApproval: false };
  const cannot = [{ sku: 'PUMP', location: 'P100', order: 'PO-3', reason: 'Order PO-3 has begun.' }];
  const [approval, unschedulable, ...others] = raisedOf(decision, {
    answer: { kind: 'PROPOSED', proposals: [automatic, MOVE, created], cannot },
    waiting: [MOVE, created],
    revisions: new Map([['PO-1', 3]]),
  });
  expect(approval).toMatchObject({
    kind: 'SCHEDULE_APPROVAL',
    orders: ['PO-1'],
    proposal: [
      { kind: 'REVISE', order: 'PO-1', orderRevision: 3, scheduledStart: MOVE.scheduledStart, reason: MOVE.reason },
      { kind: 'CREATE', order: 'D1/3', quantity: created.quantity, scheduledEnd: created.scheduledEnd },
    ],
  });
  expect(approval?.summary).toMatch(
    /2 schedule changes to approve: PO-1: Starts two days earlier\. D1\/3: For the rise\.$/,
  );
  expect(unschedulable).toMatchObject({ kind: 'UNSCHEDULABLE', orders: ['PO-3'], proposal: [] });
  expect(unschedulable?.summary).toMatch(/Supply cannot follow: Order PO-3 has begun\.$/);
  expect(others).toEqual([]);
});

it('tells what the system that owns an order refused', () => {
  const decision = proposing('D1', 0, [line('2026-01-12', 'PROPOSE')]);
  const refusal = { order: 'PO-1', system: 'erp/p100', reason: 'The period is closed.' };
  const raised = refusalOf(decision, refusal, CONTEXT);
  expect(schemas.dataFault('RaiseException.v1', raised)).toBeUndefined();
  expect(raised).toMatchObject({ id: 'SOURCE_REFUSED:PUMP@P100', kind: 'SOURCE_REFUSED', orders: ['PO-1'] });
  expect(raised.summary).toMatch(/erp\/p100 refused the change of order PO-1: The period is closed\.$/);
});

it('brings up to date what is open, and comes after what is closed', () => {
  const decision = proposing('D7', 0, [line('2026-01-05', 'EXCEPTION')]);
  const first = { id: 'FROZEN_CHANGE:PUMP@P100', kind: 'FROZEN_CHANGE' } as const;
  const idOf = (...existing: RaiseContext['existing']) => raisedOf(decision, NOTHING, { ...CONTEXT, existing })[0]?.id;
  expect(idOf({ ...first, kind: 'PROCUREMENT', status: 'OPEN' })).toBe(first.id);
  expect(idOf({ ...first, status: 'SNOOZED' })).toBe(first.id);
  expect(idOf({ ...first, status: 'REJECTED' })).toBe(`${first.id}:D7`);
  expect(idOf({ ...first, status: 'APPROVED' }, { ...first, id: `${first.id}:D3`, status: 'OPEN' })).toBe(
    `${first.id}:D3`,
  );
});

it('cuts a summary that is too long', () => {
  const decision = proposing('D1', 0, [line('2026-01-12', 'PROPOSE')]);
  const reason = 'Nothing is free. '.repeat(100);
  const cannot = [1, 2].map((n) => ({ sku: 'PUMP', location: 'P100', order: `PO-${n}`, reason }));
  const [raised] = raisedOf(decision, { ...NOTHING, answer: { kind: 'PROPOSED', proposals: [], cannot } });
  expect(raised?.summary).toHaveLength(2000);
});

describe('severity', () => {
  const small = { changePercent: 10 };
  const of = (lines: DecisionLine[], criticality: Decision['observation']['criticality'] = 'NORMAL') => {
    const decision = proposing('D1', 0, lines);
    return severityOf({ ...decision, observation: { ...decision.observation, criticality } }, lines);
  };

  it.each([
    ['LOW', [line('2026-02-02', 'PROPOSE', { ...small, zone: 'LIQUID' })], 'NORMAL'],
    ['LOW', [line('2026-01-12', 'PROPOSE', small)], 'LOW'],
    ['MEDIUM', [line('2026-01-12', 'PROPOSE')], 'NORMAL'],
    ['MEDIUM', [line('2026-01-12', 'PROPOSE', { ...small, customerPriority: 1 })], 'NORMAL'],
    ['HIGH', [line('2026-01-12', 'PROPOSE', { ...small, customerPriority: 1 })], 'HIGH'],
    ['HIGH', [line('2026-01-05', 'EXCEPTION', { zone: 'FROZEN' })], 'NORMAL'],
    ['HIGH', [line('2026-01-05', 'EXCEPTION', { ...small, zone: 'FROZEN' })], 'CRITICAL'],
    [
      'CRITICAL',
      [line('2026-01-05', 'EXCEPTION', { zone: 'FROZEN', measure: 'SHORTAGE', now: '5', changePercent: 10 })],
      'CRITICAL',
    ],
  ] as const)('%s (%#)', (severity, lines, criticality) => {
    expect(of([...lines], criticality)).toBe(severity);
  });
});
