import type { ProductionOrder } from '@takt/production-orders/contract';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { withOrderChange, type MeasuredOrder } from './measured-order.ts';
import {
  confirmationCompletenessOf,
  decidedMoves,
  moveLatenciesOf,
  nervousnessOf,
  scheduleAdherenceOf,
} from './order-measures.ts';

const MARCH = { from: '2026-03-01', to: '2026-04-01' };
const pieces = { value: '10', unit: 'EA' };
const none = { yield: pieces, scrap: pieces, rework: pieces };

function order(rest: Partial<ProductionOrder> = {}): ProductionOrder {
  return {
    id: 'PO-1',
    sku: 'PUMP',
    location: 'P100',
    owner: 'SOURCE',
    quantity: pieces,
    scheduledStart: '2026-03-09T06:00:00.000Z',
    scheduledEnd: '2026-03-10T14:00:00.000Z',
    stage: 'RELEASED',
    state: 'RELEASED',
    sourceStatuses: [],
    frozen: false,
    materialShortage: false,
    onHold: false,
    confirmed: none,
    operations: [],
    workCenters: [],
    components: [],
    confirmations: [],
    qualityHolds: [],
    substitutions: [],
    scheduleRevisions: [],
    ...rest,
  };
}

const operation = (sequence: number, state: ProductionOrder['operations'][number]['state'] = 'CONFIRMED') => ({
  sequence,
  name: 'Turn',
  reported: {},
  state,
  confirmed: none,
});

const confirmation = (of: number, rest: Partial<ProductionOrder['confirmations'][number]> = {}) => ({
  confirmation: `C-${of}`,
  operation: of,
  ...none,
  final: true,
  confirmedAt: '2026-03-10T12:00:00.000Z',
  ...rest,
});

const revision = (number: number, rest: Partial<ProductionOrder['scheduleRevisions'][number]> = {}) => ({
  number,
  from: {},
  to: {},
  cause: 'FORECAST_CHANGE' as const,
  revisedAt: '2026-03-02T08:00:00.000Z',
  state: 'APPLIED' as const,
  ...rest,
});

const finished = { state: 'CONFIRMED', stage: 'CONFIRMED', actualEnd: '2026-03-10T12:00:00.000Z' } as const;

/** What is known after these states of one order, one a day from the first of March on. */
function given(...states: readonly (ProductionOrder | undefined)[]): MeasuredOrder {
  const known = states.reduce<MeasuredOrder | undefined>((before, state, index) => {
    const occurredAt = `2026-03-0${index + 1}T08:00:00.000Z`;
    const change = { id: 'PO-1', position: index + 1, occurredAt, order: state };
    return withOrderChange(before, change, { timeZone: 'Europe/Berlin', family: 'PUMPS' });
  }, undefined);
  if (!known) throw new Error('Nothing was heard.');
  return known;
}

it('counts operations with a final confirmation that stands, of those that are not cancelled', () => {
  const operations = [operation(10), operation(20), operation(30), operation(40, 'CANCELLED')];
  const reversal = { reason: 'Wrong order', reversedAt: '2026-03-11T12:00:00.000Z' };
  const confirmations = [
    confirmation(10),
    confirmation(20, { final: false }),
    confirmation(30, { reversal }),
    confirmation(40),
  ];
  const orders = [
    given(order({ ...finished, operations, confirmations })),
    given(order({ ...finished, confirmations: [confirmation(0)] })),
    given(order({ operations: [operation(10)] })),
  ];
  expect(confirmationCompletenessOf(orders, MARCH)).toEqual({ part: 2, whole: 4, percent: 50 });
});

it('counts a confirmation that comes after the order is finished, on the day that it was finished', () => {
  const operations = [operation(10)];
  const complete = { state: 'TECHNICALLY_COMPLETE', stage: 'TECHNICALLY_COMPLETE', operations } as const;
  const known = given(
    order({ operations }),
    order(complete),
    order({ ...complete, confirmations: [confirmation(10)] }),
  );
  expect(known.closedOn).toBe('2026-03-02');
  expect(confirmationCompletenessOf([known], { from: '2026-03-02', to: '2026-03-03' })).toMatchObject({ part: 1 });
});

it('holds an order to the end that was promised when it was released, whatever was revised since', () => {
  const planned = { state: 'PLANNED', stage: 'PLANNED' } as const;
  const later = { scheduledEnd: '2026-03-20T14:00:00.000Z' };
  const ended = (actualEnd: string) =>
    given(order(planned), order(), order(later), order({ ...later, ...finished, actualEnd }));
  // The promise is the tenth; the last but one is the twelfth in Berlin already.
  const orders = [
    ended('2026-03-09T06:00:00.000Z'),
    ended('2026-03-11T12:00:00.000Z'),
    ended('2026-03-11T23:30:00.000Z'),
    ended('2026-03-20T12:00:00.000Z'),
  ];
  expect(scheduleAdherenceOf(orders, MARCH, 1)).toEqual({ part: 2, whole: 4, percent: 50 });
  expect(scheduleAdherenceOf(orders, MARCH, 2)).toMatchObject({ part: 3 });
  expect(scheduleAdherenceOf(orders, { from: '2026-03-21', to: '2026-04-01' }, 1)).toBeNull();
});

