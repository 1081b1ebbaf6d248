import { describe, expect, it } from 'vitest';
import type { ProductionOrderFact } from './events.ts';
import { LIFECYCLE } from './lifecycle.ts';
import { ORDER_STATES, type CommandData } from './messages.ts';
import { confirmation, CREATED, event, hold, pieces, PLAN, RELEASED, REPORTED, givenOrder } from './order.fixture.ts';
import { productionOrder } from './production-order.ts';

const id = 'PO-1';
const released = [CREATED, RELEASED];

describe('creating', () => {
  it('plans an order unless its state is given', () => {
    const state = givenOrder([]).when({ type: 'CreateProductionOrder', data: PLAN }).then([CREATED]);
    expect(state).toMatchObject({ state: 'PLANNED', owner: 'TAKT', onHold: false, workCenters: ['LATHE', 'LINE-1'] });
  });

  it('keeps all instants in UTC, so that they sort', () => {
    const { decision } = givenOrder([]).when({
      type: 'CreateProductionOrder',
      data: { ...PLAN, scheduledStart: '2026-03-02T07:00:00+01:00' },
    });
    expect(decision).toEqual({ events: [event(CREATED)] });
  });

  it.each<[string, Partial<CommandData<'CreateProductionOrder'>>]>([
    ['QUANTITY_NOT_POSITIVE', { quantity: pieces('0') }],
    ['END_BEFORE_START', { scheduledEnd: '2026-03-01T00:00:00Z' }],
    ['OPERATION_REPEATED', { operations: [{ sequence: 10 }, { sequence: 10 }] }],
    ['COMPONENT_REPEATED', { components: [...PLAN.components, ...PLAN.components] }],
    [
      'UNITS_DIFFER',
      { components: [{ position: 1, sku: 'OIL', required: { value: '1', unit: 'L' }, withdrawn: pieces('1') }] },
    ],
    ['QUANTITY_NEGATIVE', { components: [{ position: 1, sku: 'OIL', required: pieces('-1') }] }],
  ])('refuses a plan that contradicts itself: %s', (code, change) => {
    givenOrder([])
      .when({ type: 'CreateProductionOrder', data: { ...PLAN, ...change } })
      .thenRefused(code);
  });

  it('refuses an order that exists, and any other command to one that does not', () => {
    givenOrder([CREATED]).when({ type: 'CreateProductionOrder', data: PLAN }).thenRefused('ORDER_EXISTS');
    givenOrder([]).when({ type: 'ReleaseProductionOrder', data: { id } }).thenRefused('ORDER_UNKNOWN');
  });
});

describe('the lifecycle', () => {
  it('goes from planned to closed', () => {
    const state = givenOrder([
      CREATED,
      { type: 'ProductionOrderFirmed', data: { id } },
      RELEASED,
      confirmation('c1', 10, '100', true),
      confirmation('c2', 20, '100', true),
    ])
      .when({ type: 'CloseProductionOrder', data: { id } })
      .then([{ type: 'ProductionOrderClosed', data: { id } }]);
    expect(state).toMatchObject({ state: 'CLOSED', confirmed: { yield: pieces('100') } });
  });

  it.each(ORDER_STATES.flatMap((state) => Object.keys(LIFECYCLE).map((command) => [command, state] as const)))(
    '%s of an order that is %s is refused unless the table allows it',
    (type, state) => {
      const order = givenOrder([{ ...REPORTED, data: { ...REPORTED.data, state } } as ProductionOrderFact]).state;
      const { from, to } = LIFECYCLE[type as keyof typeof LIFECYCLE];
      const rank = ORDER_STATES.indexOf(state);
      const allowed = rank >= ORDER_STATES.indexOf(from) && rank <= ORDER_STATES.indexOf(to);
      const decision = productionOrder.decide(order, { type, data: SAMPLES[type as keyof typeof SAMPLES] } as never, {
        now: new Date(0),
        time: '2026-01-05T12:00:00Z',
        cause: 'MANUAL',
        origin: { system: 'takt', instance: 'graph' },
        known: undefined,
        lastTold: undefined,
      });
      const code = 'refused' in decision ? decision.refused.code : undefined;
      const byState = code?.startsWith('ORDER_') ?? false;
      expect(byState).toBe(!allowed);
    },
  );

  it('says that a cancelled order is cancelled', () => {
    givenOrder([CREATED, { type: 'ProductionOrderCancelled', data: { id, reason: 'No demand' } }])
      .when({ type: 'ReleaseProductionOrder', data: { id } })
      .thenRefused('ORDER_CANCELLED');
  });

  it('cancels only while nothing is confirmed', () => {
    const cancel = { type: 'CancelProductionOrder', data: { id, reason: 'No demand' } } as const;
    givenOrder([...released, confirmation('c1', 10, '1')])
      .when(cancel)
      .thenRefused('ORDER_STARTED');
    const state = givenOrder([...released, confirmation('c1', 10, '1'), reversal('c1')])
      .when(cancel)
      .then([{ type: 'ProductionOrderCancelled', data: cancel.data }]);
    expect(state?.operations.map(({ state }) => state)).toEqual(['CANCELLED', 'CANCELLED']);
  });
});

