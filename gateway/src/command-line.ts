import { parseArgs } from 'node:util';
import type { AuthenticationOptions } from './guard/authentication.ts';
import { authenticationFromEnvironment } from './guard/authentication-settings.ts';
import { corsOf } from './serve/cors-setting.ts';

export const usage = `Usage: npm run gateway -- --supergraph FILE|URL [--port N] [--host H] [--poll-seconds N] [--production]
       npm run gateway -- --subgraph NAME=URL [--subgraph NAME=URL ...] [--port N] [--host H] [--poll-seconds N] [--production]
A changed file, URL or subgraph is served without a restart; --poll-seconds says how often they are looked at.
With TAKT_ADMIN_TOKEN in the environment, who has that bearer token may replace the supergraph by POST /supergraph, go back by
POST /supergraph/rollback, register documents at /operations and read /usage.
With --config FILE it takes options from a file in JSON: how subgraphs are reached, limits, cost, origins, forwarded headers.
With --production, or NODE_ENV=production, clients are not told the schema, and there is no IDE.
Pages of other origins may use it that TAKT_CORS names, with commas between them.
Tokens of callers are verified if TAKT_JWKS_URL, TAKT_JWT_KEY_FILE or TAKT_JWT_SECRET is set.
With --docs DIR, a folder as schema/, it serves docs of its contracts at /docs, in production as well.
With --extracts DIR, or TAKT_EXTRACTS_DIR, extracts of the graph are made and kept there; several gateways may share it.
With --watch-stdin it ends when its standard input does, and so with the process that started it.`;

/** What a gateway's arguments and environment ask for. Throws Error with a message for the operator. */
export function readCommandLine(
  args: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): CommandLine | 'help' {
  const { values } = parseArgs({
    args: [...args],
    options: {
      supergraph: { type: 'string' },
      subgraph: { type: 'string', multiple: true, default: [] },
      config: { type: 'string' },
      port: { type: 'string', default: '4000' },
      'poll-seconds': { type: 'string' },
      docs: { type: 'string' },
      host: { type: 'string', default: '127.0.0.1' },
      production: { type: 'boolean', default: env['NODE_ENV'] === 'production' },
      extracts: { type: 'string', default: env['TAKT_EXTRACTS_DIR'] || undefined },
      'watch-stdin': { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return 'help';
  return {
    graph: graphOf(values.supergraph, values.subgraph),
    pollMs: pollMsOf(values['poll-seconds']),
    configPath: values.config,
    docsFolder: values.docs,
    port: portOf(values.port),
    host: values.host,
    isProduction: values.production,
    extractsFolder: values.extracts,
    watchesStdin: values['watch-stdin'],
    adminToken: adminTokenOf(env['TAKT_ADMIN_TOKEN']),
    cors: corsOf(env['TAKT_CORS']),
    authentication: authenticationFromEnvironment(env),
  };
}

function graphOf(place: string | undefined, subgraphs: readonly string[]): GraphPlace {
  if ((place === undefined) === (subgraphs.length === 0)) throw new Error(usage);
  if (place === undefined) return { kind: 'subgraphs', subgraphs: subgraphs.map(subgraphOf) };
  return isHttpUrl(place) ? { kind: 'url', url: place } : { kind: 'file', path: place };
}

function subgraphOf(pair: string): SubgraphPlace {
  const separator = pair.indexOf('=');
  const url = pair.slice(separator + 1);
  if (separator < 1 || !isHttpUrl(url)) {
    throw new Error(`--subgraph needs NAME=URL with an http(s) URL, and got ${JSON.stringify(pair)}.`);
  }
  return { name: pair.slice(0, separator), url };
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

function portOf(text: string): number {
  const port = Number(text);
  if (!/^\d+$/.test(text) || port > 65_535) throw new Error(`--port needs a number up to 65535, and got "${text}".`);
  return port;
}

/** Throws Error with a message for the operator if it is too short to be one. */
export function adminTokenOf(token: string | undefined): string | undefined {
  if (token === undefined || token === '') return undefined;
  if (token.length < 16) throw new Error('TAKT_ADMIN_TOKEN needs at least 16 characters.');
  return token;
}

export interface CommandLine {
  readonly graph: GraphPlace;
  readonly pollMs: number | undefined;
  readonly configPath: string | undefined;
  readonly docsFolder: string | undefined;
  readonly port: number;
  readonly host: string;
  readonly isProduction: boolean;
  /** Where extracts are kept; none are made without. */
  readonly extractsFolder: string | undefined;
  readonly watchesStdin: boolean;
  readonly adminToken: string | undefined;
  /** Origins whose pages may use the gateway. */
  readonly cors: readonly string[] | undefined;
  readonly authentication: AuthenticationOptions | undefined;
}

type GraphPlace =
  | { readonly kind: 'file'; readonly path: string }
  | { readonly kind: 'url'; readonly url: string }
  | { readonly kind: 'subgraphs'; readonly subgraphs: readonly SubgraphPlace[] };

interface SubgraphPlace {
  readonly name: string;
  readonly url: string;
}
