import { randomUUID } from 'node:crypto';
import { setImmediate as otherWork } from 'node:timers/promises';
import type { GraphQLSchema } from 'graphql';
import { usedCoordinates } from './used-coordinates.ts';
import { UsageSum } from './usage-counts.ts';
import type { UsageCounts } from './usage-counts.ts';
import { openUsageFolder } from './usage-folder.ts';
import type { UsageReport } from './usage-report.ts';
import { defaultUsageLimits, UsageTally } from './usage-tally.ts';
import type { UsageLimits, Use } from './usage-tally.ts';

export interface UsageOptions {
  /** Shared by all gateways of one graph. */
  readonly folder: string;
  readonly limits?: UsageLimits;
  /** How often counts are written; what a process counted since is lost if it is killed. */
  readonly flushMs?: number;
  readonly retentionDays?: number;
  /** In ms since 1970. */
  readonly now?: () => number;
  readonly log?: (line: string) => void;
}

/** Counts what consumers run: in memory for each request, in a folder every few seconds. */
export interface Usage {
  /** To be called once for each query, mutation and subscription that was run. */
  record(use: Use): void;
  /** What all gateways over the folder have counted, from a day (`YYYY-MM-DD`) on; of others what they have written. */
  report(
    /** The contract with this label, undefined if there is none any more. */
    schemaOf: (contract: string) => GraphQLSchema | undefined,
    since?: string,
  ): Promise<UsageReport>;
  /** Writes what is not written yet. Rejects if that fails; then it is tried again with the next. */
  flush(): Promise<void>;
  /** Writes what is left. */
  close(): Promise<void>;
}

/** Throws Error with a message for the operator if the folder cannot be used. */
export async function openUsage({
  limits = defaultUsageLimits,
  flushMs = 10_000,
  retentionDays = 90,
  now = Date.now,
  log = (line) => console.error(line),
  ...options
}: UsageOptions): Promise<Usage> {
  const folder = await openUsageFolder(options.folder, log);
  const process = randomUUID();
  let today = new Day(now(), limits);
  /** Days that are over and not written to the end. */
  let ended: readonly Day[] = [];
  let flushing: Promise<void> = Promise.resolve();
  let lastFault: string | undefined;

  const forget = (): Promise<void> => folder.deleteBefore(dayOf(now() - retentionDays * dayMs));

  const turn = (): void => {
    ended = [...ended, today];
    if (ended.length > maxEnded) log(`Usage: the counts of ${ended[0]?.name ?? ''} could not be written and are lost.`);
    ended = ended.slice(-maxEnded);
    today = new Day(now(), limits);
    forget().catch(told);
  };

  const writeAll = async (): Promise<void> => {
    for (const day of [...ended, today]) {
      if (!day.hasChanged) continue;
      day.hasChanged = false;
      try {
        await folder.write(day.name, process, day.tally.counts());
      } catch (error) {
        day.hasChanged = true;
        throw error;
      }
    }
    ended = ended.filter((day) => day.hasChanged);
    lastFault = undefined;
  };
  const flush = (): Promise<void> => {
    if (now() >= today.endMs) turn();
    const flushed = flushing.then(writeAll);
    flushing = flushed.catch(() => undefined);
    return flushed;
  };
  const told = (error: unknown): void => {
    const fault = error instanceof Error ? error.message : String(error);
    if (fault !== lastFault) log(`Usage cannot be written: ${fault}`);
    lastFault = fault;
  };

  await forget();
  const timer = setInterval(() => void flush().catch(told), flushMs);
  timer.unref();

  return {
    record(use) {
      const atMs = now();
      if (atMs >= today.endMs) turn();
      today.hasChanged = true;
      if (today.tally.add(use, atMs) || today.isFull) return;
      today.isFull = true;
      log(
        `Usage: more operations than ${limits.maxRows} are run today, or larger ones; further ones are counted as other.`,
      );
    },

    async report(schemaOf, since) {
      const sum = new UsageSum();
      const own = [...ended, today].filter(({ name }) => since === undefined || name >= since);
      const inMemory = new Set(own.map(({ name }) => name));
      const ownCounts = own.map(({ tally }) => tally.counts());
      for await (const counts of folder.read(since, (day, by) => by !== process || !inMemory.has(day))) sum.add(counts);
      ownCounts.forEach((counts) => sum.add(counts));
      return reportOf(sum.result(maxReported), schemaOf);
    },

    flush,

    async close() {
      clearInterval(timer);
      await flush().catch(told);
    },
  };
}

const dayMs = 86_400_000;
const maxEnded = 3;
/** Operations by contract and client that one report tells apart. */
const maxReported = 20_000;

class Day {
  readonly name: string;
  readonly endMs: number;
  readonly tally: UsageTally;
  hasChanged = false;
  isFull = false;

  constructor(atMs: number, limits: UsageLimits) {
    this.name = dayOf(atMs);
    this.endMs = (Math.floor(atMs / dayMs) + 1) * dayMs;
    this.tally = new UsageTally(limits);
  }
}

function dayOf(atMs: number): string {
  return instantOf(atMs).slice(0, 10);
}

function instantOf(atMs: number): string {
  return new Date(atMs).toISOString();
}

/** Works out what each operation uses, one at a time between other work. */
async function reportOf(
  { rows, documents, other }: UsageCounts,
  schemaOf: (contract: string) => GraphQLSchema | undefined,
): Promise<UsageReport> {
  const known = new Map<string, string[]>();
  const fieldsOf = async (contract: string, hash: string): Promise<string[]> => {
    const key = `${hash}${contract}`;
    let fields = known.get(key);
    if (!fields) {
      await otherWork();
      const schema = schemaOf(contract);
      const text = documents[hash];
      known.set(key, (fields = schema && text !== undefined ? usedCoordinates(schema, text) : []));
    }
    return fields;
  };
  const entries = [];
  for (const { firstSeen, lastSeen, ...row } of rows) {
    entries.push({
      ...row,
      clientVersion: row.clientVersion,
      operationName: row.operationName,
      document: documents[row.hash] ?? '',
      firstSeen: instantOf(firstSeen),
      lastSeen: instantOf(lastSeen),
      fields: await fieldsOf(row.contract, row.hash),
    });
  }
  const times = rows.flatMap(({ firstSeen, lastSeen }) => [firstSeen, lastSeen]);
  const [since, until] = times.reduce<[number, number]>(
    ([least, most], time) => [Math.min(least, time), Math.max(most, time)],
    [Infinity, -Infinity],
  );
  const isEmpty = times.length === 0;
  return {
    since: isEmpty ? undefined : instantOf(since),
    until: isEmpty ? undefined : instantOf(until),
    entries,
    other,
  };
}