describe('confirmations', () => {
  const confirm = (data: Partial<CommandData<'ConfirmCompletion'>>) =>
    ({
      type: 'ConfirmCompletion',
      data: { id, confirmation: 'c9', operation: 10, yield: pieces('10'), final: false, ...data },
    }) as const;

  it('of the first operation start the order, of the last one make it partially confirmed, all final confirm it', () => {
    const steps = [
      confirmation('c1', 10, '60'),
      confirmation('c2', 20, '30'),
      confirmation('c3', 10, '40', true),
      confirmation('c4', 20, '70', true),
    ];
    const states = steps.map((_, index) => givenOrder([...released, ...steps.slice(0, index + 1)]).state?.state);
    expect(states).toEqual(['IN_PROGRESS', 'PARTIALLY_CONFIRMED', 'PARTIALLY_CONFIRMED', 'CONFIRMED']);
  });

  it('count scrap and rework as nothing where they are not said', () => {
    const state = givenOrder(released)
      .when(confirm({}))
      .then([confirmation('c9', 10, '10')]);
    expect(state?.operations[0]).toMatchObject({
      state: 'PARTIALLY_CONFIRMED',
      confirmed: { yield: pieces('10'), scrap: pieces('0') },
      actualStart: '2026-01-05T12:00:00.000Z',
    });
  });

  it.each<[string, Partial<CommandData<'ConfirmCompletion'>>]>([
    ['CONFIRMATION_EMPTY', { yield: pieces('0') }],
    ['UNITS_DIFFER', { yield: { value: '1', unit: 'KG' } }],
    ['QUANTITY_NEGATIVE', { scrap: pieces('-1') }],
    ['OVER_DELIVERY', { yield: pieces('110.5') }],
    ['OPERATION_UNKNOWN', { operation: 30 }],
    ['END_BEFORE_START', { startedAt: '2026-03-02T08:00:00Z', endedAt: '2026-03-02T07:00:00Z' }],
    ['CONFIRMATION_REPEATED', { confirmation: 'c1' }],
  ])('that make no sense are refused: %s', (code, data) => {
    givenOrder([...released, confirmation('c1', 20, '1')])
      .when(confirm(data))
      .thenRefused(code);
  });

  it('may exceed the tolerance, or be of nothing, when they are final', () => {
    for (const amount of ['130', '0']) {
      givenOrder(released)
        .when(confirm({ yield: pieces(amount), final: true }))
        .then([confirmation('c9', 10, amount, true)]);
    }
  });

  it('of an operation that is done are refused', () => {
    givenOrder([...released, confirmation('c1', 10, '5', true)])
      .when(confirm({}))
      .thenRefused('OPERATION_FINISHED');
  });

  it('of an order without operations are of the order as a whole', () => {
    const bare: ProductionOrderFact[] = [
      { ...CREATED, data: { ...CREATED.data, operations: [] } } as ProductionOrderFact,
      RELEASED,
    ];
    givenOrder(bare).when(confirm({})).thenRefused('OPERATION_UNKNOWN');
    const state = givenOrder(bare)
      .when(confirm({ operation: 0, yield: pieces('100'), final: true }))
      .then([confirmation('c9', 0, '100', true)]);
    expect(state?.state).toBe('CONFIRMED');
  });

  it.each(['1'.padEnd(34, '0'), '0.0000000000001'])(
    'of more digits than can be added up exactly are refused: %s',
    (value) => {
      givenOrder(released)
        .when(confirm({ yield: pieces(value), final: true }))
        .thenRefused('QUANTITY_OUT_OF_RANGE');
    },
  );

  it('are reversed as if they had never been', () => {
    const before = givenOrder([...released, confirmation('c1', 10, '60')]).state;
    const after = givenOrder([...released, confirmation('c1', 10, '60'), confirmation('c2', 20, '100', true)])
      .when({ type: 'ReverseConfirmation', data: { id, confirmation: 'c2', reason: 'Counted twice' } })
      .then([reversal('c2')]);
    expect({ ...after, confirmations: [] }).toEqual({ ...before, confirmations: [] });
    expect(after?.confirmations[1]).toMatchObject({ confirmation: 'c2', reversal: { reason: 'Counted twice' } });
  });

  it('cannot be reversed twice, nor when unknown, nor after the order was closed', () => {
    const reverse = (confirmation: string) =>
      ({ type: 'ReverseConfirmation', data: { id, confirmation, reason: 'x' } }) as const;
    const once = [...released, confirmation('c1', 10, '60', true), confirmation('c2', 20, '60', true), reversal('c1')];
    givenOrder(once).when(reverse('c1')).thenRefused('CONFIRMATION_REVERSED');
    givenOrder(once).when(reverse('c7')).thenRefused('CONFIRMATION_UNKNOWN');
    givenOrder([...once, { type: 'ProductionOrderClosed', data: { id } }])
      .when(reverse('c2'))
      .thenRefused('ORDER_CLOSED');
  });
});

