import { setTimeout as delay } from 'node:timers/promises';
import { SupplyDemandDocument } from '@takt/client';
import { fillPlant, startPlant, temporaryFolder, TODAY } from '../plant.ts';
import type { Table } from '../report.ts';
import type { BenchOptions } from '../run.ts';
import { interleaved, repeated, summary } from '../statistics.ts';
import { startTakt, type TaktProcess } from '../takt-process.ts';
import { extractMemory } from './extract-memory.ts';
import { writtenTables } from './written-tables.ts';

/** What a planner's screen asks. */
const SCREEN = {
  query: SupplyDemandDocument.text,
  variables: { plant: 'P100', from: TODAY, to: '2027-02-22', first: 5 },
};

/** What is extracted meanwhile: rows of one domain with names that another one has. */
const EXTRACTED = `{ forecasts { nodes { id product { sku name } location { code name } buckets { bucketStart quantity { value unit } } } } }`;

/** The first segment of the `large` demo. */
const MESSAGES = 3900;

/** What a planner notices of an extract that runs, how fast that goes, and what its files and their memory cost. */
export async function run(options: BenchOptions): Promise<Table[]> {
  const { workloads = ['takt', 'memory', 'tables'] } = options;
  return [
    ...(workloads.includes('takt') ? await inTakt(options) : []),
    ...(workloads.includes('memory') ? [await extractMemory(options)] : []),
    ...(workloads.includes('tables') ? [await writtenTables(options)] : []),
  ];
}

async function inTakt(options: BenchOptions): Promise<Table[]> {
  const dataDir = temporaryFolder();
  const plant = await startPlant(dataDir);
  try {
    await fillPlant(plant, options.quick ? 'small' : 'large', { limit: MESSAGES });
  } finally {
    await plant.close();
  }
  const takt = await startTakt({ TAKT_DATA_DIR: dataDir, TAKT_DEMO: 'off' });
  try {
    return [await besideScreens(takt, options), await alone(takt)];
  } finally {
    await takt.stop();
  }
}

async function besideScreens(takt: TaktProcess, { seconds, rounds }: BenchOptions): Promise<Table> {
  const screen = () => ask(takt, SCREEN.query, SCREEN.variables);
  const measure = (warmUp: boolean) => repeated(screen, { seconds: warmUp ? seconds / 2 : seconds });
  const measured = await interleaved(
    new Map([
      ['no extract', measure],
      ['extracts, one after the other', (warmUp: boolean) => whileExtracting(takt, () => measure(warmUp))],
    ]),
    rounds,
  );
  const figures = Array.from(measured, ([name, samples]) => ({ name, ...summary(samples) }));
  const [quiet] = figures;
  return {
    title: 'A planner’s query over HTTP, one at a time, beside',
    bar: 'p95 ms',
    rows: figures.map(({ name, p50Ms, p95Ms, perSecond }) => ({
      '': name,
      'p50 ms': p50Ms,
      'p95 ms': p95Ms,
      'queries/s': perSecond,
      'p50 ×': p50Ms / (quiet?.p50Ms ?? NaN),
      'p95 ×': p95Ms / (quiet?.p95Ms ?? NaN),
    })),
  };
}

async function whileExtracting<Value>(takt: TaktProcess, work: () => Promise<Value>): Promise<Value> {
  let isOver = false;
  const extracting = (async () => {
    while (!isOver) await extracted(takt, () => isOver);
  })();
  try {
    return await work();
  } finally {
    isOver = true;
    await extracting;
  }
}

async function alone(takt: TaktProcess): Promise<Table> {
  const from = performance.now();
  const rows = await extracted(takt, () => false);
  const seconds = (performance.now() - from) / 1000;
  const { peakMiB } = takt.memory();
  return {
    title: 'An extract alone, at a quarter of the time, into Parquet',
    rows: [{ rows, seconds, 'rows/s': rows / seconds, 'peak MiB of the process': peakMiB }],
  };
}

const START =
  'mutation ($input: BulkExtractInput!) { result: bulkExtract(input: $input) { ... on ExtractStarted { extract { id } } ... on ExtractRefused { reason } } }';
const LOOK = 'query ($id: ID!) { result: extract(id: $id) { state progress { rows } failure { message } } }';
const CANCEL = 'mutation ($id: ID!) { result: cancelExtract(id: $id) { id } }';

/** Rows of one extract, from its start to its end, or until it is not wanted any more. */
async function extracted(takt: TaktProcess, isOver: () => boolean): Promise<number> {
  const input = { query: EXTRACTED, formats: ['PARQUET'] };
  const { extract, reason } = await ask<{ extract?: { id: string }; reason?: string }>(takt, START, { input });
  if (!extract) throw new Error(`The extract is refused: ${reason ?? ''}`);
  for (;;) {
    const seen = await ask<{ state: string; progress: { rows: number }; failure: { message: string } | null }>(
      takt,
      LOOK,
      { id: extract.id },
    );
    if (seen.failure) throw new Error(seen.failure.message);
    if (seen.state === 'DONE') return seen.progress.rows;
    if (isOver()) {
      await ask(takt, CANCEL, { id: extract.id });
      return seen.progress.rows;
    }
    await delay(200);
  }
}

async function ask<Result>(takt: TaktProcess, query: string, variables: object): Promise<Result> {
  const response = await fetch(`${takt.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query, variables }),
  });
  const { data, errors } = (await response.json()) as { data: { result: Result }; errors?: unknown };
  if (errors !== undefined) throw new Error(JSON.stringify(errors));
  return data.result;
}