it('has nothing promised of an order whose release was taken back', () => {
  expect(given(order(), order({ state: 'FIRMED', stage: 'FIRMED' })).promisedOn).toBeUndefined();
});

it('weighs a revision by the weeks to the nearer start', () => {
  const scheduleRevisions = [
    // From the 23rd to the 16th: two weeks ahead of the nearer one.
    revision(1, {
      from: { scheduledStart: '2026-03-23T08:00:00.000Z' },
      to: { scheduledStart: '2026-03-16T08:00:00.000Z' },
    }),
    // The quantity alone, a week before the 16th.
    revision(2, { to: { quantity: pieces }, revisedAt: '2026-03-09T08:00:00.000Z' }),
    revision(3, { state: 'REJECTED', revisedAt: '2026-03-10T08:00:00.000Z' }),
    // The day before.
    revision(4, { revisedAt: '2026-03-15T08:00:00.000Z' }),
    revision(5, { revisedAt: '2026-04-02T08:00:00.000Z' }),
  ];
  const moved = given(order({ scheduledStart: '2026-03-16T08:00:00.000Z', scheduleRevisions }));
  expect(nervousnessOf([moved, given(order())], MARCH)).toEqual({
    orders: 2,
    revisions: 3,
    weightedRevisions: 1.75,
    perOrder: 0.875,
  });
});

it('counts an order as open from when it is heard of until it is closed, cancelled or gone', () => {
  const cancelled = { state: 'CANCELLED', stage: 'CANCELLED' } as const;
  const orders = [given(order(), order(cancelled)), given(order(), undefined), given(order())];
  expect(orders.map(({ closedOn }) => closedOn)).toEqual(['2026-03-02', '2026-03-02', '9999-12-31']);
  const counted = (from: string, to: string) => nervousnessOf(orders, { from, to })?.orders ?? null;
  expect(counted('2026-02-01', '2026-03-01')).toBeNull();
  expect(counted('2026-03-02', '2026-03-03')).toBe(3);
  expect(counted('2026-03-03', '2026-03-04')).toBe(1);
  expect(confirmationCompletenessOf(orders, MARCH)).toBeNull();
});

it('measures from the change to the command and to the word of the owner', () => {
  const scheduleRevisions = [
    revision(1, { policyDecision: 'D-1', answeredAt: '2026-03-02T09:00:00.000Z' }),
    revision(2, { policyDecision: 'D-2', state: 'SENT' }),
    revision(3, { policyDecision: 'forgotten' }),
    revision(4),
  ];
  const moves = decidedMoves([given(order({ scheduleRevisions }))], MARCH);
  const changedAt = new Map([
    ['D-1', '2026-03-02T07:59:00.000Z'],
    ['D-2', '2026-03-02T07:00:00.000Z'],
  ]);
  const { toCommand, toApplied } = moveLatenciesOf(moves, changedAt);
  expect(toCommand).toMatchObject({ count: 2, maxSeconds: 3600 });
  expect(Math.abs(toCommand!.p50Seconds - 60)).toBeLessThanOrEqual(0.6);
  expect(toApplied).toMatchObject({ count: 1, maxSeconds: 3660 });
});

it('takes as applied what nobody else owns as soon as it is revised, and else when that is heard first', () => {
  const scheduleRevisions = [revision(1)];
  const moveOf = ({ moves: [move] }: MeasuredOrder) => move;
  expect(moveOf(given(order({ owner: 'TAKT', scheduleRevisions })))?.appliedAt).toBe('2026-03-02T08:00:00.000Z');
  const sent = order({ scheduleRevisions: [revision(1, { state: 'SENT' })] });
  const applied = order({ scheduleRevisions });
  const heard = given(sent, applied, applied);
  expect(moveOf(heard)?.appliedAt).toBe('2026-03-02T08:00:00.000Z');
});

it('is the same however often a state of the order is told', () => {
  const state = fc.constantFrom(
    order(),
    order(finished),
    order({ state: 'PLANNED', stage: 'PLANNED', scheduledEnd: '2026-03-12T14:00:00.000Z' }),
    order({ scheduleRevisions: [revision(1)] }),
    undefined,
  );
  fc.assert(
    fc.property(fc.array(state, { minLength: 1, maxLength: 8 }), fc.array(fc.nat(7)), (states, retold) => {
      const tell = (known: MeasuredOrder | undefined, index: number) =>
        withOrderChange(
          known,
          { id: 'PO-1', position: index, occurredAt: `2026-03-0${index + 1}T08:00:00.000Z`, order: states[index] },
          { timeZone: 'Europe/Berlin', family: null },
        );
      const once = states.reduce<MeasuredOrder | undefined>((known, _, index) => tell(known, index), undefined);
      let known: MeasuredOrder | undefined;
      states.forEach((_, index) => {
        known = tell(known, index);
        for (const again of retold) if (again <= index) known = tell(known, again);
      });
      expect(known).toEqual(once);
    }),
  );
});
