import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { WorldFiles } from './world-files.ts';
import type { Workload } from './workloads.ts';

/** A gateway to measure, started as a process of its own. */
export interface Contender {
  readonly name: string;
  /** Why it cannot be started here, if so. */
  readonly missing: () => string | undefined;
  /** Why it does not take part in a workload, if so. */
  readonly cannot: (workload: Workload) => string | undefined;
  readonly command: (files: WorldFiles, port: number) => GatewayCommand;
}

interface GatewayCommand {
  readonly command: string;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env?: Readonly<Record<string, string>>;
}

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
export const CONTENDERS_FOLDER = fileURLToPath(new URL('contenders/', import.meta.url));

/** What ratios are against. */
export const STOCK = 'apollo';

/** The answers of the first are those that the others' are compared with. */
export const contenders: readonly Contender[] = [
  takt('takt', []),
  {
    name: STOCK,
    missing: () => missingPackage('node_modules/@apollo/server'),
    cannot: ({ subscriptions }) => (subscriptions ? '@apollo/gateway has no subscriptions' : undefined),
    command: ({ supergraph }, port) =>
      node(['apollo.js', supergraph, String(port)], { APOLLO_TELEMETRY_DISABLED: 'true' }),
  },
  hive('hive', {}),
  hive('hive-native', { HIVE_ROUTER_RUNTIME: 'true' }),
  {
    name: 'mercurius',
    missing: () => missingPackage('mercurius/node_modules/mercurius'),
    cannot: () => undefined,
    command: ({ services }, port) => node(['mercurius/gateway.js', services, String(port)]),
  },
  {
    name: 'hive-router',
    missing: () =>
      existsSync(HIVE_ROUTER) ? undefined : `there is no ${HIVE_ROUTER}; see bench/README.md for its build`,
    cannot: () => undefined,
    command: ({ supergraph }, port) => ({
      command: HIVE_ROUTER,
      args: [],
      cwd: CONTENDERS_FOLDER,
      env: {
        ROUTER_CONFIG_FILE_PATH: `${CONTENDERS_FOLDER}hive-router.yaml`,
        ROUTER_HTTP_WORKERS: '1',
        SUPERGRAPH_FILE_PATH: supergraph,
        HOST: '127.0.0.1',
        PORT: String(port),
      },
    }),
  },
];

/** Takt as `npm run gateway` starts it, with further options and, written `NAME=value`, environment variables. */
export function takt(name: string, settings: readonly string[]): Contender {
  const variables = settings.filter(isVariable);
  const options = settings.filter((setting) => !isVariable(setting));
  return {
    name,
    missing: () => undefined,
    cannot: () => undefined,
    command: ({ supergraph }, port) => ({
      command: process.execPath,
      args: ['--import', 'tsx', 'gateway/src/main.ts', '--supergraph', supergraph, '--port', String(port), ...options],
      cwd: ROOT,
      env: { NODE_ENV: 'production', ...Object.fromEntries(variables.map(pairOf)) },
    }),
  };
}

function pairOf(variable: string): [string, string] {
  const separator = variable.indexOf('=');
  return [variable.slice(0, separator), variable.slice(separator + 1)];
}

function isVariable(setting: string): boolean {
  return /^[A-Z_]+=/.test(setting);
}

function hive(name: string, env: Readonly<Record<string, string>>): Contender {
  return {
    name,
    missing: () => missingPackage('node_modules/@graphql-hive/gateway'),
    cannot: () => undefined,
    command: ({ supergraph }, port) => {
      const bin = 'node_modules/@graphql-hive/gateway/dist/bin.js';
      const options = ['--host', '127.0.0.1', '--port', String(port), '--config-path', 'hive.config.js'];
      return node([bin, 'supergraph', supergraph, ...options], env);
    },
  };
}

const HIVE_ROUTER = `${CONTENDERS_FOLDER}native/bin/hive_router`;

function node(args: readonly string[], env: Readonly<Record<string, string>> = {}): GatewayCommand {
  return { command: process.execPath, args, cwd: CONTENDERS_FOLDER, env: { NODE_ENV: 'production', ...env } };
}

function missingPackage(path: string): string | undefined {
  return existsSync(CONTENDERS_FOLDER + path)
    ? undefined
    : `${path} is not installed; npm run bench -- gateway --install`;
}
