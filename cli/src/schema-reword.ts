import { differsInWords, isLive, type ReleasedContract } from '@takt/governance';
import { SCHEMA_FOLDER, schemaArguments } from './schema-arguments.ts';
import { releasedFiles } from './schema-files.ts';
import { CONTRACT_LIST, readContractList, readIn, writeAll } from './schema-folder.ts';
import { compose, subgraphTexts, withContracts } from './schema-graph.ts';
import { UsageError } from './usage-error.ts';

/** Corrects descriptions and reasons of deprecation in what is released. Refuses where anything else differs. */
export async function rewordCommand(args: readonly string[]): Promise<number> {
  const { values } = schemaArguments(args, { takes: ['folder'] });
  const folder = values.folder ?? SCHEMA_FOLDER;
  const list = await readContractList(folder);
  if (!list) throw new UsageError(`There is no schema/${CONTRACT_LIST}: nothing is released.`);
  const { contracts } = withContracts(await compose(await subgraphTexts()), list).supergraph;
  const today = new Date().toISOString().slice(0, 10);
  const differing: ReleasedContract[] = [];
  for (const release of list.releases.filter((each) => isLive(each, today))) {
    for (const [path, derived] of contracts ? await releasedFiles(contracts, release.version) : []) {
      const released = await readIn(folder, path);
      if (released !== derived) differing.push({ path, released, derived });
    }
  }
  const other = differing.filter((contract) => !differsInWords(contract));
  if (other.length > 0) {
    const paths = other.map(({ path }) => `schema/${path}`).join(', ');
    throw new UsageError(`More than words differ in ${paths}. See: npm run schema -- check`);
  }
  await writeAll(folder, new Map(differing.map(({ path, derived }) => [path, derived])));
  const written = differing.map(({ path }) => `  schema/${path}\n`);
  process.stdout.write(written.length === 0 ? 'No words differ.\n' : `Corrected:\n${written.join('')}`);
  return 0;
}
