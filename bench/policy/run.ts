import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { temporaryFolder } from '../plant.ts';
import type { Table } from '../report.ts';
import type { BenchOptions } from '../run.ts';
import { interleaved, median } from '../statistics.ts';
import { PUBLICATIONS, WEEKS } from './plant.ts';
import type { PolicyFigures, PolicyOrder } from './policy-process.ts';

const BUCKETS = 400_000;
const PROCESS = fileURLToPath(new URL('policy-process.ts', import.meta.url));

/** Forecast cycles of which 15 % changed, through the default policy: decided only, and decided and committed. */
export async function run({ rounds, limit = BUCKETS }: BenchOptions): Promise<Table[]> {
  const units = Math.max(10, Math.round(limit / WEEKS));
  const contenders = new Map<string, (warmUp: boolean) => Promise<PolicyFigures>>([
    ['judged', (warmUp) => (warmUp ? NOTHING : inItsProcess({ units }))],
    ['judged and committed', (warmUp) => (warmUp ? NOTHING : inItsProcess({ units, directory: temporaryFolder() }))],
  ]);
  const measured = await interleaved(contenders, rounds);
  const buckets = units * WEEKS * (PUBLICATIONS - 1);
  const rows = [...measured].map(([name, runs]) => {
    const over = (figure: (run: PolicyFigures) => number) => median(runs.map(figure));
    const perSecond = over(({ judgeMs, commitMs }) => (buckets / (judgeMs + commitMs)) * 1000);
    return {
      '': name,
      'buckets/s': perSecond,
      '× of 2,000/s': perSecond / 2000,
      'a cycle s': over(({ judgeMs, commitMs }) => (judgeMs + commitMs) / (PUBLICATIONS - 1) / 1000),
      'CPU µs/bucket': over(({ cpuMs }) => (cpuMs * 1000) / buckets),
      'changed %': over(({ changedBuckets }) => (100 * changedBuckets) / buckets),
      'suppressed %': over(({ changedBuckets, actingChanges }) => 100 * (1 - actingChanges / changedBuckets)),
      'peak RSS MiB': over(({ peakMiB }) => peakMiB),
      'allocated MiB': over(({ allocatedMiB }) => allocatedMiB),
    };
  });
  for (const figures of [...measured.values()].flat()) checkFigures(figures);
  return [
    {
      title: `${(units * WEEKS).toLocaleString('en-US')} buckets, published ${PUBLICATIONS - 1} times more with 15 % of them changed`,
      bar: 'buckets/s',
      rows,
      notes: [
        'No false suppression, no false execution against the oracle, and no decision on a publication without change: otherwise it fails.',
        'Each run is a process of its own; the memory is also that of the plant and of the oracle.',
      ],
    },
  ];
}

function checkFigures({ falseSuppressions, falseExecutions, republished }: PolicyFigures): void {
  if (falseSuppressions + falseExecutions + republished === 0) return;
  throw new Error(
    `${falseSuppressions} false suppressions, ${falseExecutions} false executions, ${republished} decisions on nothing new.`,
  );
}

const NOTHING = Promise.resolve<PolicyFigures>({
  judgeMs: NaN,
  commitMs: NaN,
  cpuMs: NaN,
  changedBuckets: NaN,
  actingChanges: NaN,
  falseSuppressions: 0,
  falseExecutions: 0,
  republished: 0,
  peakMiB: NaN,
  allocatedMiB: NaN,
});

async function inItsProcess(order: PolicyOrder): Promise<PolicyFigures> {
  const running = promisify(execFile)(process.execPath, ['--import', 'tsx', PROCESS, JSON.stringify(order)]);
  const kill = () => running.child.kill('SIGKILL');
  process.once('exit', kill);
  try {
    return JSON.parse((await running).stdout) as PolicyFigures;
  } finally {
    process.off('exit', kill);
  }
}
