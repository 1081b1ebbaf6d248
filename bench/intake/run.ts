import { setTimeout as delay } from 'node:timers/promises';
import { systemClock } from '@takt/intake';
import { inventory } from '@takt/inventory';
import { openDomain, releaseAll, type Domain } from '@takt/subgraph-server';
import { engineProfiles } from '../engines.ts';
import { offered } from '../offered.ts';
import type { BenchOptions } from '../run.ts';
import type { Table } from '../report.ts';
import { interleaved, median, ownCpuMs, repeated, summary, type Sample } from '../statistics.ts';
import { stockReports } from '../stock-reports.ts';

const POSITIONS = Array.from({ length: 2000 }, (_, index) => ({ sku: `SKU-${index}`, location: 'P100', unit: 'PC' }));

const WAYS = [
  { name: 'one after the other', atOnce: 1, messages: 1 },
  { name: '64 at once', atOnce: 64, messages: 1 },
  { name: 'batches of 500', atOnce: 1, messages: 500 },
] as const;

const NOTES = [
  'A call is answered when its outcome is on stable storage; processor time is counted until the log has the events.',
];

/** Operations are messages, latencies those of calls. */
interface Taken extends Sample {
  /** From the last answer until the log had every event. */
  readonly publishingMs: number;
}

/** Stock reports through the inventory's intake: stored, judged, committed, answered, published. */
export async function run(options: BenchOptions): Promise<Table[]> {
  const { seconds, rounds } = options;
  const { profiles, notes } = await engineProfiles(options);
  const opened: (() => Promise<void>)[] = [];
  try {
    const contenders = new Map<string, (warmUp: boolean) => Promise<Taken>>();
    for (const { name: engines, place, atMost } of profiles) {
      const domain = await openDomain(inventory, { ...place(), clock: systemClock });
      opened.push(() => domain.close());
      const reports = stockReports(POSITIONS, systemClock);
      for (const { name, atOnce, messages } of WAYS) {
        const call = () => offered(domain.intake, reports(atMost(messages)));
        contenders.set(`${name}, ${engines}`, (warmUp) =>
          untilPublished(domain, atMost(messages), () =>
            repeated(call, { seconds: warmUp ? seconds / 2 : seconds, atOnce }),
          ),
        );
      }
    }
    const measured = await interleaved(contenders, rounds);
    const [first = ''] = profiles.map(({ name }) => name);
    return WAYS.map(({ name }, index) => {
      const samplesOf = (engines: string) => measured.get(`${name}, ${engines}`) ?? [];
      const reference = summary(samplesOf(first));
      return {
        title: `${name}: stock reports over ${POSITIONS.length} positions through the intake, each changing its position`,
        bar: 'messages/s',
        rows: profiles.map(({ name: engines }) => {
          const samples = samplesOf(engines);
          const { perSecond, p50Ms, p95Ms, cpuMsPerOperation } = summary(samples);
          return {
            '': engines,
            [`× ${first}`]: perSecond / reference.perSecond,
            'CPU ×': cpuMsPerOperation / reference.cpuMsPerOperation,
            'messages/s': perSecond,
            'call p50 ms': p50Ms,
            'call p95 ms': p95Ms,
            'CPU ms/message': cpuMsPerOperation,
            'last publish ms': median(samples.map(({ publishingMs }) => publishingMs)),
          };
        }),
        ...(index === WAYS.length - 1 && { notes: [...NOTES, ...notes] }),
      };
    });
  } finally {
    await releaseAll(opened.reverse());
  }
}

async function untilPublished(
  { log }: Domain,
  messagesPerCall: number,
  takeAll: () => Promise<Sample>,
): Promise<Taken> {
  const before = await log.head();
  const cpuBefore = ownCpuMs();
  const sample = await takeAll();
  const answered = performance.now();
  const operations = sample.operations * messagesPerCall;
  while ((await log.head()) < before + operations) await delay(1);
  return { ...sample, operations, cpuMs: ownCpuMs() - cpuBefore, publishingMs: performance.now() - answered };
}
