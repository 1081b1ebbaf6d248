import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { cpuMsOf, memoryOf, type Memory } from './process-figures.ts';

/** Asking costs the process that is asked. */
const READY_POLL_MS = 50;

const ROOT = fileURLToPath(new URL('..', import.meta.url));

/** `npm start` without npm, as a process of its own. */
export interface TaktProcess {
  readonly url: string;
  /** From spawning it until `GET /health/ready` answered 200. */
  readonly readyMs: number;
  /** Processor time so far, user and system, to 10 ms. */
  cpuMs(): number;
  memory(): Memory;
  stop(): Promise<void>;
}

/** Starts Takt and waits until it is ready. Ended with this process at the latest. */
export async function startTakt(env: Readonly<Record<string, string>>): Promise<TaktProcess> {
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

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
