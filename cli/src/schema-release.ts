import { type ContractList, contractSdl } from '@takt/gateway';
import {
  changelog,
  checkUnrecorded,
  type Finding,
  isError,
  planRelease,
  reportText,
  type UsageReport,
} from '@takt/governance';
import { SCHEMA_FOLDER, schemaArguments } from './schema-arguments.ts';
import { examine } from './schema-examination.ts';
import { changelogPathOf, eventsPathOf, generatedFiles, releasedFiles } from './schema-files.ts';
import { CONTRACT_LIST, readContractList, readIn, writeAll } from './schema-folder.ts';
import { eventSchemas, formatted, type Graph, withContracts } from './schema-graph.ts';
import { checkUsage } from './schema-recorded.ts';
import { readUsage } from './schema-usage-source.ts';
import { UsageError } from './usage-error.ts';

/** Makes the coming version the stable one, or refuses with the report. Writes all of it or nothing. */
export async function releaseCommand(args: readonly string[]): Promise<number> {
  const { values, positionals } = schemaArguments(args, {
    takes: ['folder', 'usage', 'following', 'date', 'allow-break', 'dry-run'],
    positionals: 1,
  });
  const [version = ''] = positionals;
  const folder = values.folder ?? SCHEMA_FOLDER;
  const list = await readContractList(folder);
  if (!list)
    throw new UsageError(`There is no schema/${CONTRACT_LIST}: it says which versions and audiences there are.`);
  const today = new Date().toISOString().slice(0, 10);
  const plan = planRelease(list, { version, date: dateOf(values.date) ?? today, following: values.following });
  if (plan.kind === 'refused') throw new UsageError(plan.reason);
  const usage = values.usage === undefined ? undefined : await readUsage(values.usage);

  // Of versions that are listed and not released, this one goes first.
  const pending = list.releases.map((release) => release.version).filter((each) => each >= version);
  const examination = await examine({
    folder,
    list,
    usage: undefined,
    today,
    pending,
    hasClient: folder === SCHEMA_FOLDER,
  });
  const graph = examination.graph && withContracts(examination.composed, plan.list);
  const findings = [
    ...examination.findings,
    ...(graph ? brokenBy(usage, graph, plan.list, values['allow-break'] ?? false) : []),
  ];
  if (!graph || findings.some(isError)) {
    process.stdout.write(reportText({ ...examination, skipped: skippedOf(examination.skipped, usage), findings }));
    process.stderr.write(`${version} is not released.\n`);
    return 1;
  }

  const files = new Map([
    ...(await contractFiles(graph, version, plan.previous?.version, folder)),
    ...(await generatedFiles(examination.subgraphs, graph)),
    [CONTRACT_LIST, await formatted(CONTRACT_LIST, JSON.stringify(plan.list))],
  ]);
  const changed = new Map<string, string>();
  for (const [path, text] of files) if ((await readIn(folder, path)) !== text) changed.set(path, text);
  if (!values['dry-run']) await writeAll(folder, changed);
  const warnings = findings.filter(({ check }) => check === 'recorded operations');
  process.stdout.write(outcomeText(version, plan.list, [...changed.keys()], warnings, values['dry-run'] ?? false));
  if (!usage) process.stdout.write('Whether it breaks what consumers run was not looked at: --usage FILE|URL.\n');
  return 0;
}

function dateOf(text: string | undefined): string | undefined {
  if (text === undefined) return undefined;
  const date = new Date(`${text}T00:00:00Z`);
  if (!Number.isNaN(date.getTime()) && date.toISOString().startsWith(text) && text.length === 10) return text;
  throw new UsageError(`"${text}" is no date: it must be YYYY-MM-DD.`);
}

/** Only errors count: what a later version may break is not this release’s. Who may break accepts them. */
function brokenBy(usage: UsageReport | undefined, graph: Graph, list: ContractList, mayBreak: boolean): Finding[] {
  const { contracts } = graph.supergraph;
  if (!usage || !contracts) return [];
  const broken = [...checkUnrecorded(usage), ...checkUsage(usage, contracts, list)].filter(isError);
  return mayBreak ? broken.map((finding): Finding => ({ ...finding, severity: 'warning' })) : broken;
}

function skippedOf(
  { 'recorded operations': _, ...skipped }: object & { 'recorded operations'?: string },
  usage: UsageReport | undefined,
) {
  return usage ? skipped : { ...skipped, 'recorded operations': 'give what consumers run: --usage FILE|URL' };
}

/** What is released, by path. A changelog and event schemas that are there already stay. */
async function contractFiles(
  { supergraph: { contracts } }: Graph,
  version: string,
  previousVersion: string | undefined,
  folder: string,
): Promise<Map<string, string>> {
  const contract = contracts?.get({ version });
  if (!contracts || !contract?.release) throw new Error(`There is no contract ${version}.`);
  const files = await releasedFiles(contracts, version);
  const previous = previousVersion === undefined ? undefined : contracts.get({ version: previousVersion });
  const events = eventSchemas();
  if ((await readIn(folder, eventsPathOf(version))) === undefined) {
    files.set(eventsPathOf(version), await formatted(eventsPathOf(version), JSON.stringify(events)));
  }
  if ((await readIn(folder, changelogPathOf(version))) === undefined) {
    const before = previous && ((await readIn(folder, eventsPathOf(previous.name.version))) ?? JSON.stringify(events));
    const known = Object.keys(before === undefined ? events : (JSON.parse(before) as object));
    const text = await changelog({
      release: contract.release,
      sdl: contractSdl(contract),
      previous: previous?.release && { release: previous.release, sdl: contractSdl(previous) },
      lives: contracts.lives,
      newEvents: Object.keys(events).filter((name) => !known.includes(name)),
    });
    files.set(changelogPathOf(version), await formatted(changelogPathOf(version), text));
  }
  return files;
}

function outcomeText(
  version: string,
  list: ContractList,
  changed: readonly string[],
  warnings: readonly Finding[],
  isTrial: boolean,
): string {
  if (changed.length === 0) return `${version} is released already: nothing has to be written.\n`;
  const former = list.releases.filter((release) => release.version < version && release.sunset !== undefined);
  return [
    isTrial ? `${version} would be released. These files would be written:` : `${version} is released. Written:`,
    ...changed.map((path) => `  schema/${path}`),
    ...warnings.map(({ where, message }) => `! ${where} ${message}`),
    `Stable is ${list.stable}, next is ${list.next}.`,
    ...former.map((release) => `${release.version} is served until ${release.sunset}.`),
    ...(isTrial
      ? []
      : [
          `Next: read schema/${changelogPathOf(version)} as a consumer would, commit schema/, and have the gateways take`,
          'schema/supergraph.graphql (POST /supergraph). npm run schema -- rollback goes back to the one before.',
        ]),
    '',
  ].join('\n');
}
