import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createTaktClient, type TaktClient } from '@takt/client';
import { demoPlant, type DemoOptions } from '@takt/demo';
import { failureOf, runCommand, startSystem, type System, type SystemOptions } from '@takt/cli';
import { afterAll, beforeAll, onTestFinished } from 'vitest';
import { WebSocket } from 'ws';

export const ROOT = fileURLToPath(new URL('..', import.meta.url));

/** A folder of its own, gone when the test ends. */
export async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'takt-test-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

/**
 * The whole system in this process, over real sockets; closed when the test ends. It plans without a thread, which takes
 * longer to start than most tests to run; systems in processes of their own have theirs.
 */
export async function bootSystem(options: Partial<SystemOptions> = {}): Promise<BootedSystem> {
  const dataDir = options.dataDir ?? (await temporaryFolder());
  const booted = await bootIn(dataDir, options);
  onTestFinished(() => close(booted));
  return booted;
}

/** One system for all tests of a file, which must not get in each other's way. */
export function sharedSystem(
  options: Partial<SystemOptions> = {},
  fill: (system: System) => Promise<void> = () => Promise.resolve(),
): () => BootedSystem {
  let booted: BootedSystem;
  beforeAll(async () => {
    booted = await bootIn(await mkdtemp(join(tmpdir(), 'takt-test-')), options);
    await fill(booted.system);
  });
  afterAll(async () => {
    await close(booted);
    await rm(booted.dataDir, { recursive: true, force: true });
  });
  return () => booted;
}

async function bootIn(dataDir: string, options: Partial<SystemOptions>): Promise<BootedSystem> {
  const system = await startSystem({ host: '127.0.0.1', port: 0, planning: 'inline', ...options, dataDir });
  return { system, client: clientOf(system.url), dataDir };
}

async function close({ client, system }: BootedSystem): Promise<void> {
  await client.close();
  await system.close();
}

export interface BootedSystem {
  readonly system: System;
  readonly client: TaktClient;
  readonly dataDir: string;
}

/** Of a gateway whose graph has no versions with `contract` null. */
export function clientOf(url: string, contract?: null): TaktClient {
  return createTaktClient({ url: `${url}/graphql`, contract, webSocketImpl: WebSocket });
}

/** A process of ours started from the command line. */
export interface TaktProcess {
  readonly child: ChildProcess;
  /** Everything that it has printed so far. */
  output(): string;
  /** Resolves with the output as soon as it contains `text`; rejects if the process ends before. */
  printed(text: string): Promise<string>;
  /** Exit code (null after a signal) once it has ended. */
  ended(): Promise<number | null>;
}

/** A command that comes to an end, run in this process: its exit code, and all that it says. */
export async function command(
  args: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<{ code: number | undefined; output: string }> {
  let output = '';
  const stream = { write: (text: string) => (output += text) };
  const code = await runCommand(args, { env, out: stream, err: stream }).catch((error: unknown) => {
    const failure = failureOf(error);
    output += failure.text;
    return failure.code;
  });
  return { code, output };
}

/** Takt started as a user would. */
export function taktProcess(args: readonly string[], env: Readonly<Record<string, string>> = {}): TaktProcess {
  return processOf('cli/src/main.ts', args, env);
}

/** One of our programs, by its path. */
export function processOf(main: string, args: readonly string[], env: Readonly<Record<string, string>>): TaktProcess {
  const child = spawn(process.execPath, ['--import', 'tsx', join(ROOT, main), ...args], {
    cwd: ROOT,
    env: { PATH: process.env['PATH'] ?? '', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let text = '';
  const exited = once(child, 'exit').then(([code]) => code as number | null);
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
  onTestFinished(async () => {
    child.kill('SIGKILL');
    await exited;
  });
  return {
    child,
    output: () => text,
    ended: async () => {
      const code = await exited;
      const streams = [child.stdout, child.stderr].filter((stream) => !stream.readableEnded);
      await Promise.all(streams.map((stream) => once(stream, 'close')));
      return code;
    },
    printed: (wanted) =>
      new Promise((resolve, reject) => {
        const look = () => {
          if (text.includes(wanted)) resolve(text);
        };
        child.stdout.on('data', look);
        child.stderr.on('data', look);
        void exited.then(() => {
          reject(new Error(`The process ended without saying "${wanted}":\n${text}`));
        });
        look();
      }),
  };
}

/** `npm start` with nothing but these settings, on a free port, until it says that it is ready. */
export async function startedProcess(env: Readonly<Record<string, string>>): Promise<TaktProcess & { url: string }> {
  const started = taktProcess(['start'], { PORT: String(await freePort()), ...env });
  const [, url = ''] = /ready at (\S+)\/graphql/.exec(await started.printed('ready at')) ?? [];
  return { ...started, url };
}

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

/** The next `count` values of an iterable. */
export async function take<Value>(count: number, values: AsyncIterator<Value>): Promise<Value[]> {
  const taken: Value[] = [];
  while (taken.length < count) {
    const next = await values.next();
    if (next.done === true) break;
    taken.push(next.value);
  }
  return taken;
}

/** The demo plant that scenarios stand on, and the time at which it stands still. */
export const DEMO_PLANT: DemoOptions = { seed: 1, size: 'small', today: '2026-11-23' };
export const demoClock = () => new Date('2026-11-23T08:00:00Z');

/** The small plant whole, or the first messages of the large one. */
export async function fillDemo(
  system: System,
  { size = 'small', messages: limit = Infinity }: { size?: DemoOptions['size']; messages?: number } = {},
): Promise<void> {
  let sent = 0;
  for (const { domain, messages } of demoPlant({ ...DEMO_PLANT, size })) {
    const outcomes = await system.intake(domain).receive(messages);
    const refused = outcomes.find((outcome) => outcome.status !== 'APPLIED');
    if (refused) throw new Error(`The demo plant is not taken: ${JSON.stringify(refused)}`);
    sent += messages.length;
    if (sent >= limit) return;
  }
}
