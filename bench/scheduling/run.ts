import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import {
  finiteCapacityScheduler,
  type SchedulerAnswer,
  type SchedulingProblem,
} from '@takt/synchronization/scheduling';
import { after, BEST_MAKESPAN_HOURS, jobShopProblem, makespanHours } from '@takt/synchronization/testing';
import type { Table } from '../report.ts';
import type { BenchOptions } from '../run.ts';
import { interleaved, median, ownCpuMs } from '../statistics.ts';
import { plant } from './plant.ts';

const SIZES = [300, 3000];
const JOB_SHOP = fileURLToPath(new URL('../../../shared/data/frepple-demo/jobshop.json', import.meta.url));

interface Recalculation {
  readonly elapsedMs: number;
  readonly cpuMs: number;
  readonly answer: Extract<SchedulerAnswer, { kind: 'PROPOSED' }>;
}

/** What it takes to recalculate a schedule, how that grows, and how good our schedule of the classic job shop is. */
export async function run({ rounds }: BenchOptions): Promise<Table[]> {
  const contenders = new Map<string, () => Promise<Recalculation>>();
  const situations = new Set<string>();
  for (const size of SIZES) {
    for (const [situation, problem] of await situationsOf(size)) {
      situations.add(situation);
      contenders.set(`${size} ${situation}`, () => recalculation(problem));
    }
  }
  const measured = await interleaved(contenders, rounds);
  const of = (size: number, situation: string) => measured.get(`${size} ${situation}`) ?? [];
  const cpu = (size: number, situation: string) => median(of(size, situation).map(({ cpuMs }) => cpuMs));
  return [
    {
      title: 'Recalculation of open orders on 100 work centers, four operations each',
      bar: 'CPU ms',
      rows: [...situations].flatMap((situation) =>
        SIZES.map((size) => {
          const { proposals = [], cannot = [] } = of(size, situation)[0]?.answer ?? {};
          return {
            '': situation,
            'open orders': size,
            'elapsed ms': median(of(size, situation).map(({ elapsedMs }) => elapsedMs)),
            'CPU ms': cpu(size, situation),
            'CPU × 300': cpu(size, situation) / cpu(SIZES[0] ?? 0, situation),
            revised: proposals.filter(({ kind }) => kind === 'REVISE').length,
            created: proposals.filter(({ kind }) => kind === 'CREATE').length,
            'not on time': cannot.length,
          };
        }),
      ),
    },
    ...(await jobShop(rounds)),
  ];
}

/** The demand changes once all that was proposed first has been done. */
async function situationsOf(size: number): Promise<ReadonlyMap<string, SchedulingProblem>> {
  const planned = plant(size, 0);
  const settled = after(planned, (await recalculation(planned)).answer);
  const changed = (share: number): SchedulingProblem => {
    const { units } = plant(size, share);
    return {
      ...settled,
      units: settled.units.map((unit, index) => {
        const customerOrders = units[index]?.facts.customerOrders ?? [];
        return { ...unit, facts: { ...unit.facts, customerOrders } };
      }),
    };
  };
  return new Map([
    ['planned without capacity', planned],
    ['nothing new', settled],
    ['new demand for 10 %', changed(0.1)],
    ['new demand for all', changed(1)],
  ]);
}

async function jobShop(rounds: number): Promise<Table[]> {
  if (!existsSync(JOB_SHOP)) {
    process.stderr.write(`The job shop is left out: ${JOB_SHOP} is not there.\n`);
    return [];
  }
  const problem = jobShopProblem(readFileSync(JOB_SHOP, 'utf8'));
  const rows = [];
  for (const placements of [0, 50_000, 500_000, 2_000_000]) {
    const measured: Recalculation[] = [];
    for (let round = 0; round < rounds; round++) measured.push(await recalculation(problem, placements));
    const hours = makespanHours(measured[0]?.answer ?? { kind: 'HANDED_OVER', to: '' });
    const ends = measured[0]?.answer.proposals.map(({ scheduledEnd = '' }) => Date.parse(scheduledEnd)) ?? [];
    const due = Date.parse(problem.now) + BEST_MAKESPAN_HOURS * 3_600_000;
    rows.push({
      'operations placed': placements,
      makespan: hours,
      'above the best %': (hours / BEST_MAKESPAN_HOURS - 1) * 100,
      'late jobs': ends.filter((end) => end > due).length,
      'tardiness, hours of all': ends.reduce((sum, end) => sum + Math.max(0, end - due) / 3_600_000, 0),
      'CPU ms': median(measured.map(({ cpuMs }) => cpuMs)),
    });
  }
  return [
    {
      title: `The classic job shop of 10 jobs on 10 machines; best makespan ${BEST_MAKESPAN_HOURS}`,
      bar: 'above the best %',
      rows,
      notes: ['500,000 is what the scheduler does by itself.'],
    },
  ];
}

async function recalculation(problem: SchedulingProblem, placements?: number): Promise<Recalculation> {
  const scheduler = finiteCapacityScheduler(placements === undefined ? {} : { placements });
  const cpuBefore = ownCpuMs();
  const start = performance.now();
  const answer = await scheduler.propose(problem, new AbortController().signal);
  if (answer.kind !== 'PROPOSED') throw new Error(`Expected proposals, got ${answer.kind}.`);
  return { elapsedMs: performance.now() - start, cpuMs: ownCpuMs() - cpuBefore, answer };
}
