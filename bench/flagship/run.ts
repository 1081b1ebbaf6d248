import { SupplyDemandDocument } from '@takt/client';
import { Pool } from 'undici';
import type { BenchOptions } from '../run.ts';
import { fillPlant, startPlant, temporaryFolder, TODAY } from '../plant.ts';
import { rounded, type Table } from '../report.ts';
import { interleaved, repeated, summary, type Sample } from '../statistics.ts';
import { startTakt, type TaktProcess } from '../takt-process.ts';
import { inProcessContenders } from './contenders.ts';

const QUERY = SupplyDemandDocument.text;
const RANGE = { plant: 'P100', from: TODAY, to: '2027-02-22' };
const ROWS = [5, 50] as const;
const CONNECTIONS = [1, 8, 32] as const;

/** The first segment of the `large` demo: 169 items to choose 50 from, where `small` has 15. */
const MESSAGES = 3900;

/** The query that everything exists to answer: over HTTP, and in-process beside stock `@apollo/gateway`. */
export async function run(options: BenchOptions): Promise<Table[]> {
  const dataDir = temporaryFolder();
  const inProcess = await besideApollo(dataDir, options);
  return [...(await overHttp(dataDir, options)), ...inProcess];
}

async function besideApollo(dataDir: string, { seconds, rounds }: BenchOptions): Promise<Table[]> {
  const system = await startPlant(dataDir);
  try {
    await fillPlant(system, 'large', { limit: MESSAGES });
    const request = { query: QUERY, variables: { ...RANGE, first: 50 } };
    const groups = await inProcessContenders(system, request);
    const answers = await Promise.all(groups.flatMap(({ contenders }) => contenders.map(({ answer }) => answer())));
    const differing = answers.filter((answer) => answer !== answers[0]).length;
    if (differing > 0) throw new Error(`${differing} of ${answers.length} answers differ from the first.`);

    const measured = await interleaved(
      new Map(
        groups.flatMap(({ contenders }) =>
          contenders.map(({ name, answer }) => [
            name,
            (warmUp: boolean) => repeated(answer, { seconds: warmUp ? seconds / 2 : seconds }),
          ]),
        ),
      ),
      rounds,
    );
    return groups.map(({ title, contenders }) => {
      const summaries = contenders.map(({ name }) => ({ name, ...summary(measured.get(name) ?? []) }));
      const [ours] = summaries;
      return {
        title: `${title}: one request at a time, 50 rows, answer written as JSON`,
        bar: 'CPU ms',
        rows: summaries.map(({ name, perSecond, p50Ms, p95Ms, cpuMsPerOperation }) => ({
          '': name,
          'queries/s': perSecond,
          'p50 ms': p50Ms,
          'p95 ms': p95Ms,
          'CPU ms': cpuMsPerOperation,
          '× our CPU': cpuMsPerOperation / (ours?.cpuMsPerOperation ?? Number.NaN),
          '× our p50': p50Ms / (ours?.p50Ms ?? Number.NaN),
        })),
        notes: [
          `All answers are equal, byte for byte: ${(answers[0]?.length ?? 0).toLocaleString('en-US')} characters.`,
        ],
      };
    });
  } finally {
    await system.close();
  }
}

async function overHttp(dataDir: string, { seconds, rounds }: BenchOptions): Promise<Table[]> {
  const takt = await startTakt({ TAKT_DATA_DIR: dataDir, TAKT_DEMO: 'off' });
  try {
    const scenarios = CONNECTIONS.flatMap((connections) => ROWS.map((rows) => ({ connections, rows })));
    const nameOf = ({ connections, rows }: (typeof scenarios)[number]) => `${connections} × ${rows} rows`;
    const measured = await interleaved(
      new Map(
        scenarios.map((scenario) => [
          nameOf(scenario),
          (warmUp: boolean) => load(takt, { ...scenario, seconds: warmUp ? seconds / 2 : seconds }),
        ]),
      ),
      rounds,
    );
    const figures = scenarios.map((scenario) => ({ ...scenario, ...summary(measured.get(nameOf(scenario)) ?? []) }));
    const cpuOf5 = (connections: number) =>
      figures.find((one) => one.connections === connections && one.rows === 5)?.cpuMsPerOperation ?? Number.NaN;
    return [
      {
        title: 'Over HTTP, to a Takt process',
        bar: 'queries/s',
        rows: figures.map(({ connections, rows, perSecond, p50Ms, p95Ms, cpuMsPerOperation }) => ({
          connections: String(connections),
          rows: String(rows),
          'queries/s': perSecond,
          'p50 ms': p50Ms,
          'p95 ms': p95Ms,
          'CPU ms/request': cpuMsPerOperation,
          'CPU × of 5 rows': rounded(cpuMsPerOperation / cpuOf5(connections)),
        })),
      },
    ];
  } finally {
    await takt.stop();
  }
}

interface Load {
  readonly connections: number;
  readonly rows: number;
  readonly seconds: number;
}

/** One request at a time on each connection. Throws unless each is answered in full. */
async function load(takt: TaktProcess, { connections, rows, seconds }: Load): Promise<Sample> {
  const pool = new Pool(takt.url, { connections, pipelining: 1 });
  const body = JSON.stringify({ query: QUERY, variables: { ...RANGE, first: rows } });
  const headers = { 'content-type': 'application/json', accept: 'application/graphql-response+json' };
  const ask = async () => {
    const { statusCode, body: answer } = await pool.request({ path: '/graphql', method: 'POST', headers, body });
    const text = await answer.text();
    if (statusCode !== 200)
      throw new Error(`The flagship query was answered with ${statusCode}: ${text.slice(0, 500)}`);
    return text;
  };
  try {
    const { data, errors } = JSON.parse(await ask()) as Answer;
    const got = data?.location?.items.nodes.length;
    if (errors || got !== rows) throw new Error(`Expected ${rows} rows, got ${got}: ${JSON.stringify(errors)}`);
    return await repeated(ask, { seconds, atOnce: connections, cpuMs: () => takt.cpuMs() });
  } finally {
    await pool.close();
  }
}

interface Answer {
  readonly data?: { readonly location?: { readonly items: { readonly nodes: readonly unknown[] } } };
  readonly errors?: unknown;
}
