import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, linkSync, mkdirSync, renameSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { execFileSync } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { receiverContext, APPLIED } from '@takt/backing-system/testing';
import { DocumentTooLargeError } from '@takt/backing-system';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { DropPlace } from './drop-place.ts';
import { makeFolder, OPTIONS, watchOnce, type Folder, type Watched } from './drop.fixture.ts';
import { openLocalPlace } from './local-place.ts';
import { matcher } from './names.ts';
import type { Drop } from './watch-drop.ts';

let folder: Folder;
const started: Watched[] = [];
beforeEach(async () => void (folder = await makeFolder()));
afterEach(async () => {
  await Promise.all(started.splice(0).map((watched) => watched.stop()));
  await folder.remove();
});

const drop = (more: Partial<Drop> = {}): Drop => ({
  open: () => openLocalPlace(folder.path),
  matches: matcher('*'),
  stillForMs: 0,
  ...more,
});
const watch = (...given: Parameters<typeof watchOnce>): Watched => {
  const watched = watchOnce(...given);
  started.push(watched);
  return watched;
};
const leave = (name: string, text = 'sku,qty\nA,1\n') => writeFileSync(join(folder.path, name), text);
const keys = ({ context }: Watched) => context.accepted.map(({ key }) => key);

describe('a file', () => {
  it('is taken as it is, and moved with a report beside it', async () => {
    leave('stock.csv');
    const watched = watch(drop());
    await expect.poll(() => folder.names('done')).toEqual(['stock.csv', 'stock.csv.report.json']);
    expect(await folder.names()).toEqual(['done']);
    expect(watched.context.accepted).toMatchObject([
      { name: 'stock.csv', mediaType: 'text/csv', body: Buffer.from('sku,qty\nA,1\n') },
    ]);
    expect(await folder.report('done/stock.csv')).toMatchObject({
      file: 'stock.csv',
      status: 'APPLIED',
      summary: '1 records: 1 applied, 0 known before, 0 rejected, 0 not understood by us.',
      integrationMessage: expect.stringContaining('wms/P100 stock.csv'),
    });
  });

  it('that came to no good is in failed/, and why is in the report', async () => {
    const context = receiverContext('wms/P100');
    const problems = [{ place: 'line 2', code: 'RAGGED', reason: 'It has 3 cells where 2 columns are.' }];
    context.endWith({ ...APPLIED, status: 'REJECTED', counts: { ...APPLIED.counts, rejected: 1 }, problems });
    leave('stock.csv');
    watch(drop(), OPTIONS, context);
    await expect.poll(() => folder.names('failed')).toEqual(['stock.csv', 'stock.csv.report.json']);
    expect(await folder.report('failed/stock.csv')).toMatchObject({ status: 'REJECTED', problems });
  });

  it('replaces none that came before under its name', async () => {
    const watched = watch(drop());
    for (const [index, text] of ['one', 'two', 'three'].entries()) {
      leave('stock.csv', text);
      utimesSync(join(folder.path, 'stock.csv'), 1_790_000_000, 1_790_000_000);
      await expect.poll(() => watched.context.accepted.length).toBe(index + 1);
      await expect.poll(() => folder.names()).toEqual(['done']);
    }
    const kept = ['stock-20260921T141320Z-2.csv', 'stock-20260921T141320Z.csv', 'stock.csv'];
    expect(await folder.names('done')).toEqual(kept.flatMap((name) => [name, `${name}.report.json`]).sort());
    const texts = await Promise.all(kept.map((name) => readFile(join(folder.path, 'done', name), 'utf8')));
    expect(texts).toEqual(['three', 'two', 'one']);
    expect(new Set(keys(watched)).size).toBe(3);
  });

  it('is another document under another name or written anew, the same one while it lies there', async () => {
    const context = receiverContext('wms/P100');
    leave('a.csv');
    leave('b.csv');
    const unmovable = () => ({ ...openLocalPlace(folder.path), move: () => Promise.reject(new Error('read-only')) });
    const watched = watch(drop({ open: unmovable }), OPTIONS, context);
    await expect.poll(() => context.accepted.length).toBe(2);
    context.tick();
    await expect.poll(() => context.repeated.length).toBeGreaterThan(1);
    expect(context.observed).toContainEqual({
      kind: 'FAILED',
      reason: 'a.csv was taken and cannot be moved: read-only',
    });
    await watched.stop();
    expect(new Set(keys(watched)).size).toBe(2);
  });

  it('is taken promptly, long before the schedule', async () => {
    const watched = watch(drop());
    await expect.poll(() => watched.context.observed.length).toBe(1);
    leave('.late.csv');
    renameSync(join(folder.path, '.late.csv'), join(folder.path, 'late.csv'));
    await expect.poll(() => folder.names('done')).toHaveLength(2);
  });
});

