import { randomInt } from 'node:crypto';
import { createServer, type AddressInfo } from 'node:net';
import { delimiter, join } from 'node:path';
import { readCommandLine } from '@takt/gateway';
import { systemClock } from '@takt/intake';
import { readConfig, startProblem, type Config } from '@takt/subgraph-server';
import { claimDataDirectory } from './data-directory.ts';
import { plannedDemo, runDemo } from './demo.ts';
import { startDemoSystems, type DemoSystems } from './demo-systems.ts';
import { DOMAINS } from './domains.ts';
import { domainIntake } from './services-doors.ts';
import type { Service } from './services-process.ts';
import { SCHEMA_FOLDER } from './schema-arguments.ts';
import { writeSupergraph } from './services-supergraph.ts';
import { Supervisor } from './services-supervisor.ts';

/**
 * The subgraphs and the gateway as processes of their own over HTTP: the gateway at PORT, the subgraphs behind it.
 * With a MongoDB and a NATS there are TAKT_INSTANCES of each. SIGHUP replaces every process, one after the other.
 */
export async function servicesCommand(): Promise<undefined> {
  const config = readConfig(process.env);
  const { demo: plant } = await claimDataDirectory(config.dataDir, plannedDemo(config, systemClock));
  const isAlive = plant !== undefined && config.demo.fill && config.demo.live;
  const systems = isAlive
    ? await startDemoSystems(config.dataDir, plant.plant, config.connectors, (reason) =>
        process.stderr.write(`The demo plant stands still: ${reason}\n`),
      )
    : undefined;
  const stopped = new AbortController();
  let demo: Promise<void> | undefined;
  let subgraphs: readonly Service[] = [];
  const supergraphPath = join(config.dataDir, 'supergraph.graphql');
  const supervisor = new Supervisor({ log: (line) => process.stdout.write(`${line}\n`) });
  const stop = async (code: number) => {
    if (stopped.signal.aborted) return;
    stopped.abort();
    await demo?.catch(() => undefined);
    await systems?.close();
    await supervisor.stop();
    process.exit(code);
  };
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => void stop(0));
  const replaceAll = async () => {
    try {
      // The gateways take what is new in the contract when every subgraph knows it.
      if (await supervisor.replaceAll()) await writeSupergraph(supergraphPath, placesOf(subgraphs), stopped.signal);
    } catch (error) {
      if (!stopped.signal.aborted) process.stderr.write(`${startProblem(error)}\n`);
    }
  };
  // A terminal that is closed says so by the same signal.
  process.on('SIGHUP', () => void (process.stdout.isTTY ? stop(0) : replaceAll()));

  try {
    const { instances } = config;
    const gatewayPort = await usablePort(config.host, config.port);
    const gateway = gatewayService(config, gatewayPort, supergraphPath);
    // A setting that it cannot start with is told before the plant is filled.
    readCommandLine(gateway.args, { ...process.env, ...gateway.env });
    subgraphs = await subgraphServices(config, systems);
    process.stdout.write(`Starting ${subgraphs.length} subgraphs, ${instances} of each …\n`);
    await supervisor.start(subgraphs);
    const intakes = new Map(
      DOMAINS.map(({ name }) => [name, domainIntake(join(config.dataDir, name), PATIENCE_MS, stopped.signal)] as const),
    );
    demo = runDemo({
      config,
      intakes,
      signal: stopped.signal,
      live: systems && (() => systems.live()),
      onFilled: async () => {
        process.stdout.write(`Starting the gateway, ${instances} of it behind port ${gatewayPort} …\n`);
        await writeSupergraph(supergraphPath, placesOf(subgraphs), stopped.signal);
        await supervisor.start([gateway]);
        const host = config.host.includes(':') ? `[${config.host}]` : config.host;
        process.stdout.write(`Takt is ready at http://${host}:${gatewayPort}/graphql\n`);
        process.stdout.write(`To replace every process, one after the other: kill -HUP ${process.pid}\n`);
      },
    });
    await demo;
  } catch (error) {
    if (!stopped.signal.aborted) process.stderr.write(`${startProblem(error)}\n`);
    demo = undefined;
    await stop(1);
  }
  return undefined;
}

/** How long a domain may take no messages, e.g. while its process is replaced. */
const PATIENCE_MS = 30_000;

async function subgraphServices(config: Config, systems: DemoSystems | undefined): Promise<Service[]> {
  const connectors = systems && { ...systems.env, TAKT_CONNECTORS: systems.connectors.join(delimiter) };
  const ports = await freePorts(DOMAINS.length);
  return DOMAINS.map(({ name }, index) => ({
    name,
    main: `subgraphs/${name}/src/main.ts`,
    args: [],
    env: { HOST: LOCAL, PORT: String(ports[index]), TAKT_DATA_DIR: config.dataDir, ...connectors },
    instances: config.instances,
    // Otherwise the domain's folder is for one process alone.
    overlaps: config.mongodbUri !== undefined && config.natsUrl !== undefined,
  }));
}

function placesOf(subgraphs: readonly Service[]): { readonly name: string; readonly url: string }[] {
  return subgraphs.map(({ name, env }) => ({ name, url: `http://${LOCAL}:${env['PORT']}/graphql` }));
}

function gatewayService({ dataDir, host, instances }: Config, port: number, supergraphPath: string): Service {
  const folders = ['--docs', SCHEMA_FOLDER, '--extracts', join(dataDir, 'extracts')];
  const args = ['--supergraph', supergraphPath, '--host', host, '--port', String(port), ...folders];
  const env = {
    TAKT_TRUSTED_DOCUMENTS_DIR: process.env['TAKT_TRUSTED_DOCUMENTS_DIR'] || join(dataDir, 'documents'),
    TAKT_USAGE_DIR: process.env['TAKT_USAGE_DIR'] || join(dataDir, 'usage'),
  };
  return { name: 'gateway', main: 'gateway/src/main.ts', args, env, instances, overlaps: true };
}

const LOCAL = '127.0.0.1';

/** Ports that systems give to nobody who asks for any: one that is free now is still so when a process has started. */
const PORTS = { from: 20_000, count: 10_000 };

async function freePorts(count: number): Promise<number[]> {
  const free = new Set<number>();
  for (let attempts = 0; free.size < count; attempts++) {
    const port = PORTS.from + randomInt(PORTS.count);
    try {
      free.add(await usablePort(LOCAL, port));
    } catch (error) {
      if (attempts > PORTS.count) throw error;
    }
  }
  return [...free];
}

/** The port, or any free one for 0. Rejects if it cannot be listened on. */
async function usablePort(host: string, wanted: number): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(wanted, host, resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((closed) => server.close(closed));
  return port;
}
