import cluster from 'node:cluster';
import { tellHealth, toldToStop, type Stop } from '@takt/serving';
import { readCommandLine, usage } from './command-line.ts';
import type { CommandLine } from './command-line.ts';
import { readConfig, serverOptionsOf } from './config.ts';
import type { GatewayConfig } from './config.ts';
import { createAuthentication } from './guard/authentication.ts';
import { exceededLog } from './guard/exceeded-log.ts';
import { hostExtracts } from './hosted/host-extracts.ts';
import { startGateway } from './serve/server.ts';
import type { GatewayServer } from './serve/server.ts';
import type { GatewayServerOptions } from './serve/server-options.ts';
import type { SupergraphSource } from './supergraph/source.ts';
import { SupergraphRefused } from './supergraph/supergraph.ts';
import { httpTransport } from './transports/http.ts';
import { trustedDocumentsOf } from './trusted/trusted-settings.ts';
import { optionsOf } from './transports/transport-options.ts';

const subgraphsPollMs = 10_000;

await main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : String(error));
  process.exit(1);
});

async function main(): Promise<void> {
  const commandLine = readCommandLine(process.argv.slice(2), process.env);
  if (commandLine === 'help') {
    console.log(usage);
    return;
  }
  const stopping = new AbortController();
  const told = toldToStop(commandLine);
  void told.then(() => stopping.abort());
  try {
    await serve(commandLine, told, stopping.signal);
  } catch (error) {
    if (error instanceof SupergraphRefused) {
      throw new Error(`The supergraph cannot be served: ${error.message}`, { cause: error });
    }
    throw error;
  }
  // The supervisor's channel would keep it running.
  process.disconnect?.();
}

/** Serves until it is told to stop; `signal` aborts then. Resolves when nothing of it is left. */
async function serve(commandLine: CommandLine, told: Promise<Stop>, signal: AbortSignal): Promise<void> {
  const config = commandLine.configPath === undefined ? {} : await readConfig(commandLine.configPath);
  const authenticate = commandLine.authentication && (await createAuthentication(commandLine.authentication));
  const cors = commandLine.cors ?? config.cors;
  const running: { server?: GatewayServer } = {};
  const extracts = await hostExtracts({
    folder: commandLine.extractsFolder,
    gateway: (contract) => running.server?.gatewayOf(contract),
    isBusy: () => running.server?.isBusy() ?? false,
    mayExtract: (query) => running.server?.mayExtract(query) ?? false,
    cors,
    authenticate,
  });
  try {
    const server = await startServer(commandLine, config, {
      ...(authenticate && { authenticate }),
      cors,
      hosted: new Map([[extracts.name, extracts.transport]]),
      extraRoutes: (request, response) => extracts.handle(request, response),
      signal,
    });
    running.server = server;
    console.log(`Serving ${server.url}/graphql`);
    void tellHealth(() => server.notReady(), signal);
    const stop = await told;
    // Extracts are left as they are at once, for another process to go on with, while clients still get their answers.
    await Promise.all([extracts.close(), server.close(stop)]);
  } catch (error) {
    if (running.server || !signal.aborted) throw error;
  } finally {
    await extracts.close();
  }
}

async function startServer(
  commandLine: CommandLine,
  config: GatewayConfig,
  here: Pick<GatewayServerOptions, 'authenticate' | 'cors' | 'hosted' | 'extraRoutes' | 'signal'>,
): Promise<GatewayServer> {
  const { docsFolder, port, host, isProduction, adminToken } = commandLine;
  const { operationLimits, ...options } = serverOptionsOf(config);
  const server = await startGateway({
    port,
    host,
    supergraph: sourceOf(commandLine, config),
    introspection: !isProduction,
    ...options,
    trustedDocuments: trustedDocumentsOf(process.env, config.trustedDocuments, isProduction),
    operationLimits: { ...operationLimits, onExceeded: exceededLog((line) => console.error(line)) },
    ...usageOf(config),
    docsFolder,
    ...(adminToken !== undefined && { adminToken }),
    ide: !isProduction,
    listensWhenLoaded: cluster.isWorker,
    ...here,
  });
  const known = new Set(server.gateway.supergraph.subgraphs.map(({ name }) => name));
  const unknown = Object.keys(config.transports?.subgraphs ?? {}).filter((name) => !known.has(name));
  if (unknown.length === 0) return server;
  await server.close();
  throw new Error(`The configuration has options for subgraphs that there are not: ${unknown.join(', ')}.`);
}

/** Where runs of operations are counted, by the environment or else by the configuration file. */
function usageOf({ usage: configured }: GatewayConfig): Pick<GatewayServerOptions, 'usage'> {
  const folder = process.env['TAKT_USAGE_DIR'] || configured?.folder;
  return folder ? { usage: { folder } } : {};
}

function sourceOf({ graph, pollMs }: CommandLine, { transports = {} }: GatewayConfig): SupergraphSource {
  if (graph.kind !== 'subgraphs') return { ...graph, ...(pollMs !== undefined && { pollMs }) };
  return {
    kind: 'subgraphs',
    pollMs: pollMs ?? subgraphsPollMs,
    subgraphs: graph.subgraphs.map(({ name, url }) => ({
      name,
      url,
      transport: httpTransport({ name, url, options: optionsOf(transports, name) }),
    })),
  };
}
