import { randomUUID } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { hostname } from 'node:os';
import {
  isRunning,
  readLockFile,
  replaceLockFile,
  takeLockFile,
  thisProcess,
  type ProcessIdentity,
} from '@takt/lock-file';

/** The right to work on a job, which one process has at a time. */
export interface JobLease {
  /** Says that the process is alive; false if another one has taken the lease since. */
  renew(): Promise<boolean>;
  release(): Promise<void>;
}

/** Who holds a lease; `beat` grows as long as it lives. */
interface Holder extends ProcessIdentity {
  readonly owner: string;
  readonly host: string;
  readonly beat: number;
}

/**
 * Takes leases, which are files. One whose holder is gone can be taken: its process does not exist on this host any more,
 * or it has said nothing for `staleMs` as measured here, so that no two clocks are compared.
 */
export function createLeases(staleMs: number, now: () => number = () => performance.now()) {
  const seen = new Map<string, { text: string; at: number }>();

  const isGone = async (path: string, text: string): Promise<boolean> => {
    const known = seen.get(path);
    if (known?.text !== text) {
      for (const [other, { at }] of seen) if (now() - at >= FORGOTTEN_MS) seen.delete(other);
      seen.set(path, { text, at: now() });
    } else if (now() - known.at >= staleMs) return true;
    const holder = holderOf(text);
    return holder?.host === hostname() && !(await isRunning(holder));
  };

  return {
    /** Undefined if somebody has it, or if there is no folder for it. */
    async take(path: string): Promise<JobLease | undefined> {
      const mine: Holder = { owner: randomUUID(), host: hostname(), ...(await thisProcess()), beat: 0 };
      const livingHolder = async (text: string, file: string) => ((await isGone(file, text)) ? undefined : text);
      try {
        if ((await takeLockFile(path, JSON.stringify(mine), livingHolder)) !== undefined) return undefined;
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
        throw error;
      }
      seen.delete(path);
      let beat = 0;
      const isMine = async () => holderOf((await readLockFile(path)) ?? '')?.owner === mine.owner;
      let last: Promise<unknown> = Promise.resolve();
      const inTurn = <Result>(step: () => Promise<Result>): Promise<Result> => {
        const turn = last.then(step, step);
        last = turn;
        return turn;
      };
      return {
        renew: () =>
          inTurn(async () => {
            if (!(await isMine())) return false;
            await replaceLockFile(path, JSON.stringify({ ...mine, beat: ++beat }));
            return true;
          }),
        release: () =>
          inTurn(async () => {
            if (await isMine()) await rm(path, { force: true });
          }),
      };
    },
  };
}

/** What has stood for so long is not waited for: it would have been taken. */
const FORGOTTEN_MS = 3_600_000;

function holderOf(text: string): Holder | undefined {
  try {
    return JSON.parse(text) as Holder;
  } catch {
    return undefined;
  }
}
