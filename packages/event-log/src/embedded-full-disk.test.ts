import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { event, ids, numbered, readAll, take } from './counted-events.fixture.ts';
import { openEmbeddedLog } from './embedded.ts';
import type { CloudEvent } from './event.ts';
import { LogUnavailableError } from './port.ts';
import type { EventLog } from './port.ts';

const run = promisify(execFile);
const mountable = await canMount();

if (!mountable) {
  console.warn('No tmpfs can be mounted here: the embedded log was NOT tested on a full disk.');
}

describe.skipIf(!mountable)('An embedded log whose disk is full', () => {
  let disk: string;
  let log: EventLog;

  beforeEach(async () => {
    disk = await mkdtemp(join(tmpdir(), 'takt-disk-'));
    await run('mount', ['-t', 'tmpfs', '-o', 'size=4m', 'takt-test', disk]);
    log = await openEmbeddedLog({ directory: join(disk, 'events') });
  });

  afterEach(async () => {
    await log.close();
    await run('umount', [disk]);
    await rm(disk, { recursive: true });
  });

  /** Appends in pairs until there is no room; answers how many events were appended. */
  async function fill(): Promise<number> {
    for (let count = 0; ; count += 2) {
      const failure = await log.append([large(count), large(count + 1)]).then(
        () => undefined,
        (error: unknown) => error as Error,
      );
      if (failure === undefined) continue;
      expect(failure).toBeInstanceOf(LogUnavailableError);
      expect(failure.message).toContain('the disk refuses, nothing was appended');
      return count;
    }
  }

  test('refuses what does not fit, keeps and reads what did, and goes on when there is room', async () => {
    const abort = new AbortController();
    const count = await fill();
    expect(count).toBeGreaterThan(10);
    expect(await log.head()).toBe(count);
    expect(ids(await readAll(log))).toEqual(idsUpTo(count));
    const several = await Promise.allSettled(['x', 'y'].map((id) => log.append([large(id), large(`${id}2`)])));
    expect(several.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    expect(ids(await take(log.follow(0, abort.signal), count))).toEqual(idsUpTo(count));
    expect(await log.read(count, 1)).toEqual([]);

    await expect(log.check()).rejects.toThrow(/its disk has \d+ bytes free/);
    await run('mount', ['-o', 'remount,size=16m', disk]);
    await log.check();
    expect(await log.append([large(count), large(count + 1)])).toEqual([count + 1, count + 2]);
    await log.close();
    log = await openEmbeddedLog({ directory: join(disk, 'events') });
    expect(ids(await readAll(log))).toEqual(idsUpTo(count + 2));
    expect(ids(await take(log.follow(count, abort.signal), 2))).toEqual([String(count), String(count + 1)]);
  });
});

function large(id: number | string): CloudEvent {
  return event(String(id), 'x'.repeat(60_000));
}

function idsUpTo(count: number): string[] {
  return numbered(count).map(({ id }) => id);
}

async function canMount(): Promise<boolean> {
  const probe = await mkdtemp(join(tmpdir(), 'takt-disk-'));
  try {
    await run('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'takt-test', probe]);
    await run('umount', [probe]);
    return true;
  } catch {
    return false;
  } finally {
    await rm(probe, { recursive: true });
  }
}
