import { randomUUID } from 'node:crypto';
import { link, readFile, rename, rm, writeFile } from 'node:fs/promises';

/**
 * Creates a file that says who holds something, in place of one that is stale: `holderOf` answers the holder of what a file
 * says, undefined if it holds no longer. Answers undefined once the file is there, and the holder otherwise, or who is
 * about to be. However many want it, one has it: only who has the lock file beside it removes one that is stale, after
 * another look at it. That is so as long as nobody whom `holderOf` holds for gone goes on. Throws if one process after
 * another died in the middle of that.
 */
export async function takeLockFile<Holder>(
  path: string,
  text: string,
  holderOf: (text: string, path: string) => Promise<Holder | undefined>,
): Promise<Holder | undefined> {
  if (path.endsWith(MAX_TAKING)) {
    throw new Error(`${path.slice(0, -MAX_TAKING.length)} was left over, and all beside it. ${REMOVE}`);
  }
  for (;;) {
    const found = await readLockFile(path);
    if (found === undefined) {
      if (await placed(path, text, createWhole)) return undefined;
      continue;
    }
    const holder = await holderOf(found, path);
    if (holder !== undefined) return holder;
    const taking = `${path}${TAKING}`;
    const taker = await takeLockFile(taking, text, holderOf);
    if (taker !== undefined) return taker;
    try {
      if ((await readLockFile(path)) === found) await rm(path, { force: true });
    } finally {
      await rm(taking, { force: true });
    }
  }
}

/** What it says, whole; undefined if there is none. */
export async function readLockFile(path: string): Promise<string | undefined> {
  return readFile(path, 'utf8').catch(unlessAbsent);
}

/** Has it say something else, so that nobody reads half of it. */
export async function replaceLockFile(path: string, text: string): Promise<void> {
  await placed(path, text, rename);
}

async function placed<Result>(path: string, text: string, place: (draft: string, path: string) => Promise<Result>) {
  const draft = `${path}.${randomUUID()}`;
  try {
    await writeFile(draft, text);
    return await place(draft, path);
  } finally {
    await rm(draft, { force: true });
  }
}

async function createWhole(draft: string, path: string): Promise<boolean> {
  try {
    await link(draft, path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

function unlessAbsent(error: NodeJS.ErrnoException): undefined {
  if (error.code !== 'ENOENT') throw error;
}

const TAKING = '.taking';
/** Each process that dies while it has the lock file beside another one adds one. */
const MAX_TAKING = TAKING.repeat(8);
const REMOVE = `Stop all that may hold it, remove it and what has its name with ${TAKING} behind it, and start them again.`;
