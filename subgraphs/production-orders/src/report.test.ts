import { describe, expect, it } from 'vitest';
import type { ProductionOrderFact, Schedule } from './events.ts';
import type { ProductionOrderReport } from './messages.ts';
import { confirmation, CREATED, hold, pieces, PLAN, RELEASED, REPORT, REPORTED, givenOrder } from './order.fixture.ts';

const id = 'PO-1';
const AT = '2026-01-05T12:00:00.000Z';
const report = (change: Partial<ProductionOrderReport> = {}) =>
  ({ type: 'ProductionOrderReported', data: { ...REPORT, ...change } }) as const;
const revised = (number: number, from: Schedule, to: Schedule): ProductionOrderFact => ({
  type: 'ProductionOrderRescheduled',
  data: { id, revision: { number, from, to, cause: 'SHORTAGE', revisedAt: AT, state: 'APPROVED' } },
});

describe('a report', () => {
  it('of an unknown order creates it, owned by its source', () => {
    givenOrder([]).when(report()).then([REPORTED]);
  });

  it('that says nothing new changes nothing', () => {
    givenOrder([REPORTED]).when(report()).then([]);
    givenOrder([REPORTED])
      .when(
        report({
          frozen: false,
          operations: [...REPORT.operations].reverse(),
          scheduledStart: '2026-03-02T07:00:00+01:00',
        }),
      )
      .then([]);
  });

  it('causes a fact for each part that differs', () => {
    const operations = [...PLAN.operations, { sequence: 30, name: 'Pack', state: 'PLANNED' as const }];
    const components = PLAN.components.slice(1);
    const state = givenOrder([REPORTED])
      .when(
        report({
          priority: 3,
          sourceStatuses: ['PCNF', 'REL'],
          state: 'PARTIALLY_CONFIRMED',
          delivered: pieces('7'),
          scheduledEnd: '2026-03-04T14:00:00Z',
          operations,
          components,
        }),
      )
      .then([
        { type: 'ProductionOrderAmended', data: { id, sku: 'PUMP', location: 'P100', priority: 3 } },
        {
          type: 'ProductionOrderStatusChanged',
          data: {
            id,
            sourceStatuses: ['PCNF', 'REL'],
            state: 'PARTIALLY_CONFIRMED',
            delivered: pieces('7'),
            frozen: false,
            materialShortage: false,
          },
        },
        {
          type: 'ProductionOrderRescheduled',
          data: {
            id,
            revision: {
              number: 1,
              from: { scheduledEnd: '2026-03-03T14:00:00.000Z' },
              to: { scheduledEnd: '2026-03-04T14:00:00.000Z' },
              cause: 'REPORTED',
              revisedAt: AT,
              state: 'APPLIED',
            },
          },
        },
        { type: 'ProductionOrderOperationsChanged', data: { id, operations } },
        { type: 'ProductionOrderComponentsChanged', data: { id, components } },
      ]);
    expect(state).toMatchObject({ state: 'PARTIALLY_CONFIRMED', scheduledEnd: '2026-03-04T14:00:00.000Z' });
    expect(state?.operations).toHaveLength(3);
  });

  it('takes back what the source no longer says', () => {
    const operations = PLAN.operations.map(({ workCenter: _workCenter, ...operation }) => operation);
    const state = givenOrder([REPORTED])
      .when(report({ operations }))
      .then([
        {
          type: 'ProductionOrderRescheduled',
          data: {
            id,
            revision: {
              number: 1,
              from: {
                operations: [
                  { sequence: 10, workCenter: 'LATHE' },
                  { sequence: 20, workCenter: 'LINE-1' },
                ],
              },
              to: {
                operations: [
                  { sequence: 10, workCenter: null },
                  { sequence: 20, workCenter: null },
                ],
              },
              cause: 'REPORTED',
              revisedAt: AT,
              state: 'APPLIED',
            },
          },
        },
      ]);
    expect(state?.workCenters).toEqual([]);
  });

  it('that is older than what its source has told is refused', () => {
    givenOrder([REPORTED])
      .when(report({ priority: 1 }), { lastTold: '2026-01-05T12:00:01Z' })
      .thenRefused('OLDER_THAN_KNOWN');
    givenOrder([REPORTED]).when(report(), { lastTold: '2026-01-05T13:00:00+01:00' }).then([]);
  });

  it('is not older because a planner has done something since', () => {
    const known = { system: 'takt', instance: 'graph', asOf: '2026-01-05T12:01:00Z' };
    const { decision } = givenOrder([REPORTED]).when(report({ priority: 1 }), { known });
    expect(decision).toMatchObject({ events: [{ type: 'ProductionOrderAmended' }] });
  });

  it('makes its system the owner of an order that was created here', () => {
    const { decision } = givenOrder([CREATED, RELEASED]).when(report());
    expect(decision).toMatchObject({
      events: [{ type: 'ProductionOrderAdopted' }, { type: 'ProductionOrderStatusChanged' }],
    });
  });

  it('does not reopen an order that is closed or cancelled', () => {
    const cancelled = [REPORTED, { type: 'ProductionOrderCancelled', data: { id, reason: 'No demand' } } as const];
    givenOrder(cancelled).when(report()).thenRefused('ORDER_CANCELLED');
    const { decision } = givenOrder(cancelled).when(report({ state: 'CANCELLED', sourceStatuses: ['DLFL'] }));
    expect(decision).toMatchObject({ events: [{ type: 'ProductionOrderStatusChanged' }] });
  });

  it('leaves holds, confirmations and what they show as they are', () => {
    const state = givenOrder([REPORTED, hold('H1', { scope: 'ORDER' }), confirmation('c1', 20, '5')])
      .when(report({ sourceStatuses: ['REL'] }))
      .then([
        {
          type: 'ProductionOrderStatusChanged',
          data: { id, state: 'RELEASED', sourceStatuses: ['REL'], frozen: false, materialShortage: false },
        },
      ]);
    expect(state).toMatchObject({ state: 'PARTIALLY_CONFIRMED', stage: 'RELEASED', onHold: true });
  });

  it.each<[string, Partial<ProductionOrderReport>]>([
    ['QUANTITY_NEGATIVE', { quantity: pieces('-1') }],
    ['UNITS_DIFFER', { delivered: { value: '1', unit: 'KG' } }],
    [
      'END_BEFORE_START',
      { operations: [{ sequence: 1, scheduledStart: '2026-03-02T00:00:00Z', scheduledEnd: '2026-03-01T00:00:00Z' }] },
    ],
  ])('that contradicts itself is refused: %s', (code, change) => {
    givenOrder([]).when(report(change)).thenRefused(code);
  });
});

