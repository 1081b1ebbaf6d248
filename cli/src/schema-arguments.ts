import { parseArgs } from 'node:util';
import { fileURLToPath } from 'node:url';
import { UsageError } from './usage-error.ts';

/** The schema/ of this repository. */
export const SCHEMA_FOLDER = fileURLToPath(new URL('../../schema/', import.meta.url));

const OPTIONS = {
  folder: { type: 'string' },
  usage: { type: 'string' },
  gateway: { type: 'string' },
  following: { type: 'string' },
  date: { type: 'string' },
  'allow-break': { type: 'boolean' },
  'dry-run': { type: 'boolean' },
  deprecated: { type: 'boolean' },
  json: { type: 'boolean' },
} as const;

type Option = keyof typeof OPTIONS;

/** What a command of `npm run schema` was given. Throws {@link UsageError} on what it does not take. */
export function schemaArguments<Taken extends Option>(
  args: readonly string[],
  { takes, positionals: most = 0 }: { readonly takes: readonly Taken[]; readonly positionals?: number },
) {
  const options = Object.fromEntries(takes.map((name) => [name, OPTIONS[name]])) as Pick<typeof OPTIONS, Taken>;
  try {
    const { values, positionals } = parseArgs({ args: [...args], options, allowPositionals: true });
    if (positionals.length > most) throw new Error(`Unexpected argument "${positionals[most] ?? ''}".`);
    return { values, positionals };
  } catch (error) {
    throw new UsageError(`${error instanceof Error ? error.message : String(error)} See: npm run schema -- help`);
  }
}
