import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readFile, readdir, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { open as openLmdb } from 'lmdb';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { claimDirectory, DirectoryError } from './claim-directory.ts';
import type { DirectoryClaim, DirectoryKind } from './claim-directory.ts';

describe.each([
  { kind: 'documents', title: 'document store', files: 'takt-store', flag: 'complete' },
  { kind: 'events', title: 'event log', files: 'takt-log', flag: 'made' },
] as const)('the directory of $kind', ({ kind, title, files, flag }) => {
  let root: string;
  let directory: string;
  let data: string;
  let marker: string;
  let lock: string;

  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), 'takt-directory-'));
    directory = join(root, kind);
    [data, marker, lock] = [join(directory, 'data.mdb'), join(directory, `${files}.json`), `${files}.lock`];
  });

  afterEach(async () => {
    await rm(root, { recursive: true });
  });

  const claim = (): Promise<DirectoryClaim> => claimDirectory(directory, { kind, format: 1 });

  async function claimAndRelease(): Promise<void> {
    await (await claim()).release();
  }

  async function refusal(): Promise<string> {
    const failure = await claim().catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(DirectoryError);
    return (failure as Error).message;
  }

  /** LMDB data of about 60 pages, complete. */
  async function fill(): Promise<void> {
    const { dataPath, confirm, release } = await claim();
    const engine = openLmdb<string, number>({ path: dataPath, noSubdir: false, maxDbs: 2 });
    const database = engine.openDB<string, number>({ name: 'texts' });
    await engine.transaction(() => {
      for (let i = 0; i < 200; i++) void database.put(i, `${i} `.repeat(200));
    });
    await confirm();
    await engine.close();
    await release();
  }

  async function countTexts(): Promise<number> {
    const { dataPath, release } = await claim();
    const engine = openLmdb<string, number>({ path: dataPath, noSubdir: false, maxDbs: 2 });
    const found = [...engine.openDB<string, number>({ name: 'texts' }).getRange()].filter(({ value }) => value !== '');
    await engine.close();
    await release();
    return found.length;
  }

  it('is created with everything above it', async () => {
    directory = join(root, 'a', 'b');
    const { dataPath, release } = await claim();
    expect(dataPath).toBe(directory);
    expect((await readdir(directory)).sort()).toEqual([`${files}.json`, lock]);
    await release();
    expect(await readdir(directory)).toEqual([`${files}.json`]);
  });

  it('is refused if it holds something else, and nothing is written there', async () => {
    await mkdir(directory);
    await writeFile(join(directory, 'letter.txt'), 'Dear planner');
    expect(await refusal()).toBe(
      `${directory} is not empty and not a Takt ${title} (it has no ${files}.json). Choose another directory, or move what is in it away.`,
    );
    expect(await readdir(directory)).toEqual(['letter.txt']);
  });

  it('is refused if it is of another kind', async () => {
    await fill();
    const other: DirectoryKind = kind === 'events' ? 'documents' : 'events';
    await expect(claimDirectory(directory, { kind: other, format: 1 })).rejects.toThrow(/is not empty and not a Takt/);
    expect(await countTexts()).toBe(200);
  });

  it('is refused if it is a file', async () => {
    await writeFile(directory, '');
    expect(await refusal()).toMatch(/cannot be used as a directory \(E[A-Z]+\)/);
  });

  it('is refused if a later version wrote it', async () => {
    await fill();
    await writeFile(marker, JSON.stringify({ kind, format: 2, [flag]: true }));
    expect(await refusal()).toMatch(/has format 2, this version of Takt reads 1. Run the version/);
  });

  it.each([
    '',
    'null',
    '{',
    '{}',
    '{ "format": "x" }',
    '{ "kind": "others", "format": 1, "complete": true, "made": true }',
    `{ "kind": "${kind}" }`,
  ])('is refused if its marker is %j', async (text) => {
    await fill();
    await writeFile(marker, text);
    expect(await refusal()).toContain(
      `is no Takt ${title} or damaged: ${files}.json is not as written by Takt. Restore a backup`,
    );
  });

  it('is refused if its data is gone or empty', async () => {
    await fill();
    await truncate(data, 0);
    expect(await refusal()).toMatch(/is damaged.*Restore a backup of the directory, or move it away/s);
    await rm(data);
    expect(await refusal()).toMatch(/is damaged: data.mdb cannot be read \(ENOENT\)/);
  });

  it('is refused if its data is cut off anywhere', async () => {
    await fill();
    const whole = await readFile(data);
    const pages = whole.length / 4096;
    const cuts = [
      100,
      4096,
      4196,
      5000,
      8192,
      3 * 4096,
      Math.floor(pages / 2) * 4096,
      Math.floor(pages / 2) * 4096 + 17,
    ];
    for (const length of cuts) {
      await writeFile(data, whole.subarray(0, length));
      expect(await refusal()).toMatch(/is damaged/);
    }
    await writeFile(data, whole);
    expect(await countTexts()).toBe(200);
  });

  it('is opened if only pages that nobody uses are cut off, and refused otherwise', async () => {
    await fill();
    const whole = await readFile(data);
    for (let length = whole.length - 4096; length > whole.length - 5 * 4096; length -= 4096) {
      await writeFile(data, whole.subarray(0, length));
      const outcome = await countTexts().catch((error: unknown) => error);
      if (outcome !== 200) expect(outcome).toBeInstanceOf(DirectoryError);
    }
  });

  it.each(['data.mdb', 'lock.mdb'])(
    'is refused if LMDB could not write %s, which would kill the process',
    async (name) => {
      await fill();
      await rm(join(directory, name));
      await mkdir(join(directory, name));
      expect(await refusal()).toContain(`cannot be used: ${name} cannot be written (EISDIR). Choose another directory`);
      expect(await readdir(directory)).not.toContain(lock);
    },
  );

  it('is refused if its header is garbage', async () => {
    await fill();
    const whole = await readFile(data);
    for (const [start, end] of [
      [0, 8192],
      [0, 4096],
      [0, 64],
      [24, 32],
      [48, 52],
      [96, 160],
      [4096, 8192],
      [4096 + 144, 4096 + 152],
      [136, 144],
    ] as const) {
      const damaged = Buffer.from(whole);
      for (let i = start; i < end; i++) damaged[i] = (i * 131 + 77) & 0xff;
      await writeFile(data, damaged);
      expect(await refusal()).toMatch(/is damaged/);
    }
  });

  it('starts anew if it was being created when the process died', async () => {
    await mkdir(directory);
    await writeFile(marker, JSON.stringify({ kind, format: 1, [flag]: false }));
    await writeFile(data, 'half');
    await fill();
    expect(await countTexts()).toBe(200);
    expect(JSON.parse(await readFile(marker, 'utf8'))).toEqual({ kind, format: 1, [flag]: true });
  });

  it('is refused while somebody has it open, and free after that', async () => {
    const first = await claim();
    expect(await refusal()).toContain(`is in use by process ${process.pid}. Stop that process`);
    await first.release();
    await claimAndRelease();
  });

  it('is claimed by one of many that want it at the same time', async () => {
    await claimAndRelease();
    await writeFile(join(directory, lock), 'left behind');
    const claims = await Promise.allSettled(Array.from({ length: 8 }, claim));
    const won = claims.filter((outcome) => outcome.status === 'fulfilled');
    expect(won).toHaveLength(1);
    await won[0]?.value.release();
  });

  it('is refused while another process has it open, and free after that was killed', async () => {
    const child = await holder(directory, kind);
    expect(await refusal()).toContain(`is in use by process ${child.pid}.`);
    child.kill('SIGKILL');
    await once(child, 'exit');
    expect((await stat(join(directory, lock))).isFile()).toBe(true);
    await claimAndRelease();
  });

  it.each([
    ['whose id another process has now', () => ({ pid: process.pid, started: 'long ago' })],
    ['of which nothing is left', () => 'garbage'],
  ])('is taken over from a process %s', async (_, content) => {
    await claimAndRelease();
    await writeFile(join(directory, lock), JSON.stringify(content()));
    await claimAndRelease();
    expect(await readdir(directory)).not.toContain(lock);
  });

  it('is released when it is refused', async () => {
    await fill();
    await truncate(data, 160);
    expect(await refusal()).toMatch(/is damaged/);
    expect(await refusal()).toMatch(/is damaged/);
    expect(await readdir(directory)).not.toContain(lock);
  });
});

/** A process that has claimed the directory and says so. */
async function holder(directory: string, kind: DirectoryKind) {
  const script = `
    import { claimDirectory } from ${JSON.stringify(new URL('claim-directory.ts', import.meta.url).href)};
    await claimDirectory(${JSON.stringify(directory)}, { kind: '${kind}', format: 1 });
    console.log('claimed');
    setInterval(() => {}, 1000);`;
  const child = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await once(child.stdout, 'data');
  return child;
}
