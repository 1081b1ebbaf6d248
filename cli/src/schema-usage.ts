import { loadSupergraph } from '@takt/gateway';
import { fieldUses, usageTable } from '@takt/governance';
import { SCHEMA_FOLDER, schemaArguments } from './schema-arguments.ts';
import { readIn } from './schema-folder.ts';
import { LOCAL_GATEWAY } from './admin-gateway.ts';
import { readUsage } from './schema-usage-source.ts';

/** Prints what consumers run, with the dates of what is deprecated. */
export async function usageCommand(args: readonly string[]): Promise<number> {
  const { values, positionals } = schemaArguments(args, {
    takes: ['gateway', 'folder', 'deprecated', 'json'],
    positionals: 1,
  });
  const folder = values.folder ?? SCHEMA_FOLDER;
  const { since, until, entries, other } = await readUsage(positionals[0] ?? values.gateway ?? LOCAL_GATEWAY);
  const sdl = await readIn(folder, 'supergraph.graphql');
  const contracts = sdl === undefined ? undefined : loadSupergraph(sdl, { plansElsewhere: true }).contracts;
  const uses = fieldUses(entries, contracts?.lives ?? new Map(), contracts?.list.next ?? '').filter(
    ({ deprecated }) => !values.deprecated || deprecated !== undefined,
  );
  if (values.json) {
    process.stdout.write(`${JSON.stringify(uses)}\n`);
    return 0;
  }
  if (since !== undefined && until !== undefined) process.stdout.write(`From ${since} to ${until}:\n\n`);
  process.stdout.write(usageTable(uses));
  if (other.count > 0) process.stdout.write(`\n${other.count} further runs were not kept apart.\n`);
  return 0;
}