describe('quality holds', () => {
  it('on the order refuse its release, its confirmations and its close', () => {
    const held = hold('H1', { scope: 'ORDER' });
    givenOrder([CREATED, held]).when({ type: 'ReleaseProductionOrder', data: { id } }).thenRefused('ORDER_ON_HOLD');
    givenOrder([...released, held])
      .when({ type: 'ConfirmCompletion', data: SAMPLES.ConfirmCompletion })
      .thenRefused('ORDER_ON_HOLD');
    givenOrder([...released, confirmation('c1', 10, '1', true), confirmation('c2', 20, '1', true), held])
      .when({ type: 'CloseProductionOrder', data: { id } })
      .thenRefused('ORDER_ON_HOLD');
  });

  it('on an operation stop that operation only, on a lot none', () => {
    const held = [
      ...released,
      hold('H1', { scope: 'OPERATION', operation: 20 }),
      hold('H2', { scope: 'LOT', lot: 'L-7' }),
    ];
    const confirm = (operation: number) =>
      ({ type: 'ConfirmCompletion', data: { ...SAMPLES.ConfirmCompletion, operation } }) as const;
    givenOrder(held).when(confirm(20)).thenRefused('OPERATION_ON_HOLD');
    expect(givenOrder(held).when(confirm(10)).decision).toHaveProperty('events');
    expect(givenOrder(held).state?.onHold).toBe(true);
  });

  it('are released with what becomes of the material', () => {
    const data = { id, hold: 'H1', disposition: 'SCRAP', releasedBy: 'Vera' } as const;
    const release = { type: 'QualityHoldReleased', data: { ...data, releasedAt: '2026-01-05T12:00:00.000Z' } } as const;
    const state = givenOrder([...released, hold('H1', { scope: 'ORDER' })])
      .when({ type: 'ReleaseQualityHold', data })
      .then([release]);
    expect(state).toMatchObject({ onHold: false, qualityHolds: [{ hold: 'H1', release: { disposition: 'SCRAP' } }] });
    givenOrder([...released, hold('H1', { scope: 'ORDER' }), release])
      .when({ type: 'ReleaseQualityHold', data })
      .thenRefused('HOLD_RELEASED');
    givenOrder(released).when({ type: 'ReleaseQualityHold', data }).thenRefused('HOLD_UNKNOWN');
  });

  it.each([{ scope: 'OPERATION' }, { scope: 'LOT' }, { scope: 'ORDER', lot: 'L-7' }] as const)(
    'must say what they are on: %o',
    (scope) => {
      givenOrder(released)
        .when({ type: 'PlaceQualityHold', data: { id, hold: 'H1', reason: 'x', placedBy: 'y', ...scope } })
        .thenRefused('HOLD_SCOPE_UNCLEAR');
    },
  );
});

