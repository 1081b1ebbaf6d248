import { randomUUID } from 'node:crypto';
import { link, readFile, rename, rm, writeFile } from 'node:fs/promises';

/**
 * Creates a file that says who holds something, in place of one that is stale: `holderOf` answers the holder of what a file
 * says, undefined if it holds no longer. Answers undefined once the file is there, and the holder otherwise. Of several
 * that want it one has it in the end: who has put its own in place of a stale one reads it again before it begins.
 */
export async function takeLockFile<Holder>(
  path: string,
  text: string,
  holderOf: (text: string) => Promise<Holder | undefined>,
): Promise<Holder | undefined> {
  while (!(await placed(path, text, createWhole))) {
    const found = await readLockFile(path);
    if (found === undefined) continue;
    const holder = await holderOf(found);
    if (holder !== undefined) return holder;
    await removeStale(path, found);
  }
  return undefined;
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

/** Two processes may find the same stale file: whoever moves a newer one away by mistake puts it back. */
async function removeStale(path: string, text: string): Promise<void> {
  const moved = `${path}.${randomUUID()}`;
  try {
    await rename(path, moved);
    if ((await readFile(moved, 'utf8')) !== text) await createWhole(moved, path);
  } catch (error) {
    unlessAbsent(error as NodeJS.ErrnoException);
  } finally {
    await rm(moved, { force: true });
  }
}

function unlessAbsent(error: NodeJS.ErrnoException): undefined {
  if (error.code !== 'ENOENT') throw error;
}
