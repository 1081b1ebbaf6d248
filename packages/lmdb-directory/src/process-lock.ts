import { rm } from 'node:fs/promises';
import { isRunning, takeLockFile, thisProcess, type ProcessIdentity } from '@takt/lock-file';

export interface ProcessLock {
  readonly release: () => Promise<void>;
}

/**
 * Creates a lock file that names this process, or gives the id of the process that holds it. A file that was left behind
 * by a process that is gone, killed for instance, is replaced.
 */
export async function acquireLock(path: string): Promise<ProcessLock | number> {
  const holder = await takeLockFile(path, JSON.stringify(await thisProcess()), async (text) => {
    const found = parseHolder(text);
    return found && (await isRunning(found)) ? found.pid : undefined;
  });
  return holder ?? { release: () => rm(path, { force: true }) };
}

function parseHolder(text: string): ProcessIdentity | undefined {
  try {
    const { pid, started } = JSON.parse(text) as ProcessIdentity;
    return Number.isSafeInteger(pid) && pid > 0 ? { pid, started } : undefined;
  } catch {
    return undefined;
  }
}
