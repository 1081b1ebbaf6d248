import { parseArgs } from 'node:util';
import { endOfStdin } from '@takt/serving';
import { readConfig } from './config.ts';
import type { Gateway } from './gateway.ts';
import { startGateway } from './serve/server.ts';
import { SupergraphRefused } from './supergraph/supergraph.ts';
import { httpTransport } from './transports/http.ts';
import type { SupergraphSource } from './supergraph/source.ts';
import { optionsOf } from './transports/transport-options.ts';
import type { TransportsOptions } from './transports/transport-options.ts';

const usage = `Usage: npm run gateway -- --supergraph FILE [--port N] [--host H]
       npm run gateway -- --subgraph NAME=URL [--subgraph NAME=URL ...] [--port N] [--host H]
With --config FILE it takes options from a file in JSON, by which subgraphs are reached and fetches shared.
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
      config: { type: 'string' },
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
  const { transports = {}, dedupe = false } = values.config === undefined ? {} : await readConfig(values.config);
  const stopping = new AbortController();
  const stopped = new Promise<void>((resolve) => stopping.signal.addEventListener('abort', () => resolve()));
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => stopping.abort());
  if (values['watch-stdin']) void endOfStdin().then(() => stopping.abort());
  try {
    const server = await startGateway({
      port: portOf(values.port),
      host: values.host,
      supergraph: sourceOf(values.supergraph, values.subgraph ?? [], transports),
      dedupe,
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
  file: string | undefined,
  subgraphs: readonly string[],
  transports: TransportsOptions,
): SupergraphSource {
  if ((file === undefined) === (subgraphs.length === 0)) throw new Error(usage);
  if (file !== undefined) return { kind: 'file', path: file, transports };
  return {
    kind: 'subgraphs',
    subgraphs: subgraphs.map((pair) => {
      const separator = pair.indexOf('=');
      const name = pair.slice(0, separator);
      const url = pair.slice(separator + 1);
      if (separator < 1 || !/^https?:$/.test(URL.canParse(url) ? new URL(url).protocol : '')) {
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

function portOf(text: string): number {
  const port = Number(text);
  if (!/^\d+$/.test(text) || port > 65_535) throw new Error(`--port needs a number up to 65535, and got "${text}".`);
  return port;
}
