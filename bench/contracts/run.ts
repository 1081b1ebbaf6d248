import { loadSupergraph } from '@takt/gateway';
import { startWorker, type Worker } from '../gateway/worker.ts';
import type { Table } from '../report.ts';
import type { BenchOptions } from '../run.ts';
import { interleaved, summary, type Sample } from '../statistics.ts';
import { loadedQueries, queriesOf } from './operations.ts';
import { startVersioned } from './versioned-gateway.ts';
import { releasesOf, versionedSupergraph } from './versioned-supergraph.ts';

/** What it costs to hold many versions of the contract, beside the same graph without versions. */
export async function run(options: BenchOptions): Promise<Table[]> {
  const subgraphs = startWorker(new URL('made-subgraphs.ts', import.meta.url));
  try {
    const { port } = (await subgraphs.heard()) as { readonly port: number };
    const origin = `http://127.0.0.1:${port}`;
    const tables: Table[] = [];
    for (const [name, table] of Object.entries({ requests: requestsTable, held: heldTable })) {
      if (options.workloads?.includes(name) ?? true) tables.push(await table(origin, options));
    }
    return tables;
  } finally {
    await subgraphs.stop();
  }
}

const VERSIONS = 12;
const OPERATIONS = 30;
const CONNECTIONS = 4;
/** How long a contender is asked in a round, unless `--seconds` says less: there are sixteen of them. */
const SECONDS = 1;

async function requestsTable(origin: string, { seconds, rounds }: BenchOptions): Promise<Table> {
  await using unversioned = await startVersioned('unversioned', supergraphOf(origin, undefined));
  await using versioned = await startVersioned('versioned', supergraphOf(origin, VERSIONS));
  const oldest = releasesOf(VERSIONS)[0] ?? '';
  const askers = [
    { name: 'unversioned', gateway: unversioned, path: '/graphql', headers: {} },
    { name: 'stable', gateway: versioned, path: '/graphql', headers: {} },
    { name: 'oldest by path', gateway: versioned, path: `/graphql/${oldest}`, headers: {} },
    { name: 'oldest by header', gateway: versioned, path: '/graphql', headers: { 'takt-contract': oldest } },
  ];
  const load = startWorker(new URL('../gateway/load/load.ts', import.meta.url));
  try {
    await load.heard();
    const rows: Table['rows'][number][] = [];
    for (const [query, text] of loadedQueries) {
      const measure = ({ gateway, path, headers }: (typeof askers)[number], isWarmUp: boolean) =>
        measured(load, {
          url: new URL(path, gateway.process.url).href,
          pid: gateway.process.pid,
          headers,
          bodies: [JSON.stringify({ query: text })],
          seconds: Math.min(seconds, SECONDS),
          least: isWarmUp ? WARM_UP : 1,
        });
      const samples = await interleaved(
        new Map(askers.map((asker) => [asker.name, (isWarmUp: boolean) => measure(asker, isWarmUp)])),
        rounds,
      );
      const first = summary(samples.get('unversioned') ?? []);
      for (const { name } of askers) {
        const { perSecond, cpuMsPerOperation, p50Ms, p99Ms } = summary(samples.get(name) ?? []);
        rows.push({
          query,
          asked: name,
          'requests/s': perSecond,
          'CPU ms/request': cpuMsPerOperation,
          'CPU × unversioned': cpuMsPerOperation / first.cpuMsPerOperation,
          'p50 ms': p50Ms,
          'p99 ms': p99Ms,
        });
      }
    }
    return { title: `Requests to one of ${VERSIONS} versions that differ`, bar: 'CPU ms/request', rows };
  } finally {
    await load.stop();
  }
}

const WARM_UP = 200;

async function measured(load: Worker, job: Readonly<Record<string, unknown>>): Promise<Sample> {
  load.tell({ kind: 'requests', from: 0, connections: CONNECTIONS, ...job });
  const answer = (await load.heard()) as { readonly result?: Sample; readonly fault?: string };
  if (!answer.result) throw new Error(answer.fault);
  return answer.result;
}

interface Held {
  readonly name: string;
  readonly versions: number | undefined;
  readonly differ: boolean;
  /** How many of the versions are asked for. */
  readonly used: number;
}

const HELD: readonly Held[] = [
  { name: 'unversioned', versions: undefined, differ: true, used: 1 },
  { name: '12-one-used', versions: 12, differ: true, used: 1 },
  { name: '12-alike', versions: 12, differ: false, used: 12 },
  ...[1, 3, 6, 12, 24].map((versions) => ({
    name: `${versions}-used`,
    versions,
    differ: true,
    used: versions,
  })),
];

/** Gateways one after the other: memory once everything has been asked, then another supergraph in its place. */
async function heldTable(origin: string, { quick, contenders }: BenchOptions): Promise<Table> {
  const queries = lastingQueries(origin);
  const rows: Table['rows'][number][] = [];
  const chosen = HELD.filter(({ name }, index) => contenders?.includes(name) ?? (!quick || index < 2));
  for (const { name, versions, differ, used } of chosen) {
    const sdl = versionedSupergraph(origin, { versions, differ });
    await using gateway = await startVersioned(name, sdl);
    const { readyMs } = gateway.process;
    const begun = await gateway.memory();
    const paths = versions === undefined ? ['/graphql'] : releasesOf(used).map((version) => `/graphql/${version}`);
    await gateway.ask(paths, queries);
    const held = await gateway.memory();
    const swap = await gateway.swap(`${sdl}\n# another text`);
    const after = await gateway.memory();
    rows.push({
      versions: name,
      'ready ms': readyMs,
      'heap MiB before': begun.heapMiB,
      'heap MiB': held.heapMiB,
      'RSS MiB': held.residentMiB,
      'swap ms': swap.elapsedMs,
      'swap CPU ms': swap.cpuMs,
      'swap peak MiB': swap.peakMiB,
      'heap MiB after': after.heapMiB,
    });
  }
  return {
    title: `Memory with ${OPERATIONS} operations in each version, and a swap`,
    bar: 'heap MiB',
    rows,
    notes: ['The heap is that of the serving thread; RSS has those of the planning threads as well.'],
  };
}

function lastingQueries(origin: string): string[] {
  const [oldest = ''] = releasesOf(MOST_VERSIONS);
  const { contracts } = loadSupergraph(supergraphOf(origin, MOST_VERSIONS));
  const schema = contracts?.get({ version: oldest })?.schema;
  if (!schema) throw new Error(`There is no version ${oldest}.`);
  return queriesOf(schema, OPERATIONS);
}

const MOST_VERSIONS = 24;

function supergraphOf(origin: string, versions: number | undefined): string {
  return versionedSupergraph(origin, { versions, differ: true });
}
