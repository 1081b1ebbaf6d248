import { readFile } from 'node:fs/promises';
import { Value } from '@sinclair/typebox/value';
import { ConfigError } from '@takt/subgraph-server';
import { parse } from 'yaml';
import { OwnershipSchema, type Ownership } from './ownership.ts';

/**
 * Reads who has to see to which exceptions from the file that `TAKT_EXCEPTION_OWNERSHIP` names, or from the one that comes
 * with this domain. Throws {@link ConfigError} with one line for each thing that is wrong.
 */
export async function readOwnership(env: Readonly<Record<string, string | undefined>>): Promise<Ownership> {
  const path = env[SETTING] || new URL('ownership.yml', import.meta.url);
  const problem = (text: string) => new ConfigError([`${SETTING}=${String(path)}: ${text}`]);
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    throw problem(`It cannot be read: ${String((error as NodeJS.ErrnoException).code)}.`);
  });
  let value: unknown;
  try {
    value = parse(text, { maxAliasCount: 0 });
  } catch (error) {
    throw problem(error instanceof Error ? error.message : String(error));
  }
  if (Value.Check(OwnershipSchema, value)) return value;
  const faults = [...Value.Errors(OwnershipSchema, value)].slice(0, PROBLEMS_TOLD);
  throw new ConfigError(faults.map((fault) => `${SETTING}=${String(path)}: ${fault.path || '/'}: ${fault.message}.`));
}

const SETTING = 'TAKT_EXCEPTION_OWNERSHIP';
const PROBLEMS_TOLD = 20;
