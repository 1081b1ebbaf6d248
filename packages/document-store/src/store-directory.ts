import { open, mkdir, readdir, readFile, rename, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { faultOfDataFile } from './data-file-check.ts';
import { acquireLock } from './process-lock.ts';

/** A directory cannot be used as a store. The message says why and what to do. */
export class StoreDirectoryError extends Error {
  constructor(directory: string, problem: string, remedy: string) {
    super(`${directory} ${problem}. ${remedy}`);
    this.name = 'StoreDirectoryError';
  }
}

export interface DirectoryClaim {
  readonly dataPath: string;
  /** Marks the store as complete: from now on, data that is missing is a fault. */
  readonly confirm: () => Promise<void>;
  readonly release: () => Promise<void>;
}

/**
 * Claims a directory for a store of this process: it must be new, empty or a store that nobody has open, whole and of a
 * format that we read. Throws {@link StoreDirectoryError} otherwise.
 */
export async function claimDirectory(path: string): Promise<DirectoryClaim> {
  const directory = resolve(path);
  const names = await listOrCreate(directory);
  if (!names.includes(MARKER) && names.some((name) => !name.startsWith(OWN_PREFIX))) {
    throw new StoreDirectoryError(
      directory,
      `is not empty and not a Takt document store (it has no ${MARKER})`,
      'Choose another directory, or move what is in it away.',
    );
  }
  const lock = await acquireLock(join(directory, LOCK));
  if (typeof lock === 'number') {
    throw new StoreDirectoryError(
      directory,
      `is in use by process ${lock}`,
      'Stop that process, or choose another directory.',
    );
  }
  try {
    const marker = await readMarker(directory);
    if (marker?.complete) {
      const fault = await faultOfDataFile(directory);
      if (fault !== undefined) throw new StoreDirectoryError(directory, `is damaged: ${fault}`, RESTORE);
    } else {
      for (const name of ['data.mdb', 'lock.mdb']) await rm(join(directory, name), { force: true });
      await writeMarker(directory, false);
    }
    return {
      dataPath: directory,
      confirm: async () => {
        if (!marker?.complete) await writeMarker(directory, true);
      },
      release: lock.release,
    };
  } catch (error) {
    await lock.release();
    throw error;
  }
}

const OWN_PREFIX = 'takt-store.';
const MARKER = 'takt-store.json';
const LOCK = 'takt-store.lock';
const KIND = 'documents';
const FORMAT = 1;
const RESTORE = 'Restore a backup of the directory, or move it away to start empty.';

async function listOrCreate(directory: string): Promise<string[]> {
  try {
    await mkdir(directory, { recursive: true });
    return await readdir(directory);
  } catch (error) {
    throw new StoreDirectoryError(
      directory,
      `cannot be used as a directory (${(error as NodeJS.ErrnoException).code ?? String(error)})`,
      'Choose another directory, or give this process the right to write there.',
    );
  }
}

async function readMarker(directory: string): Promise<{ complete: boolean } | undefined> {
  let text;
  try {
    text = await readFile(join(directory, MARKER), 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
  const { kind, format, complete } = parseObject(text);
  if (kind !== KIND || typeof format !== 'number' || typeof complete !== 'boolean') {
    throw new StoreDirectoryError(
      directory,
      `is no Takt document store or damaged: ${MARKER} is not as written by Takt`,
      RESTORE,
    );
  }
  if (format > FORMAT) {
    throw new StoreDirectoryError(
      directory,
      `has format ${format}, this version of Takt reads ${FORMAT}`,
      'Run the version of Takt that wrote it, or a later one.',
    );
  }
  return { complete };
}

function parseObject(text: string): Record<string, unknown> {
  try {
    return Object(JSON.parse(text)) as Record<string, unknown>;
  } catch {
    return {};
  }
}

/** `complete` is false while the store is being created: nothing was acknowledged yet, what is there may be deleted. */
async function writeMarker(directory: string, complete: boolean): Promise<void> {
  const path = join(directory, MARKER);
  const file = await open(`${path}.new`, 'w');
  try {
    await file.writeFile(`${JSON.stringify({ kind: KIND, format: FORMAT, complete })}\n`);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(`${path}.new`, path);
}
