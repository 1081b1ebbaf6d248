import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { countReads } from '@takt/document-store';
import { inboundMessage } from '@takt/intake';
import { quantity } from '@takt/quantity';
import { openDomain, type Domain } from '@takt/subgraph-server';
import { graphql } from 'graphql';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { assembly, chairBill, items, lane, plant, weekdays } from './domain.fixture.ts';
import { products } from './index.ts';

const clock = () => new Date('2026-01-05T12:00:00Z');
let directory: string;
let domain: Domain;
let reads: ReturnType<typeof countReads>;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'takt-products-'));
  domain = await openDomain(products, {
    directory,
    clock,
    decorateStore: (store) => {
      reads = countReads(store);
      return reads.store;
    },
  });
});

afterEach(async () => {
  await domain.close();
  await rm(directory, { recursive: true });
});

it('tells lot sizes in one, and flat to those who still ask so', async () => {
  const { ProductReported, ItemLocationReported } = items(2);
  const limits = { lotSizeMinimum: quantity('10', 'PC'), lotSizeMultiple: quantity('5', 'PC') };
  const [limited, free] = ItemLocationReported;
  await report({
    ProductReported,
    ItemLocationReported: [{ ...limited!, ...limits }, free!],
    RoutingReported: [{ ...assembly, lotSizeMaximum: quantity('100', 'PC') }],
  });
  const LOT = 'lotSize { minimum { value unit } multiple { value } maximum { value } }';
  expect(
    await ask(`{
      limited: itemLocation(sku: "ITEM-0", location: "P100") { planning { ${LOT} lotSizeMinimum { value } lotSizeMultiple { value } lotSizeMaximum { value } } }
      free: itemLocation(sku: "ITEM-1", location: "P100") { planning { ${LOT} } }
      routing(id: "ASSEMBLY") { ${LOT} lotSizeMaximum { value } }
    }`),
  ).toEqual({
    limited: {
      planning: {
        lotSize: { minimum: { value: '10', unit: 'PC' }, multiple: { value: '5' }, maximum: null },
        ...{ lotSizeMinimum: { value: '10' }, lotSizeMultiple: { value: '5' }, lotSizeMaximum: null },
      },
    },
    free: { planning: { lotSize: null } },
    routing: {
      lotSize: { minimum: null, multiple: null, maximum: { value: '100' } },
      lotSizeMaximum: { value: '100' },
    },
  });
});

it('answers the items of a plant by type in the order of their skus, page by page', async () => {
  await report({ LocationReported: [plant], ...items(6), CalendarReported: [weekdays] });
  const page = (after: string | null) =>
    ask(
      `query ($after: String) {
        location(code: "P100") {
          name timeZone calendar { code defaultValue periods { days value } } parent { code name }
          items(first: 2, after: $after, filter: { type: [FINISHED, SEMI_FINISHED] }) {
            totalCount pageInfo { hasNextPage endCursor } nodes { sku type product { name family } planning { planner safetyStock { value unit } } }
          }
        }
      }`,
      { after },
    );
  const first = await page(null);
  expect(first).toEqual({
    location: {
      name: 'Plant 100',
      timeZone: 'Europe/Berlin',
      calendar: { code: 'weekdays', defaultValue: 0, periods: [{ days: ['MONDAY', 'TUESDAY'], value: 1 }] },
      parent: { code: 'EUROPE', name: null },
      items: {
        totalCount: 4,
        pageInfo: { hasNextPage: true, endCursor: expect.any(String) },
        nodes: [
          {
            sku: 'ITEM-0',
            type: 'FINISHED',
            product: { name: 'Item 0', family: 'chairs' },
            planning: { planner: 'Ada', safetyStock: { value: '20', unit: 'PC' } },
          },
          expect.objectContaining({ sku: 'ITEM-1', type: 'SEMI_FINISHED' }),
        ],
      },
    },
  });
  const { endCursor } = (first as { location: { items: { pageInfo: { endCursor: string } } } }).location.items.pageInfo;
  expect(await page(endCursor)).toMatchObject({
    location: { items: { pageInfo: { hasNextPage: false }, nodes: [{ sku: 'ITEM-3' }, { sku: 'ITEM-4' }] } },
  });
});

