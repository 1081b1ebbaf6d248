import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { receiverContext, type RecordingContext } from '@takt/backing-system/testing';
import type { FileReport } from './report.ts';
import { watchDrop, type Drop, type DropOptions } from './watch-drop.ts';

/** A watcher under way, and how it is stopped. */
export interface Watched {
  readonly context: RecordingContext;
  /** Of the watching: rejects when it failed. */
  readonly ended: Promise<void>;
  stop(): Promise<void>;
}

export const OPTIONS: DropOptions = { document: () => ({ mediaType: 'text/csv' }) };

export function watchOnce(drop: Drop, options = OPTIONS, context = receiverContext('wms/P100')): Watched {
  const stopped = new AbortController();
  const ended = watchDrop(drop, options, context, stopped.signal).catch((error: unknown) => {
    if (!stopped.signal.aborted) throw error;
  });
  ended.catch(() => undefined);
  return {
    context,
    ended,
    stop: async () => {
      stopped.abort(new Error('stopped'));
      await ended;
    },
  };
}

export interface Folder {
  readonly path: string;
  names(under?: string): Promise<string[]>;
  report(name: string): Promise<FileReport>;
  remove(): Promise<void>;
}

export async function makeFolder(): Promise<Folder> {
  const path = await mkdtemp(join(tmpdir(), 'takt-files-'));
  return {
    path,
    names: async (under = '.') => (await readdir(join(path, under)).catch(() => [])).sort(),
    report: async (name) => JSON.parse(await readFile(join(path, `${name}.report.json`), 'utf8')) as FileReport,
    remove: () => rm(path, { recursive: true, force: true }),
  };
}
