import { countReads } from '@takt/document-store';
import { PositionExpiredError } from '@takt/event-log';
import type { ReplicaChange } from '@takt/replica';
import type { Neighbours } from '@takt/subgraph-server';
import { expect, it, onTestFinished, vi } from 'vitest';
import { openPendingUnits } from './pending-store.ts';
import { followDomains, type PictureFollowerOptions } from './picture-follower.ts';
import { openPicture } from './picture-store.ts';
import { openPlant, type Plant } from './plant.fixture.ts';
import type { HeardDomainName } from './replicas.ts';
import { stores } from './stores.fixture.ts';

const NOW = '2026-03-02T08:00:00.000Z';
const clock = () => new Date(NOW);
const pieces = (value: number) => ({ value: String(value), unit: 'EA' });
const LATER = { timeout: 20_000, interval: 5 };

const ORDER = {
  id: 'PO-1',
  sku: 'PUMP',
  location: 'P100',
  quantity: pieces(10),
  scheduledStart: '2026-03-02T06:00:00.000Z',
  scheduledEnd: '2026-03-03T14:00:00.000Z',
  operations: [{ sequence: 10, name: 'Turn', workCenter: 'LATHE', plannedMinutes: 60 }],
  components: [{ position: 10, sku: 'CASTING', required: pieces(10) }],
  state: 'RELEASED',
  sourceStatuses: ['REL'],
};
const LATHE = {
  code: 'LATHE',
  name: 'Lathe',
  location: 'P100',
  level: 'WORK_CENTER',
  type: 'MACHINE',
  capacity: '1',
  capacityUnit: 'machine',
  calendar: 'SHIFTS',
  timeZone: 'Europe/Berlin',
};

/** What follows a plant; everything is judged at once unless `dueAt` says otherwise. */
async function following(plant: Plant, given: Partial<PictureFollowerOptions> & { neighbours?: Neighbours } = {}) {
  const { store } = plant;
  const pending = await openPendingUnits(store, clock);
  const onFault = vi.fn();
  const runtime = { store, clock, neighbours: given.neighbours ?? plant.neighbours };
  const follower = await followDomains({ runtime, pending, dueAt: () => NOW, onFault, ...given });
  onTestFinished(() => follower.close());
  const picture = await openPicture(store, clock);
  /** What is told until now has been taken. */
  const caughtUp = (...domains: HeardDomainName[]) =>
    vi.waitFor(async () => {
      const heard = await picture.heard();
      for (const domain of domains) {
        expect(heard.find((each) => each.domain === domain)?.position).toBe(await plant.head(domain));
      }
    }, LATER);
  const waiting = async () =>
    (await pending.due(NOW, 100)).map(({ sku, location, triggers }) => [
      `${sku}@${location}`,
      triggers.map(({ type }) => type),
    ]);
  const judged = async () => {
    for (const unit of await pending.due(NOW, 100)) await pending.done(unit);
  };
  return { pending, picture, onFault, caughtUp, waiting, judged };
}

async function masterData(plant: Plant): Promise<void> {
  await plant.tell(
    'products',
    ['CalendarReported', { code: 'WORKDAYS', timeZone: 'Europe/Berlin', defaultValue: 1, periods: [] }],
    ['CalendarReported', { code: 'SHIFTS', timeZone: 'Europe/Berlin', defaultValue: 1, periods: [] }],
    ['LocationReported', { code: 'P100', name: 'A', type: 'PLANT', timeZone: 'Europe/Berlin', calendar: 'WORKDAYS' }],
    ['ProductReported', { sku: 'PUMP', name: 'Pump', type: 'FINISHED', baseUnit: 'EA' }],
    ['ItemLocationReported', { sku: 'PUMP', location: 'P100', type: 'FINISHED', refreshClass: 'CRITICAL' }],
    ['ItemLocationReported', { sku: 'CASTING', location: 'P100', type: 'RAW' }],
    [
      'BillOfMaterialReported',
      {
        id: 'BOM-1',
        sku: 'PUMP',
        location: 'P100',
        version: '1',
        baseQuantity: pieces(1),
        lines: [{ position: 10, component: 'CASTING', quantity: pieces(1) }],
      },
    ],
    [
      'RoutingReported',
      {
        id: 'R-1',
        name: 'Pump',
        sku: 'PUMP',
        location: 'P100',
        kind: 'SINGLE',
        operations: [{ id: '10', sequence: 10, name: 'Turn', workCenters: [{ code: 'LATHE', quantity: '1' }] }],
      },
    ],
  );
  await plant.tell('work-centers', ['WorkCenterReported', LATHE]);
}

