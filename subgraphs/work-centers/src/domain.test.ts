import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { countReads } from '@takt/document-store';
import { inboundMessage } from '@takt/intake';
import { openDomain, type Domain } from '@takt/subgraph-server';
import { graphql, parse, subscribe, type ExecutionResult } from 'graphql';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { workCenters } from './index.ts';
import type { WorkCenterReport, WorkCenterStateReport } from './work-center.ts';

const now = new Date('2026-01-05T12:00:00Z');
const clock = () => now;
let directory: string;
let domain: Domain;
let reads: ReturnType<typeof countReads>;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'takt-work-centers-'));
  domain = await open();
});

afterEach(async () => {
  await domain.close();
  await rm(directory, { recursive: true });
});

it('answers a work center with what its load is computed from', async () => {
  await report(line, press);
  const answer = await ask(`{
    workCenter(code: "PRESS-1") {
      name level type location { code } parent { code name } alternates { code name } capacity capacityUnit
      efficiencyPercent timeZone calendar { code } capacityCalendar { code } constrained criticalLoadPercent
      shifts { name days startTime endTime crews } skills { name priority }
      state stateSince downtimes { from } revision provenance { system freshness }
    }
    nobody: workCenter(code: "NOBODY") { code }
  }`);
  expect(answer).toEqual({
    workCenter: {
      name: 'Press 1',
      level: 'WORK_UNIT',
      type: 'MACHINE',
      location: { code: 'P100' },
      parent: { code: 'LINE-1', name: 'Line 1' },
      alternates: [
        { code: 'LINE-1', name: 'Line 1' },
        { code: 'PRESS-9', name: null },
      ],
      capacity: '1.5',
      capacityUnit: 'machine',
      efficiencyPercent: 100,
      timeZone: 'Europe/Berlin',
      calendar: { code: 'weekdays' },
      capacityCalendar: null,
      constrained: true,
      criticalLoadPercent: 90,
      shifts: [{ name: 'night', days: ['MONDAY'], startTime: '22:00', endTime: '06:00', crews: 1 }],
      skills: [{ name: 'pressing', priority: null }],
      state: null,
      stateSince: null,
      downtimes: [],
      revision: 1,
      provenance: { system: 'erp', freshness: 'FRESH' },
    },
    nobody: null,
  });
});

it('filters and sorts work centers, of all plants and of one', async () => {
  await report(line, press, { ...press, code: 'PRESS-2', name: 'A press', location: 'P200', constrained: false });
  await reportState({ code: 'PRESS-1', state: 'DOWN', reason: 'hydraulics' });
  const answer = await ask(`{
    all: workCenters(orderBy: { field: NAME }) { totalCount nodes { code } }
    byPlant: workCenters(orderBy: { field: LOCATION, direction: DESC }) { nodes { code } }
    down: workCenters(filter: { state: [DOWN, MAINTENANCE] }) { totalCount nodes { code state } }
    free: workCenters(filter: { constrained: false, type: MACHINE, location: ["P100", "P200"] }) { nodes { code } }
    notConstrained: workCenters(filter: { constrained: false }) { totalCount }
    below: workCenters(filter: { parent: "LINE-1" }) { totalCount }
    _entities(representations: [{ __typename: "Location", code: "P100" }, { __typename: "Location", code: "P300" }]) {
      ... on Location { code workCenters(filter: { constrained: true, state: DOWN }) { totalCount nodes { code } } }
    }
  }`);
  expect(answer).toEqual({
    all: { totalCount: 3, nodes: [{ code: 'PRESS-2' }, { code: 'LINE-1' }, { code: 'PRESS-1' }] },
    byPlant: { nodes: [{ code: 'PRESS-2' }, { code: 'PRESS-1' }, { code: 'LINE-1' }] },
    down: { totalCount: 1, nodes: [{ code: 'PRESS-1', state: 'DOWN' }] },
    free: { nodes: [{ code: 'PRESS-2' }] },
    notConstrained: { totalCount: 2 },
    below: { totalCount: 2 },
    _entities: [
      { code: 'P100', workCenters: { totalCount: 1, nodes: [{ code: 'PRESS-1' }] } },
      { code: 'P300', workCenters: { totalCount: 0, nodes: [] } },
    ],
  });
});

