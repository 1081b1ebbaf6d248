import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startSystem, type System } from '@takt/cli';
import { readBackingSystems } from '@takt/connector-registry';
import { demoPlant, type DemoOptions } from '@takt/demo';
import { startPlantSystems, type PlantSystems } from '@takt/demo/systems';
import { inboundMessage, systemClock } from '@takt/intake';
import { afterAll, beforeAll, expect, it } from 'vitest';

const PLANT: DemoOptions = { seed: 1, size: 'small', today: new Date().toISOString().slice(0, 10) };
let folder: string;
let plant: PlantSystems;
let system: System;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'takt-plant-'));
  plant = await startPlantSystems(PLANT, join(folder, 'demo'));
  const backingSystems = await readBackingSystems([plant.instances], plant.env);
  system = await startSystem({ dataDir: join(folder, 'takt'), host: '127.0.0.1', port: 0, backingSystems });
  for (const { domain, messages } of demoPlant(PLANT)) await system.intake(domain).receive(messages);
  plant.live();
});
afterAll(async () => {
  await system?.close();
  await plant?.close();
  await rm(folder, { recursive: true, force: true });
});

async function ask<T>(query: string): Promise<T> {
  const { data, errors } = await system.gateway.execute({ query });
  expect(errors).toBeUndefined();
  return data as T;
}

async function happen(type: string, data: object): Promise<void> {
  const message = inboundMessage({ type, source: 'demo/plant', data }, systemClock);
  const [outcome] = await plant.send('production-orders', [message]);
  expect(outcome?.status).toBe('APPLIED');
}

async function anOrder(plantCode: string): Promise<{ id: string; operations: { sequence: number }[]; unit: string }> {
  const { productionOrders } = await ask<{
    productionOrders: { nodes: { id: string; quantity: { unit: string }; operations: { sequence: number }[] }[] };
  }>(
    `{ productionOrders(first: 1, filter: { location: "${plantCode}", state: [FIRMED] }) { nodes { id quantity { unit } operations { sequence } } } }`,
  );
  const [order] = productionOrders.nodes;
  return { id: order!.id, operations: order!.operations, unit: order!.quantity.unit };
}

interface Told {
  readonly nodes: readonly {
    readonly name: string | null;
    readonly direction: string;
    readonly status: string;
    readonly backingSystem: { readonly id: string };
    readonly mapping: { readonly name: string } | null;
    readonly exchange: { readonly sent: string } | null;
  }[];
}

const about = (entity: string) =>
  ask<{ integrationMessages: Told }>(
    `{ integrationMessages(first: 100, filter: { entity: "${entity}" }) { nodes { name direction status backingSystem { id } mapping { name } exchange { sent } } } }`,
  ).then(({ integrationMessages }) => integrationMessages.nodes);

it.each([
  ['P100', 'sap-s4'],
  ['P200', 'business-central'],
])('an order of %s goes from its ERP over the MES and back', async (location, mapping) => {
  const { id, operations, unit } = await anOrder(location);
  await happen('ReleaseProductionOrder', { id });
  const order = () =>
    ask<{ productionOrder: { state: string; writeBacks: { kind: string; state: string }[] } }>(
      `{ productionOrder(id: "${id}") { state writeBacks { kind state } } }`,
    ).then(({ productionOrder }) => productionOrder);
  await expect.poll(order).toMatchObject({ state: 'RELEASED' });
  const [first] = operations;
  await happen('ConfirmCompletion', {
    id,
    confirmation: `CF-${location}`,
    operation: first!.sequence,
    yield: { value: '1', unit },
    final: false,
  });
  await expect.poll(order).toMatchObject({ writeBacks: [{ kind: 'CONFIRMATION', state: 'APPLIED' }] });
  await expect
    .poll(() => about(`ProductionOrder:${id}`))
    .toEqual(
      expect.arrayContaining([
        expect.objectContaining({
          direction: 'INBOUND',
          backingSystem: { id: `erp/${location}` },
          mapping: { name: mapping },
        }),
        expect.objectContaining({ direction: 'INBOUND', status: 'APPLIED', backingSystem: { id: `mes/${location}` } }),
        expect.objectContaining({
          direction: 'OUTBOUND',
          status: 'APPLIED',
          name: 'ApplyConfirmation',
          backingSystem: { id: `erp/${location}` },
          exchange: expect.objectContaining({ sent: expect.stringContaining(`CF-${location}`) }),
        }),
      ]),
    );
});

it('what the warehouse moves is in stock', async () => {
  const { inventoryPositions } = await ask<{
    inventoryPositions: {
      nodes: { id: string; product: { sku: string }; onHand: { value: string; unit: string } }[];
    };
  }>(
    '{ inventoryPositions(first: 1, filter: { location: "P100" }) { nodes { id product { sku } onHand { value unit } } } }',
  );
  const { id, product, onHand } = inventoryPositions.nodes[0]!;
  await happen('StockMoved', {
    document: 'GR-77',
    line: 1,
    type: 'RECEIPT',
    sku: product.sku,
    location: 'P100',
    status: 'UNRESTRICTED',
    quantity: { value: '7', unit: onHand.unit },
  });
  const now = () =>
    ask<{ inventoryPosition: { onHand: { value: string } } }>(
      `{ inventoryPosition(id: ${JSON.stringify(id)}) { onHand { value } } }`,
    ).then(({ inventoryPosition }) => Number(inventoryPosition.onHand.value));
  await expect.poll(now).toBe(Number(onHand.value) + 7);
});

it('an ERP that is down makes its orders stale, and fresh again when it is back', async () => {
  const { id } = await anOrder('P100');
  const erp = plant.peers.find((peer) => peer.system === 'erp/P100');
  const provenance = () =>
    ask<{ productionOrder: { provenance: { freshness: string } } }>(
      `{ productionOrder(id: "${id}") { provenance { freshness } } }`,
    ).then(({ productionOrder }) => productionOrder.provenance.freshness);
  await expect.poll(provenance).toBe('FRESH');
  erp?.faults.set('down', true);
  await expect.poll(provenance).toBe('STALE');
  const { connectors } = await ask<{ connectors: { id: string; inbound: { state: string } }[] }>(
    '{ connectors { id inbound { state } } }',
  );
  expect(connectors.find((each) => each.id === 'erp/P100')?.inbound.state).toBe('DOWN');
  erp?.faults.set('down', false);
  await expect.poll(provenance).toBe('FRESH');
});