it.each(stores('the picture').filter(({ isThere }) => isThere))(
  'has, in $engine, of each item at a location what every domain told, in few reads',
  async ({ open }) => {
    const plant = await openPlant(await open());
    await masterData(plant);
    await plant.tell('production-orders', ['ProductionOrderReported', ORDER]);
    await plant.tell(
      'forecasts',
      [
        'ForecastReported',
        {
          sku: 'PUMP',
          location: 'P100',
          granularity: 'WEEK',
          unit: 'EA',
          version: '2026-03',
          publishedAt: '2026-03-01T00:00:00Z',
          status: 'PUBLISHED',
          complete: true,
          buckets: [{ start: '2026-03-02', baseline: '7' }],
        },
      ],
      ...(['OPEN', 'CLOSED', 'CANCELLED'] as const).map(
        (status) =>
          [
            'CustomerOrderReported',
            {
              id: `SO-${status}`,
              sku: 'PUMP',
              location: 'P100',
              customer: 'ACME',
              dueAt: '2026-02-20T00:00:00Z',
              quantity: pieces(1),
              status,
            },
          ] as const,
      ),
      [
        'CustomerOrderReported',
        {
          id: 'SO-LONG-AGO',
          sku: 'PUMP',
          location: 'P100',
          customer: 'ACME',
          dueAt: '2025-10-20T00:00:00Z',
          quantity: pieces(1),
          status: 'CLOSED',
        },
      ],
    );
    await plant.tell(
      'inventory',
      [
        'StockReported',
        { sku: 'PUMP', location: 'P100', unit: 'EA', stock: [{ status: 'UNRESTRICTED', quantity: pieces(3) }] },
      ],
      ...(['SHIPPED', 'RECEIVED'] as const).map(
        (state) =>
          [
            'TransferOrderReported',
            {
              id: `TO-${state}`,
              sku: 'PUMP',
              origin: 'P200',
              destination: 'P100',
              quantity: pieces(2),
              shipAt: NOW,
              state,
            },
          ] as const,
      ),
    );
    await plant.tell('supplier-commitments', [
      'SupplierCommitmentReported',
      {
        id: 'SC-1',
        supplier: 'FOUNDRY',
        sku: 'CASTING',
        location: 'P100',
        level: 'FIRM',
        required: pieces(10),
        requiredOn: '2026-03-02',
        confirmation: 'PENDING',
      },
    ]);
    const { picture, caughtUp, onFault } = await following(plant);
    await caughtUp('products', 'forecasts', 'production-orders', 'inventory', 'work-centers', 'supplier-commitments');

    const ids = (records: readonly { readonly id?: string }[]) => records.map(({ id }) => id);
    const counted = countReads(plant.store);
    const counting = await openPicture(counted.store, clock);
    const keys = ['PUMP', 'CASTING', 'UNKNOWN'].map((sku) => ({ sku, location: 'P100' }));
    const [pump, casting, unknown] = await counting.units(keys);
    expect(counted.reads()).toBeLessThanOrEqual(15);
    expect(pump).toMatchObject({
      sku: 'PUMP',
      location: 'P100',
      product: { name: 'Pump' },
      itemLocation: { refreshClass: 'CRITICAL' },
      place: { timeZone: 'Europe/Berlin' },
      calendar: { code: 'WORKDAYS' },
      stock: { unit: 'EA' },
      forecasts: [{ version: '2026-03', buckets: [{ start: '2026-03-02', baseline: '7' }] }],
      makingOrders: [{ id: 'PO-1' }],
      consumingOrders: [],
      billsOfMaterial: [{ id: 'BOM-1' }],
      routings: [{ id: 'R-1' }],
      leaving: [],
    });
    expect(ids(pump!.customerOrders)).toEqual(['SO-CLOSED', 'SO-OPEN']);
    expect(ids(pump!.arriving)).toEqual(['TO-SHIPPED']);
    expect(ids(casting!.consumingOrders)).toEqual(['PO-1']);
    expect(ids(casting!.commitments)).toEqual(['SC-1']);
    expect(unknown).toMatchObject({ sku: 'UNKNOWN', place: { code: 'P100' }, forecasts: [] });
    expect(await picture.usedIn({ sku: 'CASTING', location: 'P100' })).toMatchObject([{ id: 'BOM-1' }]);
    expect(await picture.workCenters(['LATHE', 'NONE'])).toMatchObject([{ calendar: { code: 'SHIFTS' } }, undefined]);
    expect(await picture.openOrdersAt(['LATHE', 'LATHE', 'NONE'])).toMatchObject([{ id: 'PO-1' }]);
    expect(onFault).not.toHaveBeenCalled();
  },
);

