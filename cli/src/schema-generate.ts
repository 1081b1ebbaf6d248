import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { SCHEMA_FOLDER, schemaArguments } from './schema-arguments.ts';
import { codegen } from './schema-codegen.ts';
import { generatedFiles, isGenerated } from './schema-files.ts';
import { readAll, readContractList, writeAll } from './schema-folder.ts';
import { compose, subgraphTexts, withContracts } from './schema-graph.ts';

/** Writes what the code gives under schema/, and the typed client. What is released stays as it is. */
export async function generateCommand(args: readonly string[]): Promise<number> {
  const { values } = schemaArguments(args, { takes: ['folder'] });
  const folder = values.folder ?? SCHEMA_FOLDER;
  const subgraphs = await subgraphTexts();
  const graph = withContracts(await compose(subgraphs), await readContractList(folder));
  const expected = await generatedFiles(subgraphs, graph);
  const present = await readAll(folder, isGenerated);
  for (const path of present.keys()) if (!expected.has(path)) await rm(join(folder, path));
  await writeAll(folder, new Map([...expected].filter(([path, text]) => present.get(path) !== text)));
  process.stdout.write(`schema/ holds ${expected.size} generated files.\n`);
  if (folder !== SCHEMA_FOLDER) return 0;
  const fault = await codegen('write');
  if (fault !== undefined) throw new Error(fault);
  return 0;
}
