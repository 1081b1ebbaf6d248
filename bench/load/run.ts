import { startSystem, type System } from '@takt/cli';
import type { DemoBatch, DemoOptions } from '@takt/demo';
import { systemClock } from '@takt/intake';
import type { BenchOptions } from '../run.ts';
import { demoBatches, temporaryFolder } from '../plant.ts';
import { memoryOf } from '../process-figures.ts';
import type { Table } from '../report.ts';
import { median, ownCpuMs } from '../statistics.ts';

/** Batches on their way at once, as when `npm start` fills a new data directory. */
const BATCHES_AT_ONCE = 12;

/** Batches of one domain that follow each other. */
interface Stretch {
  readonly domain: string;
  readonly messages: number;
  readonly elapsedMs: number;
  readonly cpuMs: number;
  /** By this process, at the end of the stretch. */
  readonly allocatedMiB: number;
}

/** From the first message until the last event is published. */
interface Filling {
  readonly stretches: readonly Stretch[];
  readonly messages: number;
  readonly elapsedMs: number;
  readonly cpuMs: number;
  /** Spent on making the messages, which is part of the time above. */
  readonly makingMs: number;
}

/** How fast the demo plants load, and how the price of a message grows with what is there already. */
export async function run({ rounds, limit }: BenchOptions): Promise<Table[]> {
  await filling('small', limit);
  const smalls: Filling[] = [];
  for (let round = 0; round < rounds; round++) smalls.push(await filling('small', limit));
  const large = await filling('large', limit);
  const { peakMiB } = memoryOf(process.pid);
  const allocatedMiB = Math.max(...large.stretches.map((stretch) => stretch.allocatedMiB));
  const sizes = [['small', smalls] as const, ['large', [large]] as const];
  const costOf = (fillings: readonly Filling[]) => median(fillings.map(({ cpuMs, messages }) => cpuMs / messages));
  return [
    {
      title: 'Loading the demo plants',
      bar: 'messages/s',
      rows: sizes.map(([size, fillings]) => ({
        '': size,
        messages: fillings[0]?.messages ?? 0,
        seconds: median(fillings.map(({ elapsedMs }) => elapsedMs / 1000)),
        'messages/s': median(fillings.map(({ messages, elapsedMs }) => (messages / elapsedMs) * 1000)),
        'CPU ms/message': costOf(fillings),
        'of that making it': median(fillings.map(({ makingMs, messages }) => makingMs / messages)),
        '× of small': costOf(fillings) / costOf(smalls),
      })),
      notes: [
        `Peak memory: ${Math.round(allocatedMiB)} MiB allocated, ${Math.round(peakMiB)} MiB resident with the store's files, which are mapped.`,
      ],
    },
    {
      title: 'By domain, large: one at a time',
      bar: 'messages/s',
      rows: [...byDomain(large.stretches)].map(([domain, stretches]) => {
        const all = total(stretches);
        const [first, last] = [total(tenth(stretches, 'first')), total(tenth(stretches, 'last'))];
        const small = total(smalls.flatMap(({ stretches: ofSmall }) => byDomain(ofSmall).get(domain) ?? []));
        return {
          '': domain,
          messages: all.messages,
          'messages/s': (all.messages / all.elapsedMs) * 1000,
          'CPU ms/message': all.cpuMs / all.messages,
          'first tenth': first.cpuMs / first.messages,
          'last tenth': last.cpuMs / last.messages,
          'last ÷ first': last.cpuMs / last.messages / (first.cpuMs / first.messages),
          'small: CPU ms': small.cpuMs / small.messages,
        };
      }),
      notes: ['Publishing goes on in the background: a part of it is counted with the domain that comes next.'],
    },
  ];
}

async function filling(size: DemoOptions['size'], limit: number | undefined): Promise<Filling> {
  const system = await startSystem({ dataDir: temporaryFolder(), host: '127.0.0.1', port: 0, clock: systemClock });
  const start = { at: performance.now(), cpuMs: ownCpuMs() };
  const stretches: Stretch[] = [];
  let makingMs = 0;
  try {
    const batches = demoBatches(size, limit);
    const next = () => {
      const begun = performance.now();
      const { value } = batches.next() as IteratorResult<DemoBatch, undefined>;
      makingMs += performance.now() - begun;
      return value;
    };
    for (let batch = next(); batch;) {
      const { domain } = batch;
      const begun = { at: performance.now(), cpuMs: ownCpuMs(), makingMs };
      const underWay: Promise<void>[] = [];
      let messages = 0;
      for (; batch?.domain === domain; batch = next()) {
        messages += batch.messages.length;
        underWay.push(take(system, batch));
        if (underWay.length >= BATCHES_AT_ONCE) await underWay.shift();
      }
      await Promise.all(underWay);
      const making = makingMs - begun.makingMs;
      stretches.push({
        domain,
        messages,
        elapsedMs: performance.now() - begun.at - making,
        cpuMs: ownCpuMs() - begun.cpuMs - making,
        allocatedMiB: memoryOf(process.pid).allocatedMiB,
      });
    }
  } finally {
    await system.close();
  }
  const { messages } = total(stretches);
  return { stretches, messages, elapsedMs: performance.now() - start.at, cpuMs: ownCpuMs() - start.cpuMs, makingMs };
}

async function take(system: System, { domain, messages }: DemoBatch): Promise<void> {
  const outcomes = await system.intake(domain).receive(messages);
  const refused = outcomes.find(({ status }) => status !== 'APPLIED');
  if (refused) throw new Error(`The demo plant is not taken: ${JSON.stringify(refused)}`);
}

function byDomain(stretches: readonly Stretch[]): Map<string, Stretch[]> {
  const domains = new Map<string, Stretch[]>();
  for (const stretch of stretches) domains.set(stretch.domain, [...(domains.get(stretch.domain) ?? []), stretch]);
  return domains;
}

/** The stretches that hold the first or the last tenth of the messages. */
function tenth(stretches: readonly Stretch[], which: 'first' | 'last'): Stretch[] {
  const wanted = total(stretches).messages / 10;
  const chosen: Stretch[] = [];
  for (const stretch of which === 'first' ? stretches : [...stretches].reverse()) {
    if (total(chosen).messages >= wanted) break;
    chosen.push(stretch);
  }
  return chosen;
}

function total(stretches: readonly Stretch[]): Omit<Stretch, 'domain' | 'allocatedMiB'> {
  const sum = (figure: (stretch: Stretch) => number) => stretches.reduce((all, stretch) => all + figure(stretch), 0);
  return {
    messages: sum(({ messages }) => messages),
    elapsedMs: sum(({ elapsedMs }) => elapsedMs),
    cpuMs: sum(({ cpuMs }) => cpuMs),
  };
}
