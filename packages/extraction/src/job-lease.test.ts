import { spawnSync } from 'node:child_process';
import { mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createLeases } from './job-lease.ts';

const STALE_MS = 15_000;
/** Of a process that is no more. */
const { pid: gone } = spawnSync(process.execPath, ['--version']);

let folder: string;
let path: string;
let now: number;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'takt-lease-'));
  path = join(folder, 'lease');
  now = 0;
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/** Those of another process: what one has seen of a lease, the other has not. */
const leases = () => createLeases(STALE_MS, () => now);
const left = (holder: object) => writeFile(path, JSON.stringify({ owner: 'another', beat: 0, ...holder }));

describe('a lease', () => {
  it('is one holder’s until it is released, and leaves nothing behind', async () => {
    const lease = await leases().take(path);
    expect(await lease?.renew()).toBe(true);
    expect(await leases().take(path)).toBeUndefined();
    await lease?.release();
    expect(await readdir(folder)).toEqual([]);
    expect(await leases().take(path)).toBeDefined();
  });

  it('stays its holder’s whoever renews it at the same time', async () => {
    const lease = await leases().take(path);
    const renewed: unknown[] = [];
    const renewing = async () => {
      for (let beat = 0; beat < 100; beat++) renewed.push(await lease?.renew());
    };
    await Promise.all([renewing(), renewing(), renewing()]);
    expect(renewed).toEqual(Array(300).fill(true));
  });

  it('says what it is to say in the order in which it was asked, and nothing once it is released', async () => {
    const lease = await leases().take(path);
    await Promise.all(Array.from({ length: 50 }, () => lease!.renew()));
    expect(JSON.parse(await readFile(path, 'utf8'))).toMatchObject({ beat: 50 });
    const answers = await Promise.all([lease?.renew(), lease?.release(), lease?.renew()]);
    expect(answers).toEqual([true, undefined, false]);
    expect(await readdir(folder)).toEqual([]);
  });

  it('of a process on this host that is gone is taken at once', async () => {
    await left({ host: hostname(), pid: gone });
    expect(await leases().take(path)).toBeDefined();
  });

  it('of a process of that id before this one is taken at once', async () => {
    await left({ host: hostname(), pid: process.pid, started: 'long ago' });
    expect(await leases().take(path)).toBeDefined();
  });

  it('of another host is taken once nothing was heard for 15 s, as measured here', async () => {
    await left({ host: 'elsewhere', pid: gone });
    const here = leases();
    expect(await here.take(path)).toBeUndefined();
    now = STALE_MS - 1;
    expect(await here.take(path)).toBeUndefined();
    // Who comes later begins to measure then.
    expect(await leases().take(path)).toBeUndefined();
    now = STALE_MS;
    expect(await here.take(path)).toBeDefined();
  });

  it('that was not looked at for an hour is measured anew when others have been', async () => {
    await left({ host: 'elsewhere', pid: gone });
    const here = leases();
    expect(await here.take(path)).toBeUndefined();
    now = 3_600_000;
    await left({ host: 'elsewhere', pid: gone, of: 'another job' });
    await rename(path, `${path} of another job`);
    expect(await here.take(`${path} of another job`)).toBeUndefined();
    await left({ host: 'elsewhere', pid: gone });
    expect(await here.take(path)).toBeUndefined();
  });

  it('of a holder that says something is not taken', async () => {
    const lease = await leases().take(path);
    const other = leases();
    for (let beat = 0; beat < 5; beat++) {
      expect(await other.take(path)).toBeUndefined();
      now += STALE_MS - 1;
      expect(await lease?.renew()).toBe(true);
    }
  });

  it('that was taken over is known as lost, and the next holder keeps it', async () => {
    // given a holder that slept
    const slept = await leases().take(path);
    const other = leases();
    expect(await other.take(path)).toBeUndefined();
    now = STALE_MS;
    const next = await other.take(path);
    const kept = await readFile(path, 'utf8');
    // when it wakes up
    expect(await slept?.renew()).toBe(false);
    await slept?.release();
    // then
    expect(await readFile(path, 'utf8')).toBe(kept);
    expect(await next?.renew()).toBe(true);
  });

  it.each([2, 8])('that is stale goes to one of %i who want it at the same time', async (count) => {
    for (let round = 0; round < 25; round++) {
      await left({ host: hostname(), pid: gone, round });
      const answers = await Promise.all(Array.from({ length: count }, () => leases().take(path)));
      const taken = answers.filter((lease) => lease !== undefined);
      expect(taken).toHaveLength(1);
      expect(await taken[0]?.renew()).toBe(true);
      await taken[0]?.release();
      expect(await readdir(folder)).toEqual([]);
    }
  });

  it('of a job that is gone is nobody’s', async () => {
    const lease = await leases().take(path);
    await rm(folder, { recursive: true });
    expect(await lease?.renew()).toBe(false);
    await lease?.release();
    expect(await leases().take(path)).toBeUndefined();
  });
});
