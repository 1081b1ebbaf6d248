import fc from 'fast-check';
import { expect, it } from 'vitest';
import { affected, type HeardChange } from './affected.ts';

const at = (sku: string, location = 'P100') => ({ kind: 'UNIT', sku, location });
const order = (rest: object = {}) => ({
  sku: 'PUMP',
  location: 'P100',
  components: [{ sku: 'CASTING' }, { sku: 'SCREW' }],
  workCenters: ['LATHE'],
  ...rest,
});
const lathe = (rest: object = {}) => ({ code: 'LATHE', capacity: '1', timeZone: 'UTC', ...rest });
const down = { state: 'DOWN', since: '2026-03-02T06:00:00Z' };
const running = { state: 'RUNNING', since: '2026-03-02T06:00:00Z' };
const orders = { kind: 'ORDERS_AT', workCenter: 'LATHE' };
const made = { kind: 'MADE_AT', workCenter: 'LATHE' };
const bill = (rest: object = {}) => ({ sku: 'PUMP', location: 'P100', lines: [{ component: 'CASTING' }], ...rest });
const transfer = { sku: 'PUMP', origin: 'P200', destination: 'P100' };
const place = { code: 'P100', timeZone: 'Europe/Berlin', calendar: 'A', name: 'Plant' };

const cases: readonly [what: string, change: HeardChange, concerns: readonly object[]][] = [
  ['a new order', { noun: 'ProductionOrder', after: order() }, [at('PUMP'), at('CASTING'), at('SCREW')]],
  [
    'an order of which a component is replaced',
    { noun: 'ProductionOrder', before: order(), after: order({ components: [{ sku: 'STEEL' }, { sku: 'SCREW' }] }) },
    [at('PUMP'), at('CASTING'), at('SCREW'), at('STEEL')],
  ],
  [
    'an order that is made elsewhere now',
    { noun: 'ProductionOrder', before: order({ components: [] }), after: order({ components: [], location: 'P200' }) },
    [at('PUMP'), at('PUMP', 'P200')],
  ],
  [
    'a revision that its owner has taken',
    { noun: 'ProductionOrder', before: order(), after: order(), event: { type: 'ScheduleRevisionSent' } },
    [],
  ],
  ['an order that is gone', { noun: 'ProductionOrder', before: order({ components: [] }) }, [at('PUMP')]],
  ['a forecast', { noun: 'Forecast', before: at('PUMP'), after: at('PUMP') }, [at('PUMP')]],
  [
    'an order for another item',
    { noun: 'CustomerOrder', before: at('PUMP'), after: at('VALVE') },
    [at('PUMP'), at('VALVE')],
  ],
  ['stock', { noun: 'InventoryPosition', after: at('PUMP') }, [at('PUMP')]],
  ['a commitment', { noun: 'SupplierCommitment', after: at('PUMP') }, [at('PUMP')]],
  ['a transfer', { noun: 'TransferOrder', after: transfer }, [at('PUMP', 'P200'), at('PUMP')]],
  [
    'a bill of material',
    {
      noun: 'BillOfMaterial',
      before: bill(),
      after: bill({ lines: [{ component: 'STEEL' }], outputs: [{ sku: 'CHIPS' }] }),
    },
    [at('PUMP'), at('CASTING'), at('STEEL'), at('CHIPS')],
  ],
  ['what is consumed and makes nothing', { noun: 'BillOfMaterial', after: bill({ sku: undefined }) }, [at('CASTING')]],
  ['a routing', { noun: 'Routing', after: { sku: 'PUMP', location: 'P100' } }, [at('PUMP')]],
  ['a product', { noun: 'Product', after: { sku: 'PUMP' } }, [{ kind: 'ITEM', sku: 'PUMP' }]],
  [
    'the criticality of a product',
    { noun: 'Product', before: { sku: 'PUMP' }, after: { sku: 'PUMP', criticality: 'HIGH' } },
    [{ kind: 'ITEM', sku: 'PUMP' }],
  ],
  [
    'the name of a product',
    { noun: 'Product', before: { sku: 'PUMP', name: 'Pump' }, after: { sku: 'PUMP', name: 'Big pump' } },
    [],
  ],
  [
    'the calendar of a location',
    { noun: 'Location', before: place, after: { ...place, calendar: 'B' } },
    [{ kind: 'LOCATION', location: 'P100' }],
  ],
  ['the name of a location', { noun: 'Location', before: place, after: { ...place, name: 'Works' } }, []],
  ['a calendar', { noun: 'Calendar', after: { code: 'A' } }, [{ kind: 'CALENDAR', calendar: 'A' }]],
  ['a machine that goes down', { noun: 'WorkCenter', before: lathe(), after: lathe({ status: down }) }, [orders]],
  [
    'a machine that is down for longer',
    {
      noun: 'WorkCenter',
      before: lathe({ status: down }),
      after: lathe({ status: { ...down, expectedEnd: '2026-03-03T06:00:00Z' } }),
    },
    [orders],
  ],
  [
    'a machine that runs again',
    { noun: 'WorkCenter', before: lathe({ status: down }), after: lathe({ status: running }) },
    [orders],
  ],
  [
    'a machine that rests',
    {
      noun: 'WorkCenter',
      before: lathe({ status: running }),
      after: lathe({ status: { ...running, state: 'IDLE', since: '2026-03-02T07:00:00Z' } }),
    },
    [],
  ],
  ['another capacity', { noun: 'WorkCenter', before: lathe(), after: lathe({ capacity: '2' }) }, [orders]],
  ['the name of a machine', { noun: 'WorkCenter', before: lathe(), after: lathe({ name: 'Lathe' }) }, []],
  ['a bottleneck', { noun: 'WorkCenter', before: lathe(), after: lathe({ constrained: true }) }, [made]],
  ['what nobody plans with', { noun: 'Customer', after: { id: 'ACME' } }, []],
];

