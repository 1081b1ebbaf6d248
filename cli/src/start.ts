import { join } from 'node:path';
import { readBackingSystems } from '@takt/connector-registry';
import { adminTokenOf, authenticationFromEnvironment, corsOf, trustedDocumentsOf } from '@takt/gateway';
import { systemClock } from '@takt/intake';
import { readConfig, startProblem } from '@takt/subgraph-server';
import { claimDataDirectory } from './data-directory.ts';
import { plannedDemo, runDemo } from './demo.ts';
import { startDemoSystems } from './demo-systems.ts';
import { startSystem } from './system.ts';

/** Serves the whole graph from this process until it is told to stop. */
export async function startCommand(): Promise<undefined> {
  const config = readConfig(process.env);
  const authentication = authenticationFromEnvironment(process.env);
  const cors = corsOf(process.env['TAKT_CORS']);
  const { demo: plant } = await claimDataDirectory(config.dataDir, plannedDemo(config, systemClock));
  const isAlive = plant !== undefined && config.demo.fill && config.demo.live;
  const systems = isAlive
    ? await startDemoSystems(config.dataDir, plant.plant, config.connectors, standsStill)
    : undefined;
  const connectors = systems?.connectors ?? config.connectors;
  const backingSystems = await readBackingSystems(connectors, { ...process.env, ...systems?.env });
  const stopped = new AbortController();
  let filling: string | undefined = config.demo.fill ? 'the demo plant is being looked at' : undefined;
  const system = await startSystem({
    dataDir: config.dataDir,
    host: config.host,
    port: config.port,
    mongodbUri: config.mongodbUri,
    backingSystems,
    natsUrl: config.natsUrl,
    inboxDays: config.inboxDays,
    refresh: config.refresh,
    namespace: config.namespace,
    // Several domains in one process cannot all listen on one port.
    door: { ...config.door, port: 0 },
    authentication,
    adminToken: adminTokenOf(process.env['TAKT_ADMIN_TOKEN']),
    cors,
    trustedDocuments: trustedDocumentsOf(process.env, { folder: join(config.dataDir, 'documents') }, false),
    usage: { folder: process.env['TAKT_USAGE_DIR'] || join(config.dataDir, 'usage') },
    notReady: () => filling,
  });
  const intakes = new Map([...system.domains].map(([name, domain]) => [name, domain.intake]));
  const demo = runDemo({
    config,
    intakes,
    signal: stopped.signal,
    live: systems && (() => systems.live()),
    onProgress: (done) => (filling = `the demo plant is being filled: ${done} messages so far`),
    onFilled: () => {
      filling = undefined;
      process.stdout.write(
        `Takt is ready at ${system.url}/graphql\nOpen ${system.url}/ in a browser to ask it something.\n`,
      );
    },
  });
  const stop = async (code: number) => {
    stopped.abort();
    await demo.catch(() => undefined);
    await systems?.close();
    await system.close().catch((error: unknown) => {
      process.stderr.write(`${startProblem(error)}\n`);
      process.exit(1);
    });
    process.exit(code);
  };
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => void stop(0));
  await demo.catch(async (error: unknown) => {
    process.stderr.write(`The demo plant cannot be filled: ${startProblem(error)}\n`);
    await stop(1);
  });
  return undefined;
}

function standsStill(reason: string): void {
  process.stderr.write(`The demo plant stands still: ${reason}\n`);
}
