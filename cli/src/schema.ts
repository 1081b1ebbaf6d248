import { UsageError } from './usage-error.ts';

const USAGE = `Usage: npm run schema [-- generate]              write what the code gives under schema/
       npm run schema -- check [--usage FILE|URL] [--json]
                                                look at everything that a change of the graph may break
       npm run schema -- release YYYY-MM [--usage FILE|URL] [--following YYYY-MM] [--date YYYY-MM-DD] [--allow-break] [--dry-run]
                                                make the coming version the stable one; --allow-break: although
                                                recorded operations would fail, or the report is incomplete
       npm run schema -- reword                 correct descriptions in what is released; nothing but words
       npm run schema -- rollback [--gateway URL]
                                                have a gateway serve the supergraph it served before
       npm run schema -- usage [FILE] [--gateway URL] [--deprecated] [--json]
                                                what consumers run: by version, client, operation and field
--folder DIR takes another folder for schema/. A gateway asks for its TAKT_ADMIN_TOKEN, which is read from the environment.
`;

/** Answers the exit code: 1 where something stands in the way. Throws {@link UsageError}. */
export async function schemaCommand(args: readonly string[]): Promise<number> {
  const [first = 'generate', ...rest] = args;
  const name = first.startsWith('--') ? 'generate' : first;
  const load = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  if (!load) throw new UsageError(USAGE);
  const command = await load();
  return command(name === first ? rest : args);
}

const COMMANDS: Readonly<Record<string, () => Promise<(args: readonly string[]) => Promise<number>>>> = {
  generate: async () => (await import('./schema-generate.ts')).generateCommand,
  check: async () => (await import('./schema-check.ts')).checkCommand,
  release: async () => (await import('./schema-release.ts')).releaseCommand,
  reword: async () => (await import('./schema-reword.ts')).rewordCommand,
  rollback: async () => (await import('./schema-rollback.ts')).rollbackCommand,
  usage: async () => (await import('./schema-usage.ts')).usageCommand,
};
