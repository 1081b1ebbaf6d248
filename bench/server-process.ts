import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';

/** Asking costs the process that is asked. */
const READY_POLL_MS = 50;

export interface ServerCommand {
  /** What complaints call it. */
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  readonly isReady: () => Promise<boolean>;
  /** How long it may take; without a limit unless given. */
  readonly readyWithinMs?: number;
}

/** A server in a process of its own. Ended with this process at the latest. */
export interface ServerProcess {
  readonly pid: number;
  /** From spawning it until it said that it is ready. */
  readonly readyMs: number;
  readonly stop: () => Promise<void>;
}

/** Starts a server and waits until it is ready. */
export async function startServer(options: ServerCommand): Promise<ServerProcess> {
  const begun = performance.now();
  const child = spawn(options.command, options.args, {
    cwd: options.cwd,
    env: { PATH: process.env['PATH'] ?? '', ...options.env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const kill = () => child.kill('SIGKILL');
  process.once('exit', kill);
  let complaints = '';
  const listen = (text: string) => (complaints = (complaints + text).slice(-4000));
  child.stderr.setEncoding('utf8').on('data', listen);
  child.stdout.setEncoding('utf8').on('data', listen);
  const exited = once(child, 'exit');

  const stop = async () => {
    child.kill('SIGTERM');
    const cut = setTimeout(kill, STOP_WITHIN_MS);
    await exited;
    clearTimeout(cut);
    process.off('exit', kill);
  };
  while (!(await options.isReady())) {
    if (child.exitCode !== null) throw new Error(`${options.name} ended while starting:\n${complaints}`);
    if (performance.now() - begun > (options.readyWithinMs ?? Infinity)) {
      await stop();
      throw new Error(`${options.name} is not ready after ${options.readyWithinMs} ms:\n${complaints}`);
    }
    await delay(READY_POLL_MS);
  }
  const { pid } = child;
  if (pid === undefined) throw new Error(`${options.name} has no process id.`);
  return { pid, readyMs: performance.now() - begun, stop };
}

const STOP_WITHIN_MS = 15_000;

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
