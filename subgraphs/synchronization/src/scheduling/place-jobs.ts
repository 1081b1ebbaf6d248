import { endOf, startOf, type Job, type Placement } from './job.ts';
import { latenessOf, searchSequence, type Schedule } from './sequence-search.ts';
import type { Shop } from './shop.ts';

/**
 * Places jobs one after the other, what is due first first: as late as their due date allows, else as early as
 * possible. Takes the room; answers in the order of the jobs.
 */
export function placeJobs(jobs: readonly Job[], shop: Shop): (Placement | undefined)[] {
  const placed = new Map<Job, Placement>();
  for (const job of [...jobs].sort((a, b) => a.due - b.due || (a.id < b.id ? -1 : 1))) {
    const placement = shop.backward(job, job.due) ?? shop.forward(job);
    if (!placement) continue;
    shop.take(job.operations, placement);
    placed.set(job, placement);
  }
  return jobs.map((job) => placed.get(job));
}

/**
 * Jobs where they are placed, or, if some are late, in a better sequence: of those that are latest and what shares their
 * work centers, at most {@link MOST_SEARCHED}, each then as late as it can be without being later.
 */
export function* placeWell(
  jobs: readonly Job[],
  placed: readonly (Placement | undefined)[],
  shop: Shop,
  placements: number,
): Generator<void, Schedule> {
  const numbers = worthSearching(jobs, placed);
  if (numbers.length < 2) return placed;
  const searched = numbers.map((number) => jobs[number] as Job);
  const before = numbers.map((number) => placed[number]);
  const giveBack = (schedule: Schedule) => {
    searched.forEach(({ operations }, index) => {
      const placement = schedule[index];
      if (placement) shop.giveBack(operations, placement);
    });
  };
  giveBack(before);
  const found = yield* searchSequence(searched, shop, placements);
  const best = latenessOf(searched, found) < latenessOf(searched, before) ? found : before;
  searched.forEach(({ operations }, index) => {
    const placement = best[index];
    if (placement) shop.take(operations, placement);
  });
  const justified = justify(searched, best, shop);
  const result = [...placed];
  numbers.forEach((number, index) => (result[number] = justified[index]));
  return result;
}

/** The last first, each as late as it can be without being late, or later: V. Valls et al., EJOR 165, 2005 (*justification*). */
function justify(jobs: readonly Job[], schedule: Schedule, shop: Shop): Schedule {
  const justified = [...schedule];
  const ends = schedule.map((placement) => (placement ? endOf(placement) : -Infinity));
  const order = [...jobs.keys()].sort((a, b) => (ends[b] ?? 0) - (ends[a] ?? 0) || a - b);
  for (const number of order) {
    const [job, placement] = [jobs[number], schedule[number]];
    if (!job || !placement) continue;
    shop.giveBack(job.operations, placement);
    const later = shop.backward(job, Math.max(job.due, endOf(placement)));
    const best = later && startOf(later) >= startOf(placement) ? later : placement;
    shop.take(job.operations, best);
    justified[number] = best;
  }
  return justified;
}

/** Numbers of jobs that are late, the latest first, then of those that compete with them; none if nothing is late. */
function worthSearching(jobs: readonly Job[], placed: readonly (Placement | undefined)[]): number[] {
  const late = jobs.map(({ due }, number) => {
    const placement = placed[number];
    return placement ? Math.max(0, endOf(placement) - due) : Infinity;
  });
  const latest = [...jobs.keys()].filter((number) => (late[number] ?? 0) > 0);
  latest.sort((a, b) => (late[b] === late[a] ? a - b : (late[b] ?? 0) > (late[a] ?? 0) ? 1 : -1));
  const contested = new Set(latest.flatMap((number) => workCentersOf(jobs[number])));
  const others = [...jobs.keys()].filter(
    (number) => late[number] === 0 && workCentersOf(jobs[number]).some((code) => contested.has(code)),
  );
  return latest.length === 0 ? [] : [...latest, ...others].slice(0, MOST_SEARCHED);
}

function workCentersOf(job: Job | undefined): string[] {
  return job?.operations.flatMap(({ places }) => places.map(({ workCenter }) => workCenter)) ?? [];
}

const MOST_SEARCHED = 200;
