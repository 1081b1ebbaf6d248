import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, open, readFile, readdir, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openLmdbStore } from './lmdb.ts';
import { StoreDirectoryError } from './store-directory.ts';

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
    expect(failure).toBeInstanceOf(StoreDirectoryError);
    return (failure as Error).message;
  }

  /** A store of about 60 pages of documents, and events that keep them from being empty. */
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

  it('is refused if it holds something else, and nothing is written there', async () => {
    await mkdir(directory);
    await writeFile(join(directory, 'letter.txt'), 'Dear planner');
    expect(await refusal()).toMatch(/not empty and not a Takt document store.*Choose another directory/s);
    expect(await readdir(directory)).toEqual(['letter.txt']);
  });

  it('is refused if it is a file', async () => {
    await writeFile(directory, '');
    expect(await refusal()).toMatch(/cannot be used as a directory/);
  });

  it('is refused if a later version wrote it', async () => {
    await filledStore();
    await writeFile(join(directory, 'takt-store.json'), '{ "kind": "documents", "format": 2, "complete": true }');
    expect(await refusal()).toMatch(/has format 2, this version of Takt reads 1. Run the version/);
  });

  it.each(['', 'null', '{', '{ "format": "x" }', '{ "kind": "events", "format": 1, "complete": true }'])(
    'is refused if its marker is %j',
    async (marker) => {
      await filledStore();
      await writeFile(join(directory, 'takt-store.json'), marker);
      expect(await refusal()).toMatch(/takt-store.json is not as written by Takt. Restore a backup/);
    },
  );

  it('is refused if its data is gone or empty', async () => {
    const data = await filledStore();
    await truncate(data, 0);
    expect(await refusal()).toMatch(/is damaged.*Restore a backup of the directory, or move it away/s);
    await rm(data);
    expect(await refusal()).toMatch(/data.mdb cannot be read \(ENOENT\)/);
  });

  it('is refused if its data is cut off anywhere, and never takes the process down', async () => {
    const data = await filledStore();
    const whole = await readFile(data);
    const pages = whole.length / 4096;
    const cuts = [100, 4096, 5000, 8192, 3 * 4096, Math.floor(pages / 2) * 4096, Math.floor(pages / 2) * 4096 + 17];
    for (const length of cuts) {
      await writeFile(data, whole.subarray(0, length));
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
      if (outcome !== 200) expect(outcome).toBeInstanceOf(StoreDirectoryError);
    }
  });

  it('is refused if its header is garbage', async () => {
    const data = await filledStore();
    const whole = await readFile(data);
    for (const [start, end] of [
      [0, 4096],
      [0, 64],
      [24, 32],
      [48, 52],
      [96, 160],
      [4096, 8192],
      [4096 + 144, 4096 + 152],
      [136, 144],
    ]) {
      const damaged = Buffer.from(whole);
      for (let i = start ?? 0; i < (end ?? 0); i++) damaged[i] = (i * 131 + 77) & 0xff;
      await writeFile(data, damaged);
      expect(await refusal()).toMatch(/is damaged/);
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

  it('is refused while somebody has it open, and free after that', async () => {
    const store = await openLmdbStore({ directory });
    expect(await refusal()).toContain(`is in use by process ${process.pid}. Stop that process`);
    await store.close();
    await (await openLmdbStore({ directory })).close();
  });

  it('is refused while another process has it open, and free after that was killed', async () => {
    const child = await holder(directory);
    expect(await refusal()).toContain(`is in use by process ${child.pid}.`);
    child.kill('SIGKILL');
    await once(child, 'exit');
    expect((await stat(join(directory, 'takt-store.lock'))).isFile()).toBe(true);
    await (await openLmdbStore({ directory })).close();
  });

  it.each([
    ['whose id another process has now', () => ({ pid: process.pid, started: 'long ago' })],
    ['of which nothing is left', () => 'garbage'],
  ])('is taken over from a process %s', async (_, lock) => {
    await (await openLmdbStore({ directory })).close();
    await writeFile(join(directory, 'takt-store.lock'), JSON.stringify(lock()));
    await (await openLmdbStore({ directory })).close();
    expect(await readdir(directory)).not.toContain('takt-store.lock');
  });

  it('is released when opening fails', async () => {
    const data = await filledStore();
    const file = await open(data, 'r+');
    await file.write(Buffer.alloc(160), 0, 160, 0);
    await file.close();
    expect(await refusal()).toMatch(/is damaged/);
    expect(await refusal()).toMatch(/is damaged/);
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
