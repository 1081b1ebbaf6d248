import { randomBytes } from 'node:crypto';
import { constants } from 'node:fs';
import { link, lstat, mkdir, open, readdir, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { FileEntry, Place } from './place.ts';

/** A folder of this machine: files come into `in`; `out`, `done` and `failed` lie beside it. */
export function folderPlace(folder: string): Place {
  const inbox = join(folder, 'in');
  return {
    async list() {
      await mkdir(inbox, { recursive: true });
      const entries: FileEntry[] = [];
      for (const name of await readdir(inbox)) {
        if (/^\.|\.(tmp|part|partial|filepart)$/i.test(name)) continue;
        const found = await lstat(join(inbox, name)).catch(nothingIfGone);
        if (found?.isFile()) entries.push({ name, bytes: found.size, modifiedMs: found.mtimeMs });
      }
      return entries.sort((a, b) => a.modifiedMs - b.modifiedMs || (a.name < b.name ? -1 : 1));
    },
    async read(name, signal) {
      const file = await open(join(inbox, name), constants.O_RDONLY | constants.O_NOFOLLOW);
      try {
        return await file.readFile({ signal });
      } finally {
        await file.close();
      }
    },
    async put(path, content) {
      const target = join(folder, path);
      await mkdir(dirname(target), { recursive: true });
      const draft = join(dirname(target), `.${randomBytes(8).toString('hex')}.tmp`);
      const file = await open(draft, 'wx');
      try {
        await file.writeFile(content);
        await file.sync();
      } finally {
        await file.close();
      }
      await rename(draft, target);
    },
    async move(name, path) {
      const [from, to] = [join(inbox, name), join(folder, path)];
      await mkdir(dirname(to), { recursive: true });
      try {
        await link(from, to);
      } catch (error) {
        const { code } = error as NodeJS.ErrnoException;
        if (code === 'ENOENT') return true;
        // Linked before, and not removed: a move that was cut off.
        if (code === 'EEXIST' && !(await isSame(from, to))) return false;
        if (code !== 'EEXIST') throw error;
      }
      await rm(from, { force: true });
      return true;
    },
  };
}

async function isSame(from: string, to: string): Promise<boolean> {
  const [left, right] = await Promise.all([lstat(from), lstat(to)]);
  return left.ino === right.ino && left.dev === right.dev;
}

function nothingIfGone(error: NodeJS.ErrnoException): undefined {
  if (error.code === 'ENOENT') return undefined;
  throw error;
}
