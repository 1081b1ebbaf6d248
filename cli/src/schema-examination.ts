import { type ContractList, SupergraphRefused } from '@takt/gateway';
import {
  checkAudienceTags,
  checkBreakingChanges,
  checkEventSchemas,
  checkGeneratedFiles,
  checkOwnership,
  checkReleasedVersions,
  checkStyle,
  checkUnrecorded,
  CHECKS,
  type Examination,
  type Finding,
  isLive,
  parseStyleExceptions,
  type SubgraphText,
  type UsageReport,
} from '@takt/governance';
import { codegen } from './schema-codegen.ts';
import { eventsPathOf, generatedFiles, isGenerated, releasedFiles } from './schema-files.ts';
import { CONTRACT_LIST, readAll, readIn } from './schema-folder.ts';
import { compose, eventSchemas, type Graph, subgraphTexts, withContracts } from './schema-graph.ts';
import { checkUsage } from './schema-recorded.ts';

export interface ExaminationOptions {
  readonly folder: string;
  readonly list: ContractList | undefined;
  readonly usage: UsageReport | undefined;
  /** `YYYY-MM-DD`: what sunsets are compared with. */
  readonly today: string;
  /** Versions whose files may be missing: they are about to be written. */
  readonly pending?: readonly string[];
  /** Whether the typed client is made from this folder. */
  readonly hasClient: boolean;
}

/** All checks of the graph as the code has it. `graph` is undefined if it cannot be composed: then little else was looked at. */
export async function examine(options: ExaminationOptions): Promise<
  Examination & {
    readonly graph: Graph | undefined;
    readonly composed: string;
    readonly subgraphs: readonly SubgraphText[];
  }
> {
  const { folder, list, usage } = options;
  const subgraphs = await subgraphTexts();
  const findings: Finding[] = [];
  const about: Examination['about'] = { composition: `${subgraphs.length} subgraphs` };
  const whole = await composed(subgraphs, list);
  if ('findings' in whole) {
    const why = 'the graph is not whole';
    const skipped = Object.fromEntries(AFTER_COMPOSITION.map((check) => [check, why]));
    return { about, skipped, findings: whole.findings, graph: undefined, composed: '', subgraphs };
  }
  const { graph } = whole;
  const generated = await generatedFiles(subgraphs, graph);
  findings.push(...checkGeneratedFiles(generated, await readAll(folder, isGenerated)));
  if (options.hasClient) findings.push(...(await clientFindings()));
  findings.push(...(await styleFindings(folder, subgraphs, generated.get('api.graphql') ?? '')));
  findings.push(...checkOwnership((await readIn(folder, 'owners.yml')) ?? '', subgraphs));
  const { contracts } = graph.supergraph;
  const skipped: Examination['skipped'] = {
    ...(!contracts && Object.fromEntries(OF_VERSIONS.map((check) => [check, `there is no schema/${CONTRACT_LIST}`]))),
    ...(!usage && { 'recorded operations': 'give what consumers run: --usage FILE|URL' }),
  };
  if (!contracts || !list) return { about, skipped, findings, graph, composed: whole.composed, subgraphs };
  const live = list.releases.filter((release) => isLive(release, options.today)).map(({ version }) => version);
  findings.push(...checkAudienceTags(list.audiences, whole.composed, subgraphs));
  findings.push(...(await versionFindings(options, graph, live, generated)));
  if (usage) {
    // A merge takes nothing from anybody yet; a release is refused.
    const unrecorded = checkUnrecorded(usage).map((finding): Finding => ({ ...finding, severity: 'warning' }));
    findings.push(...unrecorded, ...checkUsage(usage, contracts, list));
  }
  return {
    about: {
      ...about,
      audiences: Object.keys(list.audiences).join(', '),
      'released versions': live.join(', '),
      'breaking changes': `${live.join(', ')} → ${list.next} (next)`,
      'recorded operations': usage && `${usage.entries.length} operations`,
    } as Examination['about'],
    skipped,
    findings,
    graph,
    composed: whole.composed,
    subgraphs,
  };
}

const AFTER_COMPOSITION = CHECKS.filter((check) => check !== 'composition' && check !== 'lifecycle');

const OF_VERSIONS = [
  'lifecycle',
  'audiences',
  'released versions',
  'breaking changes',
  'recorded operations',
  'event schemas',
] as const;

async function composed(subgraphs: readonly SubgraphText[], list: ContractList | undefined) {
  let sdl: string;
  try {
    sdl = await compose(subgraphs);
  } catch (error) {
    return { findings: refusal(error, 'composition', 'Make the subgraphs agree.') };
  }
  try {
    return { graph: withContracts(sdl, list), composed: sdl };
  } catch (error) {
    return { findings: refusal(error, 'lifecycle', 'Correct @lifecycle where the element is declared.') };
  }
}

function refusal(error: unknown, check: 'composition' | 'lifecycle', whatToDo: string): Finding[] {
  if (!(error instanceof SupergraphRefused)) throw error;
  return error.message
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((message) => ({ check, severity: 'error', where: 'subgraphs', message, whatToDo }));
}

async function clientFindings(): Promise<Finding[]> {
  const said = await codegen('check');
  if (said === undefined) return [];
  const whatToDo = 'Run: npm run schema, and adapt packages/client/src/operations to what the graph has.';
  return [{ check: 'generated files', severity: 'error', where: 'packages/client', message: said, whatToDo }];
}

async function styleFindings(folder: string, subgraphs: readonly SubgraphText[], apiSdl: string): Promise<Finding[]> {
  const rules = await readIn(folder, 'rules.yml');
  try {
    return await checkStyle(subgraphs, apiSdl, rules === undefined ? [] : parseStyleExceptions(rules));
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return [{ check: 'style', severity: 'error', where: 'schema/rules.yml', message, whatToDo: 'Correct the file.' }];
  }
}

async function versionFindings(
  { folder, pending = [] }: ExaminationOptions,
  { supergraph: { contracts } }: Graph,
  live: readonly string[],
  generated: ReadonlyMap<string, string>,
): Promise<Finding[]> {
  if (!contracts) return [];
  const findings: Finding[] = [];
  const consumers = [];
  const now = eventSchemas();
  for (const version of live) {
    const derived = await releasedFiles(contracts, version);
    const files = await Promise.all(
      [...derived].map(async ([path, text]) => ({ path, released: await readIn(folder, path), derived: text })),
    );
    const isPending = pending.includes(version);
    findings.push(
      ...(await checkReleasedVersions(files.filter(({ released }) => !isPending || released !== undefined))),
    );
    consumers.push({ version, sdl: files[0]?.derived ?? '' });
    const events = await readIn(folder, eventsPathOf(version));
    if (events !== undefined)
      findings.push(...checkEventSchemas(version, JSON.parse(events) as Record<string, unknown>, now));
    else if (!isPending) findings.push(missing(eventsPathOf(version), version));
  }
  findings.push(...(await checkBreakingChanges(consumers, generated.get('contracts/next.graphql') ?? '')));
  return findings;
}

function missing(where: string, version: string): Finding {
  const whatToDo = `Run: npm run schema -- release ${version}`;
  return { check: 'event schemas', severity: 'error', where, message: 'missing', whatToDo };
}
