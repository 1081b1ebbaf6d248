import { fileURLToPath } from 'node:url';
import { cpuMsOf, memoryOf, type Memory } from './process-figures.ts';
import { freePort, startServer } from './server-process.ts';

const ROOT = fileURLToPath(new URL('..', import.meta.url));

/** `npm start` without npm, as a process of its own. */
export interface TaktProcess {
  readonly url: string;
  /** From spawning it until `GET /health/ready` answered 200. */
  readonly readyMs: number;
  /** Processor time so far, user and system, to 10 ms. */
  cpuMs(): number;
  memory(): Memory;
  /** `kill -9`. */
  kill(): void;
  stop(): Promise<void>;
}

/** Starts Takt and waits until it is ready. Ended with this process at the latest. */
export async function startTakt(env: Readonly<Record<string, string>>): Promise<TaktProcess> {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const { pid, readyMs, stop } = await startServer({
    name: 'Takt',
    command: process.execPath,
    args: ['--import', 'tsx', 'cli/src/main.ts', 'start'],
    cwd: ROOT,
    env: { PORT: String(port), ...env },
    isReady: () => isReady(url),
  });
  const kill = () => void process.kill(pid, 'SIGKILL');
  return { url, readyMs, cpuMs: () => cpuMsOf(pid), memory: () => memoryOf(pid), kill, stop };
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
