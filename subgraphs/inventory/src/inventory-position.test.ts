import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { given } from '@takt/intake/testing';
import { quantity } from '@takt/quantity';
import { available, inventoryPosition, onHand, plannable, type InventoryPosition } from './inventory-position.ts';
import { STOCK_STATUSES, type StockLine, type StockMovement, type StockReport } from './messages.ts';

const ea = (value: string | number) => quantity(value, 'EA');

function reported(stock: StockLine[], rest: Partial<StockReport> = {}) {
  return { type: 'StockReported', data: { sku: 'PUMP', location: 'P100', unit: 'EA', stock, ...rest } } as const;
}

function moved(rest: Partial<StockMovement>) {
  const data = {
    document: 'D1',
    line: 1,
    type: 'ISSUE',
    sku: 'PUMP',
    location: 'P100',
    status: 'UNRESTRICTED',
    quantity: ea(3),
    ...rest,
  };
  return { type: 'StockMoved', data: data as StockMovement } as const;
}

/** The position after these messages, each of which must be accepted. */
function after(...messages: (ReturnType<typeof reported> | ReturnType<typeof moved>)[]): InventoryPosition {
  const events = eventsOf(messages);
  return given(inventoryPosition, events).state!;
}

function eventsOf(messages: readonly Parameters<typeof inventoryPosition.decide>[1][]) {
  const events: Parameters<typeof inventoryPosition.evolve>[1][] = [];
  for (const message of messages) {
    const { decision } = given(inventoryPosition, events).when(message);
    if ('refused' in decision) throw new Error(decision.refused.reason);
    events.push(...decision.events);
  }
  return events;
}

const tenFree = reported([{ status: 'UNRESTRICTED', quantity: ea(10) }]);

describe('a stock report', () => {
  it('opens a position and says what it adds up to', () => {
    const position = after(
      reported([
        { status: 'UNRESTRICTED', quantity: ea(10) },
        { status: 'QUALITY_INSPECTION', lot: 'L1', quantity: ea(4) },
        { status: 'BLOCKED', quantity: ea(2) },
        { status: 'IN_TRANSIT', quantity: ea(7) },
        { status: 'CONSIGNMENT', quantity: ea(5) },
      ]),
    );
    expect(onHand(position)).toEqual(ea(16));
    expect(available(position)).toEqual(ea(10));
    expect(plannable(position)).toEqual(ea(14));
  });

  it('that brings nothing new causes no event', () => {
    given(inventoryPosition, eventsOf([tenFree]))
      .when(tenFree)
      .then([]);
  });

  it('drops the lines that it does not name', () => {
    const position = after(tenFree, reported([{ status: 'BLOCKED', quantity: ea(1) }]));
    expect(position.stock).toEqual([{ status: 'BLOCKED', quantity: ea(1) }]);
  });

  it('that names a lot and status twice is refused, for it contradicts itself', () => {
    const twice = reported([...tenFree.data.stock, ...tenFree.data.stock]);
    given(inventoryPosition, []).when(twice).thenRefused('CONTRADICTORY_REPORT');
  });

  it('older than what the same source has told is refused', () => {
    const lastTold = '2026-01-05T12:00:00Z';
    const known = { system: 'takt', instance: 'graph', asOf: '2026-01-05T13:00:00Z' };
    given(inventoryPosition, eventsOf([tenFree]))
      .when(reported([]), { known, lastTold, time: '2026-01-05T11:59:59Z' })
      .thenRefused('OLDER_THAN_KNOWN');
  });

  it('is not older because somebody else has told something since', () => {
    const known = { system: 'takt', instance: 'graph', asOf: '2026-01-05T13:00:00Z' };
    const { decision } = given(inventoryPosition, eventsOf([tenFree])).when(reported([]), {
      known,
      lastTold: '2026-01-05T12:00:00Z',
      time: '2026-01-05T12:30:00Z',
    });
    expect(decision).toHaveProperty('events.length', 1);
  });

  it('goes by the source’s sequence where it has one', () => {
    const events = eventsOf([reported(tenFree.data.stock, { sequence: 7 })]);
    const known = { system: 'erp', instance: 'plant-1', asOf: '2026-01-05T12:00:00Z' };
    given(inventoryPosition, events)
      .when(reported([], { sequence: 6 }), { known })
      .thenRefused('OLDER_THAN_KNOWN');
  });

  it('in another unit than the position’s is refused', () => {
    const kilograms = reported([], { unit: 'KG' });
    given(inventoryPosition, eventsOf([tenFree]))
      .when(kilograms)
      .thenRefused('UNIT_MISMATCH');
  });

  it('tells when plannable stock falls below the safety stock', () => {
    expect(after(reported(tenFree.data.stock, { safetyStock: ea(11) })).belowSafetyStock).toBe(true);
    expect(after(reported(tenFree.data.stock, { safetyStock: ea(10) })).belowSafetyStock).toBe(false);
  });
});

