import { mkdtemp, open, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openEmbeddedLog } from './embedded.ts';
import { LogDirectoryError } from './log-directory.ts';

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

  async function refusal(path = directory): Promise<string> {
    const fault = await openEmbeddedLog({ directory: path }).catch((error: unknown) => error);
    expect(fault).toBeInstanceOf(LogDirectoryError);
    return (fault as LogDirectoryError).message;
  }

  test('is refused, and left alone, when it holds something else', async () => {
    await writeFile(join(directory, 'holiday.jpg'), 'sea');
    expect(await refusal()).toBe(
      `${directory} is not empty and not an event log of Takt (it has no takt-log.json). Choose another directory, or move what is in it away.`,
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
    expect(await refusal()).toContain('is damaged: data.mdb has no sound header');
  });

  test('is refused when its data are cut off', async () => {
    await make();
    await truncate(data, 2 * 4096);
    expect(await refusal()).toContain('is damaged: data.mdb is cut off');
  });

  test('is refused when its data are something else', async () => {
    await make();
    const file = await open(data, 'r+');
    await file.write(Buffer.alloc(8192, 'x'), 0, 8192, 0);
    await file.close();
    expect(await refusal()).toContain('is damaged: data.mdb has no sound header');
  });

  test.each(['', 'null', '{}', '{"kind":"documents","format":1}', '{"kind":"events"'])(
    'is refused when its marker is %j',
    async (text) => {
      await make();
      await writeFile(marker, text);
      expect(await refusal()).toContain('takt-log.json is not as Takt writes it');
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
});