describe('substitutions', () => {
  const substitute = (data: Partial<CommandData<'SubstituteMaterial'>>) =>
    ({
      type: 'SubstituteMaterial',
      data: { id, position: 20, substitute: 'BOLT', ratio: '0.5', reason: 'Shortage', approvedBy: 'Paul', ...data },
    }) as const;

  it('replace what has not been withdrawn, in the ratio', () => {
    const when = givenOrder(released).when(substitute({ unit: 'KG' }));
    const substitution = {
      position: 20,
      component: 'SCREW',
      substitute: 'BOLT',
      ratio: '0.5',
      replaced: pieces('300'),
      required: { value: '150', unit: 'KG' },
      reason: 'Shortage',
      approvedBy: 'Paul',
      substitutedAt: '2026-01-05T12:00:00.000Z',
    };
    const state = when.then([{ type: 'MaterialSubstituted', data: { id, substitution } }]);
    expect(state?.components[1]).toEqual({
      position: 20,
      sku: 'BOLT',
      required: { value: '150', unit: 'KG' },
      substitutedFor: 'SCREW',
    });
  });

  it.each<[string, Partial<CommandData<'SubstituteMaterial'>>]>([
    ['COMPONENT_UNKNOWN', { position: 99 }],
    ['SUBSTITUTE_UNSUITABLE', { substitute: 'SCREW' }],
    ['SUBSTITUTE_UNSUITABLE', { substitute: 'PUMP' }],
    ['RATIO_NOT_POSITIVE', { ratio: '0.0' }],
    ['QUANTITY_OUT_OF_RANGE', { ratio: '9'.repeat(34) }],
  ])('that make no sense are refused: %s %o', (code, data) => {
    givenOrder(released).when(substitute(data)).thenRefused(code);
  });

  it('come too late for a component that has been withdrawn, and for an order that is finished', () => {
    const components = [{ position: 20, sku: 'SCREW', required: pieces('4'), withdrawn: pieces('5') }];
    givenOrder([CREATED, { type: 'ProductionOrderComponentsChanged', data: { id, components } }])
      .when(substitute({}))
      .thenRefused('COMPONENT_WITHDRAWN');
    givenOrder([...released, confirmation('c1', 10, '1', true), confirmation('c2', 20, '1', true)])
      .when(substitute({}))
      .thenRefused('ORDER_FINISHED');
  });
});

const SAMPLES = {
  FirmProductionOrder: { id },
  ReleaseProductionOrder: { id },
  ReviseSchedule: { id, quantity: pieces('120'), cause: 'MANUAL' },
  SubstituteMaterial: { id, position: 10, substitute: 'FORGING', ratio: '1', reason: 'Shortage', approvedBy: 'Paul' },
  PlaceQualityHold: { id, hold: 'H9', scope: 'ORDER', reason: 'Porous', placedBy: 'Vera' },
  ReleaseQualityHold: { id, hold: 'H9', disposition: 'RELEASED', releasedBy: 'Vera' },
  ConfirmCompletion: { id, confirmation: 'c9', operation: 10, yield: pieces('1'), final: false },
  ReverseConfirmation: { id, confirmation: 'c9', reason: 'Wrong order' },
  CloseProductionOrder: { id },
  CancelProductionOrder: { id, reason: 'No demand' },
} as const;

function reversal(confirmation: string): ProductionOrderFact {
  return {
    type: 'ConfirmationReversed',
    data: { id, confirmation, reason: 'Counted twice', reversedAt: '2026-01-05T12:00:00.000Z' },
  };
}
