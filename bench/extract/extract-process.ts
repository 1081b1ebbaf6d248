import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { openExtracts, type Graph, type GraphAnswer, type KeptAsker } from '@takt/extraction';
import { buildSchema } from 'graphql';
import { rowAt } from './written-tables.ts';

/** Extracts so many rows of a graph that makes them as it is asked into Parquet, and says what it took: `ROWS`. */
const count = Number(process.argv[2]);
const asker: KeptAsker = { scopes: [], sharingKey: '' };
const query = '{ forecasts { nodes { sku location { code } start quantity { value unit } changedAt tags } } }';
const schema = buildSchema(`
  scalar Date
  scalar DateTime
  type Query { forecasts(first: Int!, after: String): ForecastConnection! }
  type ForecastConnection { nodes: [Forecast!]! edges: [ForecastEdge!]! pageInfo: PageInfo! }
  type ForecastEdge { cursor: String! node: Forecast! }
  type PageInfo { hasNextPage: Boolean! endCursor: String }
  type Forecast { sku: String! location: Location! start: Date! quantity: Quantity! changedAt: DateTime! tags: [String!]! }
  type Location { code: String! }
  type Quantity { value: String! unit: String! }
`);

const cursorOf = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');

function page(first: number, after: string | null): GraphAnswer {
  const place: unknown = after === null ? [0] : JSON.parse(Buffer.from(after, 'base64url').toString());
  // Otherwise it is a selection of no rows, whose end says what is read.
  const from = Array.isArray(place) ? Number(place[0]) : count;
  const to = Math.min(count, from + first);
  const edges = Array.from({ length: to - from }, (_, index) => {
    const { _id: id, ...node } = rowAt(from + index);
    return { cursor: cursorOf([from + index + 1, id]), node };
  });
  const endCursor = Array.isArray(place) ? (edges.at(-1)?.cursor ?? null) : cursorOf({ collection: 'forecasts' });
  return {
    // As a gateway has it, out of text.
    data: JSON.parse(
      JSON.stringify({ rows: { edges, pageInfo: { hasNextPage: to < count, endCursor } } }),
    ) as object as Record<string, unknown>,
    errors: [],
    subgraph: 'forecasts',
    isPartial: false,
  };
}

const graph: Graph = {
  schemaOf: () => schema,
  run: ({ variables }) =>
    Promise.resolve(page(variables['takt_first'] as number, variables['takt_after'] as string | null)),
  ask: (_subgraph, asked, { until }) =>
    Promise.resolve(asked.includes('_changes') ? { _changes: { ids: [], cursor: until } } : { _head: '1' }),
  isBusy: () => false,
  mayExtract: () => true,
};

const folder = await mkdtemp(join(tmpdir(), 'takt-bench-extract-'));
try {
  const extracts = await openExtracts({ folder, graph, pace: { rest: () => delay(0) } });
  const startMiB = process.resourceUsage().maxRSS / 1024;
  const from = performance.now();
  const { id } = await extracts.start(asker, { query, variables: {}, formats: ['PARQUET'] });
  let job = await extracts.find(asker, id);
  while (job && (job.state === 'QUEUED' || job.state === 'RUNNING')) {
    await delay(50);
    job = await extracts.find(asker, id);
  }
  const [file] = job?.files ?? [];
  if (file?.rows !== count) throw new Error(`Of ${count} rows ${file?.rows ?? 0} were extracted: ${job?.state}.`);
  const figures = {
    elapsedMs: performance.now() - from,
    fileMiB: file.bytes / 2 ** 20,
    startMiB,
    peakMiB: process.resourceUsage().maxRSS / 1024,
  };
  await extracts.close();
  process.stdout.write(JSON.stringify(figures));
} finally {
  await rm(folder, { recursive: true });
}
