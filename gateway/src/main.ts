import { parseArgs } from 'node:util';
import { endOfStdin } from '@takt/serving';
import { readConfig, serverOptionsOf } from './config.ts';
import type { Gateway } from './gateway.ts';
import { exceededLog } from './guard/exceeded-log.ts';
import { authenticationFromEnvironment } from './guard/authentication-settings.ts';
import { startGateway } from './serve/server.ts';
import { SupergraphRefused } from './supergraph/supergraph.ts';
import { httpTransport } from './transports/http.ts';
import type { SupergraphSource } from './supergraph/source.ts';
import { optionsOf } from './transports/transport-options.ts';
import type { TransportsOptions } from './transports/transport-options.ts';

const usage = `Usage: npm run gateway -- --supergraph FILE|URL [--port N] [--host H] [--poll-seconds N] [--production]
       npm run gateway -- --subgraph NAME=URL [--subgraph NAME=URL ...] [--port N] [--host H] [--poll-seconds N] [--production]
A changed file, URL or subgraph is served without a restart; --poll-seconds says how often they are looked at.
With TAKT_ADMIN_TOKEN in the environment, POST /supergraph takes another supergraph from who has that bearer token.
With --config FILE it takes options from a file in JSON: how subgraphs are reached, limits, cost, origins, forwarded headers.
With --production, or NODE_ENV=production, clients are not told the schema, and there is no IDE.
Tokens of callers are verified if TAKT_JWKS_URL, TAKT_JWT_KEY_FILE or TAKT_JWT_SECRET is set.
With --watch-stdin it ends when its standard input does, and so with the process that started it.`;

const subgraphsPollMs = 10_000;

await main(process.argv.slice(2)).catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : String(error));
  process.exit(1);
});

async function main(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      supergraph: { type: 'string' },
      subgraph: { type: 'string', multiple: true },
      config: { type: 'string' },
      port: { type: 'string', default: '4000' },
      'poll-seconds': { type: 'string' },
      host: { type: 'string', default: '127.0.0.1' },
      production: { type: 'boolean', default: process.env['NODE_ENV'] === 'production' },
      'watch-stdin': { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    console.log(usage);
    return;
  }
  const config = values.config === undefined ? {} : await readConfig(values.config);
  const { transports = {} } = config;
  const { operationLimits, ...options } = serverOptionsOf(config);
  const stopping = new AbortController();
  const stopped = new Promise<void>((resolve) => stopping.signal.addEventListener('abort', () => resolve()));
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => stopping.abort());
  if (values['watch-stdin']) void endOfStdin().then(() => stopping.abort());
  try {
    const server = await startGateway({
      port: portOf(values.port),
      host: values.host,
      supergraph: sourceOf(values.supergraph, values.subgraph ?? [], pollMsOf(values['poll-seconds']), transports),
      introspection: !values.production,
      ...options,
      operationLimits: { ...operationLimits, onExceeded: exceededLog((line) => console.error(line)) },
      ...adminTokenOf(process.env['TAKT_ADMIN_TOKEN']),
      ide: !values.production,
      authentication: authenticationFromEnvironment(process.env),
      signal: stopping.signal,
    });
    const unknown = namesBeyond(server.gateway, transports);
    if (unknown.length > 0) {
      await server.close();
      throw new Error(`The configuration has options for subgraphs that there are not: ${unknown.join(', ')}.`);
    }
    console.log(`Serving ${server.url}/graphql`);
    await stopped;
    await server.close();
  } catch (error) {
    if (stopping.signal.aborted) return;
    if (error instanceof SupergraphRefused) {
      throw new Error(`The supergraph cannot be served: ${error.message}`, { cause: error });
    }
    throw error;
  }
}

function sourceOf(
  place: string | undefined,
  subgraphs: readonly string[],
  pollMs: number | undefined,
  transports: TransportsOptions,
): SupergraphSource {
  if ((place === undefined) === (subgraphs.length === 0)) throw new Error(usage);
  const polled = pollMs === undefined ? {} : { pollMs };
  if (place !== undefined) {
    return isHttpUrl(place) ? { kind: 'url', url: place, ...polled } : { kind: 'file', path: place, ...polled };
  }
  return {
    kind: 'subgraphs',
    pollMs: pollMs ?? subgraphsPollMs,
    subgraphs: subgraphs.map((pair) => {
      const separator = pair.indexOf('=');
      const name = pair.slice(0, separator);
      const url = pair.slice(separator + 1);
      if (separator < 1 || !isHttpUrl(url)) {
        throw new Error(`--subgraph needs NAME=URL with an http(s) URL, and got ${JSON.stringify(pair)}.`);
      }
      return { name, url, transport: httpTransport({ name, url, options: optionsOf(transports, name) }) };
    }),
  };
}

function namesBeyond({ supergraph }: Gateway, { subgraphs = {} }: TransportsOptions): readonly string[] {
  const known = new Set(supergraph.subgraphs.map(({ name }) => name));
  return Object.keys(subgraphs).filter((name) => !known.has(name));
}

function isHttpUrl(text: string): boolean {
  return URL.canParse(text) && /^https?:$/.test(new URL(text).protocol);
}

function pollMsOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const seconds = Number(text);
  if (!(seconds >= 0.1 && seconds <= 86_400)) {
    throw new Error(`--poll-seconds needs a number from 0.1 to 86400, and got "${text}".`);
  }
  return seconds * 1_000;
}

function adminTokenOf(token: string | undefined): { adminToken?: string } {
  if (token === undefined || token === '') return {};
  if (token.length < 16) throw new Error('TAKT_ADMIN_TOKEN needs at least 16 characters.');
  return { adminToken: token };
}

function portOf(text: string): number {
  const port = Number(text);
  if (!/^\d+$/.test(text) || port > 65_535) throw new Error(`--port needs a number up to 65535, and got "${text}".`);
  return port;
}
