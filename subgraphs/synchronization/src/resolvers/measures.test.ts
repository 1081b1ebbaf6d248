import { execute, parse } from 'graphql';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DocumentStore } from '@takt/document-store';
import { inboundMessage, type Clock } from '@takt/intake';
import { openDomain, type DomainDefinition } from '@takt/subgraph-server';
import { expect, it, onTestFinished } from 'vitest';
import { planningException } from '../exceptions/planning-exception.ts';
import type { RaiseException } from '../exceptions/messages.ts';
import { judgementDays } from '../measures/measures-follower.ts';
import { openMeasures, type Measures } from '../measures/measures-store.ts';
import { BERLIN, decision, made, masterData } from '../measures/measures.fixture.ts';
import { followPlants } from '../measures/plant-follower.ts';
import type { UnitFacts } from '../picture/unit-facts.ts';
import { MEASURE_DESCRIPTIONS } from '../schema/measures.ts';
import { PlanningMeasuresResolver } from './measures.ts';

const clock = () => new Date('2026-03-10T12:00:00Z');

/** The measures as a domain of their own. */
const domainOfMeasures: DomainDefinition<{ readonly clock: Clock; readonly measures: Measures }> = {
  name: 'synchronization',
  aggregates: [planningException],
  resolvers: [PlanningMeasuresResolver],
  references: {},
  async connect({ store }) {
    const measuresOf = await openMeasures(store);
    const locations = (codes: readonly string[]) =>
      Promise.resolve(codes.map((code) => (code === 'P100' ? BERLIN : undefined)));
    const units = (keys: readonly { sku: string; location: string }[]) => Promise.resolve(keys.map(factsOf));
    return { createContext: () => ({ clock, measures: measuresOf({ locations, units }) }) };
  },
};

function factsOf({ sku, location }: { readonly sku: string; readonly location: string }): UnitFacts {
  const order = { id: 'CO-1', sku, location, customer: 'C', quantity: { value: '1', unit: 'EA' } };
  return {
    sku,
    location,
    forecasts: [],
    customerOrders: [{ ...order, dueAt: '2026-03-09T12:00:00Z', status: 'OPEN' }],
    makingOrders: [],
    consumingOrders: [],
    commitments: [],
    arriving: [],
    leaving: [],
    billsOfMaterial: [],
    routings: [],
  };
}

async function opened() {
  const directory = await mkdtemp(join(tmpdir(), 'takt-measures-'));
  let store: DocumentStore | undefined;
  const decorateStore = (engine: DocumentStore) => (store = engine);
  const domain = await openDomain(domainOfMeasures, { directory, clock, decorateStore });
  onTestFinished(async () => {
    await domain.close();
    await rm(directory, { recursive: true });
  });
  const run = (query: string) =>
    execute({ schema: domain.schema, document: parse(query), contextValue: domain.createContext() });
  return {
    store: store!,
    receive: async (type: string, data: object, time: string) =>
      domain.intake.receive([inboundMessage({ type, source: 'takt/planner', data, time }, clock)]),
    ask: async (query: string) => {
      const { data, errors } = await run(query);
      expect(errors).toBeUndefined();
      return data as Record<string, never>;
    },
    refusal: async (query: string) => {
      const { errors } = await run(query);
      return errors?.map(({ extensions, message }) => [extensions.code, message]);
    },
  };
}

const all = (args: string) => `{ planningMeasures(${args}) {
  scheduleUpdateLatency { toDecision { count maxSeconds } toCommand { count } toApplied { count } }
  forecastSynchronization { part whole percent }
  orderConfirmationCompleteness { part whole }
  suppressionRate { part whole percent }
  scheduleNervousness { orders revisions perOrder }
  scheduleAdherence(toleranceDays: 0) { part whole }
  stockouts { itemLocations itemDays }
  inventoryTurns { days issuesValue averageStockValue turns }
  itemsWithoutCost
  exceptionResolutionTime { closed medianSeconds p90Seconds }
} }`;

const MARCH = 'plant: "P100", from: "2026-03-01", to: "2026-04-01"';

