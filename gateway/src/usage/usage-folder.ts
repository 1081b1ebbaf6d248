import { mkdir, readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Type } from '@sinclair/typebox';
import { Value } from '@sinclair/typebox/value';
import { replaceFile } from '../whole-file.ts';
import { countsSchema } from './usage-counts.ts';
import type { UsageCounts } from './usage-counts.ts';

/** What processes have counted, a file for each of them and each day. */
export interface UsageFolder {
  /** `YYYY-MM-DD`, UTC. */
  write(day: string, process: string, counts: UsageCounts): Promise<void>;
  /** One file after the other, from a day on. What is damaged is told and left out. */
  read(since: string | undefined, isWanted: (day: string, process: string) => boolean): AsyncIterable<UsageCounts>;
  /** Deletes what was counted before a day. */
  deleteBefore(day: string): Promise<void>;
}

/** Makes the folder if it is not there. Throws Error with a message for the operator if it cannot be used. */
export async function openUsageFolder(folder: string, log: (line: string) => void): Promise<UsageFolder> {
  try {
    await mkdir(folder, { recursive: true });
    await readdir(folder);
  } catch (error) {
    const { code = String(error) } = error as NodeJS.ErrnoException;
    throw new Error(`The folder of usage ${folder} cannot be used (${code}).`, { cause: error });
  }

  return {
    write: (day, process, counts) =>
      replaceFile(join(folder, `${day}.${process}.json`), JSON.stringify({ format: 1, ...counts })),

    async *read(since, isWanted) {
      for (const name of (await readdir(folder)).sort()) {
        const [, day = '', process = ''] = fileName.exec(name) ?? [];
        if (day === '' || (since !== undefined && day < since) || !isWanted(day, process)) continue;
        const path = join(folder, name);
        const counts = await readCounts(path);
        if (counts) yield counts;
        else log(`Usage: ${path} is damaged and left out.`);
      }
    },

    async deleteBefore(day) {
      for (const name of await readdir(folder)) {
        const [, itsDay] = dated.exec(name) ?? [];
        if (itsDay !== undefined && itsDay < day) await rm(join(folder, name), { force: true });
      }
    },
  };
}

const fileName = /^(\d{4}-\d{2}-\d{2})\.([\w-]+)\.json$/;

/** Also what a process left that died while it wrote. */
const dated = /^(\d{4}-\d{2}-\d{2})\.[\w-]+\.json/;

const schema = Type.Intersect([Type.Object({ format: Type.Literal(1) }), countsSchema]);

/** Undefined if the file is damaged; empty if another process has just deleted it. */
async function readCounts(path: string): Promise<UsageCounts | undefined> {
  try {
    const json: unknown = JSON.parse(await readFile(path, 'utf8'));
    return Value.Check(schema, json) ? json : undefined;
  } catch (error) {
    const isGone = (error as NodeJS.ErrnoException).code === 'ENOENT';
    return isGone ? { rows: [], documents: {}, other: { count: 0, errors: 0 } } : undefined;
  }
}
