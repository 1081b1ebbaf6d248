import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { createServer, connect as connectTcp, type AddressInfo, type Socket } from 'node:net';
import { join } from 'node:path';
import type { Writable } from 'node:stream';
import { setTimeout as pause } from 'node:timers/promises';
import { Aedes } from 'aedes';

export interface MqttBroker {
  /** mosquitto keeps sessions in its folder; aedes keeps them until it stops, and speaks MQTT 3.1.1 only. */
  readonly kind: 'mosquitto' | 'aedes';
  readonly url: string;
  readonly port: number;
  close(): Promise<void>;
}

export interface MqttBrokerOptions {
  /** What the broker keeps is there. */
  readonly folder: string;
  /** Any that is free unless given. */
  readonly port?: number;
  /** mosquitto where it is installed unless given. */
  readonly kind?: MqttBroker['kind'];
}

/** Starts a broker of the plant on the loopback interface: mosquitto if it is on the PATH, else aedes. */
export async function startMqttBroker(options: MqttBrokerOptions): Promise<MqttBroker> {
  const { kind = hasMosquitto() ? 'mosquitto' : 'aedes' } = options;
  return kind === 'mosquitto' ? startMosquitto(options) : startAedes(options);
}

export function hasMosquitto(): boolean {
  return spawnSync('mosquitto', ['-h'], { stdio: 'ignore' }).error === undefined;
}

async function startMosquitto({ folder, port: given }: MqttBrokerOptions): Promise<MqttBroker> {
  await mkdir(folder, { recursive: true });
  const port = given ?? (await freePort());
  const configuration = join(folder, 'mosquitto.conf');
  await writeFile(configuration, mosquittoConfiguration(folder, port));
  const server = spawn('sh', ['-c', ENDS_WITH_US, configuration], { stdio: ['ignore', 'ignore', 'pipe', 'pipe'] });
  const lifeline = server.stdio[3] as Writable;
  lifeline.on('error', () => undefined);
  server.once('exit', () => lifeline.destroy());
  let log = '';
  server.stderr?.on('data', (chunk: Buffer) => (log = `${log}${chunk.toString()}`.slice(-2_000)));
  await listening(server, port, () => log).catch((error: unknown) => {
    lifeline.destroy();
    throw error;
  });
  return {
    kind: 'mosquitto',
    url: `mqtt://127.0.0.1:${port}`,
    port,
    close: async () => {
      const ended =
        server.exitCode !== null ? Promise.resolve() : new Promise((resolve) => server.once('exit', resolve));
      lifeline.destroy();
      await ended;
    },
  };
}

/** Also when this process is killed its end of the pipe at 3 closes, and with it goes the broker. */
const ENDS_WITH_US =
  'mosquitto -c "$0" 3<&- & broker=$!; { read -r _; kill $broker; } <&3 2>&- & exec 3<&-; wait $broker';

/** Sparkplug nodes publish with QoS 0, which is kept for absent subscribers too: man mosquitto.conf. */
function mosquittoConfiguration(folder: string, port: number): string {
  return [
    `listener ${port} 127.0.0.1`,
    'allow_anonymous true',
    ...(process.getuid?.() === 0 ? ['user root'] : []),
    'persistence true',
    `persistence_location ${folder}/`,
    'autosave_interval 5',
    'queue_qos0_messages true',
    'upgrade_outgoing_qos true',
    'max_queued_messages 100000',
    'log_type error',
    'log_type warning',
    '',
  ].join('\n');
}

async function listening(server: ChildProcess, port: number, log: () => string): Promise<void> {
  const until = performance.now() + START_MS;
  while (performance.now() < until) {
    if (server.exitCode !== null) throw new Error(`mosquitto ended with ${server.exitCode}: ${log()}`);
    if (await answers(port)) return;
    await pause(20);
  }
  throw new Error(`mosquitto does not listen on ${port}: ${log()}`);
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connectTcp(port, '127.0.0.1');
    socket.once('connect', () => resolve(true));
    socket.once('error', () => resolve(false));
    socket.once('connect', () => socket.destroy());
  });
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

async function startAedes({ port: given = 0 }: MqttBrokerOptions): Promise<MqttBroker> {
  const broker = await Aedes.createBroker();
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
    broker.handle(socket);
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(given, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  return {
    kind: 'aedes',
    url: `mqtt://127.0.0.1:${port}`,
    port,
    close: async () => {
      await new Promise<void>((resolve) => broker.close(resolve));
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

const START_MS = 10_000;
