import { describe, expect, it } from 'vitest';
import type { ProductionOrderFact } from './events.ts';
import type { ProductionOrderReport, WriteBackAnswer } from './messages.ts';
import { WRITE_BACKS_KEPT, type ProductionOrder } from './order.ts';
import { confirmation, CREATED, givenOrder, pieces, REPORT, REPORTED } from './order.fixture.ts';
import { withSettled, withWriteBack } from './write-back.ts';
import { writeBackCommand } from './write-back-command.ts';

const id = 'PO-1';
const AT = '2026-01-05T12:00:00.000Z';
const mes = { origin: { system: 'mes', instance: 'plant-1' } };
const FIRMED: ProductionOrderFact = { ...REPORTED, data: { ...REPORTED.data, state: 'FIRMED' } } as ProductionOrderFact;
const RELEASED: ProductionOrderFact = { type: 'ProductionOrderReleased', data: { id, writeBack: 1 } };
const CONFIRMED = confirmation('C-1', 10, '40');
const WRITTEN = { ...CONFIRMED, data: { ...CONFIRMED.data, writeBack: 1 } };
const settled = (state: 'SENT' | 'APPLIED' | 'REJECTED', more: object = {}): ProductionOrderFact => ({
  type: 'WriteBackSettled',
  data: { id, number: 1, state, ...more },
});
const answer = (outcome: WriteBackAnswer['outcome'], reason?: string) =>
  ({ type: 'WriteBackAnswered', data: { id, number: 1, outcome, ...(reason !== undefined && { reason }) } }) as const;
const release = { type: 'ReleaseProductionOrder', data: { id } } as const;
const confirm = {
  type: 'ConfirmCompletion',
  data: { id, confirmation: 'C-1', operation: 10, yield: pieces('40'), final: false },
} as const;
const report = (change: Partial<ProductionOrderReport>) =>
  ({ type: 'ProductionOrderReported', data: { ...REPORT, ...change } }) as const;

describe('what becomes of an order here', () => {
  it('is to be told to the system that owns it', () => {
    const state = givenOrder([FIRMED]).when(release, mes).then([RELEASED]);
    expect(state?.writeBacks).toEqual([{ number: 1, kind: 'RELEASE', from: 'FIRMED', state: 'PENDING' }]);
    givenOrder([REPORTED]).when(confirm, mes).then([WRITTEN]);
  });

  it('is not to be told to the one who told it, nor to nobody', () => {
    givenOrder([REPORTED]).when(confirm).then([CONFIRMED]);
    givenOrder([CREATED])
      .when(release, mes)
      .then([{ type: 'ProductionOrderReleased', data: { id } }]);
  });

  it('is said whole in a command: a confirmation, then its reversal', () => {
    const reversal = {
      type: 'ConfirmationReversed',
      data: { id, confirmation: 'C-1', reason: 'Typo', reversedAt: AT },
    };
    const { state } = givenOrder([
      REPORTED,
      WRITTEN,
      { ...reversal, data: { ...reversal.data, writeBack: 2 } } as ProductionOrderFact,
    ]);
    const [first, second] = (state?.writeBacks ?? []).map((each) => writeBackCommand(state as ProductionOrder, each));
    const about = { id, sku: 'PUMP', location: 'P100', confirmation: 'C-1' };
    expect(first).toMatchObject({
      id: 'production-orders/PO-1/write-back/1',
      type: 'ApplyConfirmation',
      data: { ...about, operation: 10, yield: pieces('40'), final: false },
    });
    expect(first?.data).not.toHaveProperty('writeBack');
    expect(second).toMatchObject({
      type: 'ApplyConfirmationReversal',
      data: { ...about, reason: 'Typo', reversedAt: AT },
    });
  });
});

describe('the answer of the system that owns an order', () => {
  it('settles what it was told, once', () => {
    const sent = givenOrder([REPORTED, WRITTEN])
      .when(answer('TAKEN'))
      .then([settled('SENT')]);
    expect(sent?.writeBacks).toMatchObject([{ kind: 'CONFIRMATION', confirmation: 'C-1', state: 'SENT' }]);
    givenOrder([REPORTED, WRITTEN, settled('SENT')])
      .when(answer('TAKEN'))
      .then([]);
    const applied = settled('APPLIED', { answeredAt: AT });
    givenOrder([REPORTED, WRITTEN, settled('SENT')])
      .when(answer('APPLIED'))
      .then([applied]);
    givenOrder([REPORTED, WRITTEN, applied]).when(answer('REFUSED')).then([]);
  });

  it('that refuses a confirmation leaves it standing here, with the reason', () => {
    const refused = settled('REJECTED', { reason: 'Period 3 is closed.' });
    const state = givenOrder([REPORTED, WRITTEN]).when(answer('REFUSED', 'Period 3 is closed.')).then([refused]);
    expect(state).toMatchObject({
      state: 'IN_PROGRESS',
      writeBacks: [{ state: 'REJECTED', reason: 'Period 3 is closed.' }],
    });
  });

  it('that refuses a release takes it back', () => {
    const refused = settled('REJECTED', { reason: 'No material.' });
    const state = givenOrder([FIRMED, RELEASED]).when(answer('REFUSED', 'No material.')).then([refused]);
    expect(state).toMatchObject({ state: 'FIRMED', stage: 'FIRMED' });
  });
});

describe('a report after a release here', () => {
  const before = report({ state: 'FIRMED' });

  it('that does not know of it is older, until the owner has been told', () => {
    givenOrder([FIRMED, RELEASED]).when(before, { time: AT }).then([]);
    const told = settled('APPLIED', { answeredAt: AT });
    givenOrder([FIRMED, RELEASED, told]).when(before, { time: '2026-01-05T11:59:59Z' }).then([]);
    const state = givenOrder([FIRMED, RELEASED, told]).when(before, { time: '2026-01-05T12:00:01Z' });
    expect(state.decision).toMatchObject({ events: [{ type: 'ProductionOrderStatusChanged' }] });
  });

  it('that knows of it settles it', () => {
    givenOrder([FIRMED, RELEASED])
      .when(report({ state: 'RELEASED' }))
      .then([settled('APPLIED')]);
  });
});

it('keeps the newest of those that are settled, and all that are not', () => {
  let { state: order } = givenOrder([REPORTED]);
  for (let number = 1; number <= WRITE_BACKS_KEPT + 2; number++) {
    order = withWriteBack(order as ProductionOrder, number, { kind: 'CONFIRMATION', confirmation: `C-${number}` });
    if (number > 1) order = withSettled(order, number, { state: 'APPLIED' });
  }
  const numbers = (order?.writeBacks ?? []).map(({ number }) => number);
  expect([numbers.length, numbers[0], numbers[1]]).toEqual([WRITE_BACKS_KEPT, 1, 4]);
});

it('a confirmation that comes before its owner tells of the release counts, and shows it', () => {
  const state = givenOrder([FIRMED]).when(confirm, mes).then([WRITTEN]);
  expect(state).toMatchObject({ stage: 'FIRMED', state: 'IN_PROGRESS' });
  givenOrder([FIRMED])
    .when(confirm, { origin: { system: 'takt', instance: 'graph' } })
    .thenRefused('ORDER_NOT_RELEASED');
});
