import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

/** Asking costs the process that is asked. */
const READY_POLL_MS = 50;

const ROOT = fileURLToPath(new URL('..', import.meta.url));

/** `npm start` without npm, as a process of its own. What is read of it comes from /proc: Linux only. */
export interface TaktProcess {
  readonly url: string;
  /** From spawning it until `GET /health/ready` answered 200. */
  readonly readyMs: number;
  /** Processor time so far, user and system, to 10 ms. */
  cpuMs(): number;
  /** Resident memory now, and the most there was, of Takt and of what it started (tsx keeps a compiler beside it). */
  memory(): { readonly residentMiB: number; readonly peakMiB: number };
  stop(): Promise<void>;
}

/** Starts Takt and waits until it is ready. Ended with this process at the latest. */
export async function startTakt(env: Readonly<Record<string, string>>): Promise<TaktProcess> {
  if (!existsSync('/proc/self/stat')) throw new Error('This benchmark reads /proc: it runs on Linux only.');
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const begun = performance.now();
  const child = spawn(process.execPath, ['--import', 'tsx', 'cli/src/main.ts', 'start'], {
    cwd: ROOT,
    env: { PATH: process.env['PATH'] ?? '', PORT: String(port), ...env },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const kill = () => child.kill('SIGKILL');
  process.once('exit', kill);
  let complaints = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (complaints = (complaints + text).slice(-4000)));
  const exited = once(child, 'exit');

  const stop = async () => {
    child.kill('SIGTERM');
    await exited;
    process.off('exit', kill);
  };
  while (!(await isReady(url))) {
    if (child.exitCode !== null) throw new Error(`Takt ended while starting:\n${complaints}`);
    await delay(READY_POLL_MS);
  }
  const { pid } = child;
  if (pid === undefined) throw new Error('Takt has no process id.');
  return { url, readyMs: performance.now() - begun, cpuMs: () => cpuMsOf(pid), memory: () => memoryOf(pid), stop };
}

async function isReady(url: string): Promise<boolean> {
  try {
    const { status, body } = await fetch(`${url}/health/ready`);
    await body?.cancel();
    return status === 200;
  } catch {
    return false;
  }
}

/** Fields 14 and 15 of `/proc/PID/stat`, in the 100 ticks a second that Linux shows to programs; see proc_pid_stat(5). */
function cpuMsOf(pid: number): number {
  const afterName = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.split(' ') ?? [];
  return (Number(afterName[11]) + Number(afterName[12])) * 10;
}

function memoryOf(pid: number): { residentMiB: number; peakMiB: number } {
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ').filter(Boolean);
  const parts = [String(pid), ...children].map((one) => readFileSync(`/proc/${one}/status`, 'utf8'));
  const sum = (name: string) =>
    parts.reduce((total, text) => total + Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(text)?.[1] ?? 0), 0) /
    1024;
  return { residentMiB: sum('VmRSS'), peakMiB: sum('VmHWM') };
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
