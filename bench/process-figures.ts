import { existsSync, readFileSync } from 'node:fs';

/** Memory of a process and of what it started (tsx keeps a compiler beside it), in MiB. */
export interface Memory {
  readonly residentMiB: number;
  /** Of the resident: what the process allocated. The rest is files that it maps, above all its store, and given up on demand. */
  readonly allocatedMiB: number;
  /** The most that was resident. */
  readonly peakMiB: number;
}

export function memoryOf(pid: number): Memory {
  const parts = [pid, ...childrenOf(pid)].map((one) => read(`/proc/${one}/status`));
  const sum = (name: string) =>
    parts.reduce((total, text) => total + Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(text)?.[1] ?? 0), 0) /
    1024;
  return { residentMiB: sum('VmRSS'), allocatedMiB: sum('RssAnon'), peakMiB: sum('VmHWM') };
}

/**
 * Processor time of a process so far, user and system, to 10 ms: fields 14 and 15 of `/proc/PID/stat`, in the 100 ticks
 * a second that Linux shows to programs; see proc_pid_stat(5).
 */
export function cpuMsOf(pid: number): number {
  const afterName = read(`/proc/${pid}/stat`).split(') ').at(-1)?.split(' ') ?? [];
  return (Number(afterName[11]) + Number(afterName[12])) * 10;
}

/** Processor time so far of a process and of all that it started and that still runs. */
export function cpuMsOfTree(pid: number): number {
  return childrenOf(pid).reduce((total, child) => total + cpuMsOfTree(child), cpuMsOf(pid));
}

/** Those that its main thread started. */
function childrenOf(pid: number): number[] {
  return read(`/proc/${pid}/task/${pid}/children`).trim().split(' ').filter(Boolean).map(Number);
}

function read(path: string): string {
  if (!existsSync('/proc/self/stat')) throw new Error('This benchmark reads /proc: it runs on Linux only.');
  return readFileSync(path, 'utf8');
}