describe('a movement', () => {
  it('takes what it issues', () => {
    expect(onHand(after(tenFree, moved({})))).toEqual(ea(7));
  });

  it('opens a position with a receipt', () => {
    expect(onHand(after(moved({ type: 'RECEIPT' })))).toEqual(ea(3));
  });

  it('that would take more than there is is refused', () => {
    given(inventoryPosition, eventsOf([tenFree]))
      .when(moved({ quantity: ea(11) }))
      .thenRefused('INSUFFICIENT_STOCK');
  });

  it('cannot issue from quality inspection, but can transfer from it', () => {
    const inspected = reported([{ status: 'QUALITY_INSPECTION', quantity: ea(5) }]);
    const events = eventsOf([inspected]);
    given(inventoryPosition, events)
      .when(moved({ status: 'QUALITY_INSPECTION' }))
      .thenRefused('STOCK_NOT_ISSUABLE');
    const released = after(
      inspected,
      moved({ type: 'TRANSFER', status: 'QUALITY_INSPECTION', toStatus: 'UNRESTRICTED' }),
    );
    expect(available(released)).toEqual(ea(3));
  });

  it('of a document line that is known already changes nothing', () => {
    given(inventoryPosition, eventsOf([tenFree, moved({})]))
      .when(moved({}))
      .then([]);
  });

  it('can be reversed once, and only by its own quantity', () => {
    const reversal = moved({ document: 'D2', type: 'REVERSAL', reverses: { document: 'D1', line: 1 } });
    const events = eventsOf([tenFree, moved({})]);
    given(inventoryPosition, events)
      .when(moved({ ...reversal.data, quantity: ea(2) }))
      .thenRefused('BAD_QUANTITY');
    expect(onHand(after(tenFree, moved({}), reversal))).toEqual(ea(10));
    given(inventoryPosition, eventsOf([tenFree, moved({}), reversal]))
      .when(moved({ ...reversal.data, document: 'D3' }))
      .thenRefused('ALREADY_REVERSED');
  });

  it('of nothing, or negative without being an adjustment, is refused', () => {
    const position = given(inventoryPosition, eventsOf([tenFree]));
    position.when(moved({ quantity: ea(0) })).thenRefused('BAD_QUANTITY');
    position.when(moved({ quantity: ea(-1) })).thenRefused('BAD_QUANTITY');
    expect(onHand(after(tenFree, moved({ type: 'ADJUSTMENT', quantity: ea(-1) })))).toEqual(ea(9));
  });
});

describe('an allocation', () => {
  it('lowers what is available, below zero if need be', () => {
    const allocate = { type: 'AllocateStock', data: { sku: 'PUMP', location: 'P100', allocated: ea(12) } } as const;
    const events = eventsOf([tenFree, allocate]);
    expect(available(given(inventoryPosition, events).state!)).toEqual(ea(-2));
  });

  it('of stock that nobody has is refused', () => {
    const allocate = { type: 'AllocateStock', data: { sku: 'PUMP', location: 'P100', allocated: ea(1) } } as const;
    given(inventoryPosition, []).when(allocate).thenRefused('NO_STOCK');
  });
});

it('never lets a movement create or destroy stock unseen, nor any stock fall below zero', () => {
  const movement = fc.record({
    type: fc.constantFrom('RECEIPT', 'ISSUE', 'TRANSFER', 'SCRAP', 'ADJUSTMENT'),
    status: fc.constantFrom(...STOCK_STATUSES),
    toStatus: fc.constantFrom(...STOCK_STATUSES),
    quantity: fc.integer({ min: -5, max: 20 }).map(ea),
  });
  fc.assert(
    fc.property(fc.array(movement, { maxLength: 30 }), (movements) => {
      let state: InventoryPosition | undefined;
      const total = (position: InventoryPosition | undefined) =>
        (position?.stock ?? []).reduce((all, line) => all + Number(line.quantity.value), 0);
      movements.forEach((input, index) => {
        const message = moved({ ...(input as Partial<StockMovement>), document: `D${index}` });
        const decision = inventoryPosition.decide(state, message, CONTEXT);
        if ('refused' in decision) return;
        const before = total(state);
        for (const event of decision.events) state = inventoryPosition.evolve(state, event);
        const sign = { RECEIPT: 1, ADJUSTMENT: 1, ISSUE: -1, SCRAP: -1, TRANSFER: 0, REVERSAL: 0 }[message.data.type];
        expect(total(state)).toBe(before + sign * Number(message.data.quantity.value));
        expect(state?.stock.every((line) => Number(line.quantity.value) > 0)).toBe(true);
      });
    }),
  );
});

const CONTEXT = {
  now: new Date('2026-01-05T12:00:00Z'),
  time: '2026-01-05T12:00:00Z',
  cause: 'REPORTED',
  origin: { system: 'wms', instance: 'p100' },
  known: undefined,
  lastTold: undefined,
} as const;
