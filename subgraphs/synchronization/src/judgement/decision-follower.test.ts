import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { openLmdbStore, type DocumentStore } from '@takt/document-store';
import type { LoggedEvent } from '@takt/event-log';
import { DECISIONS, decisionRecords } from './decision-follower.ts';
import { JudgedUnit, LIQUID_WEEK, observed, week } from './judgement.fixture.ts';

let directory: string;
let store: DocumentStore;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'takt-decisions-'));
  store = await openLmdbStore({ directory });
});

afterEach(async () => {
  await store.close();
  await rm(directory, { recursive: true });
});

it('keeps each decision with where it belongs, and what became of one that waited', async () => {
  const consumer = await decisionRecords(store);
  await consumer.apply(eventsOf(waitingUnit()));
  const records = await store.collection(DECISIONS);
  const [first, waiting, taken] = await records.getMany(['PUMP-10@P100:1', 'PUMP-10@P100:2', 'PUMP-10@P100:3']);
  expect(first?.document).toMatchObject({ planningUnit: 'PUMP-10@P100', location: 'P100', region: 'EU', position: 1 });
  expect(waiting?.document).toMatchObject({ correlationId: 'story-2', supersededBy: 'PUMP-10@P100:3' });
  expect(taken?.document.supersedes).toBe('PUMP-10@P100:2');
});

it('knows why a decision was dropped, also when its events come again', async () => {
  const consumer = await decisionRecords(store);
  const events = eventsOf(waitingUnit().slice(0, 2));
  const data = {
    sku: 'PUMP-10',
    location: 'P100',
    decision: 'PUMP-10@P100:2',
    reason: 'Nothing is left.',
    revision: 3,
  };
  const all = [...events, logged(3, 'DecisionDropped', data)];
  await consumer.apply(all);
  const records = await store.collection(DECISIONS);
  const once = await records.getMany(['PUMP-10@P100:2']);
  await consumer.apply(all);
  await consumer.apply(events);
  expect((await records.getMany(['PUMP-10@P100:2']))[0]?.document).toEqual(once[0]?.document);
  expect(once[0]?.document.dropped).toBe('Nothing is left.');
});

it.each([
  ['so many positions of the log', { days: 35, positions: 10 }],
  ['so many days', { days: 10 / 1440, positions: 1000 }],
])('keeps the decisions of %s, however the log is read', async (_what, retention) => {
  const unit = new JudgedUnit();
  for (let minute = 0; minute < 25; minute += 1) unit.take(observed([week(LIQUID_WEEK, 100 + minute)], minute));
  const events = eventsOf(unit.decisions);
  const consumer = await decisionRecords(store, retention);
  const kept = async () => {
    const { entries } = await (await store.collection(DECISIONS)).page({ orderBy: ['position'], first: 100 });
    return entries.map(({ document }) => document.position);
  };
  await consumer.apply(events);
  const atOnce = await kept();
  for (const event of events) await consumer.apply([event]);
  expect(await kept()).toEqual(atOnce);
  expect(atOnce).toEqual([15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25]);
});

function waitingUnit() {
  const unit = new JudgedUnit();
  unit.take(observed([week(LIQUID_WEEK, 100)], 0, { region: 'EU' }));
  unit.take(observed([week(LIQUID_WEEK, 200)], 1, { away: ['erp/1'] }));
  unit.take(observed([week(LIQUID_WEEK, 300)], 2));
  return unit.decisions;
}

function eventsOf(decisions: readonly unknown[]): LoggedEvent[] {
  return decisions.map((data, index) => logged(index + 1, 'DecisionMade', data));
}

function logged(position: number, type: string, data: unknown): LoggedEvent {
  return {
    position,
    event: {
      specversion: '1.0',
      id: `planning-units/PUMP-10@P100/${position}/1`,
      source: 'takt/synchronization',
      type,
      subject: 'PUMP-10@P100',
      time: '2026-01-07T08:00:00Z',
      datacontenttype: 'application/json',
      dataschema: `${type}.v1`,
      correlationid: `story-${position}`,
      cause: 'REPORTED',
      data,
    },
  };
}
