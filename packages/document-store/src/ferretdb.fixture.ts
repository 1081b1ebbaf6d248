import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { connect, createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

/** Where `.ci/servers` puts it. */
const binary = join(process.env['TEST_SERVERS_HOME'] ?? join(tmpdir(), 'takt-servers'), 'ferretdb');

/** Whether there is a server of MongoDB's protocol that tests may start, stop and kill. Says so loudly if not. */
export function hasFerretDb(what: string): boolean {
  if (existsSync(binary)) return true;
  console.warn(`${binary} is not there (eval "$(.ci/servers start)" makes it): ${what} was NOT tested.`);
  return false;
}

/** A FerretDB of a test's own, on a free port that it keeps, with a directory of its own. */
export class OwnFerretDb {
  #child: ChildProcess | undefined;

  private constructor(
    readonly directory: string,
    readonly port: number,
  ) {}

  static async start(): Promise<OwnFerretDb> {
    const server = new OwnFerretDb(await mkdtemp(join(tmpdir(), 'takt-ferretdb-')), await freePort());
    await server.resume();
    return server;
  }

  /** It updates atomically within one connection only. */
  get uri(): string {
    return `mongodb://127.0.0.1:${this.port}/?maxPoolSize=1`;
  }

  /** Resolves when it listens. */
  async resume(): Promise<void> {
    const { directory, port } = this;
    const files = ['--handler=sqlite', `--sqlite-url=file:${directory}/`, `--state-dir=${directory}`];
    const child = spawn(binary, [...files, '--log-level=error', `--listen-addr=127.0.0.1:${port}`, '--debug-addr=-'], {
      env: { ...process.env, FERRETDB_TELEMETRY: 'disable', DO_NOT_TRACK: '1' },
      stdio: 'ignore',
    });
    this.#child = child;
    while (!(await listens(port))) {
      if (child.exitCode !== null) throw new Error(`FerretDB ended with ${child.exitCode}.`);
      await pause(50);
    }
  }

  signal(signal: NodeJS.Signals): void {
    this.#child?.kill(signal);
  }

  /** `kill -9`. */
  async kill(): Promise<void> {
    const child = this.#child;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const exited = once(child, 'exit');
    child.kill('SIGKILL');
    await exited;
  }

  async dispose(): Promise<void> {
    await this.kill();
    await rm(this.directory, { recursive: true, force: true });
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

async function listens(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1');
  try {
    await once(socket, 'connect');
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}
