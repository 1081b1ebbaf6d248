import type { DocumentStore } from '@takt/document-store';
import { forecasts } from '@takt/forecasts';
import { systemClock } from '@takt/intake';
import { openDomain, type Domain } from '@takt/subgraph-server';
import { setTimeout as delay } from 'node:timers/promises';
import type { Place } from '../engines.ts';
import { offeredInPortions } from '../offered.ts';
import { memoryOf } from '../process-figures.ts';
import { ownCpuMs } from '../statistics.ts';
import { expected, publicationOf } from './cycles.ts';

/** What this process is started with, as JSON: where, and how many series are published, twice. */
export interface CycleOrder {
  readonly place: Place;
  readonly series: number;
}

/** What it prints, as JSON. */
export interface CycleFigures {
  readonly publications: readonly PublicationFigures[];
  /** Of the whole run. */
  readonly peakMiB: number;
  /** At its end. */
  readonly allocatedMiB: number;
}

interface PublicationFigures {
  /** From the first message offered to the last answered. */
  readonly answeredMs: number;
  /** From the first message offered until a follower of the log has the last event; to the last answer if that is later. */
  readonly heardMs: number;
  readonly cpuMs: number;
  /** In events. */
  readonly changedBuckets: number;
}

/** As a connector does that does not wait for each answer. */
const PORTIONS = { size: 250, atOnce: 4 };

const { place, series } = JSON.parse(process.argv[2] ?? '{}') as CycleOrder;
let store: DocumentStore | undefined;
const domain = await openDomain(forecasts, {
  ...place,
  clock: systemClock,
  decorateStore: (opened) => (store = opened),
});
try {
  const publications = [await publish(1), await publish(2)];
  const { peakMiB, allocatedMiB } = memoryOf(process.pid);
  const figures: CycleFigures = { publications, peakMiB, allocatedMiB };
  process.stdout.write(JSON.stringify(figures));
} finally {
  await domain.close();
}

async function publish(publication: 1 | 2): Promise<PublicationFigures> {
  const { events, buckets } = expected(publication, series);
  const before = await domain.log.head();
  const cpuBefore = ownCpuMs();
  const start = performance.now();
  const hearing = hear(domain, before, events);
  await offeredInPortions(domain.intake, publicationOf(publication, series), PORTIONS);
  const answeredMs = performance.now() - start;
  const changedBuckets = await hearing;
  const heardMs = performance.now() - start;
  const cpuMs = ownCpuMs() - cpuBefore;

  while ((await store?.outbox.pending(1))?.length !== 0) await delay(1);
  const caused = (await domain.log.head()) - before;
  if (caused !== events || changedBuckets !== buckets) {
    throw new Error(
      `Publication ${publication} caused ${caused} events with ${changedBuckets} buckets, not ${events} with ${buckets}.`,
    );
  }
  return { answeredMs, heardMs, cpuMs, changedBuckets };
}

/** Follows until it has so many events; answers how many buckets they told of. */
async function hear({ log }: Pick<Domain, 'log'>, after: number, events: number): Promise<number> {
  let heard = 0;
  let buckets = 0;
  if (events === 0) return buckets;
  for await (const { event } of log.follow(after, new AbortController().signal)) {
    buckets += (event.data as { readonly buckets: readonly unknown[] }).buckets.length;
    heard += 1;
    if (heard === events) break;
  }
  return buckets;
}
