import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

/** Where `.ci/servers` puts it. */
const binary = join(process.env['TEST_SERVERS_HOME'] ?? join(tmpdir(), 'takt-servers'), 'nats-server');

/** Whether there is a NATS server that tests may start, stop and kill. Says so loudly if not. */
export function hasNatsServer(what: string): boolean {
  if (existsSync(binary)) return true;
  console.warn(`${binary} is not there (eval "$(.ci/servers start)" makes it): ${what} was NOT tested.`);
  return false;
}

export const WITH_JETSTREAM = 'jetstream { store_dir: "./" }';

/** A NATS server of a test's own, on a free port that it keeps, with a directory of its own. */
export class OwnNatsServer {
  #child: ChildProcess | undefined;
  #port = -1;

  private constructor(
    readonly directory: string,
    /** In the server's configuration language; changed, it counts from the next start. */
    public config: string,
  ) {}

  static async start(config = WITH_JETSTREAM): Promise<OwnNatsServer> {
    const server = new OwnNatsServer(await mkdtemp(join(tmpdir(), 'takt-nats-')), config);
    await server.resume();
    return server;
  }

  get port(): number {
    return this.#port;
  }

  get url(): string {
    return `nats://127.0.0.1:${this.#port}`;
  }

  /** Resolves when it listens. */
  async resume(): Promise<void> {
    const file = join(this.directory, 'server.conf');
    await writeFile(file, `host: "127.0.0.1"\nport: ${this.#port}\n${this.config}\n`);
    const child = spawn(binary, ['--config', file], { cwd: this.directory, stdio: ['ignore', 'ignore', 'pipe'] });
    this.#child = child;
    const lines = createInterface({ input: child.stderr });
    const output: string[] = [];
    await new Promise<void>((resolve, reject) => {
      child.once('exit', () => {
        reject(new Error(`nats-server ended: ${output.join('\n')}`));
      });
      lines.on('line', (line) => {
        if (output.length < 100) output.push(line);
        const port = /Listening for client connections on .*:(\d+)/.exec(line)?.[1];
        if (port !== undefined) this.#port = Number(port);
        if (line.includes('Server is ready')) resolve();
      });
    });
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
