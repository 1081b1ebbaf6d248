import { randomUUID } from 'node:crypto';
import { link, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';

/** The right to work on a job, which one process has at a time. */
export interface JobLease {
  /** Says that the process is alive; false if another one has taken the lease since. */
  renew(): Promise<boolean>;
  release(): Promise<void>;
}

/** Who holds a lease; `beat` grows as long as it lives. */
interface Holder {
  readonly owner: string;
  readonly host: string;
  readonly pid: number;
  readonly beat: number;
}

/**
 * Takes leases, which are files. One whose holder is gone can be taken: its process does not exist on this host any more,
 * or it has said nothing for `staleMs` as measured here, so that no two clocks are compared.
 */
export function createLeases(staleMs: number, now: () => number = () => performance.now()) {
  const seen = new Map<string, { text: string; at: number }>();

  const isGone = (path: string, text: string): boolean => {
    const known = seen.get(path);
    if (known?.text !== text) {
      seen.set(path, { text, at: now() });
    } else if (now() - known.at >= staleMs) return true;
    const holder = holderOf(text);
    return holder?.host === hostname() && holder.pid !== process.pid && !isRunning(holder.pid);
  };

  return {
    /** Undefined if somebody has it. */
    async take(path: string): Promise<JobLease | undefined> {
      const mine: Holder = { owner: randomUUID(), host: hostname(), pid: process.pid, beat: 0 };
      if (!(await createWhole(path, JSON.stringify(mine)))) {
        const text = await readIfThere(path);
        if (text === undefined || !isGone(path, text) || !(await removeStale(path, text))) return undefined;
        if (!(await createWhole(path, JSON.stringify(mine)))) return undefined;
      }
      seen.delete(path);
      let beat = 0;
      const isMine = async () => holderOf((await readIfThere(path)) ?? '')?.owner === mine.owner;
      return {
        async renew() {
          if (!(await isMine())) return false;
          await writeFile(path, JSON.stringify({ ...mine, beat: ++beat }));
          return true;
        },
        async release() {
          if (await isMine()) await rm(path, { force: true });
        },
      };
    },
  };
}

async function createWhole(path: string, text: string): Promise<boolean> {
  const draft = `${path}.${randomUUID()}`;
  try {
    await writeFile(draft, text);
    await link(draft, path);
    return true;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    // The job's folder may be gone as well.
    if (code === 'EEXIST' || code === 'ENOENT') return false;
    throw error;
  } finally {
    await rm(draft, { force: true });
  }
}

/** Two processes may find the same stale file: whoever moves a newer one away by mistake puts it back. */
async function removeStale(path: string, text: string): Promise<boolean> {
  const moved = `${path}.${randomUUID()}`;
  try {
    await rename(path, moved);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false;
    throw error;
  }
  const found = await readFile(moved, 'utf8');
  if (found !== text) await createWhole(path, found);
  await rm(moved, { force: true });
  return found === text;
}

async function readIfThere(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

function holderOf(text: string): Holder | undefined {
  try {
    return JSON.parse(text) as Holder;
  } catch {
    return undefined;
  }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ESRCH';
  }
}
