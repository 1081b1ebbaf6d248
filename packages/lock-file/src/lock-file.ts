import { randomUUID } from 'node:crypto';
import { link, readFile, rename, rm, writeFile } from 'node:fs/promises';

/**
 * Creates a file that says who holds something, in place of one that is stale: `holderOf` answers the holder of what a file
 * says, undefined if it holds no longer. Answers undefined once the file is there, and the holder otherwise, or who is
 * about to be. However many want it, one has it: what is stale is removed by one at a time, who has looked once more.
 */
export async function takeLockFile<Holder>(
  path: string,
  text: string,
  holderOf: (text: string, path: string) => Promise<Holder | undefined>,
): Promise<Holder | undefined> {
  const taking = `${path}.taking`;
  while (!(await placed(path, text, createWhole))) {
    const found = await readLockFile(path);
    if (found === undefined) continue;
    const holder = await holderOf(found, path);
    if (holder !== undefined) return holder;
    if (await placed(taking, text, createWhole)) {
      try {
        if ((await readLockFile(path)) === found) await rm(path, { force: true });
      } finally {
        await rm(taking, { force: true });
      }
      continue;
    }
    const other = await readLockFile(taking);
    if (other === undefined) continue;
    const taker = await holderOf(other, taking);
    if (taker !== undefined) return taker;
    // It died right there.
    await rm(taking, { force: true });
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

function unlessAbsent(error: NodeJS.ErrnoException): undefined {
  if (error.code !== 'ENOENT') throw error;
}
