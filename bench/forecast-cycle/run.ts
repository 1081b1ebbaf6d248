import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { engineProfiles, type EngineProfile } from '../engines.ts';
import type { Table } from '../report.ts';
import type { BenchOptions } from '../run.ts';
import { interleaved, median } from '../statistics.ts';
import type { CycleFigures, CycleOrder } from './cycle-process.ts';
import { expected, WEEKS } from './cycles.ts';

const BUCKETS = 400_000;
const PROCESS = fileURLToPath(new URL('cycle-process.ts', import.meta.url));

const NOTES = [
  `Each series (item at a location, ${WEEKS} weeks) is a message; 4 batches of 250 on their way. The time is from the first offer until a follower of the log has the last event.`,
  'Fails unless each changed series causes one event and an unchanged one none.',
  'Each run is a process of its own that makes the messages too; its memory is of both publications.',
];

/** A forecast cycle as it is published, and the next one of which 15 % changed; a tenth of it, and all. */
export async function run(options: BenchOptions): Promise<Table[]> {
  const { rounds, limit = BUCKETS } = options;
  const { profiles, notes } = await engineProfiles(options);
  const sizesOf = ({ atMost }: EngineProfile) => {
    const all = atMost(Math.max(10, Math.round(limit / WEEKS)));
    return [Math.ceil(all / 10), all] as const;
  };
  const contenders = new Map(
    profiles.flatMap((profile) =>
      sizesOf(profile).map((series) => [
        `${profile.name} ${series}`,
        (warmUp: boolean) => (warmUp ? NOTHING : inItsProcess({ place: profile.place(), series })),
      ]),
    ),
  );
  const measured = await interleaved(contenders, rounds);

  const figuresOf = (name: string, series: number, publication: number) => {
    const runs = measured.get(`${name} ${series}`) ?? [];
    const buckets = series * WEEKS;
    const over = (figure: (run: CycleFigures['publications'][number]) => number) =>
      median(runs.map(({ publications }) => figure(publications[publication - 1] ?? MISSING)));
    return {
      perSecond: over(({ heardMs }) => (buckets / heardMs) * 1000),
      answeredPerSecond: over(({ answeredMs }) => (buckets / answeredMs) * 1000),
      heardMs: over(({ heardMs }) => heardMs),
      cpuUs: over(({ cpuMs }) => (cpuMs * 1000) / buckets),
      peakMiB: median(runs.map(({ peakMiB }) => peakMiB)),
      allocatedMiB: median(runs.map(({ allocatedMiB }) => allocatedMiB)),
    };
  };
  const [reference] = profiles;
  return ([1, 2] as const).map((publication) => ({
    title:
      publication === 1
        ? 'A first cycle: every bucket is new'
        : 'The next publication: 15 % of the buckets changed, in three series of ten',
    bar: 'buckets/s',
    rows: profiles.flatMap((profile) => {
      const [tenth, all] = sizesOf(profile);
      const small = figuresOf(profile.name, tenth, publication);
      return [tenth, all].map((series) => {
        const own = figuresOf(profile.name, series, publication);
        const base = reference && figuresOf(reference.name, sizesOf(reference)[series === all ? 1 : 0], publication);
        return {
          '': profile.name,
          buckets: series * WEEKS,
          [`× ${reference?.name}`]: own.perSecond / (base?.perSecond ?? NaN),
          'CPU × tenth': own.cpuUs / small.cpuUs,
          'buckets/s': own.perSecond,
          '× of 2,000/s': own.perSecond / 2000,
          'answered/s': own.answeredPerSecond,
          'whole s': own.heardMs / 1000,
          'CPU µs/bucket': own.cpuUs,
          'peak RSS MiB': own.peakMiB,
          'allocated MiB': own.allocatedMiB,
          'changed buckets': expected(publication, series).buckets,
        };
      });
    }),
    ...(publication === 2 && { notes: [...NOTES, ...notes] }),
  }));
}

const NOTHING = Promise.resolve<CycleFigures>({ publications: [], peakMiB: NaN, allocatedMiB: NaN });
const MISSING = { answeredMs: NaN, heardMs: NaN, cpuMs: NaN, changedBuckets: NaN };

async function inItsProcess(order: CycleOrder): Promise<CycleFigures> {
  const args = ['--import', 'tsx', PROCESS, JSON.stringify(order)];
  const running = promisify(execFile)(process.execPath, args);
  const kill = () => running.child.kill('SIGKILL');
  process.once('exit', kill);
  try {
    return JSON.parse((await running).stdout) as CycleFigures;
  } finally {
    process.off('exit', kill);
  }
}
