import { parseArgs } from 'node:util';
import { endOfStdin } from '@takt/serving';
import { authenticationFromEnvironment } from './guard/authentication-settings.ts';
import { startGateway } from './serve/server.ts';
import { SupergraphRefused } from './supergraph/supergraph.ts';
import { httpTransport } from './transports/http.ts';
import type { SupergraphSource } from './supergraph/source.ts';

const usage = `Usage: npm run gateway -- --supergraph FILE [--port N] [--host H]
       npm run gateway -- --subgraph NAME=URL [--subgraph NAME=URL ...] [--port N] [--host H]
Tokens of callers are verified if TAKT_JWKS_URL, TAKT_JWT_KEY_FILE or TAKT_JWT_SECRET is set.
With --watch-stdin it ends when its standard input does, and so with the process that started it.`;

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
      port: { type: 'string', default: '4000' },
      host: { type: 'string', default: '127.0.0.1' },
      'watch-stdin': { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    console.log(usage);
    return;
  }
  const stopping = new AbortController();
  const stopped = new Promise<void>((resolve) => stopping.signal.addEventListener('abort', () => resolve()));
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => stopping.abort());
  if (values['watch-stdin']) void endOfStdin().then(() => stopping.abort());
  try {
    const server = await startGateway({
      port: portOf(values.port),
      host: values.host,
      supergraph: sourceOf(values.supergraph, values.subgraph ?? []),
      authentication: authenticationFromEnvironment(process.env),
      signal: stopping.signal,
    });
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

function sourceOf(file: string | undefined, subgraphs: readonly string[]): SupergraphSource {
  if ((file === undefined) === (subgraphs.length === 0)) throw new Error(usage);
  if (file !== undefined) return { kind: 'file', path: file };
  return {
    kind: 'subgraphs',
    subgraphs: subgraphs.map((pair) => {
      const separator = pair.indexOf('=');
      const name = pair.slice(0, separator);
      const url = pair.slice(separator + 1);
      if (separator < 1 || !/^https?:$/.test(URL.canParse(url) ? new URL(url).protocol : '')) {
        throw new Error(`--subgraph needs NAME=URL with an http(s) URL, and got ${JSON.stringify(pair)}.`);
      }
      return { name, url, transport: httpTransport({ name, url }) };
    }),
  };
}

function portOf(text: string): number {
  const port = Number(text);
  if (!/^\d+$/.test(text) || port > 65_535) throw new Error(`--port needs a number up to 65535, and got "${text}".`);
  return port;
}
