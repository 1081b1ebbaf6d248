import { inboundMessage, type InboundMessage } from '@takt/intake';
import { openRuntime } from '@takt/subgraph-server';
import { defaultPolicy, judge, planningUnit, type Decision, type PlanningUnit } from '@takt/synchronization/contract';
import { memoryOf } from '../process-figures.ts';
import { ownCpuMs } from '../statistics.ts';
import { Oracle } from './oracle.ts';
import { firstBuckets, MONDAYS, nextBuckets, observationOf, PUBLICATIONS, unitAt, type Bucket } from './plant.ts';

/** What this process is started with, as JSON. */
export interface PolicyOrder {
  readonly units: number;
  /** Where decisions are committed; absent: they are only made. */
  readonly directory?: string;
}

/** What it prints, as JSON; of all publications but the first, which is the baseline. */
export interface PolicyFigures {
  readonly judgeMs: number;
  readonly commitMs: number;
  /** Of both. */
  readonly cpuMs: number;
  /** In which something was other than in the publication before. */
  readonly changedBuckets: number;
  readonly actingChanges: number;
  readonly falseSuppressions: number;
  readonly falseExecutions: number;
  /** Decisions on a publication that is the same as the one before. */
  readonly republished: number;
  readonly peakMiB: number;
  readonly allocatedMiB: number;
}

interface Judged {
  readonly oracle: Oracle;
  buckets: readonly Bucket[];
  unit?: PlanningUnit;
}

/** Messages that are offered to the intake at once. */
const PORTION = 250;

const { units, directory } = JSON.parse(process.argv[2] ?? '{}') as PolicyOrder;
const policy = { ...(await defaultPolicy()), version: 1 };
const figures = {
  judgeMs: 0,
  commitMs: 0,
  cpuMs: 0,
  changedBuckets: 0,
  actingChanges: 0,
  falseSuppressions: 0,
  falseExecutions: 0,
  republished: 0,
};
const running =
  directory === undefined
    ? undefined
    : await openRuntime(
        { name: 'synchronization', aggregates: [planningUnit] },
        { directory, clock: () => new Date() },
      );
try {
  const plant = Array.from({ length: units }, (_, index): Judged => {
    const buckets = firstBuckets(index);
    return { oracle: new Oracle(unitAt(index), buckets), buckets };
  });
  await publish(plant, 0);
  figures.judgeMs = figures.commitMs = figures.cpuMs = 0;
  for (let publication = 1; publication < PUBLICATIONS; publication += 1) await publish(plant, publication);
  figures.republished = plant.filter(({ unit, oracle, buckets }) =>
    judge(observationOf(oracle.unit, PUBLICATIONS, buckets), unit, policy),
  ).length;
  const { peakMiB, allocatedMiB } = memoryOf(process.pid);
  process.stdout.write(JSON.stringify({ ...figures, peakMiB, allocatedMiB } satisfies PolicyFigures));
} finally {
  await running?.close();
}

async function publish(plant: readonly Judged[], publication: number): Promise<void> {
  for (let from = 0; from < plant.length; from += PORTION) {
    const portion = plant.slice(from, from + PORTION);
    const observations = portion.map((judged, index) => {
      const before = judged.buckets;
      if (publication > 0) judged.buckets = nextBuckets(from + index, publication, before);
      figures.changedBuckets += judged.buckets.filter((bucket, week) => bucket !== before[week]).length;
      return observationOf(judged.oracle.unit, publication, judged.buckets);
    });
    const cpuBefore = ownCpuMs();
    let start = performance.now();
    const decisions = portion.map(({ unit }, index) => {
      const observation = observations[index];
      return observation && judge(observation, unit, policy);
    });
    figures.judgeMs += performance.now() - start;

    start = performance.now();
    if (running) await commit(decisions, running.runtime.intake);
    figures.commitMs += performance.now() - start;
    figures.cpuMs += ownCpuMs() - cpuBefore;
    for (const [index, judged] of portion.entries()) {
      const decision = decisions[index];
      if (publication > 0) compare(judged, decision);
      if (decision) judged.unit = planningUnit.evolve(judged.unit, { type: 'DecisionMade', data: decision });
    }
  }
}

async function commit(
  decisions: readonly (Decision | undefined)[],
  intake: { receive(messages: readonly InboundMessage[]): Promise<readonly { readonly status: string }[]> },
): Promise<void> {
  const messages = decisions.flatMap((data) => {
    if (!data) return [];
    const now = () => new Date(data.decidedAt);
    return [inboundMessage({ type: 'RecordDecision', source: 'takt/synchronization', id: data.id, data }, now)];
  });
  const outcomes = await intake.receive(messages);
  const other = outcomes.find(({ status }) => status !== 'APPLIED');
  if (other) throw new Error(`A decision was not recorded: ${JSON.stringify(other)}`);
}

function compare({ oracle, buckets }: Judged, decision: Decision | undefined): void {
  const expected = oracle.acting(buckets);
  const acting = new Set(
    decision?.lines
      .filter(({ outcome }) => outcome !== 'SUPPRESS')
      .map(({ week, measure }) => `${MONDAYS.indexOf(week)} ${measure.toLowerCase()}`),
  );
  figures.actingChanges += acting.size;
  for (const key of expected) if (!acting.has(key)) figures.falseSuppressions += 1;
  for (const key of acting) if (!expected.has(key)) figures.falseExecutions += 1;
}
