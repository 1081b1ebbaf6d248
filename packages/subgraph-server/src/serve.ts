import { join } from 'node:path';
import type { BackingSystem } from '@takt/backing-system';
import { systemClock } from '@takt/intake';
import { tellHealth, toldToStop } from '@takt/serving';
import { ConfigError, readConfig, type Config } from './config.ts';
import { openDomain, type AnyDomainDefinition } from './domain.ts';
import { openIntakeDoor } from './intake-door.ts';
import { reachNeighbours } from './reach-neighbours.ts';
import { releaseAll } from './release-all.ts';
import { serveDomain } from './serve-domain.ts';

/**
 * Serves one domain as a process of its own: GraphQL over HTTP and websocket at /graphql, health, intake. Ends on
 * SIGTERM and SIGINT and, with `--watch-stdin`, when standard input ends, as it does with the process that started it.
 * `readSystems`: reads the backing systems that the folder of the configuration declares; none unless given.
 */
export async function runDomain(
  definition: AnyDomainDefinition,
  readSystems: (config: Config) => Promise<readonly BackingSystem[]> = () => Promise.resolve([]),
): Promise<void> {
  try {
    const config = readConfig(process.env);
    const directory = join(config.dataDir, definition.name);
    const backingSystems = await readSystems(config);
    const reached = reachNeighbours(config);
    const { neighbours } = reached;
    const leave = () => reached.close();
    const domain = await openDomain(definition, {
      ...config,
      directory,
      backingSystems,
      neighbours,
      clock: systemClock,
    }).catch(async (error: unknown) => {
      await leave();
      throw error;
    });
    const door = openIntakeDoor(domain.isShared ? [] : [{ ...domain, directory }]);
    const server = await serveDomain(domain, config, door.handle).catch(async (error: unknown) => {
      await releaseAll([() => domain.close(), leave]);
      throw error;
    });
    await door.announce(server.url);
    const stopped = toldToStop({ watchesStdin: process.argv.includes('--watch-stdin') });
    process.stdout.write(`${domain.name} is ready at ${server.url}/graphql\n`);
    const stopping = new AbortController();
    void tellHealth(domain.health, stopping.signal);
    const stop = await stopped;
    stopping.abort();
    const overdue = setTimeout(() => {
      process.stderr.write(`${domain.name}: was not done within ${STOP_MS / 1000} s of being told to stop.\n`);
      process.exit(1);
    }, STOP_MS);
    await releaseAll([() => server.close(stop), () => door.close(), () => domain.close(), leave]);
    clearTimeout(overdue);
    process.exit(0);
  } catch (error) {
    process.stderr.write(`${definition.name}: ${startProblem(error)}\n`);
    process.exit(1);
  }
}

/** How long a process takes to stop at most: requests have 10 s to end, and what was taken 5 s after that. */
const STOP_MS = 18_000;

/** What to tell a person whose process did not start, or did not stop as it should. */
export function startProblem(error: unknown): string {
  if (error instanceof AggregateError) return [error.message, ...error.errors.map(startProblem)].join(' ');
  if (!(error instanceof Error)) return String(error);
  const remedy = REMEDIES[codeOf(error) ?? ''];
  return remedy === undefined || error instanceof ConfigError ? error.message : `${error.message} ${remedy}`;
}

const REMEDIES: Readonly<Record<string, string>> = {
  EADDRINUSE: 'Set PORT to another one, or stop what listens there.',
  EACCES: 'Set PORT to one above 1023.',
  ENOTFOUND: 'Set HOST to an address of this machine, e.g. 127.0.0.1.',
  EADDRNOTAVAIL: 'Set HOST to an address of this machine, e.g. 127.0.0.1.',
};

function codeOf(error: Error): string | undefined {
  const { code, syscall } = (error.cause ?? error) as NodeJS.ErrnoException;
  return syscall === 'listen' || syscall === 'getaddrinfo' ? code : undefined;
}
