import { open, mkdir, readdir, readFile, rename, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { faultOfDataFile } from './data-file-check.ts';
import { acquireLock } from './process-lock.ts';
import { lackOfRoom } from './room.ts';

/** A directory cannot be used for LMDB data of a kind. The message says why and what to do. */
export class DirectoryError extends Error {
  constructor(directory: string, problem: string, remedy: string) {
    super(`${directory} ${problem}. ${remedy}`);
    this.name = 'DirectoryError';
  }
}

export type DirectoryKind = keyof typeof KINDS;

export interface DirectoryClaim {
  /** What LMDB is to open, as a directory. */
  readonly dataPath: string;
  /** Marks the data as complete: from now on, data that is missing is a fault. */
  readonly confirm: () => Promise<void>;
  /** Lets others claim the directory. To be called once, after LMDB is closed, or when it could not be opened. */
  readonly release: () => Promise<void>;
}

/**
 * Claims a directory for this process: it must be new, empty, or hold data of this kind that nobody has open, whole and
 * of a format that is read here (`format` is the newest one). Throws {@link DirectoryError} otherwise.
 */
export async function claimDirectory(
  path: string,
  { kind, format }: { readonly kind: DirectoryKind; readonly format: number },
): Promise<DirectoryClaim> {
  const directory = resolve(path);
  const { title, files } = KINDS[kind];
  const names = await listOrCreate(directory);
  if (!names.includes(`${files}.json`) && names.some((name) => !name.startsWith(`${files}.`))) {
    throw new DirectoryError(
      directory,
      `is not empty and not a Takt ${title} (it has no ${files}.json)`,
      'Choose another directory, or move what is in it away.',
    );
  }
  const lack = await lackOfRoom(directory);
  if (lack !== undefined) {
    throw new DirectoryError(directory, `cannot be used: ${lack}`, 'Make room, or choose another directory.');
  }
  const lock = await acquireLock(join(directory, `${files}.lock`));
  if (typeof lock === 'number') {
    throw new DirectoryError(
      directory,
      `is in use by process ${lock}`,
      'Stop that process, or choose another directory.',
    );
  }
  try {
    const complete = await isComplete(directory, kind, format);
    if (complete) {
      for (const name of DATA_FILES) await assertWritable(directory, name);
      const fault = await faultOfDataFile(directory);
      if (fault !== undefined) throw new DirectoryError(directory, `is damaged: ${fault}`, RESTORE);
    } else {
      for (const name of DATA_FILES) await rm(join(directory, name), { force: true });
      await writeMarker(directory, kind, format, false);
    }
    return {
      dataPath: directory,
      confirm: async () => {
        if (!complete) await writeMarker(directory, kind, format, true);
      },
      release: lock.release,
    };
  } catch (error) {
    await lock.release();
    throw error;
  }
}

/**
 * What the data is called; how the names of our own files beside it start (`.json` the marker, `.lock` the lock); which
 * property of the marker says that the data is complete.
 */
const KINDS = {
  documents: { title: 'document store', files: 'takt-store', flag: 'complete' },
  events: { title: 'event log', files: 'takt-log', flag: 'made' },
} as const;
/** What LMDB has in a directory. */
const DATA_FILES = ['data.mdb', 'lock.mdb'];
const GRANT = 'Choose another directory, or give this process the right to write there.';
const RESTORE = 'Restore a backup of the directory, or move it away to start empty.';

async function listOrCreate(directory: string): Promise<string[]> {
  try {
    await mkdir(directory, { recursive: true });
    return await readdir(directory);
  } catch (error) {
    throw new DirectoryError(
      directory,
      `cannot be used as a directory (${(error as NodeJS.ErrnoException).code ?? String(error)})`,
      GRANT,
    );
  }
}

async function isComplete(directory: string, kind: DirectoryKind, format: number): Promise<boolean> {
  const { title, files, flag } = KINDS[kind];
  let text;
  try {
    text = await readFile(join(directory, `${files}.json`), 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false;
    throw error;
  }
  const marker = parseObject(text);
  const complete = marker[flag];
  if (marker.kind !== kind || typeof marker.format !== 'number' || typeof complete !== 'boolean') {
    throw new DirectoryError(
      directory,
      `is no Takt ${title} or damaged: ${files}.json is not as written by Takt`,
      RESTORE,
    );
  }
  if (marker.format > format) {
    throw new DirectoryError(
      directory,
      `has format ${marker.format}, this version of Takt reads ${format}`,
      'Run the version of Takt that wrote it, or a later one.',
    );
  }
  return complete;
}

/** A file that LMDB may not open kills the process (lmdb 3.5); one that is missing is created or found to be damage. */
async function assertWritable(directory: string, name: string): Promise<void> {
  try {
    await (await open(join(directory, name), 'r+')).close();
  } catch (error) {
    const { code = String(error) } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return;
    throw new DirectoryError(directory, `cannot be used: ${name} cannot be written (${code})`, GRANT);
  }
}

function parseObject(text: string): Record<string, unknown> {
  try {
    return Object(JSON.parse(text)) as Record<string, unknown>;
  } catch {
    return {};
  }
}

/** Not complete while the data is being created: nothing was acknowledged yet, what is there may be deleted. */
async function writeMarker(directory: string, kind: DirectoryKind, format: number, complete: boolean): Promise<void> {
  const { files, flag } = KINDS[kind];
  const path = join(directory, `${files}.json`);
  const file = await open(`${path}.new`, 'w');
  try {
    await file.writeFile(`${JSON.stringify({ kind, format, [flag]: complete })}\n`);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(`${path}.new`, path);
  await syncNames(directory);
}

/** Brings the names in a directory to disk: without them, a power cut may bring an earlier marker back. */
async function syncNames(directory: string): Promise<void> {
  if (process.platform === 'win32') return;
  const handle = await open(directory);
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