it('reads the store as often for fifty items as for one', async () => {
  await report({ LocationReported: [plant], ...items(75) });
  const readsFor = async (first: number) => {
    reads.reset();
    const answer = await ask(
      `query ($first: Int!) {
        location(code: "P100") {
          items(first: $first, filter: { type: [FINISHED, SEMI_FINISHED] }) {
            totalCount
            nodes { product { name } location { name } billsOfMaterial { nodes { id } } routings { totalCount } inboundLanes { nodes { id } } }
          }
        }
      }`,
      { first },
    );
    expect(answer).toMatchObject({ location: { items: { nodes: { length: first } } } });
    return reads.reads();
  };
  expect(await readsFor(1)).toBe(7);
  expect(await readsFor(50)).toBe(7);
});

it('reads a page, its count and the products of all its rows for the flagship query', async () => {
  await report({ LocationReported: [plant], ...items(75) });
  reads.reset();
  await ask(`{ location(code: "P100") { name items(first: 50) { totalCount nodes {
    sku location { code } product { name family abcClass baseUnit } planning { planner safetyStock { value } }
  } } } }`);
  expect(reads.reads()).toBe(4);
});

it('answers entities that other subgraphs refer to, with nulls where no source has said anything', async () => {
  await report({ LocationReported: [plant], ...items(1) });
  const { _entities } = await ask(
    `query ($representations: [_Any!]!) {
      _entities(representations: $representations) {
        ... on ItemLocation { sku location { code name } product { sku name unitConversions { unit } } planning { planner } }
        ... on Product { sku name lifecycle { state } locations { totalCount } }
        ... on Location { code timeZone }
        ... on Calendar { code timeZone periods { value } }
        ... on Routing { id }
      }
    }`,
    {
      representations: [
        { __typename: 'ItemLocation', sku: 'ITEM-0', location: { code: 'P100' } },
        { __typename: 'ItemLocation', sku: 'STRANGE', location: { code: 'NOWHERE' } },
        { __typename: 'Product', sku: 'ITEM-0' },
        { __typename: 'Product', sku: 'STRANGE' },
        { __typename: 'Location', code: 'NOWHERE' },
        { __typename: 'Calendar', code: 'never' },
        { __typename: 'Routing', id: 'none' },
      ],
    },
  );
  expect(_entities).toEqual([
    {
      sku: 'ITEM-0',
      location: { code: 'P100', name: 'Plant 100' },
      product: { sku: 'ITEM-0', name: 'Item 0', unitConversions: [{ unit: 'BOX' }] },
      planning: { planner: 'Ada' },
    },
    {
      sku: 'STRANGE',
      location: { code: 'NOWHERE', name: null },
      product: { sku: 'STRANGE', name: null, unitConversions: [] },
      planning: null,
    },
    { sku: 'ITEM-0', name: 'Item 0', lifecycle: { state: 'ACTIVE' }, locations: { totalCount: 1 } },
    { sku: 'STRANGE', name: null, lifecycle: null, locations: { totalCount: 0 } },
    { code: 'NOWHERE', timeZone: null },
    { code: 'never', timeZone: null, periods: [] },
    null,
  ]);
  const unknown = await ask(
    `{ product(sku: "STRANGE") { sku } itemLocation(sku: "STRANGE", location: "P100") { sku } }`,
  );
  expect(unknown).toEqual({ product: null, itemLocation: null });
});

