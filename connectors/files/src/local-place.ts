import { constants } from 'node:fs';
import { link, lstat, mkdir, open, opendir, rename, rm, unlink, writeFile } from 'node:fs/promises';
import { watch } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { pause } from '@takt/resilience';
import { DropFileError, type DropEntry, type DropPlace } from './drop-place.ts';

/** A folder of this machine. */
export function openLocalPlace(folder: string): DropPlace {
  const pathOf = (path: string) => join(folder, path);
  let hasChanged = false;
  let wake: () => void = () => undefined;
  const watcher = watchFolder(folder, () => {
    hasChanged = true;
    wake();
  });

  /** Not through a link to somewhere else. */
  async function makeParent(path: string): Promise<void> {
    const parent = dirname(pathOf(path));
    if (parent === folder) return;
    await mkdir(parent).catch(unless('EEXIST'));
    if (!(await lstat(parent)).isDirectory()) throw new Error(`${parent} is no folder.`);
  }

  return {
    async list() {
      const entries: DropEntry[] = [];
      for await (const { name } of await opendir(folder)) {
        const stats = await lstat(pathOf(name)).catch(unless('ENOENT'));
        if (!stats) continue;
        const kind = stats.isFile() ? 'FILE' : stats.isDirectory() ? 'FOLDER' : 'OTHER';
        entries.push({ name, kind, bytes: stats.size, modifiedMs: stats.mtimeMs });
        if (entries.length >= MAX_ENTRIES) break;
      }
      return entries;
    },
    async *read(name, signal) {
      // Not blocked by a pipe that has just taken the file's place.
      const flags = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;
      const handle = await open(pathOf(name), flags).catch((error: unknown) => {
        throw fileError(error as NodeJS.ErrnoException);
      });
      try {
        if (!(await handle.stat()).isFile()) throw new DropFileError('NOT_A_FILE', NOT_A_FILE);
        for await (const chunk of handle.createReadStream({ autoClose: false, highWaterMark: 262_144 })) {
          signal.throwIfAborted();
          yield chunk as Buffer;
        }
      } finally {
        await handle.close();
      }
    },
    async exists(path) {
      return (await lstat(pathOf(path)).catch(unless('ENOENT', 'ENOTDIR'))) !== undefined;
    },
    async put(path, content) {
      await makeParent(path);
      const temporary = join(dirname(pathOf(path)), `.${basename(path)}`.slice(0, 200) + '.tmp');
      await rm(temporary, { force: true });
      await writeFile(temporary, content, { flag: 'wx', flush: true });
      await rename(temporary, pathOf(path));
    },
    async move(name, path) {
      await makeParent(path);
      const [from, to] = [pathOf(name), pathOf(path)];
      try {
        // Unlike a rename it never replaces what somebody else put there meanwhile.
        await link(from, to);
      } catch (error) {
        const { code = '' } = error as NodeJS.ErrnoException;
        if (code === 'EEXIST') {
          const [source, target] = await Promise.all([lstat(from), lstat(to)]);
          if (source.ino !== target.ino || source.dev !== target.dev) return false;
        } else if (NO_LINKS.has(code)) {
          if (await lstat(to).catch(unless('ENOENT'))) return false;
          await rename(from, to);
          return true;
        } else throw error;
      }
      await unlink(from);
      return true;
    },
    async remove(name) {
      await rm(pathOf(name), { force: true });
    },
    async changed(signal) {
      if (!hasChanged) {
        await new Promise<void>((resolve, reject) => {
          wake = resolve;
          signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
          if (signal.aborted) reject(signal.reason as Error);
        });
      }
      // What is being written changes all the time.
      await pause(SETTLE_MS, signal);
      hasChanged = false;
    },
    close() {
      watcher?.close();
      return Promise.resolve();
    },
  };
}

const MAX_ENTRIES = 10_000;
const SETTLE_MS = 100;
export const NOT_A_FILE = 'It is no plain file, but a link, a pipe or a device.';
/** Shares and file systems without hard links, or that allow them for one’s own files only. */
const NO_LINKS = new Set(['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK', 'EACCES']);

/** Where changes cannot be watched, the schedule alone counts. */
function watchFolder(folder: string, onChange: () => void): { close(): void } | undefined {
  try {
    const watcher = watch(folder, { persistent: false }, onChange);
    watcher.on('error', () => watcher.close());
    return watcher;
  } catch {
    return undefined;
  }
}

function fileError(error: NodeJS.ErrnoException): Error {
  switch (error.code) {
    case 'ENOENT':
      return new DropFileError('GONE', 'It is gone.');
    case 'ELOOP':
    case 'ENXIO':
      return new DropFileError('NOT_A_FILE', NOT_A_FILE);
    case 'EACCES':
    case 'EPERM':
      return new DropFileError('UNREADABLE', `It must not be read: ${error.code}.`);
    default:
      return error;
  }
}

function unless(...codes: readonly string[]): (error: unknown) => undefined {
  return (error) => {
    if (!codes.includes((error as NodeJS.ErrnoException).code ?? '')) throw error;
  };
}
