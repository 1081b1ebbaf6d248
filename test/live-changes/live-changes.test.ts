import {
  ForecastRevisedDocument,
  InventoryChangedDocument,
  ScheduleChangedDocument,
  SupplierCommitmentRevisedDocument,
  WorkCenterChangedDocument,
} from '@takt/client';
import { encodeCursor } from '@takt/event-log';
import { inboundMessage } from '@takt/intake';
import { expect, it } from 'vitest';
import { bootSystem, demoClock, fillDemo, temporaryFolder, take } from '../system.ts';

const ea = (value: number) => ({ value: String(value), unit: 'EA' });

function stockReported(pieces: number, sku = 'PUMP') {
  const stock = [{ status: 'UNRESTRICTED', quantity: ea(pieces) }];
  return inboundMessage(
    { type: 'StockReported', source: 'wms/p100', data: { sku, location: 'P100', unit: 'EA', stock } },
    () => new Date(),
  );
}

it('enriches a change of one domain with fields of another', async () => {
  const { system, client } = await bootSystem();
  await system.intake('products').receive([
    inboundMessage(
      {
        type: 'ProductReported',
        source: 'erp/one',
        data: { sku: 'PUMP', name: 'Circulation pump', type: 'FINISHED', baseUnit: 'EA' },
      },
      () => new Date(),
    ),
  ]);
  await system.intake('inventory').receive([stockReported(1)]);
  const changes = client.subscribe(InventoryChangedDocument, { plant: 'P100' });
  const first = changes.next();
  const change = await untilHeard(first, (attempt) => system.intake('inventory').receive([stockReported(attempt + 2)]));
  expect(change).toMatchObject({
    inventoryChanged: {
      cause: 'REPORTED',
      inventoryPosition: { product: { sku: 'PUMP', name: 'Circulation pump' }, location: { code: 'P100' } },
    },
  });
  await changes.return?.();
});

it('gives whoever comes back all that came since, once, in order, then what comes, also after a restart', async () => {
  const dataDir = await temporaryFolder();
  const before = await bootSystem({ dataDir });
  const changes = before.client.subscribe(InventoryChangedDocument, { sku: 'PUMP' });
  const first = changes.next();
  const heard = await untilHeard(first, (attempt) =>
    before.system.intake('inventory').receive([stockReported(1000 + attempt)]),
  );
  const { cursor } = heard.inventoryChanged;
  await changes.return?.();
  const marker = stockReported(1);
  await before.system.intake('inventory').receive([marker]);
  for (let pieces = 2; pieces <= 20; pieces++) await before.system.intake('inventory').receive([stockReported(pieces)]);
  await before.client.close();
  await before.system.close();

  const { system, client } = await bootSystem({ dataDir });
  const resumed = client.subscribe(InventoryChangedDocument, { sku: 'PUMP', after: cursor });
  const missed: number[] = [];
  while (missed.at(-1) !== 20) missed.push(...(await take(1, resumed)).map(onHandAfter));
  expect(missed.slice(missed.indexOf(1))).toEqual(Array.from({ length: 20 }, (_, i) => i + 1));
  await system.intake('inventory').receive([stockReported(21), stockReported(5, 'OTHER'), stockReported(22)]);
  expect((await take(2, resumed)).map(onHandAfter)).toEqual([21, 22]);
  await resumed.return?.();
});

it('answers a cursor that it cannot follow from with an error, not with a gap', async () => {
  const { client } = await bootSystem();
  const changes = client.subscribe(InventoryChangedDocument, { after: 'bm9uc2Vuc2U' });
  await expect(changes.next()).rejects.toThrow('no cursor');
});

it('tells changes in all five domains, each with its entity', async () => {
  const { system, client } = await bootSystem({ clock: demoClock });
  await fillDemo(system);
  const fromTheBeginning = (domain: string) => encodeCursor(system.domains.get(domain)!.log.id, 0);
  const one = async <Payload>(iterator: AsyncIterableIterator<Payload>) => {
    const [value] = await take(1, iterator);
    await iterator.return?.();
    return value;
  };
  const carries = {
    cursor: expect.any(String),
    occurredAt: expect.any(String),
    cause: 'REPORTED',
    correlationId: expect.any(String),
  };

  const schedule = await one(
    client.subscribe(ScheduleChangedDocument, { plant: 'P100', after: fromTheBeginning('production-orders') }),
  );
  expect(schedule?.scheduleChanged).toMatchObject({
    ...carries,
    productionOrder: { id: expect.any(String), product: { name: expect.any(String) } },
  });
  const forecast = await one(client.subscribe(ForecastRevisedDocument, { after: fromTheBeginning('forecasts') }));
  expect(forecast?.forecastRevised).toMatchObject({ ...carries, forecast: { product: { name: expect.any(String) } } });
  const stock = await one(
    client.subscribe(InventoryChangedDocument, { plant: 'P200', after: fromTheBeginning('inventory') }),
  );
  expect(stock?.inventoryChanged).toMatchObject({ ...carries, inventoryPosition: { location: { code: 'P200' } } });
  const workCenter = await one(
    client.subscribe(WorkCenterChangedDocument, { plant: 'P100', after: fromTheBeginning('work-centers') }),
  );
  expect(workCenter?.workCenterChanged).toMatchObject({ ...carries, workCenter: { code: expect.any(String) } });
  const promise = await one(
    client.subscribe(SupplierCommitmentRevisedDocument, { after: fromTheBeginning('supplier-commitments') }),
  );
  expect(promise?.supplierCommitmentRevised).toMatchObject({
    ...carries,
    supplierCommitment: { supplier: { name: expect.any(String) } },
  });
});

function onHandAfter({ inventoryChanged }: { inventoryChanged: { onHandAfter: { value: string } } }): number {
  return Number(inventoryChanged.onHandAfter.value);
}

/** A client cannot know when its subscription has begun: acts again and again until it hears something. */
async function untilHeard<Value>(
  heard: Promise<IteratorResult<Value>>,
  act: (attempt: number) => Promise<unknown>,
): Promise<Value> {
  for (let attempt = 0; ; attempt++) {
    await act(attempt);
    const result = await Promise.race([heard, new Promise<undefined>((resolve) => setImmediate(resolve, undefined))]);
    if (result && result.done !== true) return result.value;
  }
}
