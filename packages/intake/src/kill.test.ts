import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { fill, openTanks, removeTanks } from './domain.fixture.ts';

const SLOW_MACHINE_MS = 120_000;

test(
  'kill -9 loses nothing that was acknowledged and doubles nothing',
  async () => {
    const directory = await mkdtemp(join(tmpdir(), 'takt-kill-'));
    const acknowledged = [...(await liveAndDie(directory, 'A', 100)), ...(await liveAndDie(directory, 'B', 150))];
    const domain = await openTanks({ directory });
    await domain.intake.close();

    const events = await domain.log.read(0, 100_000);
    const published = events.map(({ event }) => event.causationid ?? '');
    expect(new Set(published).size).toBe(published.length);
    expect(acknowledged.filter((id) => !published.includes(id))).toEqual([]);

    const tanks = ['A', 'B'].flatMap((life) => [0, 1, 2, 3].map((n) => `T${life}-${n}`));
    const stored = await domain.tanks.getMany(tanks);
    const litres = tanks.map((name) => events.filter(({ event }) => event.subject === name).length);
    expect(stored.map((one) => one?.document.litres)).toEqual(litres);
    expect(stored.map((one) => one?.document.revision)).toEqual(litres);
    await removeTanks(domain);
  },
  SLOW_MACHINE_MS,
);

test(
  'what was acknowledged before kill -9 is a duplicate after it',
  async () => {
    const directory = await mkdtemp(join(tmpdir(), 'takt-kill-'));
    const acknowledged = await liveAndDie(directory, 'A', 20);
    const domain = await openTanks({ directory });
    const again = acknowledged.map((id) => fill(id, `TA-${(Number(id.split('-')[1]) % 10) % 4}`, 1));
    const outcomes = await domain.intake.receive(again);
    expect(outcomes.map((outcome) => outcome.status === 'DUPLICATE' && outcome.first?.status)).toEqual(
      acknowledged.map(() => 'APPLIED'),
    );
    await removeTanks(domain);
  },
  SLOW_MACHINE_MS,
);

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
