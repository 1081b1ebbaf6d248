import { access } from 'node:fs/promises';
import { join } from 'node:path';
import { DeadLetterError, systemClock } from '@takt/intake';
import {
  knockForOperations,
  openDomain,
  OperationError,
  ReplayRefusedError,
  type AnyDomainDefinition,
  type Config,
  type Operations,
} from '@takt/subgraph-server';
import { claimDataDirectory } from './data-directory.ts';
import { DOMAINS } from './domains.ts';
import { UsageError } from './usage-error.ts';

/**
 * Lets `act` operate on a domain: through the process that has it open, or, if none has, by opening it. Throws
 * {@link UsageError} for what cannot be done as asked.
 */
export async function operate<Result>(
  definition: AnyDomainDefinition,
  config: Config,
  act: (operations: Operations) => Promise<Result>,
): Promise<Result> {
  const directory = join(config.dataDir, definition.name);
  try {
    const running = await knockForOperations(directory);
    if (running) return await act(running);
    await assertHasData(config);
    const domain = await openDomain(definition, { ...config, directory, clock: systemClock });
    try {
      return await act(domain.operations());
    } finally {
      await domain.close();
    }
  } catch (error) {
    throw isRefusal(error) ? new UsageError(error.message) : error;
  }
}

function isRefusal(error: unknown): error is Error {
  if (error instanceof OperationError) return error.kind === 'REFUSED';
  if (error instanceof DeadLetterError) return error.code === 'BAD_HANDLING';
  return error instanceof ReplayRefusedError;
}

/** Throws {@link UsageError}. */
export function domainNamed(name: string): AnyDomainDefinition {
  const found = DOMAINS.find((domain) => domain.name === name);
  if (found) return found;
  const names = DOMAINS.map((domain) => domain.name).join(', ');
  throw new UsageError(`There is no domain ${JSON.stringify(name.slice(0, 80))}. There are ${names}.`);
}

/** A store over the wire has data wherever this process runs; a folder must have them already. */
async function assertHasData({ dataDir, mongodbUri }: Config): Promise<void> {
  const isThere = await access(join(dataDir, 'takt.json')).then(
    () => true,
    () => false,
  );
  if (!isThere && !mongodbUri) {
    throw new Error(`There are no Takt data in ${dataDir}. Set TAKT_DATA_DIR to the folder that has them.`);
  }
  await claimDataDirectory(dataDir);
}
