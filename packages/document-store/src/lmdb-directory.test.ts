import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readFile, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { claimDirectory, DirectoryError } from '@takt/lmdb-directory';
import { open as openLmdb } from 'lmdb';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openLmdbStore } from './lmdb.ts';

describe('the directory of an embedded store', () => {
  let root: string;
  let directory: string;

  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), 'takt-directory-'));
    directory = join(root, 'documents');
  });

  afterEach(async () => {
    await rm(root, { recursive: true });
  });

  async function refusal(): Promise<string> {
    const failure = await openLmdbStore({ directory }).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(DirectoryError);
    return (failure as Error).message;
  }

  /** A store of about 60 pages of documents; answers the path of its data. */
  async function filledStore(): Promise<string> {
    const store = await openLmdbStore({ directory });
    const things = await store.collection<{ text: string }>({ name: 'things', indexes: [] });
    const changes = Array.from({ length: 200 }, (_, i) => {
      return { id: `${i}`, document: { text: `${i} `.repeat(200) }, events: [], messageIds: [] };
    });
    await things.commit(changes);
    await store.close();
    return join(directory, 'data.mdb');
  }

  async function readAll(): Promise<number> {
    const store = await openLmdbStore({ directory });
    const things = await store.collection<{ text: string }>({ name: 'things', indexes: [] });
    const { entries } = await things.page({ orderBy: [], first: 1000 });
    await store.close();
    return entries.filter(({ document }) => document.text.length > 0).length;
  }

  it('is created with everything above it', async () => {
    directory = join(root, 'a', 'b');
    await (await openLmdbStore({ directory })).close();
    expect((await readdir(directory)).sort()).toEqual(['data.mdb', 'lock.mdb', 'takt-store.json']);
  });

  it('is refused if it holds something else', async () => {
    await mkdir(directory);
    await writeFile(join(directory, 'letter.txt'), 'Dear planner');
    expect(await refusal()).toMatch(/is not empty and not a Takt document store.*Choose another directory/s);
  });

  it('is refused if its data is cut off anywhere, and never takes the process down', async () => {
    const data = await filledStore();
    const whole = await readFile(data);
    for (const pages of [2, 3, Math.floor(whole.length / 8192)]) {
      await writeFile(data, whole.subarray(0, pages * 4096 + 17));
      expect(await refusal()).toMatch(/is damaged/);
    }
    await writeFile(data, whole);
    expect(await readAll()).toBe(200);
  });

  it('is opened if only pages that nobody uses are cut off, and refused otherwise', async () => {
    const data = await filledStore();
    const whole = await readFile(data);
    for (let length = whole.length - 4096; length > whole.length - 5 * 4096; length -= 4096) {
      await writeFile(data, whole.subarray(0, length));
      const outcome = await readAll().catch((error: unknown) => error);
      if (outcome !== 200) expect(outcome).toBeInstanceOf(DirectoryError);
    }
  });

  it('starts anew if it was being created when the process died', async () => {
    await mkdir(directory);
    await writeFile(join(directory, 'takt-store.json'), '{ "kind": "documents", "format": 1, "complete": false }');
    await writeFile(join(directory, 'data.mdb'), 'half');
    const store = await openLmdbStore({ directory });
    expect(await store.outbox.pending(1)).toEqual([]);
    await store.close();
  });

  it('is refused while another process has it open, and free after that was killed', async () => {
    const child = await holder(directory);
    expect(await refusal()).toContain(`is in use by process ${child.pid}.`);
    child.kill('SIGKILL');
    await once(child, 'exit');
    expect((await stat(join(directory, 'takt-store.lock'))).isFile()).toBe(true);
    await (await openLmdbStore({ directory })).close();
  });

  it('is refused while this process has it open, and free after that', async () => {
    const store = await openLmdbStore({ directory });
    expect(await refusal()).toContain(`is in use by process ${process.pid}. Stop that process`);
    await store.close();
    await (await openLmdbStore({ directory })).close();
  });

  it('is released when opening fails after it was claimed', async () => {
    const { dataPath, confirm, release } = await claimDirectory(directory, { kind: 'documents', format: 1 });
    const engine = openLmdb({ path: dataPath, noSubdir: false, keyEncoding: 'binary' });
    await engine.put(Buffer.from('collections\0'), 'no database');
    await confirm();
    await engine.close();
    await release();
    await expect(openLmdbStore({ directory })).rejects.toThrow(/MDB_INCOMPATIBLE/);
    expect(await readdir(directory)).not.toContain('takt-store.lock');
  });
});

/** A process that has the store open and says so. */
async function holder(directory: string) {
  const script = `
    import { openLmdbStore } from ${JSON.stringify(new URL('lmdb.ts', import.meta.url).href)};
    await openLmdbStore({ directory: ${JSON.stringify(directory)} });
    console.log('open');
    setInterval(() => {}, 1000);`;
  const child = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await once(child.stdout, 'data');
  return child;
}
