import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { DirectoryError } from '@takt/lmdb-directory';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openLmdbStore } from './lmdb.ts';
import { StoreUnavailableError } from './port.ts';
import type { Collection, DocumentStore } from './port.ts';

interface Thing {
  readonly text: string;
  readonly sort: string;
}

const run = promisify(execFile);
const mountable = await canMount();

if (!mountable) {
  console.warn('No tmpfs can be mounted here: the embedded store was NOT tested on a full disk.');
}

describe.skipIf(!mountable)('an embedded store whose disk is full', () => {
  let disk: string;
  let store: DocumentStore;
  let things: Collection<Thing>;

  beforeEach(async () => {
    disk = await mkdtemp(join(tmpdir(), 'takt-disk-'));
    await run('mount', ['-t', 'tmpfs', '-o', 'size=4m', 'takt-test', disk]);
    store = await openLmdbStore({ directory: join(disk, 'documents') });
    things = await store.collection<Thing>({ name: 'things', indexes: [['sort']] });
  });

  afterEach(async () => {
    await store.close();
    await run('umount', [disk]);
    await rm(disk, { recursive: true });
  });

  /** Commits until there is no room; answers the ids of what was committed. */
  async function fill(): Promise<string[]> {
    const ids: string[] = [];
    for (;;) {
      const id = `t${ids.length}`;
      const failure = await things.commit([change(id)]).then(
        () => undefined,
        (error: unknown) => error,
      );
      if (failure === undefined) {
        ids.push(id);
        continue;
      }
      expect(failure).toBeInstanceOf(StoreUnavailableError);
      expect((failure as Error).message).toMatch(/is not available: the disk refuses, nothing was committed/);
      return ids;
    }
  }

  /** Takes the room that is left. */
  async function fillUp(): Promise<void> {
    await expect(writeFile(join(disk, 'rest'), Buffer.alloc(4 * 1024 * 1024))).rejects.toThrow(/ENOSPC/);
  }

  async function expectJust(ids: readonly string[]): Promise<void> {
    expect((await things.page({ orderBy: [], first: 1_000 })).entries.map(({ id }) => id).sort()).toEqual(
      [...ids].sort(),
    );
    expect(await things.count({ sort: 'a' })).toBe(ids.length);
    expect((await store.outbox.pending(1_000)).map(({ id }) => id)).toEqual(ids.map((id) => `event of ${id}`));
  }

  it('refuses what does not fit, keeps and reads what did, and goes on when there is room, without a restart', async () => {
    const ids = await fill();
    expect(ids.length).toBeGreaterThan(10);
    await expectJust(ids);
    const many = Array.from({ length: 20 }, (_, i) => change(`many ${i}`));
    await expect(things.commit(many)).rejects.toThrow(StoreUnavailableError);
    const several = await Promise.allSettled(['x', 'y'].map((id) => things.commit([change(id)])));
    expect(several.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    await expectJust(ids);
    await expect(store.check()).rejects.toThrow(/its disk has \d+ bytes free/);

    await run('mount', ['-o', 'remount,size=16m', disk]);
    await store.check();
    expect(await things.commit([change(`t${ids.length}`)])).toEqual([{ status: 'committed', version: 1 }]);
    await things.commit(many);
    const all = [...ids, `t${ids.length}`, ...many.map(({ id }) => id)];
    await expectJust(all);
    await store.close();
    store = await openLmdbStore({ directory: join(disk, 'documents') });
    things = await store.collection<Thing>({ name: 'things', indexes: [['sort']] });
    await expectJust(all);
  });

  it('fills an index as soon as there is room, without a restart', async () => {
    const changes = Array.from({ length: 100 }, (_, i) => change(`t${i}`, `${'x'.repeat(1_800)}${i}`));
    await things.commit(changes.map((each) => ({ ...each, document: { ...each.document, text: '' } })));
    await store.close();
    store = await openLmdbStore({ directory: join(disk, 'documents') });
    await fillUp();
    const declare = () => store.collection<Thing>({ name: 'things', indexes: [['sort', 'text']] });
    await expect(declare()).rejects.toThrow(StoreUnavailableError);
    await expect(declare()).rejects.toThrow(StoreUnavailableError);
    await rm(join(disk, 'rest'));
    things = await declare();
    const { entries } = await things.page({ orderBy: ['sort', 'text'], first: 1_000 });
    expect(entries).toHaveLength(changes.length);
  });

  it('is not opened, and does not take the process down', async () => {
    await store.close();
    await fillUp();
    for (const directory of ['documents', 'new']) {
      const failure = await openLmdbStore({ directory: join(disk, directory) }).catch((error: unknown) => error);
      expect(failure).toBeInstanceOf(DirectoryError);
      expect(String(failure)).toMatch(/cannot be used: its disk has \d+ bytes free, .* are needed\. Make room/);
    }
  });
});

function change(id: string, sort = 'a') {
  return { id, document: { text: 'x'.repeat(60_000), sort }, events: [{ id: `event of ${id}` }], messageIds: [] };
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