describe('a file that is half written', () => {
  it('is left until it has been still, by the clock', async () => {
    let now = Date.now();
    const context = receiverContext('wms/P100', () => new Date(now));
    const look = async () => {
      const before = context.observed.length;
      context.tick();
      await expect.poll(() => context.observed.length).toBeGreaterThan(before);
    };
    leave('stock.csv', 'sku,qty\nA,');
    const watched = watch(drop({ stillForMs: 600_000 }), OPTIONS, context);
    await expect.poll(() => context.observed.length).toBe(1);
    now += 500_000;
    leave('stock.csv');
    await look();
    now += 500_000;
    await look();
    expect(context.accepted).toEqual([]);
    now += 200_000;
    await look();
    await expect.poll(() => folder.names('done')).toHaveLength(2);
    expect(watched.context.accepted[0]?.body.toString()).toBe('sku,qty\nA,1\n');
  });

  it('is finished when its marker is there, which goes with it', async () => {
    leave('stock.csv');
    const watched = watch(drop({ stillForMs: 3_600_000 }));
    await expect.poll(() => watched.context.observed.length).toBe(1);
    expect(watched.context.accepted).toEqual([]);
    leave('stock.csv.done', '');
    await expect.poll(() => folder.names()).toEqual(['done']);
  });

  it('and changes while it is read is not kept', async () => {
    leave('stock.csv', 'one');
    let reads = 0;
    const changing = (): DropPlace => {
      const place = openLocalPlace(folder.path);
      return {
        ...place,
        read: (name, signal) => ((reads += 1) === 2 && leave('stock.csv', 'two'), place.read(name, signal)),
      };
    };
    const watched = watch(drop({ open: changing }));
    await expect.poll(() => folder.names('done')).toHaveLength(2);
    expect(watched.context.accepted.map(({ body }) => body.toString())).toEqual(['two']);
  });

  it.each(['.x.csv', 'x.csv.tmp', 'x.csv.part', 'x.FILEPART', '~$x.xlsx', 'x.csv~', 'y.done'])(
    'has a name that says so: %s',
    async (name) => {
      leave(name);
      leave('z.csv');
      const watched = watch(drop());
      await expect.poll(() => watched.context.accepted.length).toBe(1);
      await expect.poll(() => folder.names()).toEqual([name, 'done'].sort());
    },
  );
});

describe('what is no file to be read', () => {
  it('is put aside with a reason: links out of the folder, pipes', async () => {
    leave('.secret', 'x');
    symlinkSync('/etc/passwd', join(folder.path, 'passwd.csv'));
    execFileSync('mkfifo', [join(folder.path, 'pipe.csv')]);
    mkdirSync(join(folder.path, 'sub'));
    const watched = watch(drop());
    await expect
      .poll(() => folder.names('failed'))
      .toEqual(['passwd.csv', 'passwd.csv.report.json', 'pipe.csv', 'pipe.csv.report.json']);
    expect(watched.context.accepted).toEqual([]);
    expect(await folder.report('failed/passwd.csv')).toMatchObject({
      status: 'REJECTED',
      refusal: { code: 'NOT_A_FILE' },
    });
    expect(await folder.names()).toEqual(['.secret', 'failed', 'sub']);
  });

  it('is put aside when it is too large', async () => {
    leave('huge.csv');
    const context = {
      ...receiverContext('wms/P100'),
      accept: () => Promise.reject(new DocumentTooLargeError(268_435_456)),
    };
    watch(drop(), OPTIONS, context);
    await expect.poll(() => folder.names('failed')).toHaveLength(2);
    expect(await folder.report('failed/huge.csv')).toMatchObject({
      refusal: { code: 'TOO_LARGE' },
      summary: expect.stringContaining('268435456'),
    });
  });

  it.skipIf(process.getuid?.() === 0)('is put aside when nobody may read it', async () => {
    leave('secret.csv');
    chmodSync(join(folder.path, 'secret.csv'), 0);
    watch(drop());
    await expect.poll(() => folder.names('failed')).toHaveLength(2);
    expect(await folder.report('failed/secret.csv')).toMatchObject({ refusal: { code: 'UNREADABLE' } });
  });

  it('is left with a reason when its name leads elsewhere', async () => {
    leave('good.csv');
    const hostile = (): DropPlace => {
      const place = openLocalPlace(folder.path);
      const evil = { name: 'x/../../etc/cron.d/x', kind: 'FILE', bytes: 1, modifiedMs: 0 } as const;
      return { ...place, list: async (signal) => [evil, { ...evil, name: 'a\nb' }, ...(await place.list(signal))] };
    };
    const watched = watch(drop({ open: hostile }));
    await expect.poll(() => folder.names('done')).toHaveLength(2);
    expect(watched.context.observed).toContainEqual({
      kind: 'FAILED',
      reason: '"x/../../etc/cron.d/x" is not read: It leads out of its folder.',
    });
    expect(watched.context.accepted).toHaveLength(1);
  });

  it('has a name as long as names can be, which is kept shorter', async () => {
    leave(`${'ü'.repeat(125)}.csv`);
    watch(drop());
    await expect.poll(() => folder.names('done')).toHaveLength(2);
    expect((await folder.names('done'))[0]).toMatch(/^ü{40}-[0-9a-f]{16}\.csv$/);
  });

  it('is not put through a link that calls itself done', async () => {
    const elsewhere = await makeFolder();
    symlinkSync(elsewhere.path, join(folder.path, 'done'));
    leave('stock.csv');
    const watched = watch(drop({ matches: matcher('*.csv') }));
    await expect
      .poll(() => watched.context.observed)
      .toContainEqual({ kind: 'FAILED', reason: expect.stringContaining('is no folder') });
    expect(await elsewhere.names()).toEqual([]);
    await elsewhere.remove();
  });

  it('is a folder that is not there, or no more', async () => {
    const gone = watchOnce(drop({ open: () => openLocalPlace(join(folder.path, 'none')) }));
    await expect(gone.ended).rejects.toThrow('The folder cannot be read: ENOENT');
    const vanishing = watchOnce(drop());
    await expect.poll(() => vanishing.context.observed.length).toBe(1);
    await folder.remove();
    vanishing.context.tick();
    await expect(vanishing.ended).rejects.toThrow('The folder cannot be read: ENOENT');
  });
});