it.each(cases)('says whom %s concerns', (_what, change, concerns) => {
  expect(affected(change).concerns).toEqual(concerns);
});

it.each<[string, HeardChange, boolean]>([
  [
    'another refresh class',
    { noun: 'ItemLocation', before: at('PUMP'), after: { ...at('PUMP'), refreshClass: 'CRITICAL' } },
    true,
  ],
  ['another planner', { noun: 'ItemLocation', before: at('PUMP'), after: { ...at('PUMP'), planner: 'Vera' } }, false],
  [
    'a work center that is a bottleneck now',
    { noun: 'WorkCenter', before: lathe(), after: lathe({ constrained: true }) },
    true,
  ],
  ['a work center that goes down', { noun: 'WorkCenter', before: lathe(), after: lathe({ status: down }) }, false],
])('%s moves what waits already, or not: %#', (_what, change, moves) => {
  expect(affected(change).movesCadence).toBe(moves);
});

it('concerns the items of an order as it was and as it is, each once', () => {
  const sku = fc.constantFrom('A', 'B', 'C', 'D');
  const some = fc.record({
    sku,
    location: fc.constantFrom('P100', 'P200'),
    components: fc.array(fc.record({ sku }), { maxLength: 4 }),
  });
  fc.assert(
    fc.property(fc.option(some, { nil: undefined }), some, (before, after) => {
      const { concerns } = affected({ noun: 'ProductionOrder', before, after });
      const named = concerns.map((concern) => (concern.kind === 'UNIT' ? `${concern.sku}@${concern.location}` : ''));
      const expected = [before, after].flatMap((each) =>
        each
          ? [each.sku, ...each.components.map((component) => component.sku)].map((one) => `${one}@${each.location}`)
          : [],
      );
      expect(new Set(named)).toEqual(new Set(expected));
      expect(named).toHaveLength(new Set(named).size);
    }),
  );
});
