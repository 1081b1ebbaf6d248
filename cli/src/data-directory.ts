import { mkdir, open, readdir, readFile, rename } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { DemoOptions } from '@takt/demo';

/** What a data directory says of itself, in `takt.json`. */
export interface DataDirectory {
  /** The demo plant that fills it; none if it was made for data of one's own. */
  readonly demo?: { readonly plant: DemoOptions; readonly filled: boolean };
}

const MARKER = 'takt.json';
const FORMAT = 1;

/**
 * Makes sure that a data directory is ours: new, empty, or made by this version of Takt or an earlier one. A new one is
 * meant for the given demo plant, if any. Throws an error that says what to do otherwise. Each domain's store and log
 * check what is theirs when they open.
 */
export async function claimDataDirectory(directory: string, plant?: DemoOptions): Promise<DataDirectory> {
  const path = resolve(directory);
  const names = await listOrCreate(path);
  if (names.includes(MARKER)) return readMarker(path);
  const own = new Set([`${MARKER}.new`]);
  if (names.some((name) => !own.has(name))) {
    throw new Error(
      `${path} is not empty and holds no Takt data (there is no ${MARKER}). Set TAKT_DATA_DIR to another folder, or move what is in it away.`,
    );
  }
  const made: DataDirectory = plant ? { demo: { plant, filled: false } } : {};
  await writeDataDirectory(path, made);
  return made;
}

/** Writes what a data directory says of itself: all or nothing, also in a power cut. */
export async function writeDataDirectory(directory: string, content: DataDirectory): Promise<void> {
  const path = join(directory, MARKER);
  const file = await open(`${path}.new`, 'w');
  try {
    await file.writeFile(`${JSON.stringify({ kind: 'takt', format: FORMAT, ...content })}\n`);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(`${path}.new`, path);
}

async function readMarker(path: string): Promise<DataDirectory> {
  const { kind, format, ...content } = parsed(await readFile(join(path, MARKER), 'utf8'));
  if (kind !== 'takt' || typeof format !== 'number') {
    throw new Error(
      `${join(path, MARKER)} is damaged. Restore a backup of ${path}, or set TAKT_DATA_DIR to another folder.`,
    );
  }
  if (format > FORMAT) {
    throw new Error(
      `${path} was written by a newer version of Takt (format ${format}, this one reads ${FORMAT}). Run that version, or set TAKT_DATA_DIR to another folder.`,
    );
  }
  return content;
}

async function listOrCreate(path: string): Promise<string[]> {
  try {
    await mkdir(path, { recursive: true });
    return await readdir(path);
  } catch (error) {
    const { code = 'unknown' } = error as NodeJS.ErrnoException;
    throw new Error(`${path} cannot be used as a folder (${code}). Set TAKT_DATA_DIR to one that can.`, {
      cause: error,
    });
  }
}

function parsed(text: string): Record<string, unknown> {
  try {
    return Object(JSON.parse(text)) as Record<string, unknown>;
  } catch {
    return {};
  }
}
