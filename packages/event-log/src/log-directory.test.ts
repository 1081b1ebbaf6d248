import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, open, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { claimDirectory, DirectoryError } from '@takt/lmdb-directory';
import { open as openLmdb } from 'lmdb';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openEmbeddedLog } from './embedded.ts';
import type { CloudEvent } from './event.ts';

describe('The directory of a log', () => {
  let directory: string;
  let data: string;
  let marker: string;

  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'takt-log-directory-'));
    [data, marker] = [join(directory, 'data.mdb'), join(directory, 'takt-log.json')];
  });

  afterEach(() => rm(directory, { recursive: true, force: true }));

  async function make(): Promise<void> {
    await (await openEmbeddedLog({ directory })).close();
  }

  /** A log of about 60 pages. */
  async function fill(): Promise<void> {
    const log = await openEmbeddedLog({ directory });
    const event = { specversion: '1.0', source: 'test', type: 'Counted', time: '2026-01-05T08:00:00Z' } as const;
    const more = {
      datacontenttype: 'application/json',
      dataschema: 'Counted.v1',
      correlationid: 'c',
      cause: 'REPORTED',
    };
    const events = Array.from({ length: EVENTS }, (_, i) => {
      return { ...event, ...more, id: `${i}`, data: 'x'.repeat(1000) } as CloudEvent;
    });
    await log.append(events);
    await log.close();
  }

  async function refusal(path = directory): Promise<string> {
    const fault = await openEmbeddedLog({ directory: path }).catch((error: unknown) => error);
    expect(fault).toBeInstanceOf(DirectoryError);
    return (fault as DirectoryError).message;
  }

  test('is refused, and left alone, when it holds something else', async () => {
    await writeFile(join(directory, 'holiday.jpg'), 'sea');
    expect(await refusal()).toBe(
      `${directory} is not empty and not a Takt event log (it has no takt-log.json). Choose another directory, or move what is in it away.`,
    );
    expect(await readdir(directory)).toEqual(['holiday.jpg']);
  });

  test('is refused when it is a file', async () => {
    await writeFile(join(directory, 'file'), '');
    expect(await refusal(join(directory, 'file'))).toContain('cannot be used as a directory');
  });

  test('is refused when its data are gone', async () => {
    await make();
    await rm(data);
    expect(await refusal()).toContain('is damaged: data.mdb cannot be read (ENOENT). Restore a backup');
  });

  test.each([0, 100, 4096 + 100])('is refused when only %i bytes of its data are left', async (length) => {
    await make();
    await truncate(data, length);
    expect(await refusal()).toContain('is damaged: the header of data.mdb makes no sense');
  });

  test.each([2, 3, 20])(
    'is refused when only %i pages of its data are left, and whole again with all',
    async (pages) => {
      await fill();
      const whole = await readFile(data);
      expect(whole.length).toBeGreaterThan(40 * 4096);
      await writeFile(data, whole.subarray(0, pages * 4096));
      expect(await refusal()).toContain('is damaged: data.mdb is cut off. Restore a backup');
      await writeFile(data, whole);
      const log = await openEmbeddedLog({ directory });
      expect(await log.read(0, EVENTS + 1)).toHaveLength(EVENTS);
      await log.close();
    },
  );

  test('is refused when its data are something else', async () => {
    await make();
    const file = await open(data, 'r+');
    await file.write(Buffer.alloc(8192, 'x'), 0, 8192, 0);
    await file.close();
    expect(await refusal()).toContain('is damaged: the header of data.mdb makes no sense');
  });

  test.each(['', 'null', '{}', '{"kind":"documents","format":1}', '{"kind":"events"'])(
    'is refused when its marker is %j',
    async (text) => {
      await make();
      await writeFile(marker, text);
      expect(await refusal()).toContain('takt-log.json is not as written by Takt');
    },
  );

  test('is refused when a later version has written it', async () => {
    await make();
    await writeFile(marker, '{"kind":"events","format":2,"made":true}');
    expect(await refusal()).toContain('has format 2, this version of Takt reads 1. Run the version');
  });

  test('is made anew when the process died while making it', async () => {
    await make();
    await writeFile(marker, '{"kind":"events","format":1,"made":false}');
    await writeFile(data, 'half of a header');
    await make();
    expect(JSON.parse(await readFile(marker, 'utf8'))).toEqual({ kind: 'events', format: 1, made: true });
  });

  test('is refused while this process has it open, and free after that', async () => {
    const log = await openEmbeddedLog({ directory });
    expect(await refusal()).toContain(`is in use by process ${process.pid}. Stop that process`);
    await Promise.all([log.close(), log.close()]);
    await make();
  });

  test('is refused while another process has it open, and free after that was killed', async () => {
    const child = await holder(directory);
    expect(await refusal()).toContain(`is in use by process ${child.pid}.`);
    child.kill('SIGKILL');
    await once(child, 'exit');
    await make();
  });

  test('is released when opening fails after it was claimed', async () => {
    const { dataPath, confirm, release } = await claimDirectory(directory, { kind: 'events', format: 1 });
    const engine = openLmdb({ path: dataPath, noSubdir: false, keyEncoding: 'binary' });
    await engine.put(Buffer.from('meta\0'), 'no database');
    await confirm();
    await engine.close();
    await release();
    await expect(openEmbeddedLog({ directory })).rejects.toThrow(/MDB_INCOMPATIBLE/);
    expect(await readdir(directory)).not.toContain('takt-log.lock');
  });
});

const EVENTS = 200;

/** A process that has the log open and says so. */
async function holder(directory: string) {
  const script = `
    import { openEmbeddedLog } from ${JSON.stringify(new URL('embedded.ts', import.meta.url).href)};
    await openEmbeddedLog({ directory: ${JSON.stringify(directory)} });
    console.log('open');
    setInterval(() => {}, 1000);`;
  const child = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await once(child.stdout, 'data');
  return child;
}
