import { inventory } from '@takt/inventory';
import { systemClock, type InboundMessage } from '@takt/intake';
import { openDomain, type Domain } from '@takt/subgraph-server';
import { isRefusal, offered } from '../offered.ts';
import { temporaryFolder } from '../plant.ts';
import type { Table } from '../report.ts';
import type { BenchOptions } from '../run.ts';
import { interleaved, median, ownCpuMs } from '../statistics.ts';
import { stockReports } from '../stock-reports.ts';
import { missingNatsServer, NatsServer } from './nats-server.ts';
import { drainFigures } from './run.ts';

const POSITIONS = Array.from({ length: 2000 }, (_, index) => ({ sku: `SKU-${index}`, location: 'P100', unit: 'PC' }));
const BATCH = 500;

interface Recovery {
  /** Messages that were taken while the log was away: their events waited in the outbox. */
  readonly taken: number;
  /** From the log's return until a message was taken that had been refused. */
  readonly takenAgainMs: number;
  /** From the log's return until a follower had the last event. */
  readonly drainedMs: number;
  readonly cpuMs: number;
}

/**
 * NATS goes away, messages are taken until they are refused, NATS comes back, and the sender offers what it has kept.
 * Throws unless the log has the events of all messages once and in order.
 */
export async function logAway({ rounds, contenders }: BenchOptions, events: number): Promise<Table> {
  const title = 'NATS away for an hour: taken until refused, the rest is offered again by its sender';
  const missing = missingNatsServer();
  if (contenders && !contenders.includes('nats')) return { title, rows: [], notes: ['It was not asked for.'] };
  if (missing) return { title, rows: [], notes: [`It is left out: ${missing}`] };
  const tenth = Math.ceil(events / 10);
  const sizes = [tenth, events];
  const measured = await interleaved(
    new Map(sizes.map((size) => [String(size), (warmUp: boolean) => outage(warmUp ? tenth : size)])),
    rounds,
  );
  const over = (size: number, figure: (recovery: Recovery) => number) =>
    median((measured.get(String(size)) ?? []).map(figure));
  return {
    title,
    bar: 'events/s',
    rows: sizes.map((size) => ({
      '': 'nats: documents in LMDB',
      'CPU × tenth': over(size, ({ cpuMs }) => cpuMs / size) / over(tenth, ({ cpuMs }) => cpuMs / tenth),
      ...drainFigures(
        size,
        over(size, ({ drainedMs }) => drainedMs),
      ),
      'taken while away': over(size, ({ taken }) => taken),
      'taken again after s': over(size, ({ takenAgainMs }) => takenAgainMs / 1000),
      'CPU µs/event': over(size, ({ cpuMs }) => (cpuMs * 1000) / size),
    })),
    notes: [
      'A server of its own is stopped, and started when the intake refuses; the sender has one batch of 500 on its way. Drained: from then until a follower has the last event.',
      'Fails unless the log has the events of all messages once and in order. Processor time is that of the Takt process.',
    ],
  };
}

async function outage(size: number): Promise<Recovery> {
  const server = await NatsServer.start(temporaryFolder());
  try {
    const place = { directory: temporaryFolder(), natsUrl: server.url, namespace: 'bench' };
    const domain = await openDomain(inventory, { ...place, clock: systemClock });
    try {
      return await recovery(domain, server, size);
    } finally {
      await domain.close();
    }
  } finally {
    await server.stop();
  }
}

async function recovery(domain: Domain, server: NatsServer, size: number): Promise<Recovery> {
  const { intake, log } = domain;
  const reports = stockReports(POSITIONS, systemClock);
  const before = reports(BATCH);
  await offered(intake, before);
  const messages = reports(size);
  const batches = Array.from({ length: Math.ceil(size / BATCH) }, (_, index) =>
    messages.slice(index * BATCH, (index + 1) * BATCH),
  );
  const all = [...before, ...messages].map(({ id }) => id);
  const hearing = hear(log, 0, all.length);

  await server.stop();
  const refused = await takenUntilRefused(domain, batches);
  await server.resume();

  const back = performance.now();
  const cpuBefore = ownCpuMs();
  let takenAgainMs = 0;
  for (const batch of batches.slice(refused)) {
    await offered(intake, batch);
    takenAgainMs ||= performance.now() - back;
  }
  const heard = await hearing;
  const drainedMs = performance.now() - back;
  const cpuMs = ownCpuMs() - cpuBefore;
  for (const [what, ids] of Object.entries({ heard, kept: await hear(log, 0, await log.head()) })) {
    const isSame = ids.length === all.length && ids.every((id, index) => id === all[index]);
    if (!isSame) throw new Error(`The events that were ${what} are not those of the messages, once and in order.`);
  }
  return { taken: Math.min(refused * BATCH, size), takenAgainMs, drainedMs, cpuMs };
}

/** Answers how many batches were taken. */
async function takenUntilRefused({ intake }: Domain, batches: readonly InboundMessage[][]): Promise<number> {
  for (const [index, batch] of batches.entries()) {
    try {
      await intake.receive(batch);
    } catch (error) {
      if (isRefusal(error)) return index;
      throw error;
    }
  }
  return batches.length;
}

async function hear(log: Domain['log'], after: number, count: number): Promise<string[]> {
  const heard: string[] = [];
  for await (const { event } of log.follow(after, new AbortController().signal)) {
    if (heard.push(event.correlationid) === count) break;
  }
  return heard;
}