it('tells what a product is made of, how, and what it goes into', async () => {
  await report({
    ...items(2),
    RoutingReported: [assembly],
    BillOfMaterialReported: [chairBill],
    DistributionLaneReported: [lane],
  });
  const answer = await ask(`{
    product(sku: "ITEM-0") {
      unitCost
      lifecycle { state effectiveTo successor { sku name } }
      billsOfMaterial { nodes {
        id version validFrom baseQuantity { value }
        itemLocation { planning { planner } }
        routing { name kind operations { sequence setupSeconds workCenters { workCenter { code } quantity skill } } }
        lines { position component { sku name } quantity { value unit } fixed phantom scrapPercent operation
          substitutes { component { sku } group priority ratio approvalNeeded } }
        outputs { product { sku } quantity { value } }
      } }
      routings { totalCount nodes { id } }
    }
    component: product(sku: "ITEM-1") { usedIn { totalCount nodes { product { sku } } } }
    itemLocation(sku: "ITEM-0", location: "P100") { outboundLanes { nodes { destination { code } leadTimeDays minimum { value } } } inboundLanes { totalCount } }
    billsOfMaterial(filter: { component: ["ITEM-1"], location: ["P100", "P200"] }, orderBy: { field: SKU, direction: DESC }) { totalCount nodes { id } }
    routings(filter: { workCenter: ["BENCH-1", "BENCH-2"] }) { totalCount nodes { id } }
    distributionLanes(filter: { sku: ["ITEM-0"], origin: ["P100"] }) { totalCount nodes { id } }
  }`);
  expect(answer).toMatchObject({
    product: {
      unitCost: '12.5',
      lifecycle: { state: 'ACTIVE', effectiveTo: '2027-12-31', successor: { sku: 'ITEM-1', name: 'Item 1' } },
      billsOfMaterial: {
        nodes: [
          {
            id: 'CHAIR-BOM',
            version: '2',
            validFrom: '2026-01-01',
            baseQuantity: { value: '1' },
            itemLocation: { planning: { planner: 'Ada' } },
            routing: {
              name: 'Assembly',
              kind: 'SINGLE',
              operations: [
                {
                  sequence: 10,
                  setupSeconds: '300',
                  workCenters: [
                    { workCenter: { code: 'BENCH-1' }, quantity: '1', skill: 'gluing' },
                    { workCenter: { code: 'BENCH-2' }, quantity: '0.5', skill: null },
                  ],
                },
              ],
            },
            lines: [
              {
                position: 10,
                component: { sku: 'ITEM-1', name: 'Item 1' },
                quantity: { value: '4', unit: 'PC' },
                fixed: false,
                phantom: false,
                scrapPercent: 2.5,
                operation: 'OP-10',
                substitutes: [
                  { component: { sku: 'ITEM-9' }, group: 'legs', priority: 1, ratio: '1.5', approvalNeeded: true },
                ],
              },
            ],
            outputs: [{ product: { sku: 'ITEM-0' }, quantity: { value: '1' } }],
          },
        ],
      },
      routings: { totalCount: 1, nodes: [{ id: 'ASSEMBLY' }] },
    },
    component: { usedIn: { totalCount: 1, nodes: [{ product: { sku: 'ITEM-0' } }] } },
    itemLocation: {
      outboundLanes: { nodes: [{ destination: { code: 'W1' }, leadTimeDays: 1.5, minimum: { value: '10' } }] },
      inboundLanes: { totalCount: 0 },
    },
    billsOfMaterial: { totalCount: 1, nodes: [{ id: 'CHAIR-BOM' }] },
    routings: { totalCount: 1, nodes: [{ id: 'ASSEMBLY' }] },
    distributionLanes: { totalCount: 1, nodes: [{ id: 'LANE-1' }] },
  });
});