it('says of each measure that there is nothing to measure', async () => {
  const { ask } = await opened();
  expect(await ask(all(MARCH))).toEqual({
    planningMeasures: {
      scheduleUpdateLatency: { toDecision: null, toCommand: null, toApplied: null },
      forecastSynchronization: null,
      orderConfirmationCompleteness: null,
      suppressionRate: null,
      scheduleNervousness: null,
      scheduleAdherence: null,
      stockouts: null,
      inventoryTurns: null,
      itemsWithoutCost: 0,
      exceptionResolutionTime: null,
    },
  });
  expect(await ask('{ openExceptionGroups { open } }')).toEqual({ openExceptionGroups: [] });
});

it('measures a plant, all in all or one family', async () => {
  const { ask, store, receive } = await opened();
  const triggers = [{ type: 'ForecastRevised', occurredAt: '2026-03-08T07:00:00Z' }];
  const pumps = { family: 'PUMPS', decidedAt: '2026-03-08T08:00:00Z', triggers };
  await (
    await judgementDays(store)
  ).apply([
    made(1, decision({ ...pumps, id: 'D-1', outcomes: ['SUPPRESS', 'RECALCULATE'] })),
    made(2, decision({ decidedAt: '2026-03-08T09:00:00Z', family: 'VALVES', outcomes: ['SUPPRESS', 'SUPPRESS'] })),
    made(3, decision({ decidedAt: '2026-02-08T09:00:00Z', outcomes: ['SUPPRESS'] })),
  ]);
  const plants = await followPlants(store, masterData(), clock);
  const pieces = (value: string) => ({ value, unit: 'EA' });
  const revision = {
    number: 1,
    from: {},
    to: {},
    cause: 'FORECAST_CHANGE',
    policyDecision: 'D-1',
    revisedAt: '2026-03-08T08:00:10.000Z',
    state: 'APPLIED',
    answeredAt: '2026-03-08T08:01:00.000Z',
  };
  const order = {
    id: 'PO-1',
    sku: 'PUMP',
    location: 'P100',
    owner: 'SOURCE',
    state: 'CONFIRMED',
    scheduledStart: '2026-03-08T20:00:00.000Z',
    scheduledEnd: '2026-03-09T14:00:00.000Z',
    actualEnd: '2026-03-09T15:00:00.000Z',
    operations: [{ sequence: 10, state: 'CONFIRMED' }],
    confirmations: [{ operation: 10, final: true }],
    scheduleRevisions: [revision],
  };
  const stock = (value: string) => ({
    sku: 'PUMP',
    location: 'P100',
    unit: 'EA',
    stock: [{ status: 'UNRESTRICTED', quantity: pieces(value) }],
    allocated: pieces('0'),
    belowSafetyStock: false,
    movements: [],
  });
  const at = (time: string, movement?: object) => ({ time, type: 'InventoryChanged', data: { movement } }) as never;
  await plants.heard([
    { noun: 'ProductionOrder', id: 'PO-1', after: order, position: 5, event: at('2026-03-09T16:00:00Z') },
    { noun: 'InventoryPosition', id: 'i', after: stock('80'), position: 1, event: at('2026-03-08T09:00:00Z') },
    {
      noun: 'InventoryPosition',
      id: 'i',
      before: stock('80'),
      after: { ...stock('0'), stock: [] },
      position: 2,
      event: at('2026-03-09T09:00:00Z', { type: 'ISSUE' }),
    },
  ]);
  await receive('RaiseException', exception('E-1'), '2026-03-09T08:00:00Z');
  await receive('RejectException', { id: 'E-1', by: 'Vera', reason: 'Known' }, '2026-03-09T09:00:00Z');

  const pumpsOnly = {
    scheduleUpdateLatency: {
      toDecision: { count: 1, maxSeconds: 3600 },
      toCommand: { count: 1 },
      toApplied: { count: 1 },
    },
    forecastSynchronization: { part: 1, whole: 1, percent: 100 },
    orderConfirmationCompleteness: { part: 1, whole: 1 },
    suppressionRate: { part: 1, whole: 2, percent: 50 },
    scheduleNervousness: { orders: 1, revisions: 1, perOrder: 1 },
    scheduleAdherence: { part: 1, whole: 1 },
    stockouts: { itemLocations: 1, itemDays: 1 },
    // Of three days, of which only the first has something in stock at its end.
    inventoryTurns: { days: 3, issuesValue: '200', averageStockValue: '66.66666666666666666667', turns: '365' },
    itemsWithoutCost: 0,
    exceptionResolutionTime: { closed: 1, medianSeconds: 3600, p90Seconds: 3600 },
  };
  expect(await ask(all(`${MARCH}, family: "PUMPS"`))).toEqual({ planningMeasures: pumpsOnly });
  const suppressionRate = { part: 3, whole: 4, percent: 75 };
  expect(await ask(all(MARCH))).toEqual({ planningMeasures: { ...pumpsOnly, suppressionRate } });
  expect(await ask(all(`${MARCH}, family: "TANKS"`))).toMatchObject({
    planningMeasures: { suppressionRate: null, stockouts: null, inventoryTurns: null, exceptionResolutionTime: null },
  });
});

