import { createTaktClient, InventoryChangedDocument } from '@takt/client';
import type { System } from '@takt/cli';
import { encodeCursor } from '@takt/event-log';
import { releaseAll } from '@takt/subgraph-server';
import { WebSocket } from 'ws';
import { engineProfiles, type EngineProfile } from '../engines.ts';
import { offered } from '../offered.ts';
import { fillPlant, plantClock, positionsAt, startPlant } from '../plant.ts';
import type { Table } from '../report.ts';
import type { BenchOptions } from '../run.ts';
import { interleaved, median, ownCpuMs } from '../statistics.ts';
import { stockReports } from '../stock-reports.ts';
import { drainFigures, EVENTS_PER_SECOND } from './run.ts';

const PLANT = 'P100';
const BATCH = 500;

const CONSUMERS = { 'follower of the log': follow, 'subscriber over a websocket': subscribe } as const;

interface Missed {
  readonly system: System;
  /** Correlation ids of the events, in order. */
  readonly ids: readonly string[];
  /** Position before the first of them. */
  readonly before: number;
}

interface Drain {
  readonly elapsedMs: number;
  readonly cpuMs: number;
}

/** A consumer that comes back and gets what it missed. Throws unless it gets each event once and in order. */
export async function consumerAway(options: BenchOptions, events: number): Promise<Table> {
  const { profiles, notes } = await engineProfiles(options);
  const opened: (() => Promise<void>)[] = [];
  try {
    const contenders = new Map<string, (warmUp: boolean) => Promise<Drain>>();
    const rows: { engines: string; consumer: string; size: number; tenth: number }[] = [];
    for (const profile of profiles) {
      const all = profile.atMost(events);
      const tenth = Math.ceil(all / 10);
      const missed = await missedEvents(profile, all, opened);
      for (const [consumer, catchUp] of Object.entries(CONSUMERS)) {
        for (const size of [tenth, all]) {
          rows.push({ engines: profile.name, consumer, size, tenth });
          contenders.set(`${profile.name}, ${consumer}, ${size}`, (warmUp) =>
            measured(catchUp, missed, warmUp ? tenth : size),
          );
        }
      }
    }
    const drains = await interleaved(contenders, options.rounds);
    const medians = ({ engines, consumer }: (typeof rows)[number], size: number) => {
      const runs = drains.get(`${engines}, ${consumer}, ${size}`) ?? [];
      return {
        elapsedMs: median(runs.map(({ elapsedMs }) => elapsedMs)),
        cpuUs: median(runs.map(({ cpuMs }) => (cpuMs * 1000) / size)),
      };
    };
    return {
      title: `A consumer that was away and missed what ${EVENTS_PER_SECOND} events/s make in an hour, or a part of it`,
      bar: 'events/s',
      rows: rows.map((row) => {
        const { elapsedMs, cpuUs } = medians(row, row.size);
        return {
          '': `${row.engines}: ${row.consumer}`,
          'CPU × tenth': cpuUs / medians(row, row.tenth).cpuUs,
          ...drainFigures(row.size, elapsedMs),
          'CPU µs/event': cpuUs,
        };
      }),
      notes: [
        'Fails unless each event comes once and in order. Server and consumer share one process; the subscriber also asks for the product.',
        ...notes,
      ],
    };
  } finally {
    await releaseAll(opened.reverse());
  }
}

async function missedEvents(
  { place }: EngineProfile,
  events: number,
  opened: (() => Promise<void>)[],
): Promise<Missed> {
  const { directory, ...servers } = place();
  const system = await startPlant(directory, servers);
  opened.push(() => system.close());
  await fillPlant(system, 'small', { domains: ['products', 'inventory'] });
  const reports = stockReports([...positionsAt(PLANT)], plantClock);
  const [last] = reports(1);
  if (last) await offered(system.intake('inventory'), [last]);
  const before = await positionOf(system, last?.id);
  const unheard = new Set<string>();
  for (let made = 0; made < events; made += BATCH) {
    const batch = reports(Math.min(BATCH, events - made));
    for (const { id } of batch) unheard.add(id);
    await offered(system.intake('inventory'), batch);
  }
  const ids: string[] = [];
  for await (const { event } of logOf(system).follow(before, new AbortController().signal)) {
    if (!unheard.delete(event.correlationid)) throw new Error(`The log has ${event.id}, which nobody sent, or twice.`);
    if (ids.push(event.correlationid) === events) break;
  }
  return { system, ids, before };
}

/** Waits for the event that a message caused. */
async function positionOf(system: System, messageId: string | undefined): Promise<number> {
  for await (const { position, event } of logOf(system).follow(0, new AbortController().signal)) {
    if (event.correlationid === messageId) return position;
  }
  throw new Error('The log ended.');
}

function logOf(system: System) {
  const domain = system.domains.get('inventory');
  if (!domain) throw new Error('There is no inventory.');
  return domain.log;
}

async function measured(catchUp: typeof follow, { system, ids, before }: Missed, size: number): Promise<Drain> {
  const skipped = ids.length - size;
  const cpuBefore = ownCpuMs();
  const start = performance.now();
  const heard = await catchUp(system, before + skipped, size);
  const drain = { elapsedMs: performance.now() - start, cpuMs: ownCpuMs() - cpuBefore };
  heard.forEach((id, index) => {
    if (id === ids[skipped + index]) return;
    throw new Error(`Event ${index} of ${size} is another one than was expected.`);
  });
  return drain;
}

async function follow(system: System, after: number, count: number): Promise<string[]> {
  const heard: string[] = [];
  for await (const { event } of logOf(system).follow(after, new AbortController().signal)) {
    if (heard.push(event.correlationid) === count) break;
  }
  return heard;
}

async function subscribe(system: System, after: number, count: number): Promise<string[]> {
  const client = createTaktClient({ url: `${system.url}/graphql`, webSocketImpl: WebSocket });
  try {
    const heard: string[] = [];
    const cursor = encodeCursor(logOf(system).id, after);
    for await (const { inventoryChanged } of client.subscribe(InventoryChangedDocument, {
      plant: PLANT,
      after: cursor,
    })) {
      if (heard.push(inventoryChanged.correlationId) === count) break;
    }
    return heard;
  } finally {
    await client.close();
  }
}