it('has with the bills of an item also those of the phantoms in them', async () => {
  const plant = await openPlant();
  const bill = (sku: string, component: string, phantom: boolean) =>
    [
      'BillOfMaterialReported',
      {
        id: `BOM-${sku}`,
        sku,
        location: 'P100',
        version: '1',
        baseQuantity: pieces(1),
        lines: [{ position: 10, component, quantity: pieces(1), phantom }],
      },
    ] as const;
  await plant.tell('products', bill('PUMP', 'PUMP-END', true), bill('PUMP-END', 'CASTING', false));
  const { picture, caughtUp } = await following(plant);
  await caughtUp('products');
  const [pump, pumpEnd] = await picture.units(['PUMP', 'PUMP-END'].map((sku) => ({ sku, location: 'P100' })));
  expect(pump).toMatchObject({ billsOfMaterial: [{ id: 'BOM-PUMP' }], phantomBills: [{ id: 'BOM-PUMP-END' }] });
  expect(pumpEnd?.phantomBills).toBeUndefined();
});

it('knows an order at the revision that a command for it has to expect', async () => {
  const plant = await openPlant();
  await plant.tell('production-orders', ['ProductionOrderReported', ORDER]);
  await plant.tell('production-orders', [
    'ProductionOrderReported',
    { ...ORDER, quantity: pieces(12), components: [{ position: 10, sku: 'CASTING', required: pieces(12) }] },
  ]);
  const { picture, caughtUp } = await following(plant);
  await caughtUp('production-orders');
  const [order] = await picture.orders(['PO-1']);
  const there = await plant.neighbours.snapshot('production-orders', { collection: 'production-orders', limit: 1 });
  expect(order).toEqual({ ...there.documents[0]!.state, revision: there.documents[0]!.revision });
  expect(order!.revision).toBe(2);
});

it('marks what an order makes and takes, and took before', async () => {
  const plant = await openPlant();
  await plant.tell('production-orders', ['ProductionOrderReported', ORDER]);
  const { caughtUp, waiting, judged } = await following(plant);
  await caughtUp('production-orders');
  expect((await waiting()).map(([id]) => id)).toEqual(['CASTING@P100', 'PUMP@P100']);
  await judged();
  expect(await waiting()).toEqual([]);
  const components = [{ position: 10, sku: 'STEEL', required: pieces(10) }];
  await plant.tell('production-orders', ['ProductionOrderReported', { ...ORDER, components }]);
  await caughtUp('production-orders');
  const changed = ['ProductionOrderComponentsChanged'];
  expect(await waiting()).toEqual([
    ['CASTING@P100', changed],
    ['PUMP@P100', changed],
    ['STEEL@P100', changed],
  ]);
});

it('marks what is made at a machine when it goes down, once whatever the number of orders, and not when it rests', async () => {
  const plant = await openPlant();
  await masterData(plant);
  await plant.tell('production-orders', ['ProductionOrderReported', ORDER]);
  await plant.tell('production-orders', ['ProductionOrderReported', { ...ORDER, id: 'PO-2' }]);
  const { caughtUp, waiting, judged } = await following(plant);
  await caughtUp('products', 'production-orders', 'work-centers');
  await judged();
  await plant.tell('work-centers', ['WorkCenterStateReported', { code: 'LATHE', state: 'RUNNING' }]);
  await plant.tell('work-centers', ['WorkCenterStateReported', { code: 'LATHE', state: 'IDLE' }]);
  await caughtUp('work-centers');
  expect(await waiting()).toEqual([]);
  await plant.tell('work-centers', ['WorkCenterStateReported', { code: 'LATHE', state: 'DOWN' }]);
  await caughtUp('work-centers');
  expect(await waiting()).toEqual([['PUMP@P100', ['WorkCenterStateChanged']]]);
});

it('marks all that goes by a calendar when that changes', async () => {
  const plant = await openPlant();
  await masterData(plant);
  await plant.tell('production-orders', ['ProductionOrderReported', ORDER]);
  const { caughtUp, waiting, judged } = await following(plant);
  await caughtUp('products', 'production-orders', 'work-centers');
  await judged();
  const calendar = (code: string) =>
    ['CalendarReported', { code, timeZone: 'UTC', defaultValue: 0, periods: [] }] as const;
  await plant.tell('products', calendar('SHIFTS'));
  await caughtUp('products');
  expect((await waiting()).map(([id]) => id)).toEqual(['PUMP@P100']);
  await judged();
  await plant.tell('products', calendar('WORKDAYS'));
  await caughtUp('products');
  expect((await waiting()).map(([id]) => id)).toEqual(['CASTING@P100', 'PUMP@P100']);
});

