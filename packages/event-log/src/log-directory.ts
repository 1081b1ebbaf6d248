import { mkdir, open, readdir, readFile, rename, rm } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { join, resolve } from 'node:path';

/** A directory cannot be used for an event log. The message says why and what to do. */
export class LogDirectoryError extends Error {
  constructor(directory: string, problem: string, remedy: string) {
    super(`${directory} ${problem}. ${remedy}`);
    this.name = 'LogDirectoryError';
  }
}

/**
 * Prepares a directory for an event log: it must be new, empty, or hold a log that is whole and of our format. Answers
 * how to mark the log as made: from then on, data that is missing is a fault. Throws {@link LogDirectoryError}.
 */
export async function prepareDirectory(path: string): Promise<{ markMade(): Promise<void> }> {
  const directory = resolve(path);
  const names = await listOrCreate(directory);
  if (names.length > 0 && !names.includes(MARKER)) {
    throw new LogDirectoryError(
      directory,
      `is not empty and not an event log of Takt (it has no ${MARKER})`,
      'Choose another directory, or move what is in it away.',
    );
  }
  const made = names.length > 0 && (await isMade(directory));
  if (made) {
    const fault = await faultOfDataFile(join(directory, DATA_FILE));
    if (fault !== undefined) throw new LogDirectoryError(directory, `is damaged: ${DATA_FILE} ${fault}`, RESTORE);
  } else {
    for (const name of [DATA_FILE, LOCK_FILE]) await rm(join(directory, name), { force: true });
    await writeMarker(directory, false);
  }
  return {
    markMade: async () => {
      if (!made) await writeMarker(directory, true);
    },
  };
}

const MARKER = 'takt-log.json';
const DATA_FILE = 'data.mdb';
const LOCK_FILE = 'lock.mdb';
const KIND = 'events';
const FORMAT = 1;
const RESTORE = 'Restore a backup of the directory, or move it away to start empty.';

async function listOrCreate(directory: string): Promise<string[]> {
  try {
    await mkdir(directory, { recursive: true });
    return await readdir(directory);
  } catch (error) {
    const { code = String(error) } = error as NodeJS.ErrnoException;
    throw new LogDirectoryError(
      directory,
      `cannot be used as a directory (${code})`,
      'Choose another directory, or give this process the right to write there.',
    );
  }
}

async function isMade(directory: string): Promise<boolean> {
  const marker = parseMarker(await readFile(join(directory, MARKER), 'utf8'));
  if (marker?.kind !== KIND || typeof marker.format !== 'number') {
    throw new LogDirectoryError(directory, `is no event log or damaged: ${MARKER} is not as Takt writes it`, RESTORE);
  }
  if (marker.format > FORMAT) {
    throw new LogDirectoryError(
      directory,
      `has format ${marker.format}, this version of Takt reads ${FORMAT}`,
      'Run the version of Takt that wrote it, or a later one.',
    );
  }
  return marker.made === true;
}

function parseMarker(text: string): { kind?: unknown; format?: unknown; made?: unknown } | null {
  try {
    return JSON.parse(text) as object | null;
  } catch {
    return null;
  }
}

async function writeMarker(directory: string, made: boolean): Promise<void> {
  const path = join(directory, MARKER);
  const file = await open(`${path}.new`, 'w');
  try {
    await file.writeFile(`${JSON.stringify({ kind: KIND, format: FORMAT, made })}\n`);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(`${path}.new`, path);
}

/**
 * LMDB maps the file into memory and dies of one that is something else or ends too early. Each of its first two pages
 * has a magic number at 24, the page size at 48, the root of the main tree at 136 and its transaction at 152.
 */
async function faultOfDataFile(path: string): Promise<string | undefined> {
  let file: FileHandle;
  try {
    file = await open(path);
  } catch (error) {
    return `cannot be read (${(error as NodeJS.ErrnoException).code ?? String(error)})`;
  }
  try {
    const { size } = await file.stat();
    const first = await readHeader(file, 0);
    const second = first && (await readHeader(file, first.pageSize));
    if (!first || !second) return 'has no sound header';
    const { root, pageSize } = first.transaction > second.transaction ? first : second;
    return root !== NO_PAGE && (root + 1n) * BigInt(pageSize) > BigInt(size) ? 'is cut off' : undefined;
  } finally {
    await file.close();
  }
}

const HEADER_BYTES = 160;
const MAGIC = 0xbeefc0de;
const PAGE_SIZES = [4096, 8192, 16_384, 32_768, 65_536];
const NO_PAGE = 2n ** 64n - 1n;

async function readHeader(file: FileHandle, position: number) {
  const { buffer, bytesRead } = await file.read(Buffer.alloc(HEADER_BYTES), 0, HEADER_BYTES, position);
  if (bytesRead < HEADER_BYTES || buffer.readUInt32LE(24) !== MAGIC) return undefined;
  const pageSize = buffer.readUInt32LE(48);
  if (!PAGE_SIZES.includes(pageSize)) return undefined;
  return { pageSize, root: buffer.readBigUInt64LE(136), transaction: buffer.readBigUInt64LE(152) };
}