it('counts exceptions that are open, by what is asked for', async () => {
  const { ask, receive } = await opened();
  const raise = (id: string, rest: Partial<RaiseException> = {}) =>
    receive('RaiseException', { ...exception(id), ...rest }, '2026-03-09T08:00:00Z');
  await raise('E-1');
  await raise('E-2', { severity: 'CRITICAL' });
  await raise('E-3', { location: 'P200', region: 'APAC' });
  await raise('E-4');
  await receive('RejectException', { id: 'E-4', by: 'Vera', reason: 'Known' }, '2026-03-09T09:00:00Z');
  const snoozed = { id: 'E-1', by: 'Vera', until: '2026-03-12T08:00:00Z' };
  await receive('SnoozeException', snoozed, '2026-03-09T09:00:00Z');
  expect(await ask('{ openExceptionGroups { plant family region open overdue maxAgeSeconds } }')).toEqual({
    openExceptionGroups: [
      { plant: null, family: 'PUMPS', region: 'EMEA', open: 2, overdue: 2, maxAgeSeconds: 100_800 },
      { plant: null, family: 'PUMPS', region: 'APAC', open: 1, overdue: 1, maxAgeSeconds: 100_800 },
    ],
  });
  expect(await ask('{ openExceptionGroups(plant: "P100", by: [SEVERITY, OWNER]) { severity owner open } }')).toEqual({
    openExceptionGroups: [
      { severity: 'CRITICAL', owner: 'Vera', open: 1 },
      { severity: 'LOW', owner: 'Vera', open: 1 },
    ],
  });
});

it('refuses a period that is none, or too long, and a negative tolerance', async () => {
  const { refusal } = await opened();
  const period = (to: string) =>
    refusal(`{ planningMeasures(plant: "P100", from: "2026-03-01", to: "${to}") { itemsWithoutCost } }`);
  expect(await period('2026-03-01')).toEqual([['BAD_USER_INPUT', 'to must be 1 to 400 days after from, got 0.']]);
  expect(await period('2027-04-06')).toEqual([['BAD_USER_INPUT', 'to must be 1 to 400 days after from, got 401.']]);
  expect(await refusal(`{ planningMeasures(${MARCH}) { scheduleAdherence(toleranceDays: -1) { part } } }`)).toEqual([
    ['BAD_USER_INPUT', 'toleranceDays must not be negative, got -1.'],
  ]);
});

it('says in docs/measures.md what the contract says of each measure', async () => {
  const text = await readFile(new URL('../../../../docs/measures.md', import.meta.url), 'utf8');
  const sections = Object.entries(MEASURE_DESCRIPTIONS).map(
    ([name, description]) => `## \`${name}\`\n\n${description}\n`,
  );
  expect(
    text
      .split(/\n(?=## )/)
      .slice(1)
      .map((section) => `${section.trimEnd()}\n`),
  ).toEqual(sections);
});

function exception(id: string): RaiseException {
  return {
    id,
    kind: 'FROZEN_CHANGE',
    sku: 'PUMP',
    location: 'P100',
    family: 'PUMPS',
    region: 'EMEA',
    zone: 'FROZEN',
    severity: 'LOW',
    summary: 'Demand has changed.',
    decisions: [],
    orders: [],
    proposal: [],
    owner: 'Vera',
    dueAt: '2026-03-09T16:00:00.000Z',
    escalateTo: [],
    raisedAt: '2026-03-09T08:00:00.000Z',
  };
}