it('answers the work centers of fifty operations with one read, also one that no source has reported', async () => {
  await report(press);
  reads.reset();
  const representations = Array.from({ length: 50 }, (_, i) => ({ __typename: 'WorkCenter', code: `PRESS-${i + 1}` }));
  const { _entities } = await ask(
    `query ($representations: [_Any!]!) {
      _entities(representations: $representations) { ... on WorkCenter { code name state capacity shifts { name } } }
    }`,
    { representations },
  );
  expect(reads.reads()).toBe(1);
  expect(_entities).toHaveLength(50);
  expect(_entities).toMatchObject([
    { code: 'PRESS-1', name: 'Press 1', state: null, shifts: [{ name: 'night' }] },
    { code: 'PRESS-2', name: null, state: null, capacity: null, shifts: [] },
    ...Array.from({ length: 48 }, () => ({ name: null })),
  ]);
});

it('takes the state of a work center from a person, or says why not', async () => {
  await report(press);
  const tell = (
    input: Partial<WorkCenterStateReport>,
    idempotencyKey: string,
    expectedRevision: number | null = null,
  ) =>
    ask(
      `mutation ($input: ReportWorkCenterStateInput!, $idempotencyKey: String!, $expectedRevision: Int) {
        result: reportWorkCenterState(input: $input, idempotencyKey: $idempotencyKey, expectedRevision: $expectedRevision) {
          ... on WorkCenterAccepted { workCenter { state stateReason stateSince expectedEnd revision downtimes { state reason from to } } }
          ... on CommandRefused { code }
          ... on RevisionConflict { expectedRevision currentRevision }
        }
      }`,
      { input: { code: 'PRESS-1', ...input }, idempotencyKey, expectedRevision },
    );
  const stopped = {
    workCenter: {
      state: 'DOWN',
      stateReason: 'hydraulics',
      stateSince: '2026-01-05T12:00:00.000Z',
      expectedEnd: '2026-01-05T15:00:00.000Z',
      revision: 2,
      downtimes: [{ state: 'DOWN', reason: 'hydraulics', from: '2026-01-05T12:00:00.000Z', to: null }],
    },
  };
  const stop = { state: 'DOWN', reason: 'hydraulics', expectedEnd: '2026-01-05T15:00:00Z' } as const;
  expect((await tell(stop, 'stop', 1)).result).toEqual(stopped);
  expect((await tell(stop, 'stop', 1)).result).toEqual(stopped);
  expect((await tell({ state: 'RUNNING' }, 'run', 1)).result).toEqual({ expectedRevision: 1, currentRevision: 2 });
  expect((await tell({ code: 'NOBODY', state: 'RUNNING' }, 'who')).result).toEqual({ code: 'UNKNOWN_WORK_CENTER' });
});

it('tells subscribers what changed, and after a restart goes on behind the cursor without gap or duplicate', async () => {
  const changes = await listen({ plant: 'P100' });
  await report(press, { ...press, code: 'PRESS-2', location: 'P200' });
  await reportState({ code: 'PRESS-2', state: 'RUNNING' });
  await reportState({ code: 'PRESS-1', state: 'RUNNING' });
  const created = await changes.next();
  expect(created).toMatchObject({
    occurredAt: '2026-01-05T11:00:00.000Z',
    cause: 'REPORTED',
    workCenter: { code: 'PRESS-1' },
    stateAfter: null,
  });
  expect(created['changed']).toContain('capacity');
  const running = await changes.next();
  expect(running).toMatchObject({
    stateBefore: null,
    stateAfter: 'RUNNING',
    changed: [],
    workCenter: { state: 'RUNNING' },
  });

  await reportState({ code: 'PRESS-1', state: 'DOWN', reason: 'hydraulics' });
  expect(await changes.next()).toMatchObject({ stateBefore: 'RUNNING', stateAfter: 'DOWN', reason: 'hydraulics' });
  await changes.stop();

  await domain.close();
  domain = await open();
  const again = await listen({ code: 'PRESS-1', after: running['cursor'] });
  expect(await again.next()).toMatchObject({ stateAfter: 'DOWN', workCenter: { state: 'DOWN' } });
  await reportState({ code: 'PRESS-1', state: 'RUNNING' });
  expect(await again.next()).toMatchObject({
    stateBefore: 'DOWN',
    stateAfter: 'RUNNING',
    workCenter: { state: 'RUNNING' },
  });
  await again.stop();
});

