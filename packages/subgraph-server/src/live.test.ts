import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { encodeCursor, openEmbeddedLog } from '@takt/event-log';
import type { CloudEvent, EventLog } from '@takt/event-log';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { liveChanges } from './index.ts';
import { places } from './places.ts';

let directory: string;
let log: EventLog;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'takt-live-'));
  log = await openEmbeddedLog({ directory, retainEvents: 3 });
});

afterEach(async () => {
  await log.close();
  await rm(directory, { recursive: true });
});

async function append(from: number, to: number): Promise<void> {
  const events = Array.from({ length: to - from + 1 }, (_, index) => ({
    specversion: '1.0',
    id: String(from + index),
    source: 'test',
    type: 'Counted',
    time: '2026-01-05T08:00:00Z',
    datacontenttype: 'application/json',
    dataschema: 'Counted.v1',
    correlationid: 'c',
    cause: 'REPORTED',
    data: {},
  }));
  await log.append(events as CloudEvent[]);
}

const follow = (after: number) => liveChanges(log, encodeCursor(log.id, after), ({ id }) => ({ id }));

test('a cursor that has expired is told with the bounds of the gap, which can be followed from', async () => {
  await append(1, 10);
  const expired: unknown = await follow(4).catch((error: unknown) => error);
  const gap = { after: encodeCursor(log.id, 4), until: encodeCursor(log.id, 7) };
  expect(expired).toMatchObject({ extensions: { code: 'CURSOR_EXPIRED', gap } });
  const changes = await follow(7);
  expect((await changes.next()).value).toMatchObject({ id: '8' });
  await changes.return?.();
});

test('a follower that retention has overtaken is told so too', async () => {
  await append(1, 3);
  const changes = await follow(0);
  await changes.next();
  for (let at = 4; at <= 600; at += 3) await append(at, at + 2);
  const ends = async () => {
    for (;;) await changes.next();
  };
  const gap = { after: encodeCursor(log.id, 3), until: encodeCursor(log.id, 597) };
  await expect(ends()).rejects.toMatchObject({ extensions: { code: 'CURSOR_EXPIRED', gap } });
});

describe('places', () => {
  beforeEach(async () => {
    await log.close();
    log = await openEmbeddedLog({ directory, retainEvents: 5_000 });
  });

  const onlyLast = () => liveChanges(log, undefined, ({ id }) => (id === '2503' ? { id } : undefined));

  test('are told to who asks: where the changes begin, and after every thousand events that were not asked for', async () => {
    await append(1, 3);
    const changes = await onlyLast();
    places.ask(changes);
    const told: unknown[] = [];
    const hearing = (async () => {
      while (told.length < 4) told.push((await changes.next()).value);
    })();
    await append(4, 2503);
    await hearing;
    const at = (position: number) => encodeCursor(log.id, position);
    expect(told.slice(0, 3).map(places.cursorOf)).toEqual([at(3), at(1003), at(2003)]);
    expect(told[3]).toMatchObject({ id: '2503', cursor: at(2503) });
    expect(places.cursorOf(told[3])).toBeUndefined();
    await changes.return?.();
  });

  test('are not told to who does not ask', async () => {
    const changes = await onlyLast();
    await append(1, 2503);
    expect((await changes.next()).value).toMatchObject({ id: '2503' });
    await changes.return?.();
  });
});