it('asks how soon each unit is judged, and moves those whose class changes', async () => {
  const plant = await openPlant();
  await masterData(plant);
  const dueAt: PictureFollowerOptions['dueAt'] = ({ isUrgent }) => (isUrgent ? NOW : '2026-03-02T08:15:00.000Z');
  const { pending, caughtUp, waiting, judged } = await following(plant, { dueAt });
  await caughtUp('products', 'work-centers');
  await judged();
  const castings = (refreshClass: 'CRITICAL' | 'STABLE') =>
    plant.tell('products', ['ItemLocationReported', { sku: 'CASTING', location: 'P100', type: 'RAW', refreshClass }]);
  await pending.mark([{ sku: 'CASTING', location: 'P100', dueAt: '2026-03-03T02:00:00.000Z', triggers: [] }]);
  await castings('CRITICAL');
  await caughtUp('products');
  expect((await waiting()).map(([id]) => id)).toEqual(['CASTING@P100']);
  await castings('STABLE');
  await caughtUp('products');
  expect(await waiting()).toEqual([]);
  expect(await pending.due('2026-03-02T08:15:00.000Z', 10)).toMatchObject([{ sku: 'CASTING' }]);
  await plant.tell('work-centers', ['WorkCenterReported', { ...LATHE, constrained: true }]);
  await plant.tell('inventory', ['StockReported', { sku: 'PUMP', location: 'P100', unit: 'EA', stock: [] }]);
  await caughtUp('work-centers', 'inventory');
  expect((await waiting()).map(([id]) => id)).toEqual(['PUMP@P100']);
});

it('takes a snapshot when a log no longer has its beginning, and goes on from there', async () => {
  const plant = await openPlant();
  await plant.tell('production-orders', ['ProductionOrderReported', ORDER]);
  const expired = vi.fn();
  const neighbours: Neighbours = {
    ...plant.neighbours,
    log: async (domain) => {
      const log = await plant.neighbours.log(domain);
      return {
        id: log.id,
        head: () => log.head(),
        read: (after, limit) => log.read(after, limit),
        follow: (after, signal) => {
          if (domain !== 'production-orders' || after > 0) return log.follow(after, signal);
          expired();
          throw new PositionExpiredError(after, 2);
        },
      };
    },
  };
  const heard: (readonly ReplicaChange[])[] = [];
  const listener = (_domain: HeardDomainName, changes: readonly ReplicaChange[]) =>
    Promise.resolve(void heard.push(changes));
  const { picture, caughtUp, waiting } = await following(plant, { neighbours, listeners: [listener] });
  await caughtUp('production-orders');
  expect(expired).toHaveBeenCalledOnce();
  expect(await picture.orders(['PO-1'])).toMatchObject([{ id: 'PO-1', revision: 1 }]);
  expect(await waiting()).toEqual([
    ['CASTING@P100', ['SnapshotTaken']],
    ['PUMP@P100', ['SnapshotTaken']],
  ]);
  await plant.tell('production-orders', ['ProductionOrderReported', { ...ORDER, quantity: pieces(12) }]);
  await caughtUp('production-orders');
  expect(await picture.orders(['PO-1'])).toMatchObject([{ quantity: pieces(12), revision: 2 }]);
  expect(heard.flat().map(({ id, event }) => [id, event?.type])).toEqual([
    ['PO-1', undefined],
    ['PO-1', 'ProductionOrderRescheduled'],
  ]);
});

it('hears of changes again that a listener could not take', async () => {
  const plant = await openPlant();
  await plant.tell('production-orders', ['ProductionOrderReported', ORDER]);
  const listener = vi.fn().mockRejectedValueOnce(new Error('disk full')).mockResolvedValue(undefined);
  const { picture, caughtUp, onFault } = await following(plant, { listeners: [listener] });
  await caughtUp('production-orders');
  expect(await picture.orders(['PO-1'])).toMatchObject([{ revision: 1 }]);
  expect(listener).toHaveBeenCalledTimes(2);
  expect(listener.mock.calls[0]).toEqual(listener.mock.calls[1]);
  expect(onFault).toHaveBeenCalledWith('replica-of-production-orders is late: Error: disk full');
});
