import { existsSync } from 'node:fs';
import { once } from 'node:events';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort, startServer, type ServerProcess } from '../server-process.ts';

/** Where `.ci/servers` puts it. */
const BINARY = join(process.env['TAKT_SERVERS_HOME'] ?? join(tmpdir(), 'takt-servers'), 'nats-server');

export function missingNatsServer(): string | undefined {
  return existsSync(BINARY) ? undefined : `${BINARY} is not there; .ci/servers makes it.`;
}

/** A NATS server with JetStream that may be stopped and started again where it was. */
export class NatsServer {
  private process: ServerProcess | undefined;

  private constructor(
    private readonly directory: string,
    private readonly port: number,
  ) {}

  static async start(directory: string): Promise<NatsServer> {
    const server = new NatsServer(directory, await freePort());
    await server.resume();
    return server;
  }

  get url(): string {
    return `nats://127.0.0.1:${this.port}`;
  }

  async resume(): Promise<void> {
    this.process = await startServer({
      name: 'nats-server',
      command: BINARY,
      args: ['--addr', '127.0.0.1', '--port', String(this.port), '--jetstream', '--store_dir', this.directory],
      cwd: this.directory,
      env: {},
      isReady: () => isListening(this.port),
      readyWithinMs: 30_000,
    });
  }

  async stop(): Promise<void> {
    await this.process?.stop();
    this.process = undefined;
  }
}

async function isListening(port: number): Promise<boolean> {
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
