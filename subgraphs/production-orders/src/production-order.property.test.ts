import fc from 'fast-check';
import type { DecisionContext } from '@takt/intake';
import { compare, sum } from '@takt/quantity';
import { expect, it } from 'vitest';
import { EventSchemas } from '@takt/event-log';
import type { ProductionOrderEvent } from './events.ts';
import { isFinal } from './lifecycle.ts';
import { DISPOSITIONS, HOLD_SCOPES, ORDER_STATES, type ProductionOrderMessage } from './messages.ts';
import type { ProductionOrder } from './order.ts';
import { confirmation, CREATED, event, pieces, PLAN, RELEASED, REPORT } from './order.fixture.ts';
import { productionOrder } from './production-order.ts';
import { activeConfirmations } from './progress.ts';

const RUNS = 300;
const id = PLAN.id;
const name = fc.constantFrom('a', 'b', 'c', 'd');
const sequence = fc.constantFrom(10, 20, 30);
const amount = fc.constantFrom('0', '1', '0.5', '40', '100', '111', '-1', '9'.repeat(34)).map(pieces);
const instant = fc.constantFrom(
  '2026-03-01T00:00:00Z',
  '2026-03-02T10:00:00+02:00',
  '2026-03-03T14:00:00.5Z',
  '2026-03-09T00:00:00Z',
);
const maybe = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined });

const message: fc.Arbitrary<ProductionOrderMessage> = fc
  .oneof(
    { weight: 2, arbitrary: fc.record({ type: fc.constant('CreateProductionOrder'), data: fc.constant(PLAN) }) },
    command('FirmProductionOrder', {}),
    { weight: 3, arbitrary: command('ReleaseProductionOrder', {}) },
    command('ReviseSchedule', {
      scheduledStart: maybe(instant),
      scheduledEnd: maybe(instant),
      quantity: maybe(amount),
      operations: maybe(
        fc.array(fc.record({ sequence, workCenter: fc.constantFrom('LATHE', 'LINE-2'), scheduledEnd: instant }), {
          maxLength: 2,
        }),
      ),
      cause: fc.constantFrom('QUALITY', 'CAPACITY'),
      approvedBy: maybe(name),
    }),
    command('SubstituteMaterial', {
      position: fc.constantFrom(10, 20, 30),
      substitute: fc.constantFrom('BOLT', 'SCREW', 'PUMP'),
      ratio: fc.constantFrom('0', '1', '0.3333333333', '7'.repeat(30)),
      reason: name,
      approvedBy: name,
    }),
    command('PlaceQualityHold', {
      hold: name,
      scope: fc.constantFrom(...HOLD_SCOPES),
      operation: maybe(sequence),
      lot: maybe(name),
      reason: name,
      placedBy: name,
    }),
    {
      weight: 2,
      arbitrary: command('ReleaseQualityHold', {
        hold: name,
        disposition: fc.constantFrom(...DISPOSITIONS),
        releasedBy: name,
      }),
    },
    {
      weight: 6,
      arbitrary: command('ConfirmCompletion', {
        confirmation: name,
        operation: sequence,
        yield: amount,
        scrap: maybe(amount),
        startedAt: maybe(instant),
        endedAt: maybe(instant),
        final: fc.boolean(),
      }),
    },
    { weight: 3, arbitrary: command('ReverseConfirmation', { confirmation: name, reason: name }) },
    {
      weight: 3,
      arbitrary: fc.record({
        type: fc.constant('ScheduleRevisionAnswered'),
        data: fc
          .record({
            number: fc.integer({ min: 1, max: 4 }),
            outcome: fc.constantFrom('TAKEN', 'APPLIED', 'REFUSED'),
            reason: maybe(name),
          })
          .map((data) => defined({ id, ...data })),
      }),
    },
    command('CloseProductionOrder', {}),
    command('CancelProductionOrder', { reason: name }),
    {
      weight: 3,
      arbitrary: fc.record({
        type: fc.constant('ProductionOrderReported'),
        data: fc
          .record({
            state: fc.constantFrom(...ORDER_STATES),
            quantity: amount,
            scheduledStart: instant,
            scheduledEnd: instant,
            frozen: maybe(fc.boolean()),
            operations: fc.subarray(PLAN.operations),
            components: fc.subarray(PLAN.components),
          })
          .map((change) => defined({ ...REPORT, ...change })),
      }),
    },
  )
  .map((generated) => generated as ProductionOrderMessage);