it('refuses a cursor that is not its own', async () => {
  const answer = await subscribeWith({ after: 'nonsense' });
  expect(answer).toMatchObject({ errors: [{ extensions: { code: 'CURSOR_INVALID' } }] });
});

const press: WorkCenterReport = {
  code: 'PRESS-1',
  name: 'Press 1',
  location: 'P100',
  level: 'WORK_UNIT',
  parent: 'LINE-1',
  type: 'MACHINE',
  capacity: '1.5',
  capacityUnit: 'machine',
  calendar: 'weekdays',
  shifts: [{ name: 'night', days: ['MONDAY'], startTime: '22:00', endTime: '06:00' }],
  timeZone: 'Europe/Berlin',
  constrained: true,
  alternates: ['LINE-1', 'PRESS-9'],
  skills: [{ name: 'pressing' }],
};

const line: WorkCenterReport = {
  code: 'LINE-1',
  name: 'Line 1',
  location: 'P100',
  level: 'WORK_CENTER',
  type: 'LINE',
  capacity: '1',
  capacityUnit: 'line',
  timeZone: 'Europe/Berlin',
};

function open(): Promise<Domain> {
  return openDomain(workCenters, {
    directory,
    clock,
    decorateStore: (store) => {
      reads = countReads(store);
      return reads.store;
    },
  });
}

async function report(...records: readonly WorkCenterReport[]): Promise<void> {
  const time = '2026-01-05T11:00:00.000Z';
  const messages = records.map((data) =>
    inboundMessage({ type: 'WorkCenterReported', source: 'erp/plant-1', data, time }, clock),
  );
  const outcomes = await domain.intake.receive(messages);
  expect(outcomes.filter(({ status }) => status !== 'APPLIED')).toEqual([]);
}

async function reportState(data: WorkCenterStateReport): Promise<void> {
  const message = inboundMessage({ type: 'WorkCenterStateReported', source: 'mes/plant-1', data }, clock);
  expect(await domain.intake.receive([message])).toMatchObject([{ status: 'APPLIED' }]);
}

async function ask(source: string, variableValues: Record<string, unknown> = {}): Promise<Record<string, unknown>> {
  const { schema } = domain;
  const { data, errors } = await graphql({ schema, source, variableValues, contextValue: domain.createContext() });
  expect(errors).toBeUndefined();
  return data ?? {};
}

async function listen(variableValues: Record<string, unknown>) {
  const changes = await subscribeWith(variableValues);
  if (!(Symbol.asyncIterator in changes)) throw new Error(JSON.stringify(changes.errors));
  return {
    async next(): Promise<Record<string, unknown>> {
      const { value } = (await changes.next()) as IteratorResult<ExecutionResult, undefined>;
      expect(value?.errors).toBeUndefined();
      return value?.data?.['workCenterChanged'] as Record<string, unknown>;
    },
    stop: () => changes.return(undefined),
  };
}

function subscribeWith(variableValues: Record<string, unknown>) {
  return subscribe({
    schema: domain.schema,
    contextValue: domain.createContext(),
    variableValues,
    document: parse(`subscription ($plant: String, $code: String, $after: String) {
      workCenterChanged(plant: $plant, code: $code, after: $after) {
        cursor occurredAt cause correlationId changed stateBefore stateAfter reason workCenter { code state }
      }
    }`),
  });
}
