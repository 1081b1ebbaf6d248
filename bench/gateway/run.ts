import { spawnSync } from 'node:child_process';
import { isDeepStrictEqual } from 'node:util';
import { temporaryFolder } from '../plant.ts';
import type { Table } from '../report.ts';
import type { BenchOptions } from '../run.ts';
import { interleaved, summary, type Sample } from '../statistics.ts';
import { contenders as allContenders, CONTENDERS_FOLDER, STOCK, takt, type Contender } from './contenders.ts';
import { startGateway, type GatewayProcess } from './gateway-process.ts';
import { startLoad, type Load } from './load/start.ts';
import { startSubgraphs, type SubgraphsProcess } from './subgraphs/start.ts';
import { canPin } from './pinned.ts';
import type { WorldName } from './subgraphs/worlds.ts';
import { writeWorldFiles, type WorldFiles } from './world-files.ts';
import { QUICK_WORKLOADS, workloads as allWorkloads, type Workload } from './workloads.ts';

/** Gateways side by side: ours, the stock one, and others, over the same subgraphs. */
export async function run(options: BenchOptions): Promise<Table[]> {
  if (options.install) install();
  const chosen = chosenContenders(options);
  const folder = temporaryFolder();
  await using subgraphs = await startSubgraphs();
  await using load = await startLoad();
  const filesOf = new Map<WorldName, WorldFiles>();
  const tables: Table[] = [];
  for (const workload of named(allWorkloads, options.workloads ?? (options.quick ? QUICK_WORKLOADS : undefined))) {
    loudly(workload.title);
    const files = filesOf.get(workload.world) ?? (await writeWorldFiles(workload.world, subgraphs.origin, folder));
    filesOf.set(workload.world, files);
    tables.push(await measured(workload, { chosen, files, subgraphs, load, options }));
  }
  return tables;
}

interface Surroundings {
  readonly chosen: readonly Contender[];
  readonly files: WorldFiles;
  readonly subgraphs: SubgraphsProcess;
  readonly load: Load;
  readonly options: BenchOptions;
}

async function measured(workload: Workload, { chosen, files, subgraphs, load, options }: Surroundings): Promise<Table> {
  const starting = await Promise.allSettled(
    chosen.filter((contender) => takesPart(contender, workload)).map((contender) => startGateway(contender, files)),
  );
  const gateways = starting.flatMap((start) => (start.status === 'fulfilled' ? [start.value] : []));
  try {
    for (const start of starting) if (start.status === 'rejected') throw start.reason;
    const driver = load.driver(workload, subgraphs, options);
    const equality = await compared(gateways, driver.answers);
    const samples = await interleaved(
      new Map(gateways.map((gateway) => [gateway.name, (warmUp: boolean) => driver.measure(gateway, warmUp)])),
      options.rounds,
    );
    return tableOf(workload, gateways, samples, equality);
  } finally {
    await Promise.all(gateways.map((gateway) => gateway.stop()));
  }
}

function takesPart({ name, cannot }: Contender, workload: Workload): boolean {
  const reason = cannot(workload);
  if (reason !== undefined) loudly(`${workload.name}: without ${name}: ${reason}.`);
  return reason === undefined;
}

interface Equality {
  readonly byteEqual: ReadonlySet<string>;
  readonly bytes: number;
}

/** Throws unless all give the same answers; which of them do so byte for byte. */
async function compared(
  gateways: readonly GatewayProcess[],
  answersOf: (gateway: GatewayProcess) => Promise<string[]>,
): Promise<Equality> {
  const byteEqual = new Set<string>();
  let first: { readonly name: string; readonly texts: string[]; readonly values: unknown[] } | undefined;
  for (const gateway of gateways) {
    // Apollo Server ends a response with a line feed.
    const texts = (await answersOf(gateway)).map((text) => text.trimEnd());
    const values = texts.map((text) => JSON.parse(text) as unknown);
    first ??= { name: gateway.name, texts, values };
    const differing = values.findIndex((value, index) => !isDeepStrictEqual(value, first?.values[index]));
    if (differing >= 0) {
      const excerpt = (text = '') => text.slice(0, 1000);
      throw new Error(
        `${gateway.name} answers otherwise than ${first.name}:\n${excerpt(texts[differing])}\n${excerpt(first.texts[differing])}`,
      );
    }
    if (isDeepStrictEqual(texts, first.texts)) byteEqual.add(gateway.name);
  }
  return { byteEqual, bytes: Buffer.byteLength(first?.texts[0] ?? '') };
}

function tableOf(
  { title, connections, subscriptions }: Workload,
  gateways: readonly GatewayProcess[],
  samples: ReadonlyMap<string, readonly Sample[]>,
  { byteEqual, bytes }: Equality,
): Table {
  const figures = gateways.map((gateway) => ({ gateway, ...summary(samples.get(gateway.name) ?? []) }));
  const stock = figures.find(({ gateway }) => gateway.name === STOCK);
  const unit = subscriptions ? 'delivery' : 'request';
  const concurrency = subscriptions ? '' : `, ${connections} at once`;
  return {
    title: `${title} (answer of ${bytes.toLocaleString('en-US')} bytes${concurrency})`,
    bar: `CPU ms/${unit}`,
    rows: figures.map(({ gateway, perSecond, p50Ms, p99Ms, cpuMsPerOperation }) => ({
      '': gateway.name,
      [subscriptions ? 'deliveries/s' : 'requests/s']: perSecond,
      [`CPU ms/${unit}`]: cpuMsPerOperation,
      ...(stock && { '× less CPU than stock': stock.cpuMsPerOperation / cpuMsPerOperation }),
      ...(subscriptions && { 'deliveries/CPU s': 1000 / cpuMsPerOperation }),
      [subscriptions ? 'p50 ms to the last' : 'p50 ms']: p50Ms,
      [subscriptions ? 'p99 ms to the last' : 'p99 ms']: p99Ms,
      'RSS MiB': gateway.residentMiB(),
      answers: byteEqual.has(gateway.name) ? 'equal bytes' : 'equal',
    })),
    notes: canPin ? [] : ['taskset or a second core is missing: nothing was pinned to a core.'],
  };
}

function chosenContenders({ contenders, variants }: BenchOptions): Contender[] {
  const wanted = named(allContenders, contenders);
  const others = variants.map((settings) => takt(`takt ${settings}`, settings.split(' ')));
  return [...wanted, ...others].filter((contender) => {
    const missing = contender.missing();
    if (missing !== undefined) loudly(`WITHOUT ${contender.name}: ${missing}.`);
    return missing === undefined;
  });
}

function named<Of extends { readonly name: string }>(all: readonly Of[], names: readonly string[] | undefined): Of[] {
  const unknown = names?.find((name) => !all.some((one) => one.name === name));
  if (unknown !== undefined) {
    throw new Error(`There is no "${unknown}", but ${all.map(({ name }) => name).join(', ')}.`);
  }
  return all.filter(({ name }) => names?.includes(name) ?? true);
}

function install(): void {
  for (const folder of [CONTENDERS_FOLDER, `${CONTENDERS_FOLDER}mercurius`]) {
    const { status } = spawnSync('npm', ['ci', '--prefix', folder], { stdio: 'inherit' });
    if (status !== 0) throw new Error('The contenders cannot be installed.');
  }
}

function loudly(line: string): void {
  process.stderr.write(`>>> ${line}\n`);
}
