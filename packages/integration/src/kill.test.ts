import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { testSystem, startTestExchange, type TestExchange } from './test-exchange.fixture.ts';
import { FillReceiver, fillsOf } from './fill-receiver.fixture.ts';
import type { FoundMessage } from './reader.ts';
import { openTanks, type Tanks } from './tanks.fixture.ts';

const LIVES = 5;

describe('kill -9 at random instants', () => {
  let directory: string;
  let tanks: Tanks;
  let open: TestExchange;
  let messages: readonly FoundMessage[];
  const acknowledged: string[] = [];

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'takt-kill-'));
    for (let life = 0; life < LIVES; life += 1) {
      const after = 20 + Math.floor(Math.random() * 120);
      acknowledged.push(...(await liveAndDie(directory, `L${life}`, after, Math.random() * 40)));
    }
    tanks = await openTanks(directory);
    open = await startTestExchange({
      systems: [testSystem({ system: 'mes/hall-1', receiver: new FillReceiver() })],
      store: tanks.store,
      intake: () => tanks.intake,
    });
    // More may have been kept than were acknowledged.
    await vi.waitUntil(() => open.exchange.instances()[0]?.waiting === 0, { timeout: 60_000 });
    messages = (await open.reader.messages({ first: 100_000 })).messages;
  });

  afterAll(async () => {
    await open.close();
    await tanks.close();
    await rm(directory, { recursive: true, force: true });
  });

  test('brings all that was acknowledged to its end, each part of it applied', () => {
    const byKey = new Map(messages.map((message) => [message.key, message]));
    expect(acknowledged.filter((key) => !byKey.has(key))).toEqual([]);
    for (const { key, status, records, counts } of messages) {
      expect([key, status, records, counts]).toEqual([
        key,
        'APPLIED',
        fillsOf(key),
        { applied: fillsOf(key), duplicate: 0, rejected: 0, deadLettered: 0 },
      ]);
    }
  });

  test('loses and doubles nothing in the domain', async () => {
    const stored = await tanks.tanks.getMany(messages.map(({ key }) => key));
    expect(stored.map((tank) => tank?.document.litres)).toEqual(messages.map(({ key }) => fillsOf(key)));
  });

  test('keeps one result for each record', async () => {
    for (const { id, key } of messages) {
      const { results, hasNextPage } = await open.reader.results(id, { first: 1000 });
      expect(hasNextPage).toBe(false);
      expect(results.map(({ record }) => record)).toEqual(Array.from({ length: fillsOf(key) }, (_, n) => n));
    }
  });
});

/** Runs an exchange in a process of its own, and kills it a moment after so many documents were acknowledged. */
async function liveAndDie(directory: string, life: string, after: number, momentMs: number): Promise<string[]> {
  const script = fileURLToPath(new URL('./kill.child.ts', import.meta.url));
  const child = spawn(process.execPath, ['--import', 'tsx', script, directory, life], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const exit = once(child, 'exit');
  const acknowledged: string[] = [];
  for await (const key of createInterface({ input: child.stdout })) {
    acknowledged.push(key);
    if (acknowledged.length === after) setTimeout(() => child.kill('SIGKILL'), momentMs);
  }
  expect(await exit).toEqual([null, 'SIGKILL']);
  return acknowledged;
}
