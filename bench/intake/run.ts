import { setTimeout as delay } from 'node:timers/promises';
import { systemClock } from '@takt/intake';
import { inventory } from '@takt/inventory';
import { openDomain, type Domain } from '@takt/subgraph-server';
import type { BenchOptions } from '../run.ts';
import { temporaryFolder } from '../plant.ts';
import type { Table } from '../report.ts';
import { interleaved, median, ownCpuMs, repeated, summary, type Sample } from '../statistics.ts';
import { stockReports } from '../stock-reports.ts';

const POSITIONS = Array.from({ length: 2000 }, (_, index) => ({ sku: `SKU-${index}`, location: 'P100', unit: 'PC' }));

const WAYS = [
  { name: 'one after the other', atOnce: 1, messages: 1 },
  { name: '64 at once', atOnce: 64, messages: 1 },
  { name: 'batches of 500', atOnce: 1, messages: 500 },
] as const;

interface Taken extends Sample {
  /** From the last answer until the log had every event. */
  readonly publishingMs: number;
}

/** Stock reports through the inventory's intake: stored, judged, committed, answered, published. */
export async function run({ seconds, rounds }: BenchOptions): Promise<Table[]> {
  const domain = await openDomain(inventory, { directory: temporaryFolder(), clock: systemClock });
  try {
    const reports = stockReports(POSITIONS);
    const measured = await interleaved(
      new Map(
        WAYS.map(({ name, atOnce, messages }) => [
          name,
          (warmUp: boolean) =>
            untilPublished(domain, messages, () =>
              repeated(() => take(domain, reports(messages)), { seconds: warmUp ? seconds / 2 : seconds, atOnce }),
            ),
        ]),
      ),
      rounds,
    );
    return [
      {
        title: `Stock reports over ${POSITIONS.length} positions through the intake, each changing its position`,
        bar: 'messages/s',
        rows: WAYS.map(({ name, messages }) => {
          const samples = measured.get(name) ?? [];
          const { perSecond, p50Ms, p95Ms, cpuMsPerOperation } = summary(samples);
          return {
            '': name,
            'messages/s': perSecond * messages,
            'call p50 ms': p50Ms,
            'call p95 ms': p95Ms,
            'CPU ms/message': cpuMsPerOperation / messages,
            'last publish ms': median(samples.map(({ publishingMs }) => publishingMs)),
          };
        }),
        notes: [
          'A call is answered when its outcome is on stable storage; processor time is counted until the log has the events.',
        ],
      },
    ];
  } finally {
    await domain.close();
  }
}

async function take({ intake }: Domain, messages: Parameters<Domain['intake']['receive']>[0]): Promise<void> {
  const outcomes = await intake.receive(messages);
  const refused = outcomes.find(({ status }) => status !== 'APPLIED');
  if (refused) throw new Error(`A stock report is not taken: ${JSON.stringify(refused)}`);
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
  while ((await log.head()) < before + sample.operations * messagesPerCall) await delay(1);
  return { ...sample, cpuMs: ownCpuMs() - cpuBefore, publishingMs: performance.now() - answered };
}