it('sorts and filters every connection by every field that it offers', async () => {
  await report({
    ...items(3),
    LocationReported: [plant, { ...plant, code: 'A', name: 'Zulu', type: 'WAREHOUSE' }],
    CalendarReported: [weekdays],
    RoutingReported: [assembly],
    BillOfMaterialReported: [chairBill],
    DistributionLaneReported: [lane],
  });
  const found = {
    'products(filter: { sku: "ITEM-0", type: FINISHED, family: "chairs", abcClass: A }, orderBy: { field: NAME })': 1,
    'products(filter: { sku: [] }, orderBy: { field: FAMILY, direction: DESC })': 0,
    'products(orderBy: { field: SKU, direction: DESC })': 3,
    'locations(filter: { code: "P100", type: PLANT, region: "EMEA", parent: "EUROPE" }, orderBy: { field: CODE })': 1,
    'locations(orderBy: { field: NAME, direction: DESC })': 2,
    'itemLocations(filter: { sku: "ITEM-0", location: "P100", type: FINISHED, planner: "Ada" })': 1,
    'itemLocations(orderBy: { field: LOCATION })': 3,
    'itemLocations(orderBy: { field: PLANNER, direction: DESC })': 3,
    'calendars(filter: { code: "weekdays" }, orderBy: { field: CODE })': 1,
    'billsOfMaterial(filter: { sku: "ITEM-0" }, orderBy: { field: ID })': 1,
    'billsOfMaterial(orderBy: { field: LOCATION })': 1,
    'routings(filter: { sku: "ITEM-0", location: "P100" }, orderBy: { field: SKU })': 1,
    'routings(orderBy: { field: LOCATION })': 1,
    'distributionLanes(filter: { destination: "W1" }, orderBy: { field: ID, direction: DESC })': 1,
  };
  for (const [connection, totalCount] of Object.entries(found)) {
    const answer = await ask(`{ found: ${connection} { totalCount nodes { __typename } edges { cursor } } }`);
    expect({ connection, answer }).toMatchObject({
      connection,
      answer: { found: { totalCount, nodes: { length: totalCount }, edges: { length: totalCount } } },
    });
  }
  const byName = await ask(`{ locations(orderBy: { field: NAME, direction: DESC }) { nodes { code } } }`);
  expect(byName).toEqual({ locations: { nodes: [{ code: 'A' }, { code: 'P100' }] } });
});

it('lets a planner set the safety stock, once per key and only of the revision that they saw', async () => {
  await report(items(1));
  const set = (value: string, idempotencyKey: string, expectedRevision: number | null = null) =>
    ask(
      `mutation ($value: Decimal!, $idempotencyKey: String!, $expectedRevision: Int) {
        setSafetyStock(
          input: { sku: "ITEM-0", location: "P100", safetyStock: { value: $value, unit: "PC" } }
          idempotencyKey: $idempotencyKey
          expectedRevision: $expectedRevision
        ) {
          __typename
          ... on ItemLocationAccepted { itemLocation { revision planning { safetyStock { value } } } }
          ... on CommandRefused { code reason }
          ... on RevisionConflict { currentRevision }
        }
      }`,
      { value, idempotencyKey, expectedRevision },
    );
  const accepted = (value: string, revision: number) => ({
    __typename: 'ItemLocationAccepted',
    itemLocation: { revision, planning: { safetyStock: { value } } },
  });
  expect((await set('35', 'one', 1)).setSafetyStock).toEqual(accepted('35', 2));
  expect((await set('35', 'one', 1)).setSafetyStock).toEqual(accepted('35', 2));
  expect((await set('40', 'two', 1)).setSafetyStock).toEqual({ __typename: 'RevisionConflict', currentRevision: 2 });
  expect((await set('-40', 'three')).setSafetyStock).toMatchObject({
    __typename: 'CommandRefused',
    code: 'BAD_QUANTITY',
  });
});

async function report(records: Readonly<Record<string, readonly unknown[]>>): Promise<void> {
  const messages = Object.entries(records).flatMap(([type, all]) =>
    all.map((data) => inboundMessage({ type, source: 'erp/plant-1', data }, clock)),
  );
  const outcomes = await domain.intake.receive(messages);
  expect(outcomes.filter(({ status }) => status !== 'APPLIED')).toEqual([]);
}

async function ask(source: string, variableValues: Record<string, unknown> = {}): Promise<Record<string, unknown>> {
  const { schema } = domain;
  const { data, errors } = await graphql({ schema, source, variableValues, contextValue: domain.createContext() });
  expect(errors).toBeUndefined();
  return data ?? {};
}
