import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { CloudEvent } from '@takt/event-log';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { closeTanks, fill, openTanks, removeTanks } from './domain.fixture.ts';
import type { TankDomain } from './domain.fixture.ts';

const SLOW_MACHINE_MS = 120_000;

describe('kill -9, twice,', () => {
  let domain: TankDomain;
  let acknowledged: string[];
  let events: CloudEvent[];

  beforeAll(async () => {
    const directory = await mkdtemp(join(tmpdir(), 'takt-kill-'));
    acknowledged = [...(await liveAndDie(directory, 'A', 100)), ...(await liveAndDie(directory, 'B', 150))];
    const recovered = await openTanks({ directory });
    await recovered.intake.close();
    events = (await recovered.log.read(0, 100_000)).map(({ event }) => event);
    await closeTanks(recovered);
    domain = await openTanks({ directory });
  }, SLOW_MACHINE_MS);

  afterAll(() => removeTanks(domain));

  test('makes what was acknowledged before it a duplicate after it', async () => {
    const again = acknowledged.map((id) => fill(id, tankOf(id), 1));
    const outcomes = await domain.intake.receive(again);
    expect(outcomes.map((outcome) => outcome.status === 'DUPLICATE' && outcome.first?.status)).toEqual(
      acknowledged.map(() => 'APPLIED'),
    );
  });

  test('loses nothing that was acknowledged and doubles nothing', async () => {
    const published = events.map(({ causationid = '' }) => causationid);
    expect(new Set(published).size).toBe(published.length);
    expect(acknowledged.filter((id) => !published.includes(id))).toEqual([]);

    const tanks = ['A', 'B'].flatMap((life) => [0, 1, 2, 3].map((n) => `T${life}-${n}`));
    const stored = await domain.tanks.getMany(tanks);
    const litres = tanks.map((name) => events.filter(({ subject }) => subject === name).length);
    expect(stored.map((one) => one?.document.litres)).toEqual(litres);
    expect(stored.map((one) => one?.document.revision)).toEqual(litres);
  });
});

/** Which tank the child fills with a message. */
function tankOf(id: string): string {
  const [life = '', number] = id.split('-');
  return `T${life}-${(Number(number) % 10) % 4}`;
}

/** Runs a domain in a process of its own, kills it after so many acknowledged messages and answers all acknowledged ones. */
async function liveAndDie(directory: string, life: string, after: number): Promise<string[]> {
  const script = fileURLToPath(new URL('./kill.child.ts', import.meta.url));
  const child = spawn(process.execPath, ['--import', 'tsx', script, directory, life], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const exit = once(child, 'exit');
  const acknowledged: string[] = [];
  for await (const line of createInterface({ input: child.stdout })) {
    const [status, id = ''] = line.split(' ');
    if (status === 'APPLIED') acknowledged.push(id);
    if (acknowledged.length === after) child.kill('SIGKILL');
  }
  expect(await exit).toEqual([null, 'SIGKILL']);
  return acknowledged;
}
