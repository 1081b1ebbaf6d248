import type { Table } from '../report.ts';
import type { BenchOptions } from '../run.ts';
import { cycle } from './cycle.ts';
import { movements } from './movements.ts';
import { recovery } from './recovery.ts';
import { schedule } from './schedule.ts';
import { states } from './states.ts';

const WORKLOADS: Readonly<Record<string, (options: BenchOptions) => Promise<Table[]>>> = {
  schedule,
  cycle,
  movements,
  states,
  recovery,
};

/** What backing systems tell, from their protocol to the graph, each through a Takt process of its own. */
export async function run(options: BenchOptions): Promise<Table[]> {
  const { workloads = Object.keys(WORKLOADS) } = options;
  const tables: Table[] = [];
  for (const name of workloads) {
    const workload = WORKLOADS[name];
    if (!workload) throw new RangeError(`There is no workload ${name}: ${Object.keys(WORKLOADS).join(', ')}.`);
    tables.push(...(await workload(options)));
  }
  return tables;
}
