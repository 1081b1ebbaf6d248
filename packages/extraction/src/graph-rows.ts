import { documentOfCursor, selectionCursor } from '@takt/subgraph-server';
import type { ReadRow, RowSource } from './collect-rows.ts';
import { GraphFault, type Graph } from './graph.ts';
import type { Extraction } from './job.ts';
import type { Pace } from './pace.ts';
import { AFTER, FIRST, ROWS } from './pageable-query.ts';

type Asked = Pick<Extraction, 'pageQuery' | 'variables' | 'asker' | 'subgraph' | 'collection'>;

/** The rows of an extraction, asked of the graph as its caller would. Each answer may be a {@link GraphFault}. */
export function graphRows(graph: Graph, extraction: Asked, pace: Pace, signal: AbortSignal): RowSource {
  const { subgraph, collection } = extraction;
  let size = FIRST_PAGE;

  const timed = async <Answer>(work: () => Promise<Answer>): Promise<{ answer: Answer; ms: number }> => {
    const from = performance.now();
    const answer = await work();
    const ms = performance.now() - from;
    await pace.rest(ms, signal);
    return { answer, ms };
  };

  return {
    head: async () => (await timed(() => logHead(graph, subgraph, signal))).answer,
    changes: async (after, until) =>
      (await timed(() => logChanges(graph, subgraph, { collection, after, until }, signal))).answer,
    async page(after) {
      const { answer, ms } = await timed(() => readPage(graph, extraction, { first: size, after }, signal));
      size = nextPageSize(size, ms);
      return answer;
    },
    select: async (ids) => {
      const page = { first: Math.max(1, ids.length), after: selectionCursor(ids) };
      return (await timed(() => readPage(graph, extraction, page, signal))).answer.rows;
    },
  };
}

/** So many rows that a page takes about as long as it may keep others waiting. */
function nextPageSize(size: number, tookMs: number): number {
  if (tookMs > PAGE_MS * 2) return Math.max(SMALLEST_PAGE, Math.floor(size / 2));
  return tookMs < PAGE_MS ? Math.min(LARGEST_PAGE, Math.ceil(size * 1.5)) : size;
}

export async function logHead(graph: Graph, subgraph: string, signal: AbortSignal): Promise<string> {
  return textOf(await graph.ask(subgraph, '{ _head }', {}, signal), '_head', subgraph);
}

const CHANGES = `query ($collection: String!, $after: String!, $until: String!) {
  _changes(collection: $collection, after: $after, until: $until) { ids cursor }
}`;

export async function logChanges(
  graph: Graph,
  subgraph: string,
  asked: { readonly collection: string; readonly after: string; readonly until: string },
  signal: AbortSignal,
): Promise<{ readonly ids: readonly string[]; readonly cursor: string }> {
  const { _changes: changes } = (await graph.ask(subgraph, CHANGES, asked, signal)) as {
    _changes?: { ids: unknown; cursor: unknown };
  };
  const ids: unknown = changes?.ids;
  if (!Array.isArray(ids) || !ids.every((id) => typeof id === 'string')) throw unlike(subgraph, 'ids');
  return { ids, cursor: textOf({ ...changes }, 'cursor', subgraph) };
}

export interface PageAnswer {
  readonly rows: readonly ReadRow[];
  readonly next: string | null;
  readonly endCursor: string | null;
  readonly subgraph: string | undefined;
}

/** One page, whole: anything missing in it is a fault. */
export async function readPage(
  graph: Graph,
  { pageQuery, variables, asker }: Pick<Extraction, 'pageQuery' | 'variables' | 'asker'>,
  page: { readonly first: number; readonly after: string | null },
  signal: AbortSignal,
): Promise<PageAnswer> {
  const given = { ...variables, [FIRST]: page.first, [AFTER]: page.after };
  const answer = await graph.run({ query: pageQuery, variables: given, asker }, signal);
  const [problem] = 'refused' in answer ? answer.refused : answer.errors;
  if (problem) throw new GraphFault(problem.code, problem.message);
  if ('refused' in answer) throw new GraphFault(undefined, 'The query was not run.');
  if (answer.isPartial) {
    throw new GraphFault('UNAUTHORIZED_FIELD_OR_TYPE', 'You may not see all that the query asks for.');
  }
  const connection = answer.data?.[ROWS] as Connection | null | undefined;
  if (!connection) throw new GraphFault(undefined, 'The graph answered no connection.');
  const { edges, pageInfo } = connection;
  const rows = edges.map(({ cursor, node }) => {
    const id = documentOfCursor(cursor);
    if (id === undefined) throw new GraphFault('EXTRACT_NOT_PAGEABLE', NO_DOCUMENTS);
    return { id, node };
  });
  const { hasNextPage, endCursor } = pageInfo;
  return { rows, next: hasNextPage ? endCursor : null, endCursor, subgraph: answer.subgraph };
}

export const NO_DOCUMENTS = 'Its rows are not documents with a log, so that they cannot be read as of one position.';

interface Connection {
  readonly edges: readonly { readonly cursor: string; readonly node: ReadRow['node'] }[];
  readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null };
}

function textOf(answer: Readonly<Record<string, unknown>>, name: string, subgraph: string): string {
  const value = answer[name];
  if (typeof value !== 'string') throw unlike(subgraph, name);
  return value;
}

function unlike(subgraph: string, name: string): GraphFault {
  return new GraphFault(undefined, `Subgraph ${subgraph} answered no ${name}.`);
}

const FIRST_PAGE = 100;
const SMALLEST_PAGE = 20;
const LARGEST_PAGE = 500;
const PAGE_MS = 40;