describe('revisions that the owning system has yet to apply', () => {
  const before = { scheduledEnd: PLAN.scheduledEnd };
  const first = { scheduledEnd: '2026-03-05T14:00:00.000Z' };
  const second = { scheduledEnd: '2026-03-06T14:00:00.000Z' };
  const pending = [REPORTED, revised(1, before, first), revised(2, first, second)];
  const applied = (number: number): ProductionOrderFact => ({ type: 'ScheduleRevisionApplied', data: { id, number } });

  it('survive a report that still has the old schedule', () => {
    givenOrder(pending).when(report()).then([]);
  });

  it('are applied one after the other, as reports show them', () => {
    givenOrder(pending)
      .when(report(first))
      .then([applied(1)]);
    const state = givenOrder(pending)
      .when(report(second))
      .then([applied(1), applied(2)]);
    expect(state?.scheduleRevisions.map(({ state }) => state)).toEqual(['APPLIED', 'APPLIED']);
  });

  it('are rejected by a report that has a third schedule, which then holds', () => {
    const { decision } = givenOrder(pending).when(report({ scheduledEnd: '2026-03-09T14:00:00Z' }));
    expect(decision).toMatchObject({
      events: [
        { type: 'ScheduleRevisionRejected', data: { number: 1 } },
        { type: 'ScheduleRevisionRejected', data: { number: 2 } },
        {
          type: 'ProductionOrderRescheduled',
          data: { revision: { number: 3, cause: 'REPORTED', to: { scheduledEnd: '2026-03-09T14:00:00.000Z' } } },
        },
      ],
    });
  });

  it('do not keep other news of the same report from holding', () => {
    const { decision } = givenOrder(pending).when(report({ quantity: pieces('90') }));
    expect(decision).toMatchObject({
      events: [{ data: { revision: { from: { quantity: pieces('100') }, to: { quantity: pieces('90') } } } }],
    });
  });

  it('of operations that are gone are rejected', () => {
    const moved = revised(
      1,
      { operations: [{ sequence: 20, workCenter: 'LINE-1' }] },
      { operations: [{ sequence: 20, workCenter: 'LINE-2' }] },
    );
    const { decision } = givenOrder([REPORTED, moved]).when(report({ operations: PLAN.operations.slice(0, 1) }));
    expect(decision).toMatchObject({
      events: [{ type: 'ScheduleRevisionRejected' }, { type: 'ProductionOrderOperationsChanged' }],
    });
  });
});

describe('substitutions', () => {
  const substituted: ProductionOrderFact = {
    type: 'MaterialSubstituted',
    data: {
      id,
      substitution: {
        position: 20,
        component: 'SCREW',
        substitute: 'BOLT',
        ratio: '2',
        replaced: pieces('300'),
        required: pieces('600'),
        reason: 'Shortage',
        approvedBy: 'Paul',
        substitutedAt: AT,
      },
    },
  };

  it('survive reports that still have the component, with what is required now', () => {
    givenOrder([REPORTED, substituted]).when(report()).then([]);
    const components = [PLAN.components[0]!, { ...PLAN.components[1]!, withdrawn: pieces('150') }];
    const { decision } = givenOrder([REPORTED, substituted]).when(report({ components }));
    expect(decision).toMatchObject({
      events: [{ data: { components: [{}, { sku: 'BOLT', required: pieces('500'), substitutedFor: 'SCREW' }] } }],
    });
  });

  it('give way when the source has the substitute, or something else', () => {
    for (const sku of ['BOLT', 'RIVET']) {
      const components = [PLAN.components[0]!, { position: 20, sku, required: pieces('610') }];
      const { decision } = givenOrder([REPORTED, substituted]).when(report({ components }));
      expect(decision).toMatchObject({ events: [{ data: { components: [{}, { sku, required: pieces('610') }] } }] });
    }
  });
});
