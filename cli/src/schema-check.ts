import { isError, reportText } from '@takt/governance';
import { SCHEMA_FOLDER, schemaArguments } from './schema-arguments.ts';
import { examine } from './schema-examination.ts';
import { readContractList } from './schema-folder.ts';
import { readUsage } from './schema-usage-source.ts';

/** Looks at everything that a change of the graph may break, and reports it. */
export async function checkCommand(args: readonly string[]): Promise<number> {
  const { values } = schemaArguments(args, { takes: ['folder', 'usage', 'json'] });
  const folder = values.folder ?? SCHEMA_FOLDER;
  const examination = await examine({
    folder,
    list: await readContractList(folder),
    usage: values.usage === undefined ? undefined : await readUsage(values.usage),
    today: new Date().toISOString().slice(0, 10),
    hasClient: folder === SCHEMA_FOLDER,
  });
  const { about, skipped, findings } = examination;
  process.stdout.write(values.json ? `${JSON.stringify({ about, skipped, findings })}\n` : reportText(examination));
  return findings.some(isError) ? 1 : 0;
}