describe('after a crash', () => {
  it('at any call the file is moved at last, and accepted once', async () => {
    for (let crashAt = 1; ; crashAt += 1) {
      for (const isDone of [false, true]) {
        const place = await makeFolder();
        const context = receiverContext('wms/P100');
        writeFileSync(join(place.path, 'stock.csv'), 'sku,qty\nA,1\n');
        let calls = 0;
        const crashing = watchOnce(
          drop({ open: () => crashAfter(openLocalPlace(place.path), () => (calls += 1) === crashAt, isDone) }),
          OPTIONS,
          context,
        );
        await expect.poll(async () => calls >= crashAt || (await place.names()).join() === 'done').toBe(true);
        await crashing.stop().catch(() => undefined);
        const wasWhole = calls < crashAt;
        const again = watchOnce(drop({ open: () => openLocalPlace(place.path) }), OPTIONS, context);
        context.tick();
        await expect.poll(() => place.names()).toEqual(['done']);
        expect(await place.names('done')).toEqual(['stock.csv', 'stock.csv.report.json']);
        expect(context.accepted).toHaveLength(1);
        await again.stop();
        await place.remove();
        if (wasWhole) return;
      }
    }
  });

  it('between its two steps a move is finished', async () => {
    leave('stock.csv');
    mkdirSync(join(folder.path, 'done'));
    linkSync(join(folder.path, 'stock.csv'), join(folder.path, 'done', 'stock.csv'));
    writeFileSync(join(folder.path, 'done', 'stock.csv.report.json'), '{}');
    watch(drop());
    await expect.poll(() => folder.names()).toEqual(['done']);
    expect(await folder.names('done')).toEqual(['stock.csv', 'stock.csv.report.json']);
  });

  it('of the process by kill -9 between accepting and moving', async () => {
    leave('stock.csv');
    const log = join(folder.path, '.accepted');
    const run = (mode: 'HANG' | 'GO') =>
      spawn(
        process.execPath,
        [
          '--import',
          'tsx',
          fileURLToPath(new URL('./watch-process.fixture.ts', import.meta.url)),
          folder.path,
          log,
          mode,
        ],
        {
          stdio: ['ignore', 'pipe', 'inherit'],
        },
      );
    const first = run('HANG');
    await once(first.stdout, 'data');
    first.kill('SIGKILL');
    await once(first, 'exit');
    expect(await folder.names()).toEqual(['.accepted', 'stock.csv']);
    const second = run('GO');
    await expect.poll(() => folder.names()).toEqual(['.accepted', 'done']);
    second.kill('SIGKILL');
    await once(second, 'exit');
    const lines = (await readFile(log, 'utf8')).trim().split('\n');
    expect(lines.map((line) => line.split(' ')[0])).toEqual(['NEW', 'KNOWN']);
    expect(new Set(lines.map((line) => line.slice(line.indexOf(' ')))).size).toBe(1);
  });
});

/** Fails for good at one call of what changes or reads, before or after it was done. */
function crashAfter(place: DropPlace, isNow: () => boolean, isDone: boolean): DropPlace {
  let isDead = false;
  const guard = async <T>(work: () => Promise<T>): Promise<T> => {
    if (isDead) throw new Error('crashed');
    if (!isNow()) return work();
    isDead = true;
    if (isDone) await work();
    throw new Error('crashed');
  };
  return {
    ...place,
    list: (signal) => guard(() => place.list(signal)),
    exists: (path, signal) => guard(() => place.exists(path, signal)),
    put: (path, content, signal) => guard(() => place.put(path, content, signal)),
    move: (name, path, signal) => guard(() => place.move(name, path, signal)),
    remove: (name, signal) => guard(() => place.remove(name, signal)),
  };
}
