import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { systemClock, type Intake } from '@takt/intake';
import { knock, readConfig, startProblem, type Config } from '@takt/subgraph-server';
import { claimDataDirectory } from './data-directory.ts';
import { plannedDemo, runDemo } from './demo.ts';
import { DOMAINS } from './domains.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const STOP_MS = 10_000;

/** The six subgraphs and the gateway as seven processes over HTTP: the gateway at PORT, the subgraphs behind it. */
export async function servicesCommand(): Promise<undefined> {
  const config = readConfig(process.env);
  await claimDataDirectory(config.dataDir, plannedDemo(config, systemClock));
  const stopped = new AbortController();
  const processes: ChildProcess[] = [];
  let demo: Promise<void> | undefined;
  const stop = async (code: number) => {
    if (stopped.signal.aborted) return;
    stopped.abort();
    await demo?.catch(() => undefined);
    await Promise.all(processes.reverse().map(end));
    process.exit(code);
  };
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => void stop(0));

  const start = async (
    name: string,
    main: string,
    args: readonly string[],
    env: NodeJS.ProcessEnv,
  ): Promise<string> => {
    const child = spawnTypeScript(main, args, env);
    processes.push(child);
    child.once('exit', () => {
      if (!stopped.signal.aborted) process.stderr.write(`${name} has stopped, and so does everything.\n`);
      void stop(1);
    });
    for await (const line of createInterface({ input: child.stdout })) {
      const url = /(http:\/\/\S+)\/graphql/.exec(line)?.[1];
      if (url === undefined) continue;
      process.stdout.write(`${name.padEnd(22)} ${url}/graphql\n`);
      child.stdout.resume();
      return url;
    }
    throw new Error(`${name} did not start.`);
  };

  try {
    const subgraphs = await Promise.all(
      DOMAINS.map(async ({ name }) => {
        const environment = { HOST: '127.0.0.1', PORT: '0', TAKT_DATA_DIR: config.dataDir };
        return { name, url: await start(name, `subgraphs/${name}/src/main.ts`, [], environment) };
      }),
    );
    const startGateway = async () => {
      const flags = subgraphs.flatMap(({ name, url }) => ['--subgraph', `${name}=${url}/graphql`]);
      const address = ['--host', config.host, '--port', String(config.port)];
      const url = await start('gateway', 'gateway/src/main.ts', [...flags, ...address], {});
      process.stdout.write(`Takt is ready at ${url}/graphql\n`);
    };
    const intakes = await openDoors(config);
    demo = runDemo({ config, clock: systemClock, intakes, signal: stopped.signal, onFilled: startGateway });
    await demo;
  } catch (error) {
    if (!stopped.signal.aborted) process.stderr.write(`${startProblem(error)}\n`);
    demo = undefined;
    await stop(1);
  }
  return undefined;
}

/** Starts a main file as a process that ends when this one does: it watches its standard input. */
function spawnTypeScript(main: string, args: readonly string[], env: NodeJS.ProcessEnv) {
  return spawn(process.execPath, ['--import', 'tsx', join(ROOT, main), '--watch-stdin', ...args], {
    cwd: process.cwd(),
    env: { ...process.env, TSX_TSCONFIG_PATH: join(ROOT, 'tsconfig.json'), ...env },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
}

async function openDoors(config: Config): Promise<ReadonlyMap<string, Intake>> {
  const doors = DOMAINS.map(async ({ name }) => {
    const intake = await knock(join(config.dataDir, name));
    if (!intake) throw new Error(`${name} does not take messages.`);
    return [name, intake] as const;
  });
  return new Map(await Promise.all(doors));
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, 'exit');
  child.kill('SIGTERM');
  const timer = setTimeout(() => child.kill('SIGKILL'), STOP_MS);
  await exited;
  clearTimeout(timer);
}
