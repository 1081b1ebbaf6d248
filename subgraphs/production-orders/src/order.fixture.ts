import type { DecisionContext } from '@takt/intake';
import { given } from '@takt/intake/testing';
import { expect } from 'vitest';
import { told, type ProductionOrderEvent, type ProductionOrderFact } from './events.ts';
import type { CommandData, ProductionOrderMessage, ProductionOrderReport } from './messages.ts';
import { productionOrder } from './production-order.ts';
import { without } from './without.ts';

/** An order of 100 pieces with two operations and two components. */
export const PLAN: CommandData<'CreateProductionOrder'> = {
  id: 'PO-1',
  sku: 'PUMP',
  location: 'P100',
  quantity: pieces('100'),
  scheduledStart: '2026-03-02T06:00:00.000Z',
  scheduledEnd: '2026-03-03T14:00:00.000Z',
  operations: [
    {
      sequence: 10,
      name: 'Turn',
      workCenter: 'LATHE',
      plannedMinutes: 240,
      scheduledStart: '2026-03-02T06:00:00.000Z',
      scheduledEnd: '2026-03-02T10:00:00.000Z',
    },
    {
      sequence: 20,
      name: 'Assemble',
      workCenter: 'LINE-1',
      plannedMinutes: 480,
      scheduledStart: '2026-03-03T06:00:00.000Z',
      scheduledEnd: '2026-03-03T14:00:00.000Z',
    },
  ],
  components: [
    { position: 10, sku: 'CASTING', required: pieces('100') },
    { position: 20, sku: 'SCREW', required: pieces('400'), withdrawn: pieces('100') },
  ],
};

export const REPORT: ProductionOrderReport = { ...PLAN, state: 'RELEASED', sourceStatuses: ['REL', 'SETC'] };

export const CREATED: ProductionOrderFact = {
  type: 'ProductionOrderCreated',
  data: {
    ...PLAN,
    owner: 'TAKT',
    state: 'PLANNED',
    sourceStatuses: [],
    frozen: false,
    materialShortage: false,
  },
};

export const REPORTED: ProductionOrderFact = {
  type: 'ProductionOrderCreated',
  data: { ...REPORT, owner: 'SOURCE', ownerSystem: 'erp/plant-1', frozen: false, materialShortage: false },
};

export const RELEASED: ProductionOrderFact = { type: 'ProductionOrderReleased', data: { id: 'PO-1' } };

export function pieces(value: string) {
  return { value, unit: 'PC' };
}

export function confirmation(
  name: string,
  operation: number,
  amount: string,
  final = false,
): Extract<ProductionOrderFact, { type: 'CompletionConfirmed' }> {
  return {
    type: 'CompletionConfirmed',
    data: {
      id: 'PO-1',
      confirmation: name,
      operation,
      yield: pieces(amount),
      scrap: pieces('0'),
      rework: pieces('0'),
      final,
      confirmedAt: '2026-01-05T12:00:00.000Z',
    },
  };
}

export function hold(
  name: string,
  scope: { scope: 'ORDER' } | { scope: 'OPERATION'; operation: number } | { scope: 'LOT'; lot: string },
): ProductionOrderFact {
  return {
    type: 'QualityHoldPlaced',
    data: {
      id: 'PO-1',
      hold: name,
      ...scope,
      reason: 'Porous casting',
      placedBy: 'Vera',
      placedAt: '2026-01-05T12:00:00.000Z',
    },
  };
}

/** `given` of `@takt/intake/testing`, in facts: what their events say besides is taken for granted. */
export function givenOrder(facts: readonly ProductionOrderFact[]) {
  const order = given(productionOrder, facts.map(event));
  return {
    state: order.state,
    when: (message: ProductionOrderMessage, context?: Partial<DecisionContext>) => {
      const answer = order.when(message, context);
      const { decision } = answer;
      return {
        decision,
        thenRefused: (code: string) => {
          answer.thenRefused(code);
        },
        then: (expected: readonly ProductionOrderFact[]) => {
          if (!('events' in decision)) throw new Error(decision.refused.reason);
          expect(decision.events.map(factOf)).toEqual(expected.map(event).map(factOf));
          return answer.then(decision.events);
        },
      };
    },
  };
}

/** An event of the order of this file. */
export function event(fact: ProductionOrderFact): ProductionOrderEvent {
  return told(fact, { sku: PLAN.sku, location: PLAN.location, workCenters: ['LATHE', 'LINE-1'] });
}

function factOf({ type, data }: ProductionOrderEvent) {
  return { type, data: without(data, 'workCenters') };
}
