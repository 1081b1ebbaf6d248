import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { finiteCapacityScheduler } from './finite-capacity-scheduler.ts';
import { BEST_MAKESPAN_HOURS, jobShopProblem, makespanHours } from './job-shop.fixture.ts';

const path = fileURLToPath(new URL('../../../../../shared/data/frepple-demo/jobshop.json', import.meta.url));
const isThere = existsSync(path);
if (!isThere) console.warn(`Skipped the job shop: ${path} is not there.`);

it.skipIf(!isThere)(
  'makes the jobs of the classic job shop within a tenth of the best makespan',
  async () => {
    const problem = jobShopProblem(readFileSync(path, 'utf8'));
    const answer = await finiteCapacityScheduler().propose(problem, new AbortController().signal);
    if (answer.kind !== 'PROPOSED') throw new Error(answer.kind);

    expect(answer.proposals.map(({ kind }) => kind)).toEqual(Array.from({ length: 10 }, () => 'CREATE'));
    expect(makespanHours(answer)).toBeGreaterThanOrEqual(BEST_MAKESPAN_HOURS);
    expect(makespanHours(answer)).toBeLessThan(BEST_MAKESPAN_HOURS * 1.1);
  },
  60_000,
);
