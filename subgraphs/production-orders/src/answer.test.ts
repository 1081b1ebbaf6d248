import { describe, expect, it } from 'vitest';
import type { ProductionOrderFact, Schedule } from './events.ts';
import type { ProductionOrderReport, ScheduleRevisionAnswer } from './messages.ts';
import { givenOrder, REPORT, REPORTED } from './order.fixture.ts';

const id = 'PO-1';
const AT = '2026-01-05T12:00:00.000Z';
const [MONDAY, TUESDAY, WEDNESDAY] = [
  '2026-03-02T06:00:00.000Z',
  '2026-03-03T06:00:00.000Z',
  '2026-03-03T09:00:00.000Z',
];

const revised = (number: number, from: Schedule, to: Schedule): ProductionOrderFact => ({
  type: 'ProductionOrderRescheduled',
  data: { id, revision: { number, from, to, cause: 'SHORTAGE', revisedAt: AT, state: 'APPROVED' } },
});
const start = (scheduledStart: string): Schedule => ({ scheduledStart });
const FIRST = revised(1, start(MONDAY), start(TUESDAY));
const SECOND = revised(2, start(TUESDAY), start(WEDNESDAY));
const SENT: ProductionOrderFact = { type: 'ScheduleRevisionSent', data: { id, number: 1 } };
const APPLIED: ProductionOrderFact = { type: 'ScheduleRevisionApplied', data: { id, number: 1, answeredAt: AT } };
const rejected = (number: number, reason = 'Period 3 is closed.'): ProductionOrderFact => ({
  type: 'ScheduleRevisionRejected',
  data: { id, number, reason },
});
const answer = (outcome: ScheduleRevisionAnswer['outcome'], number = 1, reason?: string) =>
  ({
    type: 'ScheduleRevisionAnswered',
    data: { id, number, outcome, ...(reason !== undefined && { reason }) },
  }) as const;
const report = (change: Partial<ProductionOrderReport>) =>
  ({ type: 'ProductionOrderReported', data: { ...REPORT, ...change } }) as const;

describe('the answer of the system that owns an order', () => {
  it('that it has a revision makes it sent, once', () => {
    const state = givenOrder([REPORTED, FIRST]).when(answer('TAKEN')).then([SENT]);
    expect(state?.scheduleRevisions).toMatchObject([{ number: 1, state: 'SENT' }]);
    givenOrder([REPORTED, FIRST, SENT]).when(answer('TAKEN')).then([]);
  });

  it('that it did what a revision says makes it applied', () => {
    const state = givenOrder([REPORTED, FIRST]).when(answer('APPLIED')).then([APPLIED]);
    expect(state?.scheduleRevisions).toMatchObject([{ state: 'APPLIED', answeredAt: AT }]);
    givenOrder([REPORTED, FIRST, SENT]).when(answer('APPLIED')).then([APPLIED]);
  });

  it('that it refuses a revision rejects it with its reason, and the order is as it was', () => {
    const state = givenOrder([REPORTED, FIRST])
      .when(answer('REFUSED', 1, 'Period 3 is closed.'))
      .then([
        rejected(1),
        {
          type: 'ProductionOrderRescheduled',
          data: {
            id,
            revision: {
              number: 2,
              from: start(TUESDAY),
              to: start(MONDAY),
              cause: 'REPORTED',
              revisedAt: AT,
              state: 'APPLIED',
            },
          },
        },
      ]);
    expect(state).toMatchObject({
      scheduledStart: MONDAY,
      scheduleRevisions: [{ state: 'REJECTED', rejection: 'Period 3 is closed.' }, { state: 'APPLIED' }],
    });
  });

  it('without a reason says at least who refused', () => {
    const { decision } = givenOrder([REPORTED, FIRST]).when(answer('REFUSED'));
    expect(decision).toMatchObject({
      events: [{ data: { reason: 'The system that owns the order refused it.' } }, {}],
    });
  });

  it('leaves what a later revision changes: that one starts from where the refused one did', () => {
    const state = givenOrder([REPORTED, FIRST, SECOND])
      .when(answer('REFUSED', 1, 'Period 3 is closed.'))
      .then([rejected(1)]);
    expect(state).toMatchObject({
      scheduledStart: WEDNESDAY,
      scheduleRevisions: [{ state: 'REJECTED' }, { state: 'APPROVED', from: start(MONDAY), to: start(WEDNESDAY) }],
    });
    givenOrder([REPORTED, FIRST, SECOND, rejected(1)])
      .when(report({}))
      .then([]);
  });

  it('changes nothing of a revision that a report has settled, or that nobody knows', () => {
    givenOrder([REPORTED, FIRST, APPLIED]).when(answer('REFUSED')).then([]);
    givenOrder([REPORTED, FIRST, rejected(1)])
      .when(answer('APPLIED'))
      .then([]);
    givenOrder([REPORTED, FIRST]).when(answer('TAKEN', 7)).then([]);
  });

  it('is taken of an order that has ended, not of one that nobody knows', () => {
    givenOrder([REPORTED, FIRST, { type: 'ProductionOrderClosed', data: { id } }])
      .when(answer('TAKEN'))
      .then([SENT]);
    givenOrder([]).when(answer('TAKEN')).thenRefused('ORDER_UNKNOWN');
  });
});

describe('a report of the time before the answer', () => {
  it('does not undo what the system has applied since', () => {
    const before = { time: '2026-01-05T11:59:59Z' };
    givenOrder([REPORTED, FIRST, APPLIED]).when(report({}), before).then([]);
    givenOrder([REPORTED, FIRST, APPLIED, SECOND]).when(report({}), before).then([]);
  });

  it('still tells everything else', () => {
    const { decision } = givenOrder([REPORTED, FIRST, APPLIED]).when(report({ priority: 7 }), {
      time: '2026-01-05T11:59:59Z',
    });
    expect(decision).toMatchObject({ events: [{ type: 'ProductionOrderAmended' }] });
  });

  it('is not one that comes after it: what that shows, holds', () => {
    const state = givenOrder([REPORTED, FIRST, APPLIED]).when(report({}), { time: '2026-01-05T12:00:01Z' });
    expect(state.decision).toMatchObject({
      events: [{ type: 'ProductionOrderRescheduled', data: { revision: { to: start(MONDAY) } } }],
    });
  });
});

describe('who owns an order', () => {
  it('is the first system that reported it, whoever reports it later', () => {
    const other = { origin: { system: 'mes', instance: 'line-1' } };
    expect(givenOrder([]).when(report({})).then([REPORTED])).toMatchObject({ ownerSystem: 'erp/plant-1' });
    givenOrder([REPORTED]).when(report({}), other).then([]);
  });

  it('is learnt of an order of an earlier version with the next report', () => {
    if (REPORTED.type !== 'ProductionOrderCreated') throw new TypeError('REPORTED creates an order.');
    const { ownerSystem, ...data } = REPORTED.data;
    const state = givenOrder([{ type: 'ProductionOrderCreated', data }])
      .when(report({}))
      .then([{ type: 'ProductionOrderAdopted', data: { id, ...(ownerSystem !== undefined && { ownerSystem }) } }]);
    expect(state).toMatchObject({ ownerSystem: 'erp/plant-1' });
  });
});
