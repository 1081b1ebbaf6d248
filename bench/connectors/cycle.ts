import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { startPlanningPeer, type PlanningSeries } from '@takt/demo/peers/planning';
import { writeBuckets } from '../formats/files.ts';
import type { Table } from '../report.ts';
import type { BenchOptions } from '../run.ts';
import { median } from '../statistics.ts';
import { folderOf, putFile, startConnected, type ConnectedTakt } from './connected-takt.ts';

const ROWS = 400_000;
const QUICK_ROWS = 4_000;
const WEEKS = 50;
const SAMPLE_MS = 100;

interface Taking {
  readonly elapsedMs: number;
  readonly cpuMs: number;
  /** Allocated before it came, and at most while it was taken in. */
  readonly idleMiB: number;
  readonly allocatedMiB: number;
  readonly residentMiB: number;
}

const WAYS: Readonly<Record<string, (rows: number) => Promise<Taking>>> = {
  'planning-rest, CSV': (rows) => fromPlatform('csv', rows),
  'planning-rest, JSON': (rows) => fromPlatform('json', rows),
  'files, CSV': (rows) => fromFile('csv', rows),
  'files, JSON lines': (rows) => fromFile('jsonl', rows),
};

/** A forecast file of 400,000 rows and one of a tenth, each to its end in a Takt process of its own. */
export async function cycle({ rounds, limit, quick, contenders }: BenchOptions): Promise<Table[]> {
  const all = limit ?? (quick ? QUICK_ROWS : ROWS);
  const rows: Table['rows'][number][] = [];
  for (const [way, take] of Object.entries(WAYS)) {
    if (contenders && !contenders.some((name) => way.startsWith(name))) continue;
    const [tenth, whole] = [await repeat(() => take(all / 10), rounds), await repeat(() => take(all), rounds)];
    rows.push(rowOf(way, all / 10, tenth, tenth), rowOf(way, all, whole, tenth));
  }
  return [
    {
      title: 'A forecast file, from its source until all of it is in the graph',
      bar: 'rows/s',
      rows,
      notes: [
        `planning-rest: rows of a series become one forecast of ${WEEKS} weeks. files: each row becomes a message of its own.`,
        'Memory is allocated memory above that before the file came; resident memory has the pages of the store too, which are mapped and given up on demand.',
      ],
    },
  ];
}

async function repeat(take: () => Promise<Taking>, rounds: number): Promise<Taking[]> {
  const takings: Taking[] = [];
  for (let round = 0; round < rounds; round += 1) takings.push(await take());
  return takings;
}

function rowOf(way: string, rows: number, takings: readonly Taking[], tenth: readonly Taking[]) {
  const over = (some: readonly Taking[], figure: (taking: Taking) => number) => median(some.map(figure));
  const of = (figure: (taking: Taking) => number) => over(takings, figure);
  const grown = ({ allocatedMiB, idleMiB }: Taking) => allocatedMiB - idleMiB;
  return {
    '': way,
    rows,
    'rows/s': of(({ elapsedMs }) => (rows / elapsedMs) * 1000),
    seconds: of(({ elapsedMs }) => elapsedMs / 1000),
    'CPU µs/row': of(({ cpuMs }) => (cpuMs * 1000) / rows),
    'grows by MiB': of(grown),
    '× of a tenth': of(grown) / over(tenth, grown),
    'peak allocated MiB': of(({ allocatedMiB }) => allocatedMiB),
    'peak RSS MiB': of(({ residentMiB }) => residentMiB),
  };
}

async function fromPlatform(format: 'csv' | 'json', rows: number): Promise<Taking> {
  const peer = await startPlanningPeer({ token: 'bench', format });
  try {
    const instance = `type: planning-rest
instance: planning/bench
endpoint: ${peer.url}
credentials: { bearer: BENCH_TOKEN }
mapping: planning-cycle
schedule: { every: 100ms }
refresh: { stable: { schedule: { every: 100ms } } }
`;
    const takt = await startConnected(await folderOf({ 'planning.yml': instance }), { env: { BENCH_TOKEN: 'bench' } });
    const series = seriesOf(rows);
    return await watched(takt, 'cycle 2026-W48', () => {
      peer.publishCycle('2026-W48', { STABLE: series });
      return Promise.resolve();
    });
  } finally {
    await peer.close();
  }
}

function seriesOf(rows: number): PlanningSeries[] {
  return Array.from({ length: rows / WEEKS }, (_, item) => ({
    sku: `SKU-${String(item).padStart(6, '0')}`,
    location: 'P100',
    granularity: 'WEEK',
    unit: 'PC',
    buckets: Array.from({ length: WEEKS }, (_week, week) => ({
      start: new Date(Date.UTC(2026, 10, 23 + 7 * week)).toISOString().slice(0, 10),
      quantity: String((item * 37 + week) % 5_000),
    })),
  }));
}

async function fromFile(kind: 'csv' | 'jsonl', rows: number): Promise<Taking> {
  const instance = `type: files
instance: planning/bench
folder: ./in
pattern: 'forecast.${kind}'
stillFor: 0s
schedule: { every: 100ms }
format: { kind: ${kind} }
mapping: forecasts
`;
  const folder = await folderOf({ 'files.yml': instance, 'in/.keep': '' });
  const takt = await startConnected(folder);
  const name = `forecast.${kind}`;
  return watched(takt, name, () => putFile(join(folder, 'in'), name, (path) => writeBuckets(path, kind, rows)));
}

/** Lets a document come, and looks at the process until it is at its end; then stops it. */
async function watched(takt: ConnectedTakt, name: string, give: () => Promise<void>): Promise<Taking> {
  let [allocatedMiB, isTaken] = [0, false];
  const watch = async () => {
    while (!isTaken) {
      allocatedMiB = Math.max(allocatedMiB, takt.memory().allocatedMiB);
      await delay(SAMPLE_MS);
    }
  };
  try {
    const idleMiB = takt.memory().allocatedMiB;
    await give();
    const before = { at: performance.now(), cpuMs: takt.cpuMs() };
    const watching = watch();
    await takt.applied(name).finally(() => (isTaken = true));
    const [elapsedMs, cpuMs] = [performance.now() - before.at, takt.cpuMs() - before.cpuMs];
    await watching;
    return { elapsedMs, cpuMs, idleMiB, allocatedMiB, residentMiB: takt.memory().peakMiB };
  } finally {
    await takt.stop();
  }
}