/** What holds of every order, however it came about. */
const INVARIANTS: Record<string, (order: ProductionOrder) => boolean> = {
  'ends not before it starts': (order) => order.scheduledStart <= order.scheduledEnd,
  'is on hold exactly while a hold is open': (order) =>
    order.onHold === order.qualityHolds.some(({ release }) => release === undefined),
  'is confirmed by its confirmations only': (order) =>
    compare(
      order.confirmed.scrap,
      sum(
        activeConfirmations(order).map(({ scrap }) => scrap),
        'PC',
      ),
    ) === 0,
  'has no confirmations without having been released, unless its source took that back': (order) =>
    activeConfirmations(order).length === 0 ||
    isFinal(order.state) ||
    ORDER_STATES.indexOf(order.state) >= ORDER_STATES.indexOf('IN_PROGRESS'),
  'has ended only if it is finished': (order) =>
    order.actualEnd === undefined || ORDER_STATES.indexOf(order.state) >= ORDER_STATES.indexOf('CONFIRMED'),
  'has its operations in order, each once': ({ operations }) =>
    operations.every((operation, index) => index === 0 || operations[index - 1]!.sequence < operation.sequence),
  'numbers its revisions without a gap': ({ scheduleRevisions }) =>
    scheduleRevisions.every(({ number }, index) => number === index + 1),
  'waits for its source only if it has one': (order) =>
    order.owner === 'SOURCE' || order.scheduleRevisions.every(({ state }) => state !== 'APPROVED'),
  'requires nothing negative': ({ components }) => components.every(({ required }) => !required.value.startsWith('-')),
};

it('takes any sequence of messages without throwing, without an impossible order, and the same way each time', () => {
  const schemas = new EventSchemas(Object.entries(productionOrder.events).map(([type, data]) => ({ type, data })));
  fc.assert(
    fc.property(fc.array(message, { maxLength: 25 }), (messages) => {
      const history: ProductionOrderEvent[] = [];
      let order: ProductionOrder | undefined;
      for (const each of messages) {
        const before = structuredClone(order);
        const decision = productionOrder.decide(order, each, context());
        expect(order).toEqual(before);
        expect(productionOrder.decide(before, each, context())).toEqual(decision);
        if ('refused' in decision) continue;
        for (const event of decision.events) {
          expect(schemas.dataFault(`${event.type}.v1`, event.data)).toBeUndefined();
          history.push(event);
          const wasFinal = order && isFinal(order.state) ? order.state : undefined;
          order = productionOrder.evolve(order, event);
          if (wasFinal) expect(order.state).toBe(wasFinal);
        }
        for (const [invariant, holds] of Object.entries(INVARIANTS)) {
          if (order) expect(holds(order), `${invariant}: ${JSON.stringify(order)}`).toBe(true);
        }
      }
      expect(
        history.reduce<ProductionOrder | undefined>((order, each) => productionOrder.evolve(order, each), undefined),
      ).toEqual(order);
    }),
    { numRuns: RUNS },
  );
});

it('is the released order again when all confirmations are reversed, in whatever order', () => {
  const released = [CREATED, RELEASED]
    .map(event)
    .reduce<ProductionOrder | undefined>((order, each) => productionOrder.evolve(order, each), undefined);
  const counts = fc.uniqueArray(
    fc.record({
      name: fc.string({ minLength: 1, maxLength: 5 }),
      sequence: fc.constantFrom(10, 20),
      amount: fc.nat(200),
      final: fc.boolean(),
    }),
    {
      selector: (each) => each.name,
      maxLength: 8,
    },
  );
  fc.assert(
    fc.property(counts, fc.infiniteStream(fc.nat()), (made, dice) => {
      const confirmed = made.reduce<ProductionOrder | undefined>(
        (order, each) =>
          productionOrder.evolve(order, event(confirmation(each.name, each.sequence, String(each.amount), each.final))),
        released,
      );
      const reversals = made
        .map((each) => ({ each, rank: dice.next().value }))
        .sort((left, right) => left.rank - right.rank);
      let order = confirmed;
      for (const { each } of reversals) {
        const decision = productionOrder.decide(
          order,
          { type: 'ReverseConfirmation', data: { id, confirmation: each.name, reason: 'x' } },
          context(),
        );
        if ('refused' in decision) throw new Error(decision.refused.reason);
        order = decision.events.reduce<ProductionOrder | undefined>(
          (order, each) => productionOrder.evolve(order, each),
          order,
        );
      }
      expect({ ...order, confirmations: [] }).toEqual({ ...released, confirmations: [] });
    }),
    { numRuns: RUNS },
  );
});

function command(type: ProductionOrderMessage['type'], data: Record<string, fc.Arbitrary<unknown>>) {
  return fc.record({ type: fc.constant(type), data: fc.record({ id: fc.constant(id), ...data }).map(defined) });
}

function defined(data: object): unknown {
  return Object.fromEntries(Object.entries(data).filter(([, value]) => value !== undefined));
}

function context(): DecisionContext {
  return {
    now: new Date(0),
    time: '2026-01-05T12:00:00Z',
    cause: 'REPORTED',
    origin: { system: 'erp', instance: 'plant-1' },
    known: undefined,
    lastTold: undefined,
  };
}
