import { readFile } from 'node:fs/promises';

/** A process of this host. */
export interface ProcessIdentity {
  readonly pid: number;
  /** Tells a process from a later one with the same id; null where the system does not say, absent in older files. */
  readonly started?: string | null | undefined;
}

export async function thisProcess(): Promise<ProcessIdentity> {
  return { pid: process.pid, started: await startOf(process.pid) };
}

export async function isRunning({ pid, started }: ProcessIdentity): Promise<boolean> {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false;
  }
  const now = await startOf(pid);
  return started == null || now === null || now === started;
}

/** Boot and clock tick at which a process started: Linux, proc(5), field 22 of /proc/PID/stat. */
async function startOf(pid: number): Promise<string | null> {
  try {
    const boot = await readFile('/proc/sys/kernel/random/boot_id', 'utf8');
    const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return `${boot.trim()}/${fields[19] ?? ''}`;
  } catch {
    return null;
  }
}
