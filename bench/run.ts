import { parseArgs } from 'node:util';
import { printReport, type Table } from './report.ts';

/** How a benchmark is to run. */
export interface BenchOptions {
  /** Seconds that one contender runs in one round. */
  readonly seconds: number;
  /** Rounds of which the median counts; contenders take turns within each. */
  readonly rounds: number;
  /** At most so much is loaded: messages, buckets or events; all of it unless given. */
  readonly limit: number | undefined;
  /** Only to see that it runs. */
  readonly quick: boolean;
  /** Of the benchmarks of the gateway, of connectors and of extracts: names of those that run; all of them unless given. */
  readonly workloads: readonly string[] | undefined;
  /** Names of the gateways or engines that are measured; all of them unless given. */
  readonly contenders: readonly string[] | undefined;
  /** Options and `NAME=value` variables, each set of which makes another Takt to measure. */
  readonly variants: readonly string[];
  /** First installs the other gateways. */
  readonly install: boolean;
}

type Benchmark = (options: BenchOptions) => Promise<readonly Table[]>;

const BENCHMARKS: Readonly<Record<string, () => Promise<{ readonly run: Benchmark }>>> = {
  flagship: () => import('./flagship/run.ts'),
  start: () => import('./start/run.ts'),
  intake: () => import('./intake/run.ts'),
  latency: () => import('./latency/run.ts'),
  load: () => import('./load/run.ts'),
  'forecast-cycle': () => import('./forecast-cycle/run.ts'),
  policy: () => import('./policy/run.ts'),
  outage: () => import('./outage/run.ts'),
  replay: () => import('./replay/run.ts'),
  formats: () => import('./formats/run.ts'),
  gateway: () => import('./gateway/run.ts'),
  churn: () => import('./gateway/churn.ts'),
  contracts: () => import('./contracts/run.ts'),
  scheduling: () => import('./scheduling/run.ts'),
  'supply-demand': () => import('./supply-demand/run.ts'),
  connectors: () => import('./connectors/run.ts'),
  extract: () => import('./extract/run.ts'),
};

/** Of all benchmarks but these: 10. */
const DEFAULT_SECONDS: Readonly<Record<string, number>> = { churn: 60 };

const USAGE = `Usage: npm run bench -- NAME [--seconds N] [--rounds N] [--limit N] [--contenders A,B] [--quick] [--json]
       npm run bench -- connectors [--workloads A,B]
       npm run bench -- extract [--workloads takt,memory,tables]
       npm run bench -- gateway [--workloads A,B] [--contenders A,B] [--variant SETTINGS ...] [--install]
  NAME      ${Object.keys(BENCHMARKS).join(', ')}
  --quick   a second where it would be many, to see that it runs; the figures mean nothing
`;

for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130));
process.exitCode = await main(process.argv.slice(2));

async function main(args: readonly string[]): Promise<number> {
  const asked = readArguments(args);
  const load = asked && BENCHMARKS[asked.name];
  if (!asked || !load) {
    process.stderr.write(USAGE);
    return 2;
  }
  const { run } = await load();
  await printReport(asked.name, asked.json, () => run(asked.options));
  return 0;
}

function readArguments(args: readonly string[]): { name: string; json: boolean; options: BenchOptions } | undefined {
  try {
    const { positionals, values } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        seconds: { type: 'string' },
        rounds: { type: 'string' },
        limit: { type: 'string' },
        workloads: { type: 'string' },
        contenders: { type: 'string' },
        variant: { type: 'string', multiple: true, default: [] },
        install: { type: 'boolean', default: false },
        quick: { type: 'boolean', default: false },
        json: { type: 'boolean', default: false },
      },
    });
    const { quick, json, install, variant: variants } = values;
    const name = positionals[0] ?? '';
    const options = {
      seconds: positive(values.seconds) ?? (quick ? 0.5 : (DEFAULT_SECONDS[name] ?? 10)),
      rounds: positive(values.rounds) ?? (quick ? 1 : 3),
      limit: positive(values.limit) ?? (quick ? 4000 : undefined),
      quick,
      workloads: values.workloads?.split(','),
      contenders: values.contenders?.split(','),
      variants,
      install,
    };
    return { name, json, options };
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    return undefined;
  }
}

function positive(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const value = Number(text);
  if (!(value > 0)) throw new RangeError(`Expected a number above 0, got "${text}".`);
  return value;
}
