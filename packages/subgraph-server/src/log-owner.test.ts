import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Type } from '@sinclair/typebox';
import { openLmdbStore, type DocumentStore } from '@takt/document-store';
import { openEmbeddedLog, type EventLog } from '@takt/event-log';
import { defineMasterRecord, inboundMessage, openIntake, systemClock } from '@takt/intake';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { claimLog } from './log-owner.ts';

const tank = defineMasterRecord({
  noun: 'Tank',
  collection: { name: 'tanks', indexes: [] },
  key: ({ id }) => id,
  data: Type.Object({ id: Type.String(), litres: Type.Integer() }),
});
const tanks = { name: 'tanks', aggregates: [tank] };

let directory: string;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'takt-owner-'));
});
afterEach(async () => {
  await rm(directory, { recursive: true });
});

/** Does something with documents and events that lie in these folders. */
async function withEngines(
  [documents, events]: readonly [string, string],
  work: (store: DocumentStore, log: EventLog) => Promise<void>,
): Promise<void> {
  const store = await openLmdbStore({ directory: join(directory, documents) });
  const log = await openEmbeddedLog({ directory: join(directory, events) });
  try {
    await work(store, log);
  } finally {
    await log.close();
    await store.close();
  }
}

async function gauge(store: DocumentStore, log: EventLog, ...litres: number[]): Promise<void> {
  const intake = await openIntake({ store, log, aggregates: [tank], clock: systemClock });
  const messages = litres.map((each) => ({
    type: 'TankReported',
    source: 'wms/P100',
    data: { id: 'a/b', litres: each },
  }));
  await intake.receive(messages.map((each) => inboundMessage(each, systemClock)));
  await intake.close();
}

const claim = (store: DocumentStore, log: EventLog) => claimLog(tanks, store, log);
const copy = (from: string, to: string) => cp(join(directory, from), join(directory, to), { recursive: true });

it('documents belong to the log that they were first opened with, for ever', async () => {
  await withEngines(['documents', 'log'], async (store, log) => {
    await claim(store, log);
    await gauge(store, log, 1);
    await claim(store, log);
    await expect(claimLog(tanks, store, { ...log, id: 'other' })).rejects.toThrow(
      /documents of tanks belong to another event log .*, not other\).*TAKT_NAMESPACE/,
    );
  });
});

it('new documents are not taken for those of a log that tells of others, however often that is tried', async () => {
  await withEngines(['documents', 'log'], (store, log) => gauge(store, log, 1));
  await withEngines(['new', 'log'], async (store, log) => {
    for (let attempt = 0; attempt < 2; attempt += 1) {
      await expect(claim(store, log)).rejects.toThrow(
        /event log of tanks tells of what its documents do not have \(tanks\/a\/b\/1\/1\).*restore documents and events/,
      );
    }
  });
});

it('documents of an older backup are told from those that the log belongs to', async () => {
  await withEngines(['documents', 'log'], async (store, log) => {
    await claim(store, log);
    await gauge(store, log, 1);
  });
  await copy('documents', 'backup');
  await withEngines(['documents', 'log'], (store, log) => gauge(store, log, 2));
  await withEngines(['backup', 'log'], (store, log) =>
    expect(claim(store, log)).rejects.toThrow('do not have (tanks/a/b/2/1)'),
  );
  await withEngines(['documents', 'log'], claim);
});

it('an older backup of the log is taken: the documents have all that it tells of', async () => {
  await withEngines(['documents', 'log'], async (store, log) => {
    await claim(store, log);
    await gauge(store, log, 1);
  });
  await copy('log', 'backup');
  await withEngines(['documents', 'log'], (store, log) => gauge(store, log, 2));
  await withEngines(['documents', 'backup'], claim);
});

it('documents of earlier versions, which do not say which log is theirs, are taken', async () => {
  await withEngines(['documents', 'log'], (store, log) => gauge(store, log, 1, 2));
  await withEngines(['documents', 'log'], claim);
  await withEngines(['documents', 'log'], claim);
});
