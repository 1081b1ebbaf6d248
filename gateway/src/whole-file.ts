import { randomUUID } from 'node:crypto';
import { link, open, rename, rm } from 'node:fs/promises';

/** Writes a file, or puts another in its place: all or nothing, also in a power cut. */
export async function replaceFile(path: string, text: string): Promise<void> {
  await written(path, text, (made) => rename(made, path));
}

/** The same for a file that must not be there yet. Answers false, and writes nothing, if it is. */
export async function createFile(path: string, text: string): Promise<boolean> {
  return written(path, text, async (made) => {
    try {
      await link(made, path);
      return true;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
      throw error;
    }
  });
}

async function written<Result>(path: string, text: string, place: (made: string) => Promise<Result>): Promise<Result> {
  const made = `${path}.${randomUUID()}.new`;
  try {
    const file = await open(made, 'wx', 0o600);
    try {
      await file.writeFile(text);
      await file.sync();
    } finally {
      await file.close();
    }
    return await place(made);
  } finally {
    await rm(made, { force: true });
  }
}
