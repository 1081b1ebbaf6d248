import 'reflect-metadata';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { encodeCursor, openEmbeddedLog, type CloudEvent, type EventLog } from '@takt/event-log';
import fc from 'fast-check';
import { buildSchema, graphql, printSchema } from 'graphql';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { withDocumentChanges } from './document-changes.ts';

// Looks into the outbox follow each other at once.
vi.mock('node:timers/promises', () => ({ setTimeout: () => Promise.resolve() }));

const AGGREGATES = [
  { collection: { name: 'orders', indexes: [] }, events: { OrderFirmed: {}, OrderRevised: {} } },
  { collection: { name: 'work-centers', indexes: [] }, events: { StateChanged: {} } },
] as unknown as Parameters<typeof withDocumentChanges>[1];

let directory: string;
let log: EventLog;
/** What the outbox holds at each look; what it holds last stays. */
let looks: Look[];
interface Look {
  readonly count: number;
  readonly pending: readonly string[];
}
const holding = (...pending: string[]): Look => ({ count: pending.length, pending });

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'takt-changes-'));
  log = await openEmbeddedLog({ directory, retainEvents: 3_000 });
  looks = [holding()];
});
afterEach(async () => {
  await log.close();
  await rm(directory, { recursive: true });
});

type Told = readonly [type: string, subject?: string];

async function append(...told: readonly Told[]): Promise<void> {
  const before = await log.head();
  const events = told.map(([type, subject], index) => ({
    specversion: '1.0',
    id: String(before + index + 1),
    source: 'test',
    type,
    ...(subject !== undefined && { subject }),
    time: '2026-01-05T08:00:00Z',
    datacontenttype: 'application/json',
    dataschema: `${type}.v1`,
    correlationid: 'c',
    cause: 'REPORTED',
    data: {},
  }));
  await log.append(events as CloudEvent[]);
}

const at = (position: number) => encodeCursor(log.id, position);

async function ask<Answer>(source: string, variableValues: Record<string, unknown> = {}): Promise<Answer> {
  let seen = holding();
  const outbox = {
    count: () => {
      seen = (looks.length > 1 ? looks.shift() : looks[0]) ?? seen;
      return Promise.resolve(seen.count);
    },
    pending: () => Promise.resolve(seen.pending.map((id) => ({ id }))),
  };
  const engines = { store: { outbox: outbox as never }, log };
  const schema = withDocumentChanges(buildSchema('type Query { order: ID }'), AGGREGATES, engines);
  const { data, errors } = await graphql({ schema, source, variableValues });
  if (errors?.[0]) throw errors[0];
  return data as Answer;
}

const head = async () => (await ask<{ _head: string }>('{ _head }'))._head;
const changes = async (collection: string, after: string, until: string) => {
  const source = `query ($collection: String!, $after: String!, $until: String!) {
    _changes(collection: $collection, after: $after, until: $until) { ids cursor }
  }`;
  const answer = await ask<{ _changes: { ids: string[]; cursor: string } }>(source, { collection, after, until });
  return { ...answer._changes };
};

it('are answered beside the schema, which does not have them', () => {
  const schema = buildSchema('type Query { order: ID }');
  withDocumentChanges(schema, [], { store: { outbox: {} as never }, log });
  expect(printSchema(schema)).not.toMatch(/_head|_changes/);
});

describe('_head', () => {
  it('is the end of the log when nothing waits to be published', async () => {
    await append(['OrderFirmed', 'A'], ['OrderFirmed', 'B']);
    expect(await head()).toBe(at(2));
  });

  it('is behind all that had been committed, which it waits for, and for nothing committed since', async () => {
    // given two events that are committed, and others that follow them without an end
    await append(['OrderFirmed', 'A']);
    looks = [holding('1', '2'), holding('2', '3'), holding('3', '4'), holding('4')];
    // then it is asked for at the look at which both are gone
    expect(await head()).toBe(at(1));
    expect(looks).toEqual([holding('4')]);
  });

  it('counts only once all of the outbox was seen', async () => {
    looks = [{ count: 3, pending: ['1', '2'] }, holding('3'), holding(), holding()];
    await head();
    expect(looks).toEqual([holding()]);
  });

  it('is refused while what was committed does not reach the log', async () => {
    looks = [holding('1')];
    await expect(head()).rejects.toMatchObject({ extensions: { code: 'EVENT_LOG_UNAVAILABLE' } });
  });
});

describe('_changes', () => {
  it('has each document of the collection with events behind a cursor, once, up to another', async () => {
    await append(
      ['OrderFirmed', 'before'],
      ['OrderFirmed', 'A'],
      ['StateChanged', 'WC-1'],
      ['OrderRevised', 'A'],
      ['OrderFirmed'],
      ['OrderRevised', 'B'],
      ['OrderFirmed', 'behind'],
    );
    expect(await changes('orders', at(1), at(6))).toEqual({ ids: ['A', 'B'], cursor: at(6) });
    expect(await changes('work-centers', at(1), at(6))).toEqual({ ids: ['WC-1'], cursor: at(6) });
    expect(await changes('orders', at(7), at(7))).toEqual({ ids: [], cursor: at(7) });
  });

  it('read page by page have what is there, whatever the positions', async () => {
    const told = fc.sample(
      fc.tuple(fc.constantFrom('OrderFirmed', 'StateChanged'), fc.constantFrom('A', 'B', 'C', 'D')),
      { numRuns: 1_200, seed: 1 },
    );
    await append(...told);
    const position = fc.nat(told.length);
    await fc.assert(
      fc.asyncProperty(position, position, async (one, other) => {
        const [after, until] = [Math.min(one, other), Math.max(one, other)];
        const expected = new Set(
          told.slice(after, until).flatMap(([type, id]) => (type === 'OrderFirmed' ? [id] : [])),
        );
        const found = new Set<string>();
        let answers = 0;
        for (let from = at(after); from !== at(until) && answers < 9; answers++) {
          const { ids, cursor } = await changes('orders', from, at(until));
          for (const id of ids) found.add(id);
          from = cursor;
        }
        expect(found).toEqual(expected);
        // No answer reads more than 480 events.
        expect(answers).toBe(Math.ceil((until - after) / 480));
      }),
      { numRuns: 50 },
    );
  });

  it.each([
    ['DOCUMENTS_WITHOUT_EVENTS', 'decisions', () => at(0), () => at(0)],
    ['CURSOR_INVALID', 'orders', () => encodeCursor('another-log', 0), () => at(0)],
    ['CURSOR_INVALID', 'orders', () => at(0), () => at(1)],
  ])('are refused as %s of %s', async (code, collection, after, until) => {
    await expect(changes(collection, after(), until())).rejects.toMatchObject({ extensions: { code } });
  });

  it('are refused behind what the log has dropped, also if nothing came since', async () => {
    await log.close();
    log = await openEmbeddedLog({ directory, retainEvents: 3 });
    await append(...Array.from({ length: 10 }, (_, index): Told => ['OrderFirmed', String(index)]));
    await expect(changes('orders', at(2), at(2))).rejects.toMatchObject({
      extensions: { code: 'CURSOR_EXPIRED', gap: { after: at(2), until: at(7) } },
    });
    expect(await changes('orders', at(7), at(10))).toEqual({ ids: ['7', '8', '9'], cursor: at(10) });
  });
});
